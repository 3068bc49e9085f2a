"""The two promises of a report back: that it is sent, and that its sender signs for it.

Each runs on the case from when it can be kept. Sent is due before the moment that the sender asked
for, where that still lies ahead.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from caseflow.deadlines import clocks
from caseflow.deadlines.policies import ClockName
from caseflow.ledger import reports_back
from caseflow.ledger.handed_tables import ReportBack
from caseflow.ledger.moves.record import matter_of, of_case, refresh
from caseflow.ledger.report_tables import Report
from caseflow.ledger.tables import Case
from caseflow.outbox.events import emit

Owed = Sequence[tuple[Report, ReportBack | None]]
BEGUN = "report_back_owed"
"""The event that a report back can be written now: beside that of the move which brought it."""
NOT_SIGNED = "办结报告还没有送出并由来文机关签收，不能办结"


def hold(session: Session, case: Case, now: datetime, *, ripe: bool = True) -> bool:
    """Tell whether a case is still owed a signature, and let what is owed run.

    `ripe`: nothing else is left to be done before the report back. The caller has locked the case.
    """
    owed = reports_back.owed(session, case)
    unsent = [report for report, row in owed if row is None or row.state != "sent"]
    owes = ripe and bool(unsent)
    began = _run(session, case, ClockName.report_back, now, _due(unsent, now), wanted=owes)
    if began and any(row is None for _, row in owed):
        emit(session, BEGUN, case_id=case.id, at=now)
    sent = len(unsent) < len(owed)
    _run(session, case, ClockName.signed_back, now, None, wanted=sent)
    refresh(session, case)
    return bool(owed)


def _run(
    session: Session,
    case: Case,
    name: ClockName,
    now: datetime,
    imposed: datetime | None,
    *,
    wanted: bool,
) -> bool:
    """Let a promise run, or no more; tell whether it began."""
    runs = bool(clocks.alive(session, of_case(case), name))
    if wanted and not runs:
        clocks.start(session, name, of_case(case), matter_of(case), now, imposed=imposed)
    elif runs and not wanted:
        clocks.stop(session, of_case(case), now, name)
    return wanted and not runs


def _due(unsent: Sequence[Report], now: datetime) -> datetime | None:
    asked = [due for one in unsent for due in (one.back_due, one.imposed_due) if due and due > now]
    return min(asked, default=None)
