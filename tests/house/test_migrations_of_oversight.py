"""What an office that goes back keeps of what was brought before the level above."""

from datetime import datetime

from sqlalchemy import inspect, text

from caseflow.db import Database
from caseflow.ledger.moves import closing, overseeing, triage
from caseflow.ledger.verify import verify_chains
from caseflow.migrating import downgrade, upgrade
from tests import office as offices


def test_what_was_brought_up_is_known_from_the_history_alone(
    database: Database, now: datetime
) -> None:
    with database.transaction() as session:
        office = offices.make(session)
        case, _ = offices.report(session, now)
        for _ in range(3):
            triage.decline(session, office["supervisor"], case.id, "不归本办", now)
            closing.reopen(session, office["supervisor"], case.id, "应当受理", now)
        overseeing.oversee(session, office["city"], case.id, "一周内报结果", now)
    downgrade(database.engine, "0041")
    assert "oversight" not in inspect(database.engine).get_table_names()
    upgrade(database.engine)
    with database.read() as session:
        assert session.scalar(text("SELECT count(*) FROM oversight")) == 0
        told = "SELECT count(*) FROM entry WHERE verb IN ('go_up', 'oversee')"
        assert session.scalar(text(told)) == 2
        assert verify_chains(session).fits
