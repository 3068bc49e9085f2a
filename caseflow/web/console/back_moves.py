"""The report back to the office that handed a matter down, as POSTs and as paper (办结报告)."""

from collections.abc import Callable
from typing import Any

from sqlalchemy.orm import Session

from caseflow.errors import BadInput, NotFound
from caseflow.ledger import back_draft, queries, reports_back
from caseflow.ledger.handed_tables import ReportBack
from caseflow.ledger.moves import reporting_back
from caseflow.ledger.report_tables import Report
from caseflow.ledger.tables import Case
from caseflow.people.actor import Actor
from caseflow.refs import whole
from caseflow.web import edge
from caseflow.web.console.frame import Page, blueprint, scope
from caseflow.web.console.moving import on_case
from caseflow.web.edge import actor, needs, now, read, seen, typed
from caseflow.web.files import attached as sent
from caseflow.web.locale import in_chinese
from caseflow.web.shell import office

Verb = Callable[..., object]


def _make(number: str, move: str, verb: Verb, *names: str) -> Page:
    """Make a move about the report that the form names, with what its fields say."""
    report = whole(typed("report")) or 0
    said = {name: typed(name) for name in names}

    def work(session: Session, case: Case) -> None:
        verb(session, actor(), case.id, report, now=now(), seen=seen(), **said)

    return on_case(number, move, work)


@blueprint.post("/cases/<number>/draft_report_back")
@needs("case.report_back")
def draft_report_back(number: str) -> Page:
    """Write what is reported back (起草)."""
    return _make(number, "draft_report_back", reporting_back.draft_report_back, "text")


@blueprint.post("/cases/<number>/check_report_back")
@needs("case.check_back")
def check_report_back(number: str) -> Page:
    """Agree to what somebody else wrote (核稿)."""
    return _make(number, "check_report_back", reporting_back.check_report_back, "remark")


@blueprint.post("/cases/<number>/return_report_back")
@needs("case.check_back")
def return_report_back(number: str) -> Page:
    """Send it back to be changed (退回修改)."""
    return _make(number, "return_report_back", reporting_back.return_report_back, "reason")


@blueprint.post("/cases/<number>/send_report_back")
@needs("case.report_back")
def send_report_back(number: str) -> Page:
    """Send it, or record that it was sent (送出)."""
    address, official = typed("address"), bool(typed("official"))

    def verb(session: Session, who: Actor, case_id: int, report: int, **said: Any) -> None:
        if reports_back.is_reporters(session, edge.rooms().ring, case_id, address):
            raise BadInput({"address": "这是反映人的邮箱，办结报告只送来文机关"})
        reporting_back.send_report_back(
            session, who, case_id, report, address=address, official=official, **said
        )

    return _make(number, "send_report_back", verb, "way", "proof")


@blueprint.post("/cases/<number>/sign_report_back")
@needs("case.sign_back")
def sign_report_back(number: str) -> Page:
    """Record that the sender signed for it (签收)."""
    return _make(number, "sign_report_back", reporting_back.sign_report_back, "signed_by", "proof")


@blueprint.post("/cases/<number>/refuse_report_back")
@needs("case.report_back")
def refuse_report_back(number: str) -> Page:
    """Record that the sender did not take it (来文机关退回)."""
    return _make(number, "refuse_report_back", reporting_back.refuse_report_back, "reason")


@blueprint.post("/cases/<number>/waive_report_back")
@needs("case.waive_back")
def waive_report_back(number: str) -> Page:
    """Record that the sender wants none (不要回报)."""
    return _make(number, "waive_report_back", reporting_back.waive_report_back, "reason")


@blueprint.get("/cases/<number>/report_back/<int:row_id>/pdf")
@needs("ledger.read")
def report_back_pdf(number: str, row_id: int) -> Page:
    """Hand out what was written for a sender as PDF, each time the same."""
    with read() as session, in_chinese():
        case = queries.case_by_number(session, scope(), number)
        row = session.get(ReportBack, row_id)
        if row is None or row.case_id != case.id:
            raise NotFound("没有这份办结报告")
        report = session.get_one(Report, row.report_id)
        sheet = back_draft.sheet(row, report, office().name)
        at = row.sent_at or row.checked_at or row.drafted_at
    content = edge.typesetter().pdf(sheet, at)
    return sent(content, "application/pdf", f"{sheet.title}.pdf")
