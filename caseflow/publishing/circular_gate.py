"""The one gate of circulars: may this happen to one, by this person? It alone sets their state."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from caseflow.errors import MoveNotAllowed, NotFound, NotPermitted
from caseflow.ledger.states import STAY, Edge, edges
from caseflow.people.actor import Actor
from caseflow.people.permissions import may
from caseflow.publishing import circular_record
from caseflow.publishing.circular_states import CIRCULAR_EDGES
from caseflow.publishing.tables import Circular, CircularEntry, CircularUnit, Correction

ELSEWHERE = "只能由起草这份通报的办公室办理"
RECUSED = "通报涉及您须回避的单位，请由他人办理"
WROTE = "您起草或改过这份通报，请由他人核对、签发"
WROTE_CORRECTION = "更正由您起草，请由他人核对公开"
WAITS = "已有一份更正等待核对"
NOTHING_WAITS = "没有等待核对的更正"
MOVED_ON = "这份通报刚有变动，请看过再操作"

_OF_OTHER_EYES = ("circular_checked", "circular_returned", "circular_issued")
_OF_CORRECTION = ("circular_corrected", "correction_refused")


@dataclass(frozen=True)
class Standing:
    """A circular with what the gate asks beside its row.

    `writers` drafted it or changed its texts; `units`: those it is about; `waiting`: the
    correction that nobody has decided.
    """

    circular: Circular
    writers: frozenset[int]
    units: frozenset[int]
    waiting: Correction | None


def lock(session: Session, circular_id: int, seen: int | None = None) -> Standing:
    """Lock a circular and return it fresh. `seen`: the history number that the form was made from.

    Raises NotFound, and MoveNotAllowed where something happened to it since.
    """
    query = select(Circular).where(Circular.id == circular_id).with_for_update()
    circular = session.scalar(query.execution_options(populate_existing=True))
    if circular is None:
        raise NotFound("没有这份通报")
    if seen is not None and seen != circular.head_n:
        raise MoveNotAllowed(MOVED_ON)
    return standing(session, circular)


def standing(
    session: Session, circular: Circular, told: Sequence[CircularEntry] | None = None
) -> Standing:
    """Return a circular with what the gate asks of it: three statements. `told`: its history, of
    whoever has read it.
    """
    told = circular_record.entries(session, circular) if told is None else told
    units = select(CircularUnit.unit_id).where(CircularUnit.circular_id == circular.id)
    waits = select(Correction).where(
        Correction.circular_id == circular.id, Correction.outcome.is_(None)
    )
    return Standing(
        circular,
        circular_record.writers(told),
        frozenset(session.scalars(units)),
        session.scalar(waits),
    )


def pass_circular(actor: Actor, known: Standing, move: str) -> None:
    """Take a circular along the edge of `move`; raises as `edge_of` does."""
    edge = edge_of(actor, known, move)
    if edge.target != STAY:
        known.circular.state = edge.target


def edge_of(actor: Actor, known: Standing, move: str) -> Edge:
    """Return the edge that somebody may take. Raises MoveNotAllowed or NotPermitted."""
    if not any(may(actor, edge.who) for edge in CIRCULAR_EDGES if edge.move == move):
        raise NotPermitted("您的岗位没有这项权限")
    if why := refusal(actor, known, move):
        raise NotPermitted(why)
    found = edges(CIRCULAR_EDGES, move, known.circular.state)
    if not found:
        refused = MoveNotAllowed("通报现在的状态不能进行这一步")
        refused.add_note(f"{move} from {known.circular.state}")
        raise refused
    fitting = [edge for edge in found if may(actor, edge.who)]
    if not fitting:
        raise NotPermitted("您的岗位没有这项权限")
    if why := _out_of_turn(known, move):
        raise MoveNotAllowed(why)
    return fitting[0]


def refusal(actor: Actor, known: Standing, move: str) -> str:
    """Say why a move is not this person's to make, whatever their role, or nothing where it is."""
    if actor.area != known.circular.area_code:
        return ELSEWHERE
    if actor.recused & known.units:
        return RECUSED
    return _four_eyes(actor, known, move)


def require_free(actor: Actor, units: Collection[int]) -> None:
    """Raise NotPermitted for whoever must keep away from a unit that is to be named (回避)."""
    if actor.recused & set(units):
        raise NotPermitted(RECUSED)


def _four_eyes(actor: Actor, known: Standing, move: str) -> str:
    """Whoever wrote it neither checks, returns nor signs it, nor publishes their correction."""
    if move in _OF_OTHER_EYES and actor.id in known.writers:
        return WROTE
    theirs = known.waiting is not None and known.waiting.drafted_by == actor.id
    return WROTE_CORRECTION if move in _OF_CORRECTION and theirs else ""


def _out_of_turn(known: Standing, move: str) -> str:
    if move == "correction_drafted" and known.waiting is not None:
        return WAITS
    return NOTHING_WAITS if move in _OF_CORRECTION and known.waiting is None else ""


def offers(actor: Actor, known: Standing) -> set[str]:
    """Return the moves that this person may make with a circular now, for its page."""
    return {
        edge.move
        for edge in CIRCULAR_EDGES
        if edge.source == known.circular.state
        and may(actor, edge.who)
        and not refusal(actor, known, edge.move)
        and not _out_of_turn(known, edge.move)
    }
