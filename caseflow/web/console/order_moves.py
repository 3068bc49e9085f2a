"""What a person does with an order, as POSTs: corrects, issues, cancels, judges and lifts it.

A form says from what it was made: the history number of the case, and the text of a draft. Where
that is not what stands there any more, the page of changes tells what came since, with the form as
it was filled in where it is offered still, else what was typed to copy (409): nobody accepts an
answer that they never read.
"""

from collections.abc import Callable

from flask import flash, redirect, request, url_for
from sqlalchemy.orm import Session

from caseflow.errors import BadInput, MoveNotAllowed, Stale
from caseflow.escalation import answers, orders, reading
from caseflow.ledger import dossier
from caseflow.web.console import conflict, timeline
from caseflow.web.console.frame import Page, blueprint, scope
from caseflow.web.console.order_pages import offered, page, view
from caseflow.web.edge import actor, change, needs, now, read, seen, typed
from caseflow.web.locale import gettext

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
        return _changed(order_id, form, gone)
    flash(done, "success")
    return redirect(url_for("console.order_page", order_id=order_id))


def _changed(order_id: int, form: str, gone: Stale | MoveNotAllowed) -> Page:
    """Say what came since the form was made, and give it back as it was filled in."""
    with read() as session:
        case = reading.order(session, scope(), order_id).case
        new = conflict.since(case.head_n)
        lines = timeline.told(dossier.load(session, case), reading.of_case(session, case), new)
    shown = view(order_id, form=_filled_in(form), late=True)
    back = url_for("console.order_page", order_id=order_id)
    return conflict.changed(gone, back, shown, changes=lines, forms=offered(shown))


def _filled_in(form: str) -> str:
    """Return the form that somebody filled in, whichever of its buttons they pressed; none where
    they wrote nothing.
    """
    if form in ("edit", "issue"):
        return "edit" if typed("text") != request.form.get("began", "").strip() else ""
    return form if typed("reason") else ""
