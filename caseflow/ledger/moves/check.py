"""The check of what was submitted: return it, or strike it off with other eyes (退回整改, 销号)."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from caseflow.deadlines import clocks
from caseflow.deadlines.tables import Clock
from caseflow.errors import MoveNotAllowed, NotPermitted
from caseflow.ledger import gate, hands, oversights, step_ups, visits
from caseflow.ledger.at_work import at_work
from caseflow.ledger.moves import overseeing
from caseflow.ledger.moves.ending import conclude_when_done, end
from caseflow.ledger.moves.record import (
    matter_of,
    may_say,
    of_item,
    record,
    resolve_due,
    words,
)
from caseflow.ledger.moves.reserving import require_level
from caseflow.ledger.moves.waiting import wait_too
from caseflow.ledger.states import TO_RECTIFY
from caseflow.ledger.tables import Case, Item
from caseflow.people.actor import Actor


def return_item(
    session: Session,
    actor: Actor,
    item_id: int,
    reason: str,
    now: datetime,
    *,
    seen: int | None = None,
) -> None:
    """Send a submitted item back with a reason; counted, and its clock runs on."""
    case, item = gate.lock_item(session, item_id, seen)
    why = words(reason, "reason", 4000)
    _case_at_work(case)
    gate.require_free_of(actor, item)
    back_to = "rectifying" if item.finding in TO_RECTIFY else "verifying"
    gate.pass_item(actor, case, item, "return", back_to)
    item.returns += 1
    item.returned_at, item.submitted_at = now, None
    if back_to == "verifying":
        item.finding = None
    clocks.meet(session, of_item(item), now, "check")
    worked_by = "rectify" if back_to == "rectifying" else "verify"
    old, cap = _last(session, item, worked_by), resolve_due(session, case)
    owed = clocks.restart(session, old, matter_of(case), case.id, now, cap=cap)
    wait_too(session, case, [owed], now)
    step_ups.sent_back(session, case, item, owed, now)
    record(session, case, actor, "return", now, {"reason": why, "times": item.returns}, item=item)
    overseeing.returned(session, case, item, now)


def _last(session: Session, item: Item, name: str) -> Clock:
    query = select(Clock).where(Clock.item_id == item.id, Clock.name == name)
    return session.scalars(query.order_by(Clock.id.desc()).limit(1)).one()


def strike_off(
    session: Session,
    actor: Actor,
    item_id: int,
    remark: str,
    now: datetime,
    *,
    seen: int | None = None,
) -> None:
    """Strike an item off. Whoever had a hand in it may not (design law 4); a trigger refuses too.

    Nor may anybody where the category demands a visit and nobody went, or while the level above
    has not looked into what came back too often. When it was the last one, the case goes on to its
    reply.
    """
    case, item = gate.lock_item(session, item_id, seen)
    _case_at_work(case)
    gate.require_free_of(actor, item)
    if hands.had_a_hand(session, item.id, actor.person):
        raise NotPermitted("您参与过这个问题项的办理，销号须由未参与的人进行")
    require_level(actor, item)
    if item.state == "submitted":
        visits.require_visited(session, case, item)
        oversights.require_looked_into(session, case, item)
    gate.pass_item(actor, case, item, "strike_off")
    item.outcome = "rectified" if item.finding in TO_RECTIFY else item.finding
    item.struck_off_at, item.struck_off_by = now, actor.person
    clocks.meet(session, of_item(item), now, "check")
    end(session, case, item, now)
    facts = {"outcome": item.outcome, "remark": may_say(remark)}
    record(session, case, actor, "strike_off", now, facts, item=item)
    conclude_when_done(session, case, now)


def _case_at_work(case: Case) -> None:
    if not at_work(case):
        raise MoveNotAllowed("办件当前状态不能验收问题项")
