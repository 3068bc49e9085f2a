"""What an office that goes back keeps of what was brought before the level above."""

from datetime import datetime

from sqlalchemy import inspect, select, text

from caseflow.db import Database
from caseflow.ledger.moves import closing, overseeing, triage
from caseflow.ledger.tables import NEVER, Case
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


def test_an_office_that_goes_back_is_not_urged_from_above(
    database: Database, now: datetime
) -> None:
    """The rule of an office is there again when it comes back; nothing is due of what is over."""
    with database.transaction() as session:
        office = offices.make(session)
        boss = office["supervisor"]
        case, _ = offices.report(session, now)
        for _ in range(3):
            triage.decline(session, boss, case.id, "不归本办", now)
            closing.reopen(session, boss, case.id, "应当受理", now)
        triage.decline(session, boss, case.id, "不归本办", now)
        triage.second_look(session, office["reviewer"], case.id, "", now)
        number, next_clock = case.number, case.next_clock
    assert next_clock == "oversee"
    rule = text("SELECT amount, unit, ladder FROM policy WHERE clock = 'oversee'")
    with database.read() as session:
        known = session.execute(rule).all()
    downgrade(database.engine, "0046")
    with database.read() as session:
        owed = "SELECT count(*) FROM clock WHERE name = 'oversee' AND ended_at IS NULL"
        assert session.scalar(text(owed)) == 0
    upgrade(database.engine)
    with database.read() as session:
        assert [tuple(row) for row in session.execute(rule)] == [(3, "working_days", "office")]
        assert len(known) == 1
        here = session.scalars(select(Case).where(Case.number == number)).one()
        assert (here.next_due, here.next_clock) == (NEVER, None)
