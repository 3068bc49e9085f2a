"""A leader's instruction is first on every list (trade): also to check, and to sign."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from caseflow.db import Database
from caseflow.deadlines import clocks
from caseflow.escalation import reading
from caseflow.escalation.tables import Order
from caseflow.ledger.checklist import to_check
from caseflow.ledger.moves.record import matter_of, of_item
from caseflow.ledger.queries import Place
from caseflow.ledger.tables import INSTRUCTED, Case, Item
from caseflow.people.scope import scope_of
from tests import office as offices

DAY = timedelta(days=1)


def three(session: Session, now: datetime) -> list[Case]:
    """Return three cases, the last of them instructed."""
    found = [offices.report(session, now, kind="complaint")[0] for _ in range(3)]
    found[2].rank = INSTRUCTED
    session.flush()
    return found


def test_what_waits_for_its_check_begins_with_the_instructed(
    database: Database, now: datetime
) -> None:
    with database.transaction() as session:
        office = offices.make(session)
        cases = three(session, now)
        for n, case in enumerate(cases):
            case.state = "handling"
            item = Item(case_id=case.id, n=1, matter="食堂", created_at=now)
            session.add(item)
            session.flush()
            for item.state in ("dispatched", "verifying", "submitted"):
                session.flush()
            clocks.start(session, "check", of_item(item), matter_of(case), now + n * DAY)
        scope = scope_of(office["reviewer"])
        found = to_check(session, scope)
        assert [one.case.id for one in found] == [cases[2].id, cases[0].id, cases[1].id]
        first = found[0]
        after = Place(first.case.rank, first.clock.due, first.item.id)
        left = to_check(session, scope, after)
        assert [one.case.id for one in left] == [cases[0].id, cases[1].id]


def test_documents_to_be_signed_begin_with_the_instructed(
    database: Database, now: datetime
) -> None:
    with database.transaction() as session:
        office = offices.make(session)
        cases = three(session, now)
        for n, case in enumerate(cases):
            said = {"kind": "supervision_order", "case_id": case.id, "rung_id": n + 1}
            at = now + n * DAY
            session.add(Order(**said, area_code=case.area_code, text="督办", drafted_at=at))
        session.flush()
        scope = scope_of(office["supervisor"])
        found = reading.orders(session, scope, "draft")
        assert [one.case.id for one in found] == [cases[2].id, cases[0].id, cases[1].id]
        first = found[0]
        after = Place(first.case.rank, first.order.drafted_at, first.order.id)
        left = reading.orders(session, scope, "draft", after)
        assert [one.case.id for one in left] == [cases[0].id, cases[1].id]
