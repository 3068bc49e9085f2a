"""What an office that goes back keeps of its circulars: that their numbers are given, no more."""

from datetime import datetime

from sqlalchemy import inspect, text

from caseflow.db import Database
from caseflow.ledger.verify import verify_chains
from caseflow.migrating import downgrade, upgrade
from caseflow.publishing import circular_record
from tests.ledger.late import late_office

BEFORE = "0046-1"  # the one before that


def test_circulars_are_gone_in_an_office_that_goes_back(database: Database, now: datetime) -> None:
    """The ledger is whole, and no number is given twice."""
    with late_office(database, now) as late:
        late.published(late.draft())
        late.draft()
    cases = text("SELECT number, head, head_n, next_due FROM case_file ORDER BY id")
    with database.read() as session:
        before = session.execute(cases).all()
    downgrade(database.engine, BEFORE)
    left = [name for name in inspect(database.engine).get_table_names() if "circular" in name]
    assert left == []
    upgrade(database.engine)
    with database.transaction() as session:
        assert session.execute(cases).all() == before
        assert verify_chains(session).fits
        late.session = session
        again = late.published(late.draft())
        assert again.number == "教督通报〔2026〕430503-2号"
        assert list(circular_record.misfits(session)) == []
