"""A reporter's address takes no mail any more, or its owner wants none: the case says so, and its
handler is told.
"""

from datetime import datetime

from sqlalchemy.orm import Session

from caseflow.ledger import gate
from caseflow.ledger.moves.record import record
from caseflow.ledger.report_tables import Report
from caseflow.people.actor import SWEEP


def lost(session: Session, report: Report, now: datetime) -> None:
    """Record that nothing sent to a report's sender arrives any more."""
    _noted(session, report, "unreachable", now)


def stopped(session: Session, report: Report, now: datetime) -> None:
    """Record that a report's sender wants no more mail."""
    _noted(session, report, "mail_stopped", now)


def _noted(session: Session, report: Report, verb: str, now: datetime) -> None:
    case = gate.lock_of_report(session, report.id)
    facts, refs = {"report": report.number}, {"report": report.id}
    record(session, case, SWEEP, verb, now, facts, refs=refs)
