"""Passing cases on (移送): the moves, and the page on which the other office reads and signs.

Before it signs, that office reads of a case what it needs to know whether it is competent, and no
more: no history, no items, no file; nobody's identity can be opened there (design law 11).
"""

from collections.abc import Callable
from dataclasses import dataclass

from flask import flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session

from caseflow.errors import BadInput, MoveNotAllowed, NotFound, Stale
from caseflow.ledger import passages, queries
from caseflow.ledger.moves import passing
from caseflow.ledger.report_tables import Report
from caseflow.ledger.tables import INSTRUCTED, Case
from caseflow.web.clocks import ClockView, clock_views
from caseflow.web.console import passing_forms
from caseflow.web.console.forms import Again, Form
from caseflow.web.console.frame import Page, blueprint, scope
from caseflow.web.console.moving import DONE, on_case
from caseflow.web.console.sight import Sight, look_at
from caseflow.web.edge import actor, can, change, needs, now, read, seen, typed
from caseflow.web.locale import gettext, moment_text


@dataclass(frozen=True)
class PassageView:
    """What whoever is to sign reads."""

    case: Case
    leader: bool
    facts: list[tuple[str, str]]
    asked: list[tuple[str, str]]
    clocks: list[ClockView]
    reports: list[tuple[Report, str]]
    forms: list[Form]
    again: Again | None
    refused: Form | None


@blueprint.post("/cases/<number>/pass_on")
@needs("case.pass_on")
def pass_on(number: str) -> Page:
    """Pass the case on to another office (移送)."""
    to, why, grounds = typed("to"), typed("why"), typed("grounds")
    return on_case(
        number,
        "pass_on",
        lambda s, case: passing.pass_on(s, actor(), case.id, to, why, grounds, now(), seen=seen()),
    )


@blueprint.post("/cases/<number>/take_back")
@needs("case.pass_on")
def take_back(number: str) -> Page:
    """Take the case back before anybody signed (收回移送)."""
    remark = typed("remark")
    return on_case(
        number,
        "take_back",
        lambda s, case: passing.take_back(s, actor(), case.id, remark, now(), seen=seen()),
    )


@blueprint.get("/passages/<number>")
@needs("ledger.read")
def passage(number: str) -> Page:
    """Show a case that waits for the reader's office to sign for it; the case itself where it is in
    their scope and does not, or does not any more.
    """
    try:
        return _shown(number)
    except NotFound:
        with read() as session:
            case = queries.case_by_number(session, scope(), number)
            return redirect(url_for("console.case_page", number=case.number))


@blueprint.post("/passages/<number>/receive")
@needs("case.receive")
def receive(number: str) -> Page:
    """Sign for a case (签收移送)."""
    refused = _carry_out(
        number,
        "receive",
        lambda s, case: passing.receive(s, actor(), case.id, now(), seen=seen()),
    )
    return refused or redirect(url_for("console.case_page", number=number))


@blueprint.post("/passages/<number>/send_back")
@needs("case.receive")
def send_back(number: str) -> Page:
    """Send a case back to the office that passed it on (退回移送)."""
    reason = typed("reason")
    refused = _carry_out(
        number,
        "send_back",
        lambda s, case: passing.send_back(s, actor(), case.id, reason, now(), seen=seen()),
    )
    return refused or redirect(url_for("console.work_list"))


def _carry_out(number: str, move: str, work: Callable[[Session, Case], None]) -> Page | None:
    """Make a move on a case that waits here; return the page that says why it was refused."""

    def take(session: Session) -> None:
        work(session, passages.case_to_receive(session, actor(), number))

    try:
        change(take)
    except BadInput as wrong:
        return _shown(number, Again(move, {"reason": typed("reason")}, wrong.fields), 422)
    except (Stale, MoveNotAllowed) as gone:
        return _shown(number, Again(move, {"reason": typed("reason")}, {"": gone.told}), 409)
    flash(gettext(DONE[move]), "success")
    return None


def _shown(number: str, again: Again | None = None, status: int = 200) -> Page:
    with read() as session:
        case = passages.case_to_receive(session, actor(), number)
        page = _view(look_at(session, case), again)
    language = request.method != "POST"
    body = render_template("console/passage.html", active="work", page=page, language=language)
    return body, status


def _view(sight: Sight, again: Again | None) -> PassageView:
    case, dossier, row = sight.case, sight.dossier, sight.passage
    built = (passing_forms.receive(sight), passing_forms.send_back(sight))
    forms = [form for form in built if form is not None and can("case.receive")]
    shown = [one for one in dossier.clocks if one.item_id is None and one.order_id is None]
    shown = [one for one in shown if one.name in ("receive", "immediate", "resolve")]
    return PassageView(
        case=case,
        leader=case.rank == INSTRUCTED,
        facts=[
            (gettext("被反映单位"), dossier.unit_name(case.unit_id) or case.place),
            (gettext("区域"), dossier.area.name),
            (gettext("收到"), moment_text(case.opened_at)),
        ],
        asked=passing_forms.asked(sight, row) if row else [],
        clocks=clock_views(sight.rules, shown, sight.now, sight.documents),
        reports=[(report, moment_text(report.received_at)) for report in dossier.reports],
        forms=forms,
        again=again,
        refused=next((form for form in forms if again and form.key == again.key), None),
    )
