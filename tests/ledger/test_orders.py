"""The life of an order: what its table forbids, and whom."""

from itertools import product

import pytest

from caseflow.errors import MoveNotAllowed, NotPermitted
from caseflow.escalation import order_gate
from caseflow.escalation.order_states import ORDER_EDGES, ORDER_MOVES, ORDER_STATES
from caseflow.escalation.tables import Order
from caseflow.ledger.states import SYSTEM, Edge
from caseflow.ledger.tables import Case
from caseflow.people.actor import SWEEP, Actor
from caseflow.people.permissions import PERMISSIONS, ROLES

AREA, CITY = "430503", "430500"
CASE = Case(id=1, province="430000", city=CITY, county=AREA, unit_id=None)


def somebody(role: str, n: int = 5, level: str = "county") -> Actor:
    unit = 7 if role == "unit" else None
    return Actor(id=n, role=role, area=AREA if level == "county" else CITY, level=level, unit=unit)


def order_in(state: str, **said: object) -> Order:
    level = None if state in ("draft", "cancelled") else "county"
    known = {"kind": "supervision_order", "unit_id": 7, "issued_level": level}
    return Order(id=1, case_id=1, state=state, **{**known, **said})


def tries(actor: Actor, order: Order, move: str) -> str:
    """Return the state after somebody tried a move; whatever is refused leaves it as it was."""
    before = order.state
    try:
        order_gate.pass_order(actor, CASE, order, move)
    except (MoveNotAllowed, NotPermitted):
        assert order.state == before
        raise
    return order.state


EVERYBODY = (SWEEP, *(somebody(role) for role in ROLES))
_LEGAL = {(edge.move, edge.source) for edge in ORDER_EDGES}
FORBIDDEN = [pair for pair in product(ORDER_MOVES, ORDER_STATES) if pair not in _LEGAL]


@pytest.mark.parametrize(("move", "state"), FORBIDDEN)
def test_a_pair_that_the_table_does_not_hold_is_refused_to_everybody(move: str, state: str) -> None:
    refusals = set()
    for actor in EVERYBODY:
        with pytest.raises((MoveNotAllowed, NotPermitted)) as refused:
            tries(actor, order_in(state), move)
        refusals.add(refused.type)
    assert MoveNotAllowed in refusals, "whoever may make the move at all is told that it is late"


@pytest.mark.parametrize("edge", ORDER_EDGES, ids=lambda edge: f"{edge.move}-{edge.source}")
def test_an_edge_is_for_those_of_its_permission_and_offered_to_no_other(edge: Edge) -> None:
    may = {
        role
        for other in ORDER_EDGES
        if (other.move, other.source) == (edge.move, edge.source)
        for role in PERMISSIONS[other.who]
    }
    for actor in EVERYBODY:
        offered = order_gate.offers(actor, CASE, order_in(edge.source))
        assert (edge.move in offered) == (actor.role in may)
        if actor.role in may:
            assert tries(actor, order_in(edge.source), edge.move) == (edge.target or edge.source)
        else:
            with pytest.raises((NotPermitted, MoveNotAllowed)):
                tries(actor, order_in(edge.source), edge.move)


@pytest.mark.parametrize("move", ["order_accepted", "order_returned", "order_lifted"])
def test_only_the_level_that_issued_a_document_judges_and_lifts_it(move: str) -> None:
    above = order_in("answered", issued_level="city")
    with pytest.raises(NotPermitted, match="签发这份文书的一级"):
        tries(somebody("supervisor"), above, move)
    with pytest.raises(NotPermitted, match="签发这份文书的一级"):
        tries(somebody("supervisor", level="city"), order_in("answered"), move)
    assert tries(somebody("supervisor", level="city"), above, move) != "answered"


def test_where_its_level_has_the_case_no_longer_the_office_that_has_it_judges() -> None:
    boss, order = somebody("supervisor", level="city"), order_in("answered")
    moved_up = Case(id=1, province="430000", city=CITY, county=None, unit_id=None)
    order_gate.pass_order(boss, moved_up, order, "order_accepted")
    assert order.state == "accepted"


def test_whoever_wrote_it_does_not_sign_it_nor_judge_it() -> None:
    boss, leader = somebody("supervisor", 1), somebody("leader", 2)
    with pytest.raises(NotPermitted, match="改过"):
        tries(boss, order_in("draft", edited_by=3, editors=",1,3,"), "order_issued")
    edited = order_in("draft", edited_by=11, editors=",11,")
    assert tries(leader, edited, "order_issued") == "issued"
    with pytest.raises(NotPermitted, match="代为登记"):
        tries(boss, order_in("answered", answered_by=1), "order_accepted")
    assert tries(leader, order_in("answered", answered_by=1), "order_accepted") == "accepted"


@pytest.mark.parametrize("kind", ["listed", "accountability"])
def test_what_the_level_above_signs_nobody_else_signs_or_cancels(kind: str) -> None:
    for move in ("order_issued", "order_cancelled"):
        with pytest.raises(NotPermitted, match="上一级"):
            tries(somebody("leader"), order_in("draft", kind=kind), move)
        assert (
            tries(somebody("leader", level="city"), order_in("draft", kind=kind), move) != "draft"
        )


def test_the_sweep_alone_takes_its_own_edges() -> None:
    own = [edge for edge in ORDER_EDGES if edge.who == SYSTEM]
    assert {edge.source for edge in own} == {"issued", "signed_for", "answered"}
    assert {edge.move for edge in own} == {"order_lifted"}
