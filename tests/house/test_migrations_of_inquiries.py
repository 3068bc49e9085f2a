"""What an office that goes back keeps of its files of inquiry: the proposals, and no more."""

from datetime import datetime

from sqlalchemy import inspect, select, text

from caseflow.db import Database
from caseflow.escalation import accountability_record
from caseflow.escalation.tables import Order
from caseflow.ledger.verify import verify_chains
from caseflow.migrating import downgrade, upgrade
from tests.ledger.inquiries import DAY, kept

BEFORE = "0050-1"  # the one before that


def test_files_are_gone_in_an_office_that_goes_back_and_may_be_opened_again(
    database: Database, now: datetime
) -> None:
    with kept(database, now) as city:
        city.on_the_way("decision_made")
    cases = text("SELECT number, head, head_n, next_due FROM case_file ORDER BY id")
    late = text("SELECT id, late_unit_id FROM supervision_order ORDER BY id")
    rules = text(
        "SELECT clock, amount, unit FROM policy WHERE clock = 'hearing' OR clock LIKE 'review%'"
        " OR clock LIKE 'appeal%' ORDER BY clock"
    )
    with database.read() as session:
        before = [session.execute(sql).all() for sql in (cases, late, rules)]
    downgrade(database.engine, BEFORE)
    left = [name for name in inspect(database.engine).get_table_names() if "accountab" in name]
    assert left == []
    with database.read() as session:
        assert session.execute(rules).all() == []
    upgrade(database.engine)
    assert len(before[2]) == 5
    with database.transaction() as session:
        assert [session.execute(sql).all() for sql in (cases, late, rules)] == before
        assert {unit for _, unit in before[1]} == {city.office.units["school"]}
        assert verify_chains(session).fits
        issued = select(Order).where(Order.kind == "accountability", Order.state == "issued")
        city.session, city.files, city.order = session, [], session.scalars(issued).one()
        city.now += 30 * DAY  # past the days off
        assert city.on_the_way("decision_made").state == "decided"
        assert list(accountability_record.misfits(session)) == []
