"""What a person does with an order, as POSTs: corrects, issues, cancels, judges and lifts it.

A form says from what it was made: the history number of the case, and the text of a draft. Where
that is not what stands there any more, the page of changes tells what came since, with what was
typed to copy (409): nobody accepts an answer that they never read.
"""

from collections.abc import Callable

from flask import flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session

from caseflow.errors import BadInput, MoveNotAllowed, Stale
from caseflow.escalation import answers, orders, reading
from caseflow.ledger import dossier
from caseflow.web.console import timeline
from caseflow.web.console.frame import Page, blueprint, scope
from caseflow.web.console.order_pages import page
from caseflow.web.edge import actor, change, needs, now, read, seen, typed
from caseflow.web.locale import gettext
from caseflow.web.written import written

_LATEST = 3
UNSENT = "您写了退回的理由：要退回请按“退回答复”；要认可请先清空理由"


@blueprint.post("/orders/<int:order_id>/edit")
@needs("order.edit")
def edit_order(order_id: int) -> Page:
    """Save a draft's corrected text for somebody else to sign (修改正文)."""
    text, began = typed("text"), request.form.get("began")

    def work(session: Session) -> None:
        orders.edit(session, actor(), order_id, text, now(), began=began)

    return _settle(order_id, "edit", work, gettext("正文已保存，请由他人审核签发。"))


@blueprint.post("/orders/<int:order_id>/issue")
@needs("order.issue")
def issue_order(order_id: int) -> Page:
    """Issue a draft with the text that its reader has read (签发), and changed nothing of."""
    text = typed("text")
    began = request.form.get("began")

    def work(session: Session) -> None:
        orders.issue(session, actor(), order_id, text, now(), began=began, seen=seen())

    return _settle(order_id, "edit", work, gettext("已签发，编号自动生成。"))


@blueprint.post("/orders/<int:order_id>/cancel")
@needs("order.issue")
def cancel_order(order_id: int) -> Page:
    """Cancel a draft with a reason (撤销)."""
    reason = typed("reason")

    def work(session: Session) -> None:
        orders.cancel(session, actor(), order_id, reason, now(), seen=seen())

    return _settle(order_id, "cancel", work, gettext("已撤销。督办记录保留。"))


@blueprint.post("/orders/<int:order_id>/accept")
@needs("order.judge")
def accept_order(order_id: int) -> Page:
    """Accept a unit's answer (认可答复)."""
    reason = typed("reason")

    def work(session: Session) -> None:
        if reason:
            raise BadInput({"reason": UNSENT})
        answers.accept(session, actor(), order_id, now(), seen=seen())

    return _settle(order_id, "return", work, gettext("答复已认可。"))


@blueprint.post("/orders/<int:order_id>/return")
@needs("order.judge")
def return_order(order_id: int) -> Page:
    """Send a unit's answer back with words (退回答复)."""
    reason = typed("reason")

    def work(session: Session) -> None:
        answers.send_back(session, actor(), order_id, reason, now(), seen=seen())

    return _settle(order_id, "return", work, gettext("已退回，单位须重新答复。"))


@blueprint.post("/orders/<int:order_id>/lift")
@needs("order.lift")
def lift_order(order_id: int) -> Page:
    """Lift a document that stands, with a reason (解除, 摘牌)."""
    reason = typed("reason")

    def work(session: Session) -> None:
        answers.lift(session, actor(), order_id, reason, now(), seen=seen())

    return _settle(order_id, "lift", work, gettext("已解除，单位会收到通知。"))


def _settle(order_id: int, form: str, work: Callable[[Session], object], done: str) -> Page:
    def take(session: Session) -> None:
        reading.order(session, scope(), order_id)
        work(session)

    try:
        change(take)
    except BadInput as wrong:
        return page(order_id, wrong.fields, form, 422)
    except (Stale, MoveNotAllowed) as gone:
        return _changed(order_id, gone)
    flash(done, "success")
    return redirect(url_for("console.order_page", order_id=order_id))


def _changed(order_id: int, gone: Stale | MoveNotAllowed) -> Page:
    """Say what came since the form was made, and give back what was typed."""
    with read() as session:
        case = reading.order(session, scope(), order_id).case
        since = seen()
        since = case.head_n - _LATEST if since is None or since == case.head_n else since
        lines = timeline.told(dossier.load(session, case), reading.of_case(session, case), since)
    answer = render_template(
        "console/changed.html",
        active="orders",
        reason=gettext(gone.told),
        changes=lines,
        typed=written(),
        back_href=url_for("console.order_page", order_id=order_id),
    )
    return answer, 409
