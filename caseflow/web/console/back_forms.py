"""The report back to the office that handed a matter down, as forms and lines of the story
(办结报告).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from flask import url_for

from caseflow.ledger import back_draft, reports_back
from caseflow.ledger.dossier import Happened
from caseflow.ledger.handed_tables import BACK_WAYS, ReportBack
from caseflow.ledger.report_tables import Report
from caseflow.ledger.tables import Case
from caseflow.web.console.closing_forms import which_report
from caseflow.web.console.forms import Field, Form
from caseflow.web.console.sight import Sight
from caseflow.web.locale import gettext, moment_text, sentences
from caseflow.words import handed

Owed = Sequence[tuple[Report, ReportBack | None]]


def owed(sight: Sight) -> Owed:
    """Return the reports whose senders have not signed yet, with what stands for each."""
    dossier = sight.dossier
    return reports_back.open_of(dossier.first_reports, dossier.reports_back, sight.case.reopened)


def _in(sight: Sight, *states: str, also_none: bool = False) -> list[Report]:
    return [
        report
        for report, row in owed(sight)
        if (row.state in states if row is not None else also_none)
    ]


def _for_other_eyes(sight: Sight) -> list[Report]:
    return [
        report
        for report, row in owed(sight)
        if row is not None and row.state == "drafted" and row.drafted_by != sight.actor.id
    ]


def _form(sight: Sight, move: str, title: str, reports: Sequence[Report], *fields: Field) -> Form:
    what = sentences(_which(one) for one in reports)
    action = url_for(f"console.{move}", number=sight.case.number)
    return Form(move, title, action, (what,), (which_report(reports), *fields))


def _which(report: Report) -> str:
    number = report.handed_number or gettext("无编号")
    return gettext("来文：%(whom)s（%(number)s）。", whom=report.handed_by, number=number)


def _draft(sight: Sight) -> Form | None:
    reports = _in(sight, "drafted", "checked", also_none=True)
    if not reports:
        return None
    rows = {report.id: row for report, row in owed(sight)}
    row, last = rows[reports[0].id], _last(sight, reports[0])
    written = row or last
    said = written.text if written else back_draft.text(sight.dossier, reports[0])
    hint = gettext("由台账拟出，请核对、补写；不写反映人是谁。")
    if last is not None and row is None:
        hint = gettext("上一份被退回：%(why)s", why=last.reason)
    field = Field("textarea", "text", gettext("办结报告"), said, hint=hint, rows=12, longest=10_000)
    title = gettext("改写办结报告") if row else gettext("起草办结报告")
    return _form(sight, "draft_report_back", title, reports, field)


def _last(sight: Sight, report: Report) -> ReportBack | None:
    """Return what was written last for a report in this round, and came back."""
    here = [
        row
        for row in sight.dossier.reports_back
        if (row.report_id, row.round) == (report.id, sight.case.reopened)
    ]
    return here[-1] if here else None


def _check(sight: Sight) -> Form | None:
    reports = _for_other_eyes(sight)
    remark = Field("textarea", "remark", gettext("意见"), optional=True, longest=2000)
    title = gettext("核稿通过")
    return _form(sight, "check_report_back", title, reports, remark) if reports else None


def _return(sight: Sight) -> Form | None:
    reports = _for_other_eyes(sight)
    reason = Field("textarea", "reason", gettext("要改什么"), longest=2000)
    title = gettext("退回修改办结报告")
    return _form(sight, "return_report_back", title, reports, reason) if reports else None


def _send(sight: Sight) -> Form | None:
    reports = _in(sight, "checked")
    mails = sight.case.kind != "tip"
    codes = BACK_WAYS if mails else BACK_WAYS[1:]
    ways = [(code, gettext(handed.BACK_WAYS[code])) for code in codes]
    fields = (
        Field("radios", "way", gettext("怎样送出"), "letter", options=ways, row=True),
        *(_mailing(sight, reports) if mails and reports else ()),
        Field("text", "proof", gettext("凭据：邮件号、发文号"), optional=True, longest=300),
    )
    title = gettext("送出办结报告")
    return _form(sight, "send_report_back", title, reports, *fields) if reports else None


def _mailing(sight: Sight, reports: Sequence[Report]) -> tuple[Field, Field]:
    """Return what is asked of who has it mailed by this machine."""
    rows = {report.id: row for report, row in owed(sight)}
    row = rows[reports[0].id]
    known = (row.address if row else "") or sight.dossier.office_mailbox
    hint = gettext("只由本系统发邮件时填。报告作为 PDF 附件发出，信中只写来文编号；退信会通知您。")
    sure = gettext("这是来文机关的公务邮箱，不是个人邮箱")
    return (
        Field(
            "text",
            "address",
            gettext("来文机关的公务邮箱"),
            known,
            hint=hint,
            optional=True,
            longest=120,
        ),
        Field("checks", "official", gettext("确认"), options=(("yes", sure),), optional=True),
    )


def _sign(sight: Sight) -> Form | None:
    reports = _in(sight, "sent")
    fields = (
        Field("text", "signed_by", gettext("来文机关谁签收的"), longest=60),
        Field("text", "proof", gettext("签收凭据：回执、回函号"), optional=True, longest=300),
    )
    title = gettext("来文机关已签收")
    return _form(sight, "sign_report_back", title, reports, *fields) if reports else None


def _refuse(sight: Sight) -> Form | None:
    reports = _in(sight, "sent")
    reason = Field("textarea", "reason", gettext("来文机关为什么退回"), longest=2000)
    title = gettext("来文机关退回了办结报告")
    return _form(sight, "refuse_report_back", title, reports, reason) if reports else None


def _waive(sight: Sight) -> Form | None:
    reports = [report for report, _ in owed(sight)]
    reason = Field("textarea", "reason", gettext("来文机关谁、何时、怎么说的"), longest=2000)
    title = gettext("来文机关不要回报")
    return _form(sight, "waive_report_back", title, reports, reason) if reports else None


BUILDERS: dict[str, Callable[[Sight], Form | None]] = {
    "draft_report_back": _draft,
    "check_report_back": _check,
    "return_report_back": _return,
    "send_report_back": _send,
    "sign_report_back": _sign,
    "refuse_report_back": _refuse,
    "waive_report_back": _waive,
}
_NEXT = {
    "check_report_back": "另一人起草的办结报告等您核稿。",
    "send_report_back": "办结报告已核稿：送来文机关。",
    "sign_report_back": "办结报告已送出：来文机关签收后记录。",
    "draft_report_back": "向来文机关回报：起草办结报告。",
}


def step(sight: Sight, forms: Mapping[str, Form]) -> tuple[str, Form | None]:
    """Return what is owed to the senders as the next step: the words, and the form of whoever it
    falls to. Nothing where all have signed.
    """
    waits = owed(sight)
    if not waits:
        return "", None
    alone = {"draft_report_back": any(row is None for _, row in waits)}
    for move, told in _NEXT.items():
        if move in forms and alone.get(move, True):
            return gettext(told), forms[move]
    states = [gettext(handed.BACK_STATES[row.state]) for _, row in waits if row is not None]
    told = states[0] if states else gettext("等承办人起草")
    return gettext("等来文机关签收办结报告：%(now)s。", now=told), None


def told(entry: Happened) -> str:
    """Return what the history says of a step of it."""
    facts = entry.facts
    way = facts.get("way")
    how = gettext(handed.BACK_WAYS[way]) if way in handed.BACK_WAYS else ""
    said = (how, facts.get("proof"), facts.get("remark"), facts.get("reason"))
    return "\n".join(str(one) for one in said if one)


# The page's list


@dataclass(frozen=True)
class Line:
    """One report back as the case page lists it."""

    number: str
    whom: str
    state: str
    when: str
    text: str
    href: str


def lines(sight: Sight) -> list[Line]:
    """Return everything that was written for the senders, oldest first."""
    reports = {one.id: one for one in sight.dossier.reports}
    return [
        _line(sight.case, row, reports[row.report_id])
        for row in sight.dossier.reports_back
        if row.report_id in reports and row.text
    ]


def _line(case: Case, row: ReportBack, report: Report) -> Line:
    at = row.signed_at or row.sent_at or row.checked_at or row.drafted_at
    return Line(
        number=report.handed_number,
        whom=report.handed_by,
        state=gettext(handed.BACK_STATES[row.state]),
        when=moment_text(at),
        text=row.text,
        href=url_for("console.report_back_pdf", number=case.number, row_id=row.id),
    )
