"""Whoever was told that their matter is accepted is owed word when it ends otherwise (告知)."""

from datetime import datetime, timedelta

import pytest

from caseflow.db import Database
from caseflow.deadlines import clocks
from caseflow.ledger.moves import notice, triage
from caseflow.ledger.moves.record import of_report
from tests import office as offices


@pytest.mark.parametrize("move", ["decline", "refer"])
def test_who_is_told_by_telephone_is_told_of_the_end_as_well(
    database: Database, now: datetime, move: str
) -> None:
    with database.transaction() as session:
        office = offices.make(session)
        me, boss = office["handler"], office["supervisor"]
        ended = {
            "decline": lambda case: triage.decline(session, boss, case.id, "不归本办", now),
            "refer": lambda case: triage.refer(session, boss, case.id, "公安机关", "管辖", now),
        }
        for reach, owed in (("phone", 1), ("", 0)):
            case, report = offices.report(session, now, reach=reach)
            triage.accept(session, me, case.id, now)
            if reach:
                notice.tell(session, me, case.id, report.id, now)
            assert not clocks.alive(session, of_report(case, report.id), "notice")
            ended[move](case)
            found = clocks.alive(session, of_report(case, report.id), "notice")
            assert len(found) == owed, reach
            if owed:
                assert found[0].due - now > timedelta(days=14)
                assert case.next_clock is not None
                notice.tell(session, me, case.id, report.id, now)
                assert not clocks.alive(session, of_report(case, report.id), "notice")
