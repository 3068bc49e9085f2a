"""An order as a formal document on paper, in the language it is served in whatever the page's."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask import Response

from caseflow.clock import local
from caseflow.escalation.tables import Order
from caseflow.paper.sheets import Official
from caseflow.web import edge
from caseflow.web.files import attached
from caseflow.words import ACTIONS

_MARKS = {"draft": "草稿", "cancelled": "已撤销", "lifted": "已解除"}


@dataclass(frozen=True)
class Document:
    """What the printer gets; `to`: the line that names the addressee, if there is one."""

    kind: str
    number: str
    to: str
    lines: Sequence[str]
    day: str


def document(order: Order) -> Document:
    """Return the paper of an order; a draft says that it is one."""
    kind = ACTIONS[order.kind]
    lines = [line.strip() for line in order.text.splitlines() if line.strip()]
    if lines and lines[0] == kind:
        lines = lines[1:]
    to = lines.pop(0) if lines and lines[0].endswith("：") else ""
    if order.answer_by:
        lines.append(f"请于{_day(order.answer_by)}24时前书面答复。")  # not said
    number = order.number or "（草稿，未签发）"  # not said
    day = _day(local(order.issued_at).date()) if order.issued_at else ""
    return Document(kind, number, to, lines, day)


def official(order: Order, office: str) -> Official:
    """Return an order as the formal document that `office` issues; what was not, is marked."""
    paper = document(order)
    mark = _MARKS.get(order.state, "")
    return Official(office, paper.number, paper.kind, paper.to, paper.lines, paper.day, mark)


def pdf(order: Order, office: str) -> Response:
    """Answer with an order as PDF, dated by when it was issued or drafted: each time the same."""
    content = edge.typesetter().pdf(official(order, office), order.issued_at or order.drafted_at)
    name = ACTIONS[order.kind] + (order.number or _MARKS.get(order.state, ""))
    return attached(content, "application/pdf", f"{name}.pdf")


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"  # not said
