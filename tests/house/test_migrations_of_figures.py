"""What an office that goes back keeps of what was left out of its figures, and of call-backs."""

from datetime import datetime

from sqlalchemy import inspect, text

from caseflow.db import Database
from caseflow.ledger.moves import closing, excluding, explaining, triage
from caseflow.ledger.moves.heard import Heard
from caseflow.ledger.verify import verify_chains
from caseflow.migrating import downgrade, upgrade
from tests import office as offices

_OWED = text(
    "SELECT count(*) FROM clock JOIN case_file ON case_file.id = clock.case_id"
    " WHERE name = 'consent' AND clock.state = 'running' AND case_file.state = 'answered'"
)
_NEXT_UP = text(
    "SELECT count(*) FROM case_file WHERE next_clock = 'consent' AND case_file.state = 'answered'"
)


def test_nothing_is_left_out_in_an_office_that_goes_back(database: Database, now: datetime) -> None:
    """Nobody is promised a decision there; the history keeps what was asked."""
    with database.transaction() as session:
        office = offices.make(session)
        case, _ = offices.report(session, now, kind="question", reach="phone")
        triage.answer(session, office["operator"], case.id, "已答复", now)
        excluding.ask_exclusion(session, office["handler"], case.id, "repeated", "第九次", now)
        assert session.scalar(_OWED) == session.scalar(_NEXT_UP) == 1
    downgrade(database.engine, "0036")
    assert "exclusion" not in inspect(database.engine).get_table_names()
    with database.read() as session:
        assert session.scalar(_OWED) == session.scalar(_NEXT_UP) == 0
    upgrade(database.engine)
    with database.read() as session:
        assert session.scalar(text("SELECT count(*) FROM exclusion")) == 0
        assert session.scalar(text("SELECT count(*) FROM entry WHERE verb = 'ask_exclusion'")) == 1
        assert verify_chains(session).fits


def test_a_call_back_loses_whose_words_it_tells_and_gets_the_reporters(
    database: Database, now: datetime
) -> None:
    """What was explained is a reply like others there; the rule's days are three again."""
    with database.transaction() as session:
        office = offices.make(session)
        case, report = offices.report(session, now, kind="complaint", reach="phone")
        boss, said = office["supervisor"], (case.id, report.id)
        triage.accept(session, boss, case.id, now)
        case.state = "replying"  # how it got there is not what this is about
        closing.reply(session, boss, *said, "已整改", "telephone", now)
        for heard in (Heard(reached=False), Heard(True, False, False, "没有改", "caller")):
            closing.call_back(session, boss, case.id, heard, now)
        explaining.explain(session, boss, *said, "依规定", "window", now)
        session.execute(text("UPDATE policy SET attempt_days = 5 WHERE clock = 'call_back'"))
    whose = text("SELECT whose FROM call_back ORDER BY id")
    with database.read() as session:
        assert session.scalars(whose).all() == [None, "caller"]
    downgrade(database.engine, "0036")
    upgrade(database.engine)
    with database.read() as session:
        assert session.scalars(whose).all() == [None, "reporter"]
        told = text("SELECT text, explains FROM reply ORDER BY id")
        assert session.execute(told).all() == [("已整改", None), ("依规定", None)]
        assert session.scalar(text("SELECT max(attempt_days) FROM policy")) == 3
