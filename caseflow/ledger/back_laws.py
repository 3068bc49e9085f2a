"""What must hold of what is reported back (办结报告), for `caseflow doctor --laws`."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Select, exists, func, or_, select

from caseflow.deadlines.clocks import ALIVE
from caseflow.deadlines.policies import ClockName
from caseflow.deadlines.tables import Clock
from caseflow.ledger.back_states import OWES_BACK
from caseflow.ledger.handed_tables import BACK_DONE, HandedMatter, ReportBack
from caseflow.ledger.history_tables import Entry
from caseflow.ledger.report_tables import Report
from caseflow.ledger.tables import Case

_PROMISES = (ClockName.report_back, ClockName.signed_back)


def broken() -> Iterator[Select[Any]]:
    """No case is closed while a sender is owed its signature; what was sent was checked by other
    eyes, and the history tells of it; nobody is urged where nothing is owed; and no sender's number
    became two reports.
    """
    done = exists().where(
        ReportBack.report_id == Report.id,
        ReportBack.case_id == Case.id,
        ReportBack.round == Case.reopened,
        ReportBack.state.in_(BACK_DONE),
    )
    owed = exists().where(
        Report.case_id == Case.id,
        Report.follows.is_(None),
        Report.report_back.is_(True),
        ~done.correlate(Report, Case),
    )
    yield select(Case.number).where(Case.state == "closed", owed)
    urged = exists().where(
        Clock.case_id == Case.id, Clock.name.in_(_PROMISES), Clock.state.in_(ALIVE)
    )
    yield select(Case.number).where(urged, or_(~owed, Case.state.not_in(OWES_BACK)))
    of_case = select(Case.number).join(ReportBack, ReportBack.case_id == Case.id)
    sent = ReportBack.state.in_(("sending", "sent", "refused", "signed"))
    yield of_case.where(sent, ReportBack.checked_by == ReportBack.drafted_by)
    told = exists().where(
        Entry.case_id == ReportBack.case_id,
        Entry.verb == "send_report_back",
        Entry.at == ReportBack.sent_at,
    )
    yield of_case.where(ReportBack.sent_at.is_not(None), ~told.correlate(ReportBack))
    signed = exists().where(
        Entry.case_id == ReportBack.case_id,
        Entry.verb == "sign_report_back",
        Entry.at == ReportBack.signed_at,
    )
    yield of_case.where(ReportBack.signed_at.is_not(None), ~signed.correlate(ReportBack))
    twice = select(HandedMatter.number).group_by(HandedMatter.sender, HandedMatter.number)
    yield twice.having(func.count() > 1)
