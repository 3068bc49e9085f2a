"""The one gate of orders: may this happen to it, by this person? It alone sets their state."""

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from caseflow.deadlines import ladder
from caseflow.deadlines.clocks import Subject
from caseflow.errors import MoveNotAllowed, NotFound, NotPermitted, Told
from caseflow.escalation.order_states import ORDER_EDGES, WHILE_SHELVED
from caseflow.escalation.tables import Order
from caseflow.ledger import gate
from caseflow.ledger.states import STAY, Edge, edges
from caseflow.ledger.tables import Case
from caseflow.people.actor import Actor
from caseflow.people.permissions import may
from caseflow.people.scope import scope_of

OF_LEVEL_ABOVE = ladder.OF_LEVEL_ABOVE
UPPER = ("city", "province")
_OF_ITS_LEVEL = ("order_accepted", "order_returned", "order_lifted")
_NOT_BY_WRITER = ("order_accepted", "order_returned")


def lock(
    session: Session, actor: Actor, order_id: int, seen: int | None = None
) -> tuple[Case, Order]:
    """Lock an order behind its case (engine 3) and return both, fresh. `seen`: the history number
    of the case that the form was made from (engine 4).

    Raises NotFound, for a unit also where the document is not its own or did not go out, and Stale
    when the case moved since.
    """
    found = session.get(Order, order_id)
    if found is None or (actor.role == "unit" and not _is_theirs(actor, found)):
        raise NotFound("没有这份文书")
    case, where = None, found.case_id
    while case is None or where != case.id:  # its item was split off meanwhile, into a later case
        case = gate.lock(session, where, seen)
        where = session.scalars(select(Order.case_id).where(Order.id == order_id)).one()
    return case, session.get_one(Order, order_id, populate_existing=True, with_for_update=True)


def _is_theirs(actor: Actor, order: Order) -> bool:
    return order.unit_id is not None and order.unit_id == actor.unit and order.number is not None


def pass_order(actor: Actor, case: Case, order: Order, move: str) -> None:
    """Take an order along the edge of `move`; raises as `edge_of` does."""
    edge = edge_of(actor, case, order, move)
    if edge.target != STAY:
        order.state = edge.target


def edge_of(actor: Actor, case: Case, order: Order, move: str) -> Edge:
    """Return the edge that somebody may take. Raises MoveNotAllowed or NotPermitted."""
    if not any(may(actor, edge.who) for edge in ORDER_EDGES if edge.move == move):
        raise NotPermitted("您的岗位没有这项权限")
    found = [edge for edge in edges(ORDER_EDGES, move, order.state) if may(actor, edge.who)]
    if why := _beyond(actor, case, order, move):
        raise NotPermitted(why)
    if not found:
        refused = MoveNotAllowed("文书现在的状态不能进行这一步")
        refused.add_note(f"{move} from {order.state}")
        raise refused
    if not _is_open(case, move):
        raise MoveNotAllowed(gate.SHELVED)
    return found[0]


def _is_open(case: Case, move: str) -> bool:
    """Tell whether a document may move with its case: one of a shelved case waits with it."""
    return case.state != "shelved" or move in WHILE_SHELVED


def _beyond(actor: Actor, case: Case, order: Order, move: str) -> str | Told:
    """Say why this is not this person's to do, or nothing where it is."""
    if actor.id is None or actor.role == "unit":
        return ""  # the sweep; or the unit that got it (`lock`)
    if not gate.covers(scope_of(actor), case):
        return "不在您的辖区内"
    if is_kept_from(actor, order):
        return RECUSED
    return _of_level(actor, case, order, move) or _four_eyes(actor, order, move)


def is_kept_from(actor: Actor, order: Order) -> bool:
    """Tell whether somebody must keep away from the unit that a document goes to, or is about:
    whoever was reported, they have no say in what is demanded of that unit.
    """
    return bool(actor.recused & {order.unit_id, order.late_unit_id})


def _of_level(actor: Actor, case: Case, order: Order, move: str) -> str:
    above = order.kind in OF_LEVEL_ABOVE and actor.level not in UPPER
    if above and move in ("order_issued", "order_cancelled"):
        return "这类文书由上一级签发"
    level = order.issued_level
    other = level is not None and level != actor.level and getattr(case, level) is not None
    return BY_ITS_LEVEL if other and move in _OF_ITS_LEVEL else ""


BY_ITS_LEVEL = "只能由签发这份文书的一级办理"
RECUSED = "您须回避这份文书涉及的单位，请由他人办理"
EDITED = "您改过这份文书的正文，请由他人签发"
WROTE = "答复由您代为登记，请由他人审核"


def _four_eyes(actor: Actor, order: Order, move: str) -> str:
    if move == "order_issued" and actor.id in order.edited:
        return EDITED
    return WROTE if move in _NOT_BY_WRITER and order.answered_by == actor.id else ""


def offers(actor: Actor, case: Case, order: Order) -> set[str]:
    """Return the moves that this person may make with a document now, for its page."""
    return set(_offered(actor, case, order))


def _offered(actor: Actor, case: Case, order: Order) -> Iterator[str]:
    for edge in ORDER_EDGES:
        here = edge.source == order.state and may(actor, edge.who) and _is_open(case, edge.move)
        if here and not _beyond(actor, case, order, edge.move):
            yield edge.move


def subject(order: Order) -> Subject:
    """Return what the clocks of a document stand on."""
    return Subject(order_id=order.id, root_case_id=order.case_id)
