"""The life of a circular: what its table forbids, and whom."""

from dataclasses import replace
from itertools import product

import pytest

from caseflow.errors import MoveNotAllowed, NotPermitted
from caseflow.ledger.states import Edge
from caseflow.people.actor import Actor
from caseflow.people.permissions import PERMISSIONS, ROLES
from caseflow.publishing import circular_gate
from caseflow.publishing.circular_gate import Standing
from caseflow.publishing.circular_states import CIRCULAR_EDGES, CIRCULAR_MOVES, CIRCULAR_STATES
from caseflow.publishing.tables import Circular, Correction

AREA, AUTHOR, UNIT = "430503", 1, 7
WAITS = ("circular_corrected", "correction_refused")


def somebody(role: str, n: int = 5, area: str = AREA) -> Actor:
    return Actor(id=n, role=role, area=area, level="county")


def standing(state: str, *, waits: bool = False) -> Standing:
    circular = Circular(id=1, area_code=AREA, kind="lateness", state=state, drafted_by=AUTHOR)
    waiting = Correction(id=1, circular_id=1, drafted_by=AUTHOR) if waits else None
    return Standing(circular, frozenset({AUTHOR}), frozenset({UNIT}), waiting)


def tries(actor: Actor, known: Standing, move: str) -> str:
    """Return the state after somebody tried a move; whatever is refused leaves it as it was."""
    before = known.circular.state
    try:
        circular_gate.pass_circular(actor, known, move)
    except (MoveNotAllowed, NotPermitted):
        assert known.circular.state == before
        assert move not in circular_gate.offers(actor, known)
        raise
    return known.circular.state


_LEGAL = {(edge.move, edge.source) for edge in CIRCULAR_EDGES}
FORBIDDEN = [pair for pair in product(CIRCULAR_MOVES, CIRCULAR_STATES) if pair not in _LEGAL]


@pytest.mark.parametrize(("move", "state"), FORBIDDEN)
def test_a_pair_that_the_table_does_not_hold_is_refused_to_everybody(move: str, state: str) -> None:
    refusals = set()
    for role in ROLES:
        with pytest.raises((MoveNotAllowed, NotPermitted)) as refused:
            tries(somebody(role), standing(state, waits=move in WAITS), move)
        refusals.add(refused.type)
    assert MoveNotAllowed in refusals, "whoever may make the move at all is told that it is late"


@pytest.mark.parametrize("edge", CIRCULAR_EDGES, ids=lambda edge: f"{edge.move}-{edge.source}")
def test_an_edge_is_for_those_of_its_permission_and_offered_to_no_other(edge: Edge) -> None:
    for role in ROLES:
        known = standing(edge.source, waits=edge.move in WAITS)
        may = role in PERMISSIONS[edge.who]
        assert (edge.move in circular_gate.offers(somebody(role), known)) == may
        if may:
            assert tries(somebody(role), known, edge.move) == (edge.target or edge.source)
        else:
            with pytest.raises(NotPermitted):
                tries(somebody(role), known, edge.move)


@pytest.mark.parametrize("edge", CIRCULAR_EDGES, ids=lambda edge: f"{edge.move}-{edge.source}")
def test_no_edge_is_for_another_office_or_whoever_must_keep_away(edge: Edge) -> None:
    for role in PERMISSIONS[edge.who]:
        away = replace(somebody(role), recused=frozenset({UNIT}))
        for actor in (away, somebody(role, area="430500")):
            with pytest.raises(NotPermitted):
                tries(actor, standing(edge.source, waits=edge.move in WAITS), edge.move)


@pytest.mark.parametrize(
    ("state", "move"),
    [
        ("drafted", "circular_checked"),
        ("drafted", "circular_returned"),
        ("checked", "circular_issued"),
        ("published", "circular_corrected"),
        ("corrected", "correction_refused"),
    ],
)
def test_whoever_wrote_it_does_not_judge_it(state: str, move: str) -> None:
    for role in PERMISSIONS["circular.return"]:
        with pytest.raises(NotPermitted):
            tries(somebody(role, AUTHOR), standing(state, waits=move in WAITS), move)


def test_a_correction_waits_for_another_one_and_is_needed_to_be_published() -> None:
    with pytest.raises(MoveNotAllowed, match="已有一份"):
        tries(somebody("supervisor"), standing("published", waits=True), "correction_drafted")
    for move in WAITS:
        with pytest.raises(MoveNotAllowed, match="没有等待"):
            tries(somebody("leader"), standing("published"), move)
