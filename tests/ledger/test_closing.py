"""Whose word ends a case: never nobody's (design §3)."""

from datetime import datetime

import pytest

from caseflow.db import Database
from caseflow.errors import MoveNotAllowed
from caseflow.ledger.moves import closing, triage
from caseflow.ledger.moves.closing import Heard
from tests import office as offices


def test_a_supervisor_decides_only_about_what_was_called_back(
    database: Database, now: datetime
) -> None:
    with database.transaction() as session:
        office = offices.make(session)
        case, report = offices.report(session, now, kind="complaint", reach="phone")
        handler, supervisor = office["handler"], office["supervisor"]
        triage.accept(session, handler, case.id, now)
        case.state = "replying"  # how it got there is not what this is about
        closing.reply(session, handler, case.id, report.id, "已整改", "telephone", now)
        assert case.state == "calling_back"
        with pytest.raises(MoveNotAllowed, match="回访"):
            closing.close(session, supervisor, case.id, "政策如此", now)
        closing.call_back(session, handler, case.id, Heard(reached=False), now)
        closing.close(session, supervisor, case.id, "电话已停机，函告", now)
        assert case.state == "closed"
