"""What an office that goes back keeps of cases that were split: all, and it is known again."""

from datetime import datetime

from sqlalchemy import inspect, select, text
from sqlalchemy.orm import Session

from caseflow import doctor
from caseflow.db import Database
from caseflow.ledger.moves import items, merging, splitting, triage
from caseflow.ledger.split_tables import Split, SplitItem, SplitReport
from caseflow.ledger.verify import verify_chains
from caseflow.migrating import downgrade, upgrade
from tests import office as offices

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
