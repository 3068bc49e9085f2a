"""What the desk shows of telephone calls, for the walk of every route."""

from typing import Any

from sqlalchemy import select

from caseflow.files import blobs
from caseflow.intake.call_tables import Call, Recording
from caseflow.intake.rooms import Rooms
from caseflow.ledger.report_tables import Report
from caseflow.people.tables import User

SOUND = b"ID3" + bytes(64)


def add(session: Any, rooms: Rooms) -> None:
    """Add a call that became a report about a unit, with what was recorded."""
    operator = session.scalars(select(User).where(User.username == "operator")).one()
    query = select(Report).where(Report.unit_id.is_not(None)).order_by(Report.id)
    report = session.scalars(query).first()
    call = Call(
        provider="generic",
        provider_id="sample",
        area_code=operator.area_code,
        began_at=report.received_at,
        recorded=True,
        outcome="voicemail",
        heard_at=report.received_at,
        report_id=report.id,
    )
    session.add(call)
    session.flush()
    blob = blobs.keep(session, rooms.store, SOUND, report.received_at)
    session.add(
        Recording(
            call_id=call.id,
            place="sent:sample",
            state="cleared",
            blob_id=blob.id,
            told_at=report.received_at,
            tries=0,
            next_at=report.received_at,
        )
    )
