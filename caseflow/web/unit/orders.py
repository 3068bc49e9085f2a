"""Orders issued to the unit: to be read, printed and answered."""

from dataclasses import dataclass

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from caseflow import words
from caseflow.errors import BadInput, MoveNotAllowed
from caseflow.escalation import answers, reading
from caseflow.escalation.order_states import OWED, PENDING
from caseflow.escalation.received import Received, order_to, steps
from caseflow.escalation.tables import Order
from caseflow.refs import whole
from caseflow.web import edge
from caseflow.web.document import document, pdf
from caseflow.web.edge import needs, now
from caseflow.web.locale import day_text, gettext, moment_text
from caseflow.web.shell import office
from caseflow.web.unit import news
from caseflow.web.unit.frame import Page, bearer, blueprint


@dataclass(frozen=True)
class OrderLine:
    """An order in the list; `answer_by` is empty once no answer is owed."""

    id: int
    kind: str
    number: str
    issued: str
    answer_by: str
    answered: bool
    still: bool
    badge: str


def order_line(received: Received) -> OrderLine:
    """Return an issued order as a line of the list."""
    order = received.order
    answered = order.state not in OWED
    still = received.still and order.state in PENDING
    by = day_text(order.answer_by) if order.answer_by and not (answered or still) else ""
    issued = moment_text(order.issued_at) if order.issued_at else ""
    kind = gettext(words.ACTIONS[order.kind])
    return OrderLine(
        order.id, kind, order.number or "", issued, by, answered, still, _badge(received)
    )


_BADGES = {
    "issued": "待签收",
    "signed_for": "待答复",
    "answered": "已答复",
    "accepted": "答复已认可",
    "lifted": "已解除",
}


def _badge(received: Received) -> str:
    """Return how an order stands, as the unit that got it reads it."""
    state = received.order.state
    return gettext("暂停办理" if received.still and state in OWED else _BADGES[state])


@blueprint.get("/orders/<int:order_id>")
@needs("item.hold")
def order(order_id: int) -> Page:
    """Show an issued order; any other looks like one that does not exist."""
    with edge.read() as session:
        return _page(session, order_id)


@blueprint.get("/orders/<int:order_id>/pdf")
@needs("item.hold")
def order_pdf(order_id: int) -> ResponseReturnValue:
    """Hand out an issued order as PDF."""
    with edge.read() as session:
        found = order_to(session, edge.actor().unit, order_id)
    return pdf(found.order, office().name)


@blueprint.post("/orders/<int:order_id>/sign_for")
@needs("order.sign_for")
def sign_for_order(order_id: int) -> ResponseReturnValue:
    """Sign for an order. What was written in the answer's field stands there still."""
    text, me = edge.typed("text"), edge.actor()

    def work(session: Session) -> None:
        order_to(session, me.unit, order_id)
        answers.sign_for(session, me, order_id, now())

    try:
        edge.change(work)
    except MoveNotAllowed:
        with edge.read() as session:
            why = gettext("这份文书现在不需要签收")
            return _page(session, order_id, text, why, late=True), 409
    if text:
        kept = gettext("已签收。答复还没有提交，您写的都在下面。")
        with edge.read() as session:
            return _page(session, order_id, text, kept=kept)
    flash(gettext("已签收。"), "success")
    return redirect(url_for(".order", order_id=order_id))


@blueprint.post("/orders/<int:order_id>/answer")
@needs("item.hold")
def answer(order_id: int) -> ResponseReturnValue:
    """Answer an order in writing."""
    text, me = edge.typed("text"), edge.actor()

    def work(session: Session) -> None:
        order_to(session, me.unit, order_id)
        answers.answer(session, me, order_id, text, now(), returns=whole(edge.typed("returns")))

    try:
        edge.change(work)
    except BadInput as error:
        with edge.read() as session:
            return _page(session, order_id, text, gettext(error.fields.get("text", ""))), 422
    except MoveNotAllowed:
        with edge.read() as session:
            owed = order_to(session, me.unit, order_id).order.state in OWED
            why = (
                "答复刚被退回，请看过理由再答复" if owed else "这份文书现在不需要答复，这次没有保存"
            )
            return _page(session, order_id, text, gettext(why), late=True), 409
    flash(gettext("答复已提交。"), "success")
    return redirect(url_for(".order", order_id=order_id))


def _page(
    session: Session,
    order_id: int,
    typed: str = "",
    error: str = "",
    kept: str = "",
    *,
    late: bool = False,
) -> str:
    """Return the page of an order; where a form came too `late`, with what it was too late for."""
    received = order_to(session, edge.actor().unit, order_id)
    found = received.order
    seen = whole(edge.typed("seen")) or 0
    return render_template(
        "unit/order.html",
        unit=bearer(session),
        order=found,
        line=order_line(received),
        document=document(found),
        answered_at=moment_text(found.answered_at) if found.answered_at else "",
        earlier=_earlier(session, found),
        news=news.of_order(session, found, seen) if late else (),
        seen=len(steps(session, found)),
        typed=typed,
        error=error,
        kept=kept,
    )


def _earlier(session: Session, order: Order) -> list[dict[str, str]]:
    """Return what came back of the unit's answers, the newest first, and why."""
    return [
        {
            "at": moment_text(one.at),
            "text": one.text,
            "returned": moment_text(one.returned_at),
            "reason": one.returned_for,
        }
        for one in reading.answers(session, order.id)
        if one.returned_at is not None
    ]
