"""Splitting a case into items and dispatching them (拆分, 交办)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from caseflow.deadlines import clocks
from caseflow.errors import BadInput, NotPermitted
from caseflow.ledger import gate, hands, splits, step_ups
from caseflow.ledger.at_work import require_at_work
from caseflow.ledger.history import commitment
from caseflow.ledger.moves import assist_promise, extending, naming
from caseflow.ledger.moves.record import (
    gathered,
    handled,
    matter_of,
    of_item,
    record,
    resolve_due,
    words,
)
from caseflow.ledger.moves.waiting import wait_too
from caseflow.ledger.tables import Case, Item
from caseflow.people.accounts import actor_of
from caseflow.people.actor import Actor
from caseflow.people.posts import manages
from caseflow.people.tables import Unit, User


@dataclass(frozen=True)
class Dispatch:
    """Whom an item goes to and what they read. `inspector` verifies in person, where one does.

    `none_listed`: somebody made sure that a tip is about no unit of our list. `slip`: somebody
    holds it for a mistake that this unit was named as the one reported before.
    """

    unit_id: int
    text: str
    inspector_id: int | None = None
    none_listed: bool = False
    slip: bool = False


def split(
    session: Session,
    actor: Actor,
    case_id: int,
    matters: Sequence[str],
    now: datetime,
    *,
    follows: int | None = None,
    seen: int | None = None,
) -> list[Item]:
    """Add draft items, one per allegation or task. `follows`: the item a reopened one succeeds."""
    case = gate.lock(session, case_id, seen)
    texts = [words(matter, "matter", 4000) for matter in matters]
    if not texts:
        raise BadInput({"matter": "请至少写一个问题项"})
    gate.pass_case(actor, case, "split")
    before = session.get(Item, follows) if follows is not None else None
    if follows is not None and (before is None or before.case_id != case.id):
        raise BadInput({"follows": "后续问题项须属于同一办件"})
    last = splits.last_number(session, case)
    items = [
        Item(case_id=case.id, n=n, matter=text, state="draft", follows=follows, created_at=now)
        for n, text in enumerate(texts, last + 1)
    ]
    session.add_all(items)
    session.flush()
    facts = {"items": [{"n": x.n, "matter": commitment(x.matter)} for x in items]}
    record(session, case, actor, "split", now, facts, refs={"items": [x.id for x in items]})
    return items


def edit(
    session: Session,
    actor: Actor,
    item_id: int,
    matter: str,
    now: datetime,
    *,
    seen: int | None = None,
) -> None:
    """Reword an item that was not dispatched yet."""
    case, item = gate.lock_item(session, item_id, seen)
    text = words(matter, "matter", 4000)
    gate.pass_item(actor, case, item, "edit")
    item.matter = text
    record(session, case, actor, "edit", now, {"matter": commitment(text)}, item=item)


def dispatch(
    session: Session,
    actor: Actor,
    item_id: int,
    given: Dispatch,
    now: datetime,
    *,
    seen: int | None = None,
) -> None:
    """Dispatch an item: the unit gets the dispatch text and nothing else, and two clocks start.

    An operator may dispatch urgent items only. A tip never goes to the unit reported, nor to a
    unit under its management (design §3, 信访工作条例 §30): which that is must be said first.
    """
    case, item = gate.lock_item(session, item_id, seen)
    if actor.role == "operator" and not case.urgent:
        raise NotPermitted("值班员只能交办紧急事项")
    lifted = check_dispatch(session, actor, case, given)
    if gate.pass_case(actor, case, "dispatch").source == "accepted":
        _promise_again(session, case, now)
    gate.pass_item(actor, case, item, "dispatch")
    handled(session, case, now)
    give(session, case, item, given, now)
    step_ups.many_reports(session, case, [item], now)
    facts = given_facts(case, given, lifted)
    record(session, case, actor, "dispatch", now, facts, item=item, refs={"unit": given.unit_id})


def check_dispatch(session: Session, actor: Actor, case: Case, given: Dispatch) -> list[int]:
    """Return the units, named before, whose shield a dispatch lifts.

    Raises BadInput with everything that is wrong with whom the item is to go to, or what they read.
    """
    lifted: list[int] = []
    gathered(
        lambda: lifted.extend(_check_unit(session, actor, case, given)),
        lambda: words(given.text, "text"),
    )
    return lifted


def give(session: Session, case: Case, item: Item, given: Dispatch, now: datetime) -> None:
    """Put an item into the hands of a unit or inspector, with its clocks; all was checked."""
    item.verifying_unit_id, item.inspector_id = given.unit_id, given.inspector_id
    item.dispatch_text, item.dispatched_at = words(given.text, "text"), now
    item.held_since = now
    assist_promise.leads_now(session, case, item, given.unit_id, now)
    if case.handler_id is not None:
        hands.add(session, item, case.handler_id, "handler")
    start_clocks(session, case, item, ("sign_for", "verify"), now)


def given_facts(case: Case, given: Dispatch, lifted: list[int]) -> dict[str, Any]:
    """Return what the history keeps of a dispatch."""
    return {
        "unit": given.unit_id,
        "inspector": given.inspector_id,
        "text": commitment(words(given.text, "text")),
        **({"none_listed": True} if given.none_listed and case.unit_id is None else {}),
        **({"slip": lifted} if lifted else {}),
    }


def start_clocks(
    session: Session, case: Case, item: Item, names: tuple[str, ...], now: datetime
) -> None:
    """Start clocks of an item; those that count back end before the case does."""
    case_due = resolve_due(session, case)
    matter, subject = matter_of(case), of_item(item)
    befores = {name: case_due if name in ("verify", "rectify") else None for name in names}
    started = [clocks.start(session, n, subject, matter, now, before=befores[n]) for n in names]
    wait_too(session, case, started, now)


_PROMISED = {
    "dispatched": ("sign_for", "verify"),
    "verifying": ("verify",),
    "objected": ("verify", "decide"),
    "rectifying": ("rectify",),
    "submitted": ("check",),
}


def _promise_again(session: Session, case: Case, now: datetime) -> None:
    """Start the clocks of items that a decline or referral left unfinished, now that the case is
    at work again: nobody else would urge their holders.
    """
    for item in session.scalars(select(Item).where(Item.case_id == case.id).order_by(Item.id)):
        names = _PROMISED.get(item.state, ())
        if names and not clocks.alive(session, of_item(item)):
            unsigned = item.signed_at is None and item.state in ("rectifying", "objected")
            if item.state == "dispatched" or (unsigned and item.state == "objected"):
                item.dispatched_at = now  # the new promise to sign is that of this dispatch
            start_clocks(session, case, item, ("sign_for", *names) if unsigned else names, now)
            assist_promise.promise_again(session, case, item, now)


def _check_unit(session: Session, actor: Actor, case: Case, given: Dispatch) -> list[int]:
    """Return the units, named before, whose shield this dispatch lifts. Raises BadInput."""
    unit = staying(session, given.unit_id)
    if unit is None or not unit.active:
        raise BadInput({"unit": "请选择核查单位"})
    shielded = naming.shield(session, case)
    if given.inspector_id is not None:
        _check_inspector(session, given.inspector_id, shielded.units | {unit.id})
    if case.kind != "tip":
        return []
    if case.unit_id is None and not given.none_listed:
        raise BadInput({"none_listed": "请先指明被举报的单位；确实不在名单里的，请确认"})
    if case.unit_id is not None and manages(session, case.unit_id, unit.id):
        raise BadInput({"unit": "举报不得交给被举报单位或其管理的单位核查"})
    lifted = {one for one in shielded.units if manages(session, one, unit.id)}
    if not lifted <= shielded.slips(actor):
        raise BadInput({"unit": _NAMED_BEFORE})
    if lifted and not given.slip:  # silence is no answer (decision 12)
        raise BadInput({"slip": "这个单位先前被写明或指明为被举报单位，请确认确系写错"})
    return sorted(lifted)


def staying(session: Session, unit_id: int) -> Unit | None:
    """Return a unit that nobody can close before this transaction is over (FOR KEY SHARE)."""
    return session.get(Unit, unit_id, with_for_update={"read": True, "key_share": True})


_NAMED_BEFORE = (
    "这个单位先前被写明或指明为被举报单位。确系写错的，先由一人改指明，再由另一位督办负责人交办"
)


def _check_inspector(session: Session, inspector_id: int, units: frozenset[int]) -> None:
    """Raise BadInput unless this is an inspector who keeps away from none of the units."""
    person = session.get(User, inspector_id)
    if person is None or not person.active or person.role != "inspector":
        raise BadInput({"inspector": "请选择责任督学"})
    if units & actor_of(session, person).recused:
        raise BadInput({"inspector": "这位责任督学须回避，请另选"})


def reassign(
    session: Session,
    actor: Actor,
    item_id: int,
    inspector_id: int | None,
    reason: str,
    now: datetime,
    *,
    seen: int | None = None,
) -> None:
    """Let another inspector verify an item in person, or one at all: who left is replaced.

    The promises go on as they are: to the reporter it is the same office. What the former holder
    asked for and nobody decided lapses. Raises BadInput.
    """
    case, item = gate.lock_item(session, item_id, seen)
    require_at_work(case)
    gathered(
        lambda: words(reason, "reason", 2000),
        lambda: _check_successor(session, case, item, inspector_id),
    )
    gate.pass_item(actor, case, item, "reassign")
    before = item.inspector_id
    former = {"former_inspector": before} if before else {"former": item.verifying_unit_id}
    _verified_by(session, case, item, inspector_id, now)
    facts = {"inspector": inspector_id, "reason": words(reason, "reason", 2000)}
    record(session, case, actor, "reassign", now, facts, item=item, refs=former)


def pass_to(
    session: Session, actor: Actor, case: Case, item: Item, inspector_id: int | None, now: datetime
) -> None:
    """Let another inspector verify an item whose inspector hands over what they have: what
    `reassign` does, recorded by the handing over. Raises BadInput, MoveNotAllowed, NotPermitted.
    """
    require_at_work(case)
    _check_successor(session, case, item, inspector_id)
    gate.pass_item(actor, case, item, "reassign")
    _verified_by(session, case, item, inspector_id, now)


def _verified_by(
    session: Session, case: Case, item: Item, inspector_id: int | None, now: datetime
) -> None:
    item.inspector_id, item.held_since = inspector_id, now
    extending.lapse_of_holder(session, case, item, now)


def _check_successor(session: Session, case: Case, item: Item, inspector_id: int | None) -> None:
    if inspector_id is None or inspector_id == item.inspector_id:
        raise BadInput({"inspector": "请选择另一位责任督学"})
    held = frozenset(one for one in (item.verifying_unit_id,) if one is not None)
    _check_inspector(session, inspector_id, naming.shield(session, case).units | held)
