"""Whoever reported wants no more mail, and says so on the tracking page (`filters.stopping`: by
mail). The address gets none from then on, whichever case it was given for, until something is
written from it: then about that matter, and about no other.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from caseflow.crypto import blind
from caseflow.intake.report import IncomingReport
from caseflow.intake.rooms import Rooms
from caseflow.ledger.moves import losing
from caseflow.ledger.report_tables import Report
from caseflow.vault import stops
from caseflow.vault.tables import Identity


def is_offered(session: Session, report_id: int) -> bool:
    """Tell whether mail goes to whoever sent this report, so that there is something to stop."""
    return any("email" in one.can_be_reached.split(",") for one in _given(session, report_id))


def stop(rooms: Rooms, report_id: int, _chosen: str, now: datetime) -> None:
    """Send no more mail to the addresses that came with a report; twice is once."""
    rooms.database.run(lambda session: _stop(session, report_id, now))


def written(session: Session, rooms: Rooms, incoming: IncomingReport) -> None:
    """Let an address be sent mail again from which somebody writes, about what they write of."""
    index = blind.email_index(rooms.ring, incoming.contact.email)
    if index is None:
        return
    about = select(Report.id).where(Report.number == incoming.belongs_to)
    report_id = session.scalar(about) if incoming.belongs_to else None
    stops.start_mail(session, index, _given(session, report_id) if report_id else ())


def _stop(session: Session, report_id: int, now: datetime) -> None:
    found = _given(session, report_id)
    ended = [stops.stop_mail(session, one.email_index, now) for one in found if one.email_index]
    if any(ended):
        losing.stopped(session, session.get_one(Report, report_id), now)


def _given(session: Session, report_id: int) -> Sequence[Identity]:
    """Return the identities that came with a report and what was added to it."""
    query = (
        select(Identity)
        .join(Report, Report.identity_id == Identity.id)
        .where(or_(Report.id == report_id, Report.follows == report_id))
    )
    return session.scalars(query.order_by(Report.id)).all()
