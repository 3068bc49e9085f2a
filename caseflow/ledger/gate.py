"""The one gate: may this move happen here, by this person? And the only place that sets a state.

Verbs lock, ask the gate, do their work and record it. An unknown move, a forbidden pair and a
missing permission each raise; nothing passes silently.
"""

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from caseflow.errors import MoveNotAllowed, NotFound, NotPermitted, Stale
from caseflow.ledger.history_tables import Entry
from caseflow.ledger.report_tables import Report
from caseflow.ledger.states import (
    CASE_EDGES,
    ITEM_EDGES,
    OF_ASSISTING,
    OF_RECEIVER,
    OF_REVIEW,
    ONLY_REVIEW,
    STAY,
    SYSTEM,
    WHILE_PASSED_ON,
    WHILE_SHELVED,
    Edge,
    edges,
)
from caseflow.ledger.tables import Case, Item
from caseflow.people.actor import Actor
from caseflow.people.permissions import may
from caseflow.people.scope import Scope, scope_of

VERIFIES = ("dispatched", "objected", "verifying")
_NOTES = ("notice_sent", "rung")

# Said once: every move of every case asks these.
_FRESH = {"populate_existing": True}
_LOCKED = select(Case).where(Case.id == bindparam("case")).with_for_update(key_share=True)
_LOCKED = _LOCKED.execution_options(**_FRESH)
_CASE_OF = select(Item.case_id).where(Item.id == bindparam("item"))
_LOCKED_ITEM = select(Item).where(Item.id == bindparam("item")).with_for_update(key_share=True)
_LOCKED_ITEM = _LOCKED_ITEM.execution_options(**_FRESH)


def lock(session: Session, case_id: int, seen: int | None = None) -> Case:
    """Lock a case and return it fresh. `seen`: the history number that the form was made from.

    Raises NotFound, and Stale when somebody moved the case since.
    """
    case = session.scalar(_LOCKED, {"case": case_id})
    if case is None:
        raise NotFound("没有这个办件")
    if seen is not None and seen != case.head_n and _moved_on(session, case, seen):
        raise Stale("这个办件刚有新的办理记录，请看过再操作", since=seen)
    return case


def _moved_on(session: Session, case: Case, seen: int) -> bool:
    """Tell whether more happened since than the machine's notes, which change no form.

    Otherwise whoever writes for a minute would lose against the notice that their last move sent.
    """
    since = select(Entry.n).where(Entry.case_id == case.id, Entry.n > seen)
    return seen > case.head_n or session.scalar(since.where(Entry.verb.not_in(_NOTES))) is not None


def lock_of_report(session: Session, report_id: int) -> Case:
    """Lock the case that a report belongs to: another one than a moment ago where it was merged.

    Whoever finds it gone lets go of the lock before following it: cases are locked by rising id.
    """
    known = select(Report.case_id).where(Report.id == report_id)
    while (case_id := session.scalar(known)) is not None:
        try:
            with session.begin_nested():
                case = lock(session, case_id)
                if session.scalar(known) != case.id:
                    raise _Moved
                return case
        except _Moved:
            continue
    raise NotFound("没有这个来件编号")


class _Moved(Exception):
    """A report went to another case while its own was being locked."""


def lock_item(session: Session, item_id: int, seen: int | None = None) -> tuple[Case, Item]:
    """Lock an item behind its case (engine 3) and return both. Raises NotFound, and Stale where it
    went to another case meanwhile.
    """
    case_id = session.scalar(_CASE_OF, {"item": item_id})
    if case_id is None:
        raise NotFound("没有这个问题项")
    case = lock(session, case_id, seen)
    item = session.scalars(_LOCKED_ITEM, {"item": item_id}).one()
    if item.case_id != case.id:
        raise Stale("这个问题项刚分到另一个办件，请看过再操作", since=case.head_n - 1)
    return case, item


def covers(scope: Scope, case: Case, item: Item | None = None) -> bool:
    """Tell whether a matter lies within a scope; the value form of `queries.visible`."""
    if case.unit_id is not None and case.unit_id in scope.recused:
        return False
    if scope.reach == "area":
        return bool(getattr(case, scope.level) == scope.code)
    if scope.reach == "holder" and item is not None:
        return _holds(item, scope.unit, scope.person)
    return False


def _holds(item: Item, unit: int | None, person: int | None) -> bool:
    if item.state == "draft":
        return False
    if person is not None and item.inspector_id == person:
        return True
    if unit is None:
        return False
    return unit == item.rectifying_unit_id or (
        unit == item.verifying_unit_id and item.inspector_id is None
    )


def holder_unit(item: Item) -> int | None:
    """Return the unit whose turn it is: the verifying unit until the finding, then the other."""
    return item.verifying_unit_id if item.state in VERIFIES else item.rectifying_unit_id


def _may_take(actor: Actor, edge: Edge, case: Case, item: Item | None) -> bool:
    if not may(actor, edge.who):
        return False
    if actor.id is None:
        return True
    if edge.move in OF_RECEIVER:
        return is_bound_for(actor, case)
    if edge.move in OF_ASSISTING:
        return actor.unit is not None and case.unit_id not in actor.recused
    return covers(scope_of(actor), case, item)


def is_bound_for(actor: Actor, case: Case) -> bool:
    """Tell whether a case waits to be signed for by somebody's own office, and is not about a unit
    that they must keep away from; the value form of `asker.bound_here`.
    """
    return case.bound_for == actor.area and case.unit_id not in actor.recused


PASSED_ON = "办件已移送，正在等对方签收；要继续办理，请先收回"


def _require_here(case: Case, move: str) -> None:
    if case.bound_for is not None and move not in WHILE_PASSED_ON:
        raise MoveNotAllowed(PASSED_ON)


OF_REVIEW_ONLY = "这一步只用于复查、复核件"
REVIEW = "复查、复核件只审查原来的答复：请作出意见"


def _is_its_kind(case: Case, move: str) -> bool:
    return move in OF_REVIEW if case.reviews is not None else move not in ONLY_REVIEW


def _require_its_kind(case: Case, move: str) -> None:
    """A review looks at an answer (复查, 复核); whatever is to be found out is for the office that
    handles the matter anew.
    """
    if not _is_its_kind(case, move):
        raise MoveNotAllowed(OF_REVIEW_ONLY if case.reviews is None else REVIEW)


SHELVED = "办件已挂账，暂停办理；要继续办理，请先销账"


def _require_taken_up(case: Case, move: str) -> None:
    """Nothing of a shelved case moves: its items' promises do not run, so nobody may be held to
    them, nor get ahead of others by them.
    """
    if case.state == "shelved" and move not in WHILE_SHELVED:
        raise MoveNotAllowed(SHELVED)


def _pick(found: tuple[Edge, ...], move: str, source: str, target: str | None) -> Edge:
    fitting = [edge for edge in found if target is None or edge.target == target]
    if not fitting:
        refused = MoveNotAllowed("现在的状态不能进行这一步")
        refused.add_note(f"{move} from {source}")
        raise refused
    return fitting[0]


def pass_case(actor: Actor, case: Case, move: str, target: str | None = None) -> Edge:
    """Take the case along the edge of `move` and return the edge.

    `target` chooses where a move has several ends. Raises MoveNotAllowed or NotPermitted.
    """
    edge = _pick(edges(CASE_EDGES, move, case.state), move, case.state, target)
    _require_here(case, move)
    _require_its_kind(case, move)
    if not _may_take(actor, edge, case, None):
        raise NotPermitted("您的岗位或辖区不能进行这一步")
    if edge.target != STAY:
        case.state = edge.target
    return edge


def pass_item(actor: Actor, case: Case, item: Item, move: str, target: str | None = None) -> Edge:
    """Take the item along the edge of `move` and return the edge; raises as `pass_case` does."""
    edge = _pick(edges(ITEM_EDGES, move, item.state), move, item.state, target)
    _require_here(case, move)
    _require_taken_up(case, move)
    if not _may_take(actor, edge, case, item):
        raise NotPermitted("您的岗位或辖区不能进行这一步")
    if edge.target != STAY:
        item.state = edge.target
    case.withdrawn = case.withdrawn or edge.target == "withdrawn"
    return edge


def offers(actor: Actor, case: Case) -> list[Edge]:
    """Return the edges out of the case's state that this actor may take, for the page."""
    return [
        edge
        for edge in CASE_EDGES
        if edge.source == case.state
        and edge.who != SYSTEM
        and _is_open(case, edge)
        and _is_its_kind(case, edge.move)
        and _may_take(actor, edge, case, None)
    ]


def _is_open(case: Case, edge: Edge) -> bool:
    return case.bound_for is None or edge.move in WHILE_PASSED_ON


def offers_on(actor: Actor, case: Case, item: Item) -> list[Edge]:
    """Return the edges out of the item's state that this actor may take, for the page."""
    return [
        edge
        for edge in ITEM_EDGES
        if edge.source == item.state
        and edge.who != SYSTEM
        and _is_open(case, edge)
        and (case.state != "shelved" or edge.move in WHILE_SHELVED)
        and _may_take(actor, edge, case, item)
    ]


def is_free_of(actor: Actor, item: Item) -> bool:
    """Tell whether somebody may judge what is said for or against the units that have an item."""
    return not actor.recused & {item.verifying_unit_id, item.rectifying_unit_id}


def require_free_of(actor: Actor, item: Item) -> None:
    """Nobody judges the work of a unit that they must keep away from, whoever was reported."""
    if not is_free_of(actor, item):
        raise NotPermitted("您须回避承办这个问题项的单位，请由他人办理")


def its_turn(actor: Actor, item: Item) -> bool:
    """Tell whether a unit or inspector holds the item now; the office acts for any holder."""
    if actor.role == "unit":
        in_person = item.inspector_id is not None and item.state in VERIFIES
        return actor.unit is not None and actor.unit == holder_unit(item) and not in_person
    if actor.role == "inspector":
        return item.inspector_id == actor.id and item.state in VERIFIES
    return True
