"""What is done with a file of inquiry by its page: opened, a step recorded, decided."""

from collections.abc import Callable
from dataclasses import replace

from flask import flash, redirect, request, url_for
from sqlalchemy.orm import Session

from caseflow.errors import BadInput, MoveNotAllowed, NotFound
from caseflow.escalation import accountability, accountability_reading, reading
from caseflow.escalation.accountability import Said
from caseflow.escalation.accountability_states import ACCOUNTABILITY_MOVES
from caseflow.refs import whole
from caseflow.web.console import conflict
from caseflow.web.console.frame import Page, blueprint, scope
from caseflow.web.console.inquiry_pages import changes, chosen, show, view
from caseflow.web.edge import actor, change, needs, now, read, seen, typed, typed_day
from caseflow.web.files import Brought
from caseflow.web.locale import gettext

_DECISION = "decision_made"


@blueprint.post("/orders/<int:order_id>/inquiry")
@needs("accountability.record")
def open_inquiry(order_id: int) -> Page:
    """Open the file of inquiry of an issued proposal (建立责任核实案卷)."""

    def work(session: Session) -> int:
        reading.order(session, scope(), order_id)
        return accountability.open_file(session, actor(), order_id, now()).id

    try:
        made = change(work)
    except MoveNotAllowed as gone:
        back = url_for("console.order_page", order_id=order_id)
        return conflict.changed(gone, back, {"active": "orders"})
    flash(gettext("案卷已建立。"), "success")
    return redirect(url_for("console.inquiry_page", inquiry_id=made))


@blueprint.post("/inquiries/<int:inquiry_id>/step")
@needs("accountability.record")
def record_step(inquiry_id: int) -> Page:
    """Put the next step of a file on record: any but the decision."""
    move = typed("step")

    def known() -> str:
        if move not in ACCOUNTABILITY_MOVES or move == _DECISION:
            raise NotFound("没有这一步")
        return move

    return _take(inquiry_id, known)


@blueprint.post("/inquiries/<int:inquiry_id>/decide")
@needs("accountability.decide")
def decide_inquiry(inquiry_id: int) -> Page:
    """Decide what a file comes to (决定), by the head of the committee."""
    return _take(inquiry_id, lambda: _DECISION)


def _take(inquiry_id: int, move: Callable[[], str]) -> Page:
    files = Brought("evidence")
    said = Said(
        day=typed_day("day"),
        text=typed("text"),
        people=typed("people"),
        choice=typed("choice"),
        accounts=[n for one in request.form.getlist("accounts") if (n := whole(one)) is not None],
    )

    def work(session: Session) -> None:
        accountability_reading.one(session, scope(), inquiry_id)
        full = replace(said, files=files.named(session))
        accountability.take(session, actor(), inquiry_id, move(), full, now(), seen=seen())

    try:
        with read() as session:  # nobody fills the store for what they do not see
            accountability_reading.one(session, scope(), inquiry_id)
        files.put()
        change(work)
    except BadInput as wrong:
        came = any(one.filename for one in request.files.values())
        again = {"evidence": "所选的文件需要重新选择"} if came else {}
        return show(inquiry_id, {**again, **wrong.fields}, move(), 422)
    except MoveNotAllowed as gone:
        return _changed(inquiry_id, move(), gone)
    flash(gettext("已登记。"), "success")
    return redirect(url_for("console.inquiry_page", inquiry_id=inquiry_id))


def _changed(inquiry_id: int, form: str, gone: MoveNotAllowed) -> Page:
    """Say which steps came since the form was made, and give it back as it was filled in."""
    shown = view(inquiry_id, form=form)
    lines = changes(shown, conflict.since(shown["file"].head_n))
    back = url_for("console.inquiry_page", inquiry_id=inquiry_id)
    forms = "console/_inquiry_forms.html" if form in shown["moves"] else ""
    said = [] if forms else chosen(inquiry_id, form)
    return conflict.changed(gone, back, shown, changes=lines, forms=forms, chosen=said)
