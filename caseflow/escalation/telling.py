"""A rung is told: in the history of its case, and to whomever the ladder names."""

from dataclasses import dataclass
from datetime import datetime

from caseflow.deadlines.ladder import Step
from caseflow.deadlines.tables import Clock
from caseflow.escalation.tables import Rung
from caseflow.ledger import history
from caseflow.ledger.history import Line
from caseflow.ledger.tables import Case
from caseflow.outbox.events import JSON, News
from caseflow.people.actor import SWEEP


@dataclass
class Climbed:
    """A rung that happens, before it is a row of the ledger. Its fields are called as its columns:
    a row of the ledger is much dearer to make, and most are written without being read again.
    """

    clock_id: int
    case_id: int | None
    n: int
    action: str
    planned_at: datetime
    at: datetime
    superseded: bool
    cause: str = ""


def line(
    clock: Clock,
    rung: Rung | Climbed,
    order_id: int | None,
    now: datetime,
    *,
    put_off: bool = False,
) -> Line:
    """Return what the history of its case says of a rung; `order`: what it drafted, `document`:
    what the promise is about. `put_off`: it drafted nothing, for another of the same
    silence does (`series`): of an item, or of the document that is not signed for yet.
    """
    facts = {
        "clock": clock.name,
        "clock_id": clock.id,
        "rung": rung.n,
        "action": rung.action,
        "planned_at": history.moment_text(rung.planned_at),
        "superseded": rung.superseded,
        "order": order_id,
        **({"document": clock.order_id} if clock.order_id is not None else {}),
        **({"cause": rung.cause} if rung.cause else {}),
        **({"unsigned": clock.order_id or clock.item_id} if put_off and rung.superseded else {}),
    }
    return Line("rung", SWEEP, now, facts, clock.item_id)


def news(
    clock: Clock,
    case: Case | None,
    rung: Rung | Climbed,
    step: Step,
    order_id: int | None,
    now: datetime,
) -> News:
    """Return what is to be told of it, to whomever the ladder names."""
    body: dict[str, JSON] = {
        "clock": clock.name,
        "clock_id": clock.id,
        "rung": rung.n,
        "action": rung.action,
        "audience": list(step.audience),
        "item": clock.item_id,
        "order": order_id,
        "quarantine": clock.quarantine_id,
        "call": clock.call_id,
    }
    urgent = case.urgent if case else False
    case_id = case.id if case else None
    return News("rung", case_id, now, body, urgent=urgent, quiet=rung.superseded)
