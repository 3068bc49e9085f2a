"""Whose turn it is with a report back (办结报告): for the list of what waits for somebody."""

from sqlalchemy import ColumnElement, or_, select

from caseflow.ledger.asker import ME
from caseflow.ledger.handed_tables import BACK_PAST, ReportBack
from caseflow.ledger.literals import among, has_one, is_word, not_among
from caseflow.ledger.report_tables import Report
from caseflow.ledger.tables import Case

_HERE = (
    ReportBack.report_id == Report.id,
    ReportBack.case_id == Report.case_id,
    ReportBack.round == Case.reopened,
)
_STANDS = select(ReportBack.id).where(*_HERE, not_among(ReportBack.state, BACK_PAST))
_CHECKED = select(ReportBack.id).where(*_HERE, is_word(ReportBack.state, "checked"))


def to_write() -> ColumnElement[bool]:
    """Return the condition that somebody's own case, of which all else is done or waits for others,
    owes a sender a report that is still to be written, or sent.
    """
    unwritten = ~_STANDS.correlate(Report, Case).exists()
    wanted = select(Report.id).where(
        Report.case_id == Case.id,
        Report.follows.is_(None),
        Report.report_back.is_(True),
        or_(unwritten, _CHECKED.correlate(Report, Case).exists()),
    )
    return (
        among(Case.state, ("replying", "calling_back"))
        & (Case.handler_id == ME)
        & has_one(Case, wanted)
    )


def to_check() -> ColumnElement[bool]:
    """Return the condition that somebody else wrote one, and nobody has looked at it."""
    drafted = select(ReportBack.id).where(
        ReportBack.case_id == Case.id,
        ReportBack.round == Case.reopened,
        is_word(ReportBack.state, "drafted"),
        ReportBack.drafted_by != ME,
    )
    return among(Case.state, ("replying", "calling_back")) & has_one(Case, drafted)
