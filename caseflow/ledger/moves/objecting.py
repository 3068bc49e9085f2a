"""Objection (退单): a unit that is not competent says so; the office decides who is.

Within the policy's working days from the dispatch (信访工作条例 2022 §22-23: a unit that is not
competent objects with its reasons). The promises of the item run on meanwhile: an objection is no
way to win time. After the second objection to one item the leader designates who handles it
(指定承办), and nobody objects to that. Where no leader of the office may, a supervisor above does.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from caseflow.deadlines import clocks, preview
from caseflow.deadlines.calendar import Unit
from caseflow.deadlines.policies import ClockName
from caseflow.deadlines.rules import rules_of
from caseflow.errors import BadInput, MoveNotAllowed, NotPermitted, Told
from caseflow.ledger import gate
from caseflow.ledger.asker import said_of
from caseflow.ledger.at_work import require_at_work
from caseflow.ledger.judges import designates, led
from caseflow.ledger.moves import extending, items, overseeing
from caseflow.ledger.moves.items import Dispatch
from caseflow.ledger.moves.record import gathered, matter_of, of_item, record, words
from caseflow.ledger.tables import Case, Item
from caseflow.people.actor import Actor

OBJECTIONS = 2
"""After so many the leader designates."""

_HELD = ("sign_for", "verify")


def until(session: Session, case: Case, item: Item, now: datetime) -> datetime:
    """Return the end of the days in which the unit may object to the dispatch of an item."""
    policy = preview.policy(session, ClockName.objection, matter_of(case), now)
    return rules_of(session).calendar.due(
        item.dispatched_at or now, policy.amount, Unit(policy.unit)
    )


def may_object(session: Session, case: Case, item: Item, now: datetime) -> bool:
    """Tell whether the unit that holds an item could still object to it."""
    dispatched = item.state in ("dispatched", "verifying") and item.returns == 0
    return dispatched and not item.designated and now < until(session, case, item, now)


def object_to(
    session: Session,
    actor: Actor,
    item_id: int,
    reason: str,
    now: datetime,
    *,
    seen: int | None = None,
) -> None:
    """Object to having been given an item. Raises MoveNotAllowed when the days for it are over,
    when the item was designated, or when its answer was already judged once.
    """
    case, item = gate.lock_item(session, item_id, seen)
    require_at_work(case)
    if not gate.its_turn(actor, item):
        raise NotPermitted("这个问题项现在不在您这里")
    why = words(reason, "reason", 4000)
    if item.state in ("dispatched", "verifying"):
        _in_time(session, case, item, now)
    gate.pass_item(actor, case, item, "object")
    item.objections += 1
    extending.lapse(session, case, item, now)
    clocks.start(session, ClockName.decide, of_item(item), matter_of(case), now)
    facts = {"reason": why, "times": item.objections}
    record(session, case, actor, "object", now, facts, item=item, refs={"times": item.objections})
    overseeing.objected(session, case, item, now)


def _in_time(session: Session, case: Case, item: Item, now: datetime) -> None:
    if item.designated:
        raise MoveNotAllowed("这一事项是领导指定承办的，不能退单")
    if item.returns:
        raise MoveNotAllowed("这一事项已经核查过，不能退单")
    if now >= until(session, case, item, now):
        raise MoveNotAllowed("退单期限已过，请按要求办理")


def reject_objection(
    session: Session,
    actor: Actor,
    item_id: int,
    reason: str,
    now: datetime,
    *,
    seen: int | None = None,
) -> None:
    """Leave an item with the unit that objected; its promises never stood still."""
    case, item = gate.lock_item(session, item_id, seen)
    require_at_work(case)
    gate.require_free_of(actor, item)
    why = words(reason, "reason", 4000)
    _not_the_leaders(item)
    gate.pass_item(actor, case, item, "reject_objection", _back_to(item))
    _decided(session, item, now)
    record(session, case, actor, "reject_objection", now, {"reason": why}, item=item)


def dispatch_anew(
    session: Session,
    actor: Actor,
    item_id: int,
    given: Dispatch,
    now: datetime,
    *,
    seen: int | None = None,
) -> None:
    """Give an item that was objected to to another unit, by the rules of every dispatch."""
    case, item = gate.lock_item(session, item_id, seen)
    require_at_work(case)
    gate.require_free_of(actor, item)
    _not_the_leaders(item)
    lifted: list[int] = []
    gathered(
        lambda: _another(item, given),
        lambda: lifted.extend(_checked(session, actor, case, given)),
    )
    gate.pass_item(actor, case, item, "dispatch_anew")
    _give(session, actor, case, item, given, lifted, "dispatch_anew", now)


def designate(
    session: Session,
    actor: Actor,
    item_id: int,
    given: Dispatch,
    now: datetime,
    *,
    seen: int | None = None,
) -> None:
    """Say, as the leader or in their place, who handles an item after two objections; nobody
    objects to that.

    The unit that objected last may be the one: it goes on where it stood, with what the leader
    wrote. Where an inspector is to go there instead, the item is handed over like any other. What
    every dispatch is asked is asked of each: the unit may have been closed meanwhile, or be named
    as the one reported.
    """
    case, item = gate.lock_item(session, item_id, seen)
    require_at_work(case)
    gate.require_free_of(actor, item)
    if item.state == "objected" and item.objections < OBJECTIONS:
        raise MoveNotAllowed(Told("退单满 %(n)d 次才由领导指定承办", n=OBJECTIONS))
    if item.state == "objected" and not may_designate(session, actor, item):
        raise NotPermitted(_LEADERS)
    stays = given.unit_id == item.verifying_unit_id and given.inspector_id is None
    lifted = _checked(session, actor, case, given)
    gate.pass_item(actor, case, item, "designate", _back_to(item) if stays else "dispatched")
    item.designated = True
    if stays:
        item.dispatch_text = words(given.text, "text")
        _decided(session, item, now)
        facts, refs = items.given_facts(case, given, lifted), {"unit": given.unit_id}
        record(session, case, actor, "designate", now, facts, item=item, refs=refs)
    else:
        _give(session, actor, case, item, given, lifted, "designate", now)


def may_designate(session: Session, actor: Actor, item: Item) -> bool:
    """Tell whether somebody who may see an item may say who handles it after its objections."""
    query = select(Item.id).join(Case, Case.id == Item.case_id).where(Item.id == item.id)
    return session.scalar(query.where(designates(actor)), said_of(actor)) is not None


@dataclass(frozen=True)
class Designation:
    """Of an item that waits to be designated: whether a leader of the office may, and somebody."""

    led: bool
    theirs: bool


def designations(session: Session, actor: Actor, case: Case) -> dict[int, Designation]:
    """Return by id who says of the items of a case who handles them; one statement."""
    query = select(Item.id, led(), designates(actor)).join(Case, Case.id == Item.case_id)
    waits = (Item.state == "objected", Item.objections >= OBJECTIONS)
    rows = session.execute(query.where(Item.case_id == case.id, *waits), said_of(actor))
    return {item_id: Designation(bool(there), bool(theirs)) for item_id, there, theirs in rows}


_LEADERS = "已退单两次，由分管领导指定承办"


def _checked(session: Session, actor: Actor, case: Case, given: Dispatch) -> list[int]:
    """Return the units whose shield a decision lifts; nobody decides for a unit that they must keep
    away from, any more than against one. Raises BadInput.
    """
    if given.unit_id in actor.recused:
        raise BadInput({"unit": "您须回避这个单位，请选择其他单位，或由他人决定"})
    return items.check_dispatch(session, actor, case, given)


def _another(item: Item, given: Dispatch) -> None:
    if given.unit_id == item.verifying_unit_id:
        raise BadInput({"unit": "请选择另一个单位；仍由原单位办理的，请驳回退单"})


def _not_the_leaders(item: Item) -> None:
    if item.state == "objected" and item.objections >= OBJECTIONS:
        raise MoveNotAllowed(_LEADERS)


def _back_to(item: Item) -> str:
    return "dispatched" if item.signed_at is None else "verifying"


def _decided(session: Session, item: Item, now: datetime) -> None:
    clocks.meet(session, of_item(item), now, ClockName.decide)


def _give(
    session: Session,
    actor: Actor,
    case: Case,
    item: Item,
    given: Dispatch,
    lifted: list[int],
    move: str,
    now: datetime,
) -> None:
    """Hand an item over: the former unit owes nothing any more, the new one starts afresh."""
    former = item.verifying_unit_id
    _decided(session, item, now)
    clocks.stop(session, of_item(item), now, *_HELD)
    item.signed_at = None
    items.give(session, case, item, given, now)
    facts = items.given_facts(case, given, lifted)
    refs = {"unit": given.unit_id, "former": former}
    record(session, case, actor, move, now, facts, item=item, refs=refs)
