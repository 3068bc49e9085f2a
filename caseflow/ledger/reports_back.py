"""What is owed to the offices that handed a case down: for verbs, pages and counting.

A case goes on until each of them has signed for its report back (trade: such a case closes when
that report was sent and signed for), in this round of it.
"""

from collections.abc import Sequence

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from caseflow.crypto import blind
from caseflow.crypto.keys import KeyRing
from caseflow.ledger.handed_tables import BACK_DONE, BACK_PAST, ReportBack
from caseflow.ledger.report_tables import Report
from caseflow.ledger.tables import Case
from caseflow.vault.tables import Identity

_WANTED = (
    select(Report)
    .where(Report.case_id == bindparam("case"), Report.follows.is_(None))
    .where(Report.report_back.is_(True))
    .order_by(Report.id)
)
_ROWS = select(ReportBack).where(ReportBack.case_id == bindparam("case")).order_by(ReportBack.id)


def wanted(session: Session, case: Case) -> Sequence[Report]:
    """Return the reports of a case whose senders want a report back, oldest first."""
    return session.scalars(_WANTED, {"case": case.id}).all()


def of_case(session: Session, case_id: int) -> Sequence[ReportBack]:
    """Return everything that was written for the senders of a case, oldest first."""
    return session.scalars(_ROWS, {"case": case_id}).all()


def current(rows: Sequence[ReportBack], report_id: int, rounds: int) -> ReportBack | None:
    """Return what stands for a report in a round: what was returned or refused does not."""
    here = (row for row in rows if row.report_id == report_id and row.round == rounds)
    return next((row for row in here if row.state not in BACK_PAST), None)


def owed(session: Session, case: Case) -> list[tuple[Report, ReportBack | None]]:
    """Return the reports whose senders have not signed yet, each with what stands for it."""
    reports = wanted(session, case)
    rows = of_case(session, case.id) if reports else ()
    return open_of(reports, rows, case.reopened)


def open_of(
    reports: Sequence[Report], rows: Sequence[ReportBack], rounds: int
) -> list[tuple[Report, ReportBack | None]]:
    """Return the same of what was loaded."""
    found = [(one, current(rows, one.id, rounds)) for one in reports if one.report_back]
    return [(one, row) for one, row in found if row is None or row.state not in BACK_DONE]


def is_reporters(session: Session, ring: KeyRing, case_id: int, address: str) -> bool:
    """Tell whether an e-mail address is one that somebody who reported the matter gave."""
    index = blind.email_index(ring, address)
    query = select(Identity.id).join(Report, Report.identity_id == Identity.id)
    query = query.where(Report.case_id == case_id, Identity.email_index == index).limit(1)
    return index is not None and session.scalar(query) is not None


def office_mailbox(session: Session, case_id: int) -> str:
    """Return where what was reported back to a case's sender was mailed last, empty for nowhere."""
    here = select(Report.handed_by).where(Report.case_id == case_id, Report.report_back.is_(True))
    query = select(ReportBack.address).join(Report, Report.id == ReportBack.report_id)
    query = query.where(ReportBack.address != "", Report.handed_by.in_(here))
    return session.scalar(query.order_by(ReportBack.id.desc()).limit(1)) or ""
