"""One silence brings one series of documents, for an item as for a document (decision 33)."""

from datetime import datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from caseflow.db import Database
from caseflow.deadlines.tables import Clock
from caseflow.errors import BadInput
from caseflow.escalation.coming import coming
from caseflow.escalation.tables import Order, Rung
from caseflow.ledger.moves import work
from tests import office as offices
from tests.ledger.stepped import DAY, Given, dispatched, fits


def unsigned(session: Session, now: datetime) -> Given:
    """Return an item that went to the school, which does not sign for it."""
    office = offices.make(session)
    case, _ = offices.report(session, now)
    return Given(session, office, now, dispatched(session, office, case, now))


def drafted(given: Given) -> list[tuple[str, str]]:
    """Return what was drafted for the item, and for which promise."""
    query = select(Order.kind, Clock.name).join(Rung, Rung.id == Order.rung_id)
    query = query.join(Clock, Clock.id == Rung.clock_id).order_by(Order.id)
    return [tuple(row) for row in given.session.execute(query)]


def test_what_nobody_signed_for_brings_one_document_of_each_kind(
    database: Database, now: datetime
) -> None:
    with database.transaction() as session:
        given = unsigned(session, now)
        foretold = [one for one in coming(session, now, now + 25 * DAY) if one.clock == "draft"]
        for _ in range(25):
            given.sweep(DAY)
        kinds = ["supervision_order", "circular", "interview", "listed"]
        assert drafted(given) == [(kind, "sign_for") for kind in kinds]
        assert [n for n, _ in given.rungs()] == [1, 2, 3, 4, 5], (
            "it is urged, and climbs all the same"
        )
        drafts = select(Clock.id).where(Clock.name == "draft")
        came = select(Rung).join(Clock, Clock.id == Rung.clock_id).where(Clock.name == "draft")
        assert len(session.scalars(drafts).all()) == len(kinds)
        assert len(foretold) == len(session.scalars(came).all()), "and it is foretold so"
        work.sign_for(session, given.office["school"], given.item.id, given.now)
        for _ in range(7):
            given.sweep(DAY)
        assert drafted(given)[len(kinds) :] == [("listed", "verify")], "its own ladder goes on"
        fits(session)


def test_what_came_for_the_receipt_is_not_asked_for_again_nor_the_other_way_round(
    database: Database, now: datetime
) -> None:
    with database.transaction() as session:
        given = unsigned(session, now)
        for _ in range(3):
            given.sweep(DAY)
        assert drafted(given) == [("supervision_order", "sign_for")]
        with pytest.raises(BadInput):
            given.ask("supervision_order")
        given.ask("interview")
        given.approve()
        for _ in range(14):
            given.sweep(DAY)
        assert drafted(given)[1:] == [("interview", "verify")], "none milder for the receipt"
        for _ in range(10):
            given.sweep(DAY)
        assert drafted(given)[2:] == [("listed", "sign_for")]
        fits(session)
