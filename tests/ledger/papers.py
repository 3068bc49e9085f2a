"""What somebody may try with a document, by luck."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy.orm import Session

from caseflow.escalation import answers, orders
from caseflow.escalation.tables import Order
from caseflow.people.actor import Actor

Try = Callable[[], object]


def what_to_try(s: Session, actor: Actor, document: Order, luck: int, now: datetime) -> Try:
    """Return what to do with a document in its state."""
    tries = _tries(s, actor, document, now)
    return tries[luck % len(tries)]


def _tries(s: Session, actor: Actor, document: Order, now: datetime) -> tuple[Try, ...]:
    n = document.id
    if document.state == "draft":
        return (
            lambda: orders.cancel(s, actor, n, "已完成", now),
            lambda: orders.issue(s, actor, n, document.text, now),
            lambda: orders.issue(s, actor, n, document.text, now),
            lambda: orders.edit(s, actor, n, document.text + "改", now),
        )
    if document.state == "answered":
        return (
            lambda: answers.accept(s, actor, n, now),
            lambda: answers.send_back(s, actor, n, "没有说明原因", now),
        )
    return (
        lambda: answers.answer(s, actor, n, "已办", now),
        lambda: answers.sign_for(s, actor, n, now),
        lambda: answers.lift(s, actor, n, "已办妥", now),
    )
