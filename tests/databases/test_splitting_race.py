"""An item goes to another case while somebody waits to move it: they are told; nothing moves."""

import threading
from datetime import datetime

from sqlalchemy import select

from caseflow.db import Database
from caseflow.errors import Stale
from caseflow.ledger.moves import items, merging, splitting, triage, work
from caseflow.ledger.moves.items import Dispatch
from caseflow.ledger.tables import Item
from tests import office as offices
from tests.office import Office


def two_in_one(database: Database, now: datetime) -> tuple[Office, int, str, int]:
    """Return an office, a case with two reports, the second one's number, and one of its items."""
    with database.transaction() as session:
        office = offices.make(session)
        me = office["handler"]
        (first, _), (second, report) = offices.report(session, now), offices.report(session, now)
        for case in (first, second):
            triage.accept(session, me, case.id, now)
        merging.merge(session, me, second.id, first.number, "同一件事", now)
        for item in items.split(session, me, first.id, ["食堂", "收费"], now):
            given = Dispatch(office.units["school"], "请核查")
            items.dispatch(session, me, item.id, given, now)
        return office, first.id, report.number, item.id


def test_whoever_waited_for_an_item_that_was_split_off_is_told(
    postgres_database: Database, now: datetime
) -> None:
    office, case_id, number, item_id = two_in_one(postgres_database, now)
    told: list[BaseException] = []

    def sign() -> None:
        try:
            with postgres_database.transaction() as session:
                work.sign_for(session, office["school"], item_id, now)
        except Stale as error:
            told.append(error)

    waiting = threading.Thread(target=sign)
    with postgres_database.transaction() as session:
        me = office["handler"]
        splitting.split_off(session, me, case_id, [number], "两件事", now, items=["2"])
        waiting.start()
        waiting.join(timeout=1)  # it waits for the lock
        assert waiting.is_alive()
    waiting.join()
    assert [type(one) for one in told] == [Stale]
    with postgres_database.read() as session:
        assert session.scalars(select(Item.state).where(Item.id == item_id)).one() == "dispatched"
