"""What a person or an event brings before its date (督办升级): one document, like the sweep's.

What is to come is a row of the ledger (`step_ups`). Each is dealt with once, under the lock of its
case: either a rung that had not happened yet, unique by clock and number like all others, or the
note that there was nothing left to do. So the sweep never repeats what somebody brought, and two
events that bring one document bring it once.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Integer, bindparam, select
from sqlalchemy.orm import Session

from caseflow.deadlines import clocks
from caseflow.deadlines.clocks import Subject
from caseflow.deadlines.ladder import Step
from caseflow.deadlines.rules import rules_of
from caseflow.deadlines.tables import Clock
from caseflow.escalation import orders, telling
from caseflow.escalation.tables import Rung
from caseflow.ledger import gate, history, step_ups
from caseflow.ledger.literals import is_not_word, is_word
from caseflow.ledger.moves.record import refresh
from caseflow.ledger.step_up_tables import StepUp
from caseflow.ledger.tables import Case, Item
from caseflow.outbox.events import emit_many

_LEFT = (is_word(StepUp.outcome, "approved"), StepUp.carried_at.is_(None))
_DUE = (
    select(StepUp, Case, Item)
    .join(Case, Case.id == StepUp.case_id)
    .join(Item, Item.id == StepUp.item_id)
    .where(*_LEFT, is_not_word(Case.state, "shelved"))
    .order_by(StepUp.case_id, StepUp.id)
    .limit(bindparam("limit", type_=Integer))
    .with_for_update(of=(Case, StepUp), skip_locked=True, key_share=True)
    .execution_options(populate_existing=True)
)
_OF_ITEM = select(StepUp).where(StepUp.item_id == bindparam("item"), *_LEFT).order_by(StepUp.id)


def step_up(session: Session, now: datetime, limit: int) -> int:
    """Carry out what is left to do, nobody waited for; return how many were dealt with. What is to
    come in a shelved case waits until that is taken up (decision 36).
    """
    found = session.execute(_DUE, {"limit": limit}).all()
    return sum(_carry_out(session, row, case, item, now) for row, case, item in found)


def at_once(session: Session, item_id: int, now: datetime) -> None:
    """Carry out what was just approved about an item, in the transaction of the approval."""
    case, item = gate.lock_item(session, item_id)
    for row in session.scalars(_OF_ITEM, {"item": item.id}).all():
        _carry_out(session, row, case, item, now)


def _carry_out(session: Session, row: StepUp, case: Case, item: Item, now: datetime) -> int:
    """Enter a document, or note that nothing is left to do; 0 while its promise stands still."""
    alive = clocks.alive(session, Subject(item_id=item.id, root_case_id=case.id))
    clock = _clock(item, alive)
    if clock is not None and clock.state == "paused":
        return 0
    step = _step(session, row, item, clock, alive)
    row.carried_at = now
    if clock is not None and step is not None:
        _enter(session, case, clock, step, row.cause, now)
    return 1


def _clock(item: Item, alive: Sequence[Clock]) -> Clock | None:
    """Return the promise whose ladder is climbed: that which runs, or would if it did not wait."""
    running = step_ups.clock_of(alive, item)
    if running is not None:
        return running
    still = (one for one in alive if one.name in step_ups.OF_UNITS and one.state == "paused")
    return next(still, None)


def _step(
    session: Session, row: StepUp, item: Item, clock: Clock | None, alive: Sequence[Clock]
) -> Step | None:
    """Return the step that is to be entered: None where it happened, or is nobody's any more."""
    if clock is None or not step_ups.is_about_holder(row, item):
        return None
    left = step_ups.steps(rules_of(session), clock, alive)
    return next((step for step in left if step.action == row.action), None)


def _enter(
    session: Session, case: Case, clock: Clock, step: Step, cause: str, now: datetime
) -> None:
    rung = Rung(
        clock_id=clock.id,
        case_id=case.id,
        n=step.n,
        action=str(step.action),
        planned_at=now,
        at=now,
        superseded=False,
        cause=cause,
    )
    session.add(rung)
    session.flush()
    clocks.enter(rules_of(session), clock, step.n)
    drafted = orders.draft(session, case, clock, rung, now).id
    case.rung = max(case.rung, step.n)
    case.moved_at = now
    history.append_many(session, [(case, telling.line(clock, rung, drafted, now))])
    emit_many(session, [telling.news(clock, case, rung, step, drafted, now)])
    refresh(session, case)
