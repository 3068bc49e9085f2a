"""Orders as pages: the list of those of the scope, and each with what its reader may do."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import render_template, request, url_for
from sqlalchemy.orm import Session

from caseflow import words
from caseflow.deadlines import preview
from caseflow.deadlines.ladder import Action
from caseflow.deadlines.rules import Rules, rules_of
from caseflow.escalation import (
    accountability,
    accountability_gate,
    accountability_reading,
    order_gate,
    orders,
    reading,
)
from caseflow.escalation.accountability_tables import AccountabilityFile
from caseflow.escalation.drafted import Documents, documents
from caseflow.escalation.order_states import ORDER_STATES, PENDING
from caseflow.escalation.reading import PAGE, OrderRow
from caseflow.escalation.tables import Order
from caseflow.escalation.wording import DECIDES
from caseflow.ledger import gate
from caseflow.ledger.moves.record import matter_of
from caseflow.people import names
from caseflow.people.permissions import may
from caseflow.web import counts
from caseflow.web.clocks import clock_views, document_label, due_text, unspoken
from caseflow.web.console import paging
from caseflow.web.console.frame import Page, blueprint, scope
from caseflow.web.console.inquiry_pages import listed
from caseflow.web.document import document, pdf
from caseflow.web.edge import actor, can, needs, now, read
from caseflow.web.locale import day_text, done, gettext, moment_text, series
from caseflow.web.shell import office


@blueprint.get("/orders")
@needs("order.read")
def order_list() -> Page:
    """Show the orders of the scope: drafts unless asked otherwise."""
    said = request.args.get("state", "draft")
    state = said if said in ORDER_STATES else "draft"
    with read() as session:
        found = reading.orders(session, scope(), state, paging.after_place(), PAGE + 1)
        by_state = reading.counts(session, scope())
        counts.waiting()
        files = accountability_reading.open_files(session, scope()) if _reads_files() else ()
        rules, drafted = rules_of(session), _drafted(session, found)
        rows = [_shown(rules, row, drafted) for row in found[:PAGE]]
    following = ""
    if len(found) > PAGE:
        last = found[PAGE - 1]
        place = paging.mark(last.case.rank, last.order.drafted_at, last.order.id)
        following = url_for("console.order_list", state=state, after=place)
    tabs = [
        {
            "href": url_for("console.order_list", state=one),
            "label": gettext(words.ORDER_STATES[one]),
            "count": by_state.get(one, 0),
            "selected": one == state,
        }
        for one in ORDER_STATES
    ]
    return render_template(
        "console/orders.html",
        active="orders",
        rows=rows,
        tabs=tabs,
        state=state,
        next_href=following,
        files=listed(files),
    )


def _reads_files() -> bool:
    return can("accountability.read")


def _drafted(session: Session, rows: Sequence[OrderRow]) -> Documents:
    return documents(session, [row.clock for row in rows if row.clock])


def _shown(rules: Rules, row: OrderRow, drafted: Documents) -> dict[str, Any]:
    """Return an order as a row of the list; `mine`: the reader can issue or cancel it."""
    order = row.order
    about = gettext("办件 %(number)s", number=row.case.number)
    if row.item is not None:
        about = gettext("办件 %(number)s 第 %(n)s 项", number=row.case.number, n=row.item.n)
    return {
        "href": url_for("console.order_page", order_id=order.id),
        "number": order.number or "",
        "kind_label": document_label(
            order.kind, words.ACTIONS[order.kind], row.rung or 0, order.state
        ),
        "state": order.state,
        "state_label": _state_label(order),
        "unit": _addressee(row),
        "clocks": clock_views(rules, [row.clock] if row.clock else [], now(), drafted),
        "note": about,
        "mine": bool(_MINE & order_gate.offers(actor(), row.case, order)),
        "drafted": moment_text(order.drafted_at),
    }


# What waits for whoever may do it; lifting does not wait for anybody.
_MINE = {"order_issued", "order_accepted"}


def _state_label(order: Order) -> str:
    if order.state == "lifted" and order.kind == Action.listed:
        return gettext("已摘牌")
    return gettext(words.ORDER_STATES[order.state])


def _addressee(row: OrderRow) -> str:
    if row.order.kind == Action.accountability:
        return gettext(DECIDES)
    return row.unit.name if row.unit else gettext("未涉及单位")


@blueprint.get("/orders/<int:order_id>")
@needs("order.read")
def order_page(order_id: int) -> Page:
    """Show one order; a draft with its text to correct."""
    return page(order_id)


@blueprint.get("/orders/<int:order_id>/pdf")
@needs("order.read")
def order_pdf(order_id: int) -> Page:
    """Hand out an order as PDF; one that was not issued says so across the page."""
    with read() as session:
        order = reading.order(session, scope(), order_id).order
    return pdf(order, office().name)


def page(
    order_id: int, errors: Mapping[str, str] | None = None, form: str = "", status: int = 200
) -> Page:
    """Show one order, with what could not be done in its form."""
    return render_template("console/order.html", **view(order_id, errors, form)), status


def view(
    order_id: int, errors: Mapping[str, str] | None = None, form: str = "", *, late: bool = False
) -> dict[str, Any]:
    """Return what the page of an order, and each form of it, is drawn with; `late`: the form that
    was sent was made before something came since.
    """
    with read() as session:
        row = reading.order(session, scope(), order_id)
        shown = _shown(rules_of(session), row, _drafted(session, [row]))
        people = names.users(session, {one for one in _people(row.order) if one})
        owes = row.unit is not None and row.order.kind != Action.accountability
        due = preview.due(session, "answer", matter_of(row.case), now()) if owes else None
        answers = _answers(session, order_id)
        why = orders.kept_back(session, row.order, row.case, row.item)
        inquiry, opens = _inquiry(session, row)
    offers = order_gate.offers(actor(), row.case, row.order)
    return {
        "active": "orders",
        "order": row.order,
        "row": row,
        "shown": shown,
        "signed_name": _signed_name(row),
        "kept_back": gettext(why) if why else "",
        "settled": _settled(row.order, shown, people),
        "editors": series([people[one] for one in row.order.edited]),
        "document": document(row.order),
        "answer_due": due_text(due) if due else "",
        "answer_by": day_text(row.order.answer_by) if row.order.answer_by else "",
        "moves": offers,
        "refused": _refused(row, offers),
        "inquiry": inquiry,
        "opens_inquiry": opens,
        "history": _history(row.order),
        "answers": answers,
        "errors": errors or {},
        "form": form,
        "late": late,
        "language": request.method == "GET",
    }


def offered(shown: Mapping[str, Any]) -> str:
    """Return the template of an order's forms where the one that was sent is offered still."""
    move = _MOVES.get(shown["form"], "")
    kept_back = move == "order_edited" and shown["kept_back"]
    return FORMS if move in shown["moves"] and not kept_back else ""


_MOVES = {
    "edit": "order_edited",
    "cancel": "order_cancelled",
    "return": "order_accepted",
    "lift": "order_lifted",
}
FORMS = "console/_order_forms.html"


def _inquiry(session: Session, row: OrderRow) -> tuple[AccountabilityFile | None, bool]:
    """Return the file of inquiry of a proposal where its reader sees it, and whether they may open
    one.
    """
    if row.order.kind != Action.accountability or not _reads_files():
        return None, False
    seen = accountability_reading.of_order(session, scope(), row.order.id)
    known = accountability.of_order(session, row.order.id)
    return seen, not accountability_gate.not_opened(actor(), row.case, row.order, known)


def _signed_name(row: OrderRow) -> str:
    """Return what a document is called once it is issued, where it must not be called so yet."""
    order = row.order
    if order.state != "draft" or not unspoken(order.kind, order.state):
        return ""
    return gettext(words.ACTIONS[order.kind])


def _settled(
    order: Order, shown: Mapping[str, Any], people: Mapping[int, str]
) -> list[tuple[str, str]]:
    """Return when a document was drafted, and by whom and when it was issued or cancelled."""
    found = [(done("拟稿"), str(shown["drafted"]))]
    for word, person, at in (
        ("签发", order.issued_by, order.issued_at),
        ("撤销", order.cancelled_by, order.cancelled_at),
    ):
        if person is not None and at is not None:
            found.append((done(word), f"{people[person]} {moment_text(at)}"))
    return found


def _people(order: Order) -> tuple[int | None, ...]:
    return order.issued_by, order.cancelled_by, order.answered_by, *order.edited


def _refused(row: OrderRow, offers: set[str]) -> str:
    """Say why somebody who reads a draft, or an answer, cannot settle it."""
    order, me = row.order, actor()
    if row.case.state == "shelved" and order.state in PENDING:
        return gettext(gate.SHELVED)
    if order_gate.is_kept_from(me, order) and may(me, "order.edit"):
        return gettext(order_gate.RECUSED)
    if order.state == "draft" and "order_issued" not in offers:
        if order.kind in order_gate.OF_LEVEL_ABOVE and me.level not in order_gate.UPPER:
            return gettext("这类文书由上一级签发。")
        mine = may(me, "order.issue") and me.id in order.edited
        return gettext(order_gate.EDITED if mine else "由督办负责人或分管领导签发。")
    if order.state == "answered" and "order_accepted" not in offers and may(me, "order.judge"):
        mine = order.answered_by == me.id
        return gettext(order_gate.WROTE if mine else order_gate.BY_ITS_LEVEL)
    return ""


def _answers(session: Session, order_id: int) -> list[dict[str, str]]:
    """Return every answer, the newest first: when, by whom, what, and why it came back."""
    known = reading.answers(session, order_id)
    people = names.users(session, {one.user_id for one in known if one.user_id is not None})
    return [
        {
            "n": str(one.n),
            "at": moment_text(one.at),
            "by": people[one.user_id] if one.user_id is not None else "",
            "text": one.text,
            "returned": moment_text(one.returned_at) if one.returned_at else "",
            "reason": one.returned_for,
        }
        for one in known
    ]


def _history(order: Order) -> list[tuple[str, str]]:
    """Return what happened to a document after it was issued, with when, as its page lists it."""
    happened = (
        (gettext("单位签收"), order.signed_at),
        (gettext("单位答复"), order.answered_at),
        (gettext("认可答复"), order.accepted_at),
        (_state_label(order), order.lifted_at),
    )
    return [(what, moment_text(at)) for what, at in happened if at is not None]
