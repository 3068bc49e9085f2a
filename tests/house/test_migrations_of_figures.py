"""What an office that goes back keeps of what was left out of its figures."""

from datetime import datetime

from sqlalchemy import inspect, text

from caseflow.db import Database
from caseflow.ledger.moves import excluding, triage
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
