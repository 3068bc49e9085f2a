"""What an office that goes back keeps of documents that came before their dates."""

from datetime import datetime, timedelta

from sqlalchemy import inspect, select, text

from caseflow.db import Database
from caseflow.deadlines.tables import Clock
from caseflow.escalation.sweep import run
from caseflow.escalation.tables import Rung
from caseflow.ledger.verify import verify_chains
from caseflow.migrating import downgrade, upgrade
from tests import office as offices
from tests.ledger.stepped import begun, dispatched


def test_a_document_that_came_is_not_drafted_again_in_an_office_that_goes_back(
    database: Database, now: datetime
) -> None:
    """Nor is anybody promised a decision there; the ladder goes on above it."""
    with begun(database, now) as given:
        given.ask("circular")
        given.approve()
        clock_id = given.session.scalars(select(Rung.clock_id)).one()
        case, _ = offices.report(given.session, now)
        given.item = dispatched(given.session, given.office, case, now)
        given.ask("listed")
    downgrade(database.engine, "0044")
    assert "step_up" not in inspect(database.engine).get_table_names()
    upgrade(database.engine)
    with database.read() as session:
        clock = session.get_one(Clock, clock_id)
        assert (clock.last_rung, clock.entered, clock.next_rung) == (4, 0, 5)
        assert clock.next_rung_at > clock.due + timedelta(days=10)
        owed = text("SELECT count(*) FROM clock WHERE name = 'consent' AND state = 'running'")
        assert session.scalar(owed) == 0
        told = text("SELECT count(*) FROM entry WHERE verb = 'ask_step_up'")
        assert session.scalar(told) == 2
    run(database, now + timedelta(days=90))
    with database.read() as session:
        rungs = select(Rung.n).where(Rung.clock_id == clock_id).order_by(Rung.id)
        assert session.scalars(rungs).all() == [4, 5, 6, 7]
        assert verify_chains(session).fits
