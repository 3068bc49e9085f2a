"""Every edge of both state tables and every forbidden pair (design §3)."""

from dataclasses import dataclass
from itertools import product

import pytest

from caseflow import words
from caseflow.errors import MoveNotAllowed, NotPermitted
from caseflow.ledger import gate
from caseflow.ledger.states import (
    CASE_EDGES,
    CASE_MOVES,
    CASE_STATES,
    FINDINGS,
    ITEM_EDGES,
    ITEM_MOVES,
    ITEM_STATES,
    KINDS,
    OF_RECEIVER,
    OF_REVIEW,
    ONLY_REVIEW,
    OUTCOMES,
    STAY,
    SYSTEM,
    Edge,
    edges,
)
from caseflow.ledger.tables import Case, Item
from caseflow.people.actor import SWEEP, Actor
from caseflow.people.permissions import PERMISSIONS, ROLES
from tests.office import DISTRICT, OTHER


def case_in(state: str, move: str = "") -> Case:
    case = Case(id=1, number="430503-2026-000001", state=state, county=DISTRICT, kind="complaint")
    case.reviews = 2 if move in ONLY_REVIEW else None
    return case


def item_in(state: str) -> Item:
    return Item(id=1, case_id=1, n=1, state=state, verifying_unit_id=7, rectifying_unit_id=7)


def somebody(role: str, area: str = DISTRICT) -> Actor:
    return Actor(id=5, role=role, area=area, level="county", unit=7 if role == "unit" else None)


def one_who_may(edge: Edge) -> Actor:
    if edge.who == SYSTEM:
        return SWEEP
    return somebody(next(role for role in PERMISSIONS[edge.who] if role in ROLES))


EVERYBODY = (SWEEP, *(somebody(role) for role in ROLES))


CASES, ITEMS = (CASE_EDGES, CASE_MOVES, CASE_STATES), (ITEM_EDGES, ITEM_MOVES, ITEM_STATES)
TABLES = {"case": CASES, "item": ITEMS}
PAIRS = [
    (of, *pair) for of, (_, moves, states) in TABLES.items() for pair in product(moves, states)
]


def state_after(of: str, actor: Actor, edge: Edge) -> str | type[Exception]:
    """Let somebody take an edge; return the state after it, or how that was refused.

    Whatever is refused must leave the state as it was.
    """
    case = case_in(edge.source if of == "case" else "handling", edge.move)
    if edge.move in OF_RECEIVER:
        case.bound_for = actor.area
    moved = case if of == "case" else item_in(edge.source)
    try:
        if isinstance(moved, Case):
            gate.pass_case(actor, moved, edge.move, edge.target)
        else:
            gate.pass_item(actor, case, moved, edge.move, edge.target)
    except (MoveNotAllowed, NotPermitted) as refusal:
        assert moved.state == edge.source
        return type(refusal)
    return moved.state


@pytest.mark.parametrize(("of", "move", "source"), PAIRS)
def test_a_move_leads_where_its_edges_say_and_nowhere_else(of: str, move: str, source: str) -> None:
    """Every pair of move and state, every target, everybody: edges open, all else is refused."""
    table, _, states = TABLES[of]
    ways = {edge.target: edge for edge in edges(table, move, source)}
    for target in (*states, STAY):
        way = ways.get(target)
        if way is not None:
            assert state_after(of, one_who_may(way), way) == (target or source)
            continue
        for actor in EVERYBODY:
            assert state_after(of, actor, Edge(move, source, target, "", "")) is MoveNotAllowed
    if not ways:
        for actor in EVERYBODY:
            assert state_after(of, actor, Edge(move, source, None, "", "")) is MoveNotAllowed


@pytest.mark.parametrize(
    ("of", "edge"), [(of, edge) for of, (table, *_) in TABLES.items() for edge in table]
)
def test_no_other_role_takes_an_edge(of: str, edge: Edge) -> None:
    if edge.who != SYSTEM:
        assert state_after(of, one_who_may(edge), edge) == (edge.target or edge.source)
    may = () if edge.who == SYSTEM else PERMISSIONS[edge.who]
    for role in set(ROLES) - set(may):
        assert state_after(of, somebody(role), edge) is NotPermitted


@pytest.mark.parametrize("edge", [edge for edge in CASE_EDGES if edge.who != SYSTEM])
def test_nobody_moves_a_case_of_another_area(edge: Edge) -> None:
    stranger = somebody(one_who_may(edge).role, OTHER)
    with pytest.raises(NotPermitted):
        gate.pass_case(stranger, case_in(edge.source, edge.move), edge.move, edge.target)


@pytest.mark.parametrize("edge", CASE_EDGES)
def test_a_review_takes_the_edges_of_a_review_alone(edge: Edge) -> None:
    """And no other case takes those that only a review has."""
    case = case_in(edge.source)
    case.reviews = None if edge.move in ONLY_REVIEW else 2
    case.bound_for = DISTRICT if edge.move in OF_RECEIVER else None
    if edge.move in OF_REVIEW and edge.move not in ONLY_REVIEW:
        gate.pass_case(one_who_may(edge), case, edge.move, edge.target)
        return
    with pytest.raises(MoveNotAllowed):
        gate.pass_case(one_who_may(edge), case, edge.move, edge.target)


def test_a_recused_person_moves_nothing_about_the_unit() -> None:
    case = case_in("received")
    case.unit_id = 9
    actor = Actor(id=5, role="handler", area=DISTRICT, level="county", recused=frozenset({9}))
    with pytest.raises(NotPermitted):
        gate.pass_case(actor, case, "accept")


@dataclass(frozen=True)
class Vocabulary:
    """A table of words and the codes it must cover."""

    table: dict[str, str]
    codes: tuple[str, ...]


@pytest.mark.parametrize(
    "vocabulary",
    [
        Vocabulary(words.KINDS, KINDS),
        Vocabulary(words.CASE_STATES, CASE_STATES),
        Vocabulary(words.ITEM_STATES, ITEM_STATES),
        Vocabulary(words.FINDINGS, FINDINGS),
        Vocabulary(words.OUTCOMES, OUTCOMES),
        Vocabulary(words.ROLES, ROLES),
    ],
)
def test_every_code_has_its_word_and_no_word_is_left_over(vocabulary: Vocabulary) -> None:
    assert set(vocabulary.table) == set(vocabulary.codes)


def test_every_move_has_its_word() -> None:
    assert set(CASE_MOVES) | set(ITEM_MOVES) <= set(words.MOVES)
