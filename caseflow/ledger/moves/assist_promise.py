"""The promise of an assisting unit (协办): given when it is asked, again with its case, and taken
back when nothing is wanted of it any more.
"""

from datetime import datetime

from sqlalchemy.orm import Session

from caseflow.deadlines import clocks
from caseflow.deadlines.policies import ClockName
from caseflow.deadlines.tables import Clock
from caseflow.ledger import assistances
from caseflow.ledger.assistance_tables import Assistance
from caseflow.ledger.moves.record import matter_of, of_item, record, resolve_due
from caseflow.ledger.tables import Case, Item
from caseflow.people.actor import SWEEP, Actor

_BOUNDS = (ClockName.verify, ClockName.rectify)


def promised(session: Session, case: Case, item: Item, now: datetime) -> Clock:
    """Start the unit's promise: by its policy, never after the item's own due moment (which ends
    the margin before the case's), nor after the case's where the item was submitted. Of what is
    late already, a working day is left to whoever is asked, as by every dispatch.
    """
    running = clocks.alive(session, of_item(item), *_BOUNDS)
    due = min((clock.due for clock in running), default=resolve_due(session, case))
    late = due is not None and due <= now
    clock = clocks.start(
        session,
        ClockName.assist,
        of_item(item),
        matter_of(case),
        now,
        imposed=due,
        least=1 if late else 0,
    )
    session.flush()
    return clock


def promise_again(session: Session, case: Case, item: Item, now: datetime) -> None:
    """Let those who still owe an answer be urged again, now that their case is at work anew."""
    for row in assistances.unanswered(session, item.id):
        row.clock_id = promised(session, case, item, now).id


def release_all(session: Session, case: Case, item: Item, now: datetime) -> None:
    """Let nobody owe an answer any more, by the move that ends the item."""
    for row in assistances.unanswered(session, item.id):
        release(session, SWEEP, case, item, row, now, "")


def leads_now(session: Session, case: Case, item: Item, unit_id: int, now: datetime) -> None:
    """Let a unit that leads on an item from now on assist with it no more."""
    row = assistances.of_unit(session, item.id, unit_id)
    if row is not None:
        release(session, SWEEP, case, item, row, now, "")


def release(
    session: Session, by: Actor, case: Case, item: Item, row: Assistance, now: datetime, why: str
) -> None:
    """Put on record that a unit owes no answer any more; no `why` where another move took it."""
    row.released_by, row.released_at, row.reason = by.id, now, why
    clocks.end(assistances.promise(session, row), "stopped", now)
    facts = {"assistance": row.id, "unit": row.unit_id, **({"reason": why} if why else {})}
    record(session, case, by, "release_assistance", now, facts, item=item, refs=refs_of(row))


def refs_of(row: Assistance) -> dict[str, int]:
    """Return what an event about an assisting unit names: never as `unit`, which is the lead's."""
    return {"assistance": row.id, "assisting": row.unit_id}
