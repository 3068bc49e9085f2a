"""What an office that goes back keeps of cases that were split: all, and it is known again."""

from datetime import datetime

from sqlalchemy import inspect, select, text
from sqlalchemy.orm import Session

from caseflow import doctor
from caseflow.db import Database
from caseflow.deadlines import clocks
from caseflow.escalation.tables import Order
from caseflow.ledger.moves import items, merging, splitting, triage
from caseflow.ledger.split_tables import Split, SplitItem, SplitReport
from caseflow.ledger.tables import Case
from caseflow.ledger.verify import verify_chains
from caseflow.migrating import downgrade, upgrade
from tests import office as offices
from tests.ledger.test_split_documents import Parted
from tests.ledger.twice import Two

_TABLES = (Split, SplitReport, SplitItem)


def _rows(session: Session) -> list[object]:
    return [session.execute(select(table.__table__)).all() for table in _TABLES]


def test_what_was_split_is_split_again_from_the_histories(
    database: Database, now: datetime
) -> None:
    with database.transaction() as session:
        me = offices.make(session)["handler"]
        (first, _), (second, report), (third, another) = (
            offices.report(session, now) for _ in range(3)
        )
        for case in (first, second, third):
            triage.accept(session, me, case.id, now)
        for case in (second, third):
            merging.merge(session, me, case.id, first.number, "同一件事", now)
        items.split(session, me, first.id, ["食堂", "收费"], now)
        splitting.split_off(session, me, first.id, [report.number], "另一件", now, items=["2"])
        items.split(session, me, first.id, ["又一件"], now)
        splitting.split_off(session, me, first.id, [another.number], "再一件", now, items=["3"])
        before, number = _rows(session), first.number
    downgrade(database.engine, "0041")
    assert "case_split" not in inspect(database.engine).get_table_names()
    upgrade(database.engine)
    with database.transaction() as session:
        assert _rows(session) == before
        assert verify_chains(session).fits
        assert _broken(session) == []
        session.execute(text("UPDATE case_split SET case_n = 1"))
        assert set(_broken(session)) == {number}


def _broken(session: Session) -> list[str]:
    queries = doctor.LAWS["split cases say so"]()
    return [number for query in queries for number in session.scalars(query)]


def test_what_had_stayed_behind_follows_its_item(database: Database, now: datetime) -> None:
    with database.transaction() as session:
        two = Two(session, now)
        two.accept(two.first, two.second)
        two.merge(two.second, two.first)
        here = Parted(two)
        part = here.parts()
        order_id, ids = here.order.id, (two.first.id, part.id)
        for behind in (_ORDERS, _CLOCKS, _NEXT):
            session.execute(text(behind), {"old": ids[0], "new": ids[1]})
        assert here.broken() != []
    downgrade(database.engine, "0051")
    upgrade(database.engine)
    with database.transaction() as session:
        here.session, here.order = session, session.get_one(Order, order_id)
        assert here.order.case_id == ids[1]
        assert here.owed() == {"sign_for": ids[1], "answer": ids[1]}
        assert here.broken() == []
        for case in session.scalars(select(Case).where(Case.id.in_(ids))):
            assert (case.next_due, case.next_clock) == clocks.earliest(session, case.id)


_ORDERS = "UPDATE supervision_order SET case_id = :old WHERE case_id = :new"
_CLOCKS = "UPDATE clock SET root_case_id = :old WHERE root_case_id = :new AND case_id IS NULL"
_NEXT = "UPDATE case_file SET next_clock = 'look' WHERE id IN (:old, :new)"
