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


def case_in(state: str) -> Case:
    return Case(id=1, number="430503-2026-000001", state=state, county=DISTRICT, kind="complaint")


def item_in(state: str) -> Item:
    return Item(id=1, case_id=1, n=1, state=state, verifying_unit_id=7, rectifying_unit_id=7)


def somebody(role: str, area: str = DISTRICT) -> Actor:
    return Actor(id=5, role=role, area=area, level="county", unit=7 if role == "unit" else None)


def one_who_may(edge: Edge) -> Actor:
    if edge.who == SYSTEM:
        return SWEEP
    return somebody(next(role for role in PERMISSIONS[edge.who] if role in ROLES))


@pytest.mark.parametrize("edge", CASE_EDGES, ids=lambda e: f"{e.move}-{e.source}-{e.target}")
def test_every_edge_of_a_case_leads_where_it_says(edge: Edge) -> None:
    case = case_in(edge.source)
    gate.pass_case(one_who_may(edge), case, edge.move, edge.target)
    assert case.state == (edge.source if edge.target == STAY else edge.target)


@pytest.mark.parametrize("edge", ITEM_EDGES, ids=lambda e: f"{e.move}-{e.source}-{e.target}")
def test_every_edge_of_an_item_leads_where_it_says(edge: Edge) -> None:
    case, item = case_in("handling"), item_in(edge.source)
    actor = somebody("handler") if edge.source == "draft" else one_who_may(edge)
    gate.pass_item(actor, case, item, edge.move, edge.target)
    assert item.state == (edge.source if edge.target == STAY else edge.target)


@pytest.mark.parametrize(
    ("move", "state"),
    [pair for pair in product(CASE_MOVES, CASE_STATES) if not edges(CASE_EDGES, *pair)],
)
def test_a_case_refuses_every_other_pair(move: str, state: str) -> None:
    case = case_in(state)
    for actor in (SWEEP, *(somebody(role) for role in ROLES)):
        with pytest.raises(MoveNotAllowed):
            gate.pass_case(actor, case, move)
    assert case.state == state


@pytest.mark.parametrize(
    ("move", "state"),
    [pair for pair in product(ITEM_MOVES, ITEM_STATES) if not edges(ITEM_EDGES, *pair)],
)
def test_an_item_refuses_every_other_pair(move: str, state: str) -> None:
    item = item_in(state)
    for actor in (SWEEP, *(somebody(role) for role in ROLES)):
        with pytest.raises(MoveNotAllowed):
            gate.pass_item(actor, case_in("handling"), item, move)
    assert item.state == state


@pytest.mark.parametrize(
    ("edge", "role"),
    [
        (edge, role)
        for edge, role in product(CASE_EDGES, ROLES)
        if edge.who != SYSTEM and role not in PERMISSIONS[edge.who]
    ],
)
def test_no_other_role_takes_an_edge_of_a_case(edge: Edge, role: str) -> None:
    case = case_in(edge.source)
    with pytest.raises(NotPermitted):
        gate.pass_case(somebody(role), case, edge.move, edge.target)
    assert case.state == edge.source


@pytest.mark.parametrize(
    ("edge", "role"),
    [
        (edge, role)
        for edge, role in product(ITEM_EDGES, ROLES)
        if role not in PERMISSIONS[edge.who]
    ],
)
def test_no_other_role_takes_an_edge_of_an_item(edge: Edge, role: str) -> None:
    item = item_in(edge.source)
    with pytest.raises(NotPermitted):
        gate.pass_item(somebody(role), case_in("handling"), item, edge.move, edge.target)
    assert item.state == edge.source


@pytest.mark.parametrize("edge", [edge for edge in CASE_EDGES if edge.who != SYSTEM])
def test_nobody_moves_a_case_of_another_area(edge: Edge) -> None:
    stranger = somebody(one_who_may(edge).role, OTHER)
    with pytest.raises(NotPermitted):
        gate.pass_case(stranger, case_in(edge.source), edge.move, edge.target)


def test_an_edge_of_the_system_is_for_nobody_else() -> None:
    for edge in CASE_EDGES:
        if edge.who == SYSTEM:
            with pytest.raises(NotPermitted):
                gate.pass_case(somebody("supervisor"), case_in(edge.source), edge.move, edge.target)


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
