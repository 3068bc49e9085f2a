"""What an office that goes back keeps of what was told twice, heard or enclosed: all but by whom,
of which letter, and with which files; and it goes on from there.
"""

from datetime import datetime

from sqlalchemy import inspect, select, text

from caseflow import doctor
from caseflow.db import Database
from caseflow.ledger.moves import assisting, items, splitting, triage
from caseflow.ledger.moves.items import Dispatch
from caseflow.ledger.report_tables import Report
from caseflow.ledger.verify import verify_chains
from caseflow.migrating import downgrade, upgrade
from tests import office as offices
from tests.ledger.inquiries import kept

BEFORE = "0051"


def test_what_was_linked_heard_and_enclosed(database: Database, now: datetime) -> None:
    with kept(database, now) as city:
        session, office, me = city.session, city.office, city.office["handler"]
        blob = offices.blob(session, city.now)
        city.open()
        city.take("inquiry_recorded", files=[(blob, "台账")])
        case, report = offices.report(session, city.now, reach="phone")
        triage.accept(session, me, case.id, city.now)
        said = {"shared": [report.number], "matter": "校车"}
        splitting.split_off(session, me, case.id, [], "一信两事", city.now, **said)
        [item] = items.split(session, me, case.id, ["食堂"], city.now)
        to, beside = office.units["school"], office.units["academy"]
        items.dispatch(session, me, item.id, Dispatch(to, "请核查"), city.now)
        assisting.ask_assistance(session, me, item.id, beside, "请供明细", city.now)
        heard = ("明细如下", "王会计", city.now)
        assisting.record_assistance(session, me, item.id, beside, *heard, city.now)
    told = text("SELECT id, case_id, number, text FROM report ORDER BY id")
    with database.read() as session:
        before = session.execute(told).all()
    downgrade(database.engine, BEFORE)
    assert "accountability_evidence" not in inspect(database.engine).get_table_names()
    upgrade(database.engine)
    with database.read() as session:
        assert session.execute(told).all() == before
        assert session.scalars(select(Report.split_from).distinct()).all() == [None]
        answer = text("SELECT answer, said_by FROM assistance")
        assert [tuple(row) for row in session.execute(answer)] == [("明细如下", "")]
        assert verify_chains(session).fits
        broken = [law for law, ask in doctor.LAWS.items() if any(map(session.scalar, ask()))]
        assert broken == []
