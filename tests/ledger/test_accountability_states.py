"""The life of a file of inquiry: what its table forbids, and whom."""

from dataclasses import replace
from datetime import date
from itertools import product

import pytest

from caseflow.errors import MoveNotAllowed, NotPermitted
from caseflow.escalation import accountability_gate
from caseflow.escalation.accountability_gate import Standing
from caseflow.escalation.accountability_states import (
    ACCOUNTABILITY_EDGES,
    ACCOUNTABILITY_MOVES,
    FILE_STATES,
    UNDECIDED,
)
from caseflow.escalation.accountability_tables import AccountabilityFile, AccountabilityStep
from caseflow.ledger.states import SYSTEM, Edge
from caseflow.people.actor import SWEEP, Actor
from caseflow.people.permissions import PERMISSIONS, ROLES

CITY, INQUIRER, DECIDER, UNIT = "430500", 1, 2, 7
TODAY = date(2026, 4, 14)


def somebody(role: str, n: int = 5, area: str = CITY) -> Actor:
    return Actor(id=n, role=role, area=area, level="city")


def standing(state: str) -> Standing:
    decided = state not in (*UNDECIDED, "discontinued")
    file = AccountabilityFile(
        id=1,
        area_code=CITY,
        unit_id=UNIT,
        state=state,
        decided_by=DECIDER if decided else None,
        outcome="interview" if decided else None,
    )
    last = AccountabilityStep(day=TODAY, choice="")
    return Standing(file, frozenset({UNIT}), frozenset({INQUIRER}), last, TODAY)


def tries(actor: Actor, known: Standing, move: str) -> str:
    """Return the state after somebody tried a step; whatever is refused leaves it as it was."""
    before = known.file.state
    try:
        accountability_gate.pass_file(actor, known, move, TODAY)
    except (MoveNotAllowed, NotPermitted):
        assert known.file.state == before
        assert move not in accountability_gate.offers(actor, known, TODAY)
        raise
    return known.file.state


EVERYBODY = (SWEEP, *(somebody(role) for role in ROLES))
_LEGAL = {(edge.move, edge.source) for edge in ACCOUNTABILITY_EDGES}
FORBIDDEN = [pair for pair in product(ACCOUNTABILITY_MOVES, FILE_STATES) if pair not in _LEGAL]
each = pytest.mark.parametrize(
    "edge", ACCOUNTABILITY_EDGES, ids=lambda edge: f"{edge.move}-{edge.source}"
)


@pytest.mark.parametrize(("move", "state"), FORBIDDEN)
def test_a_pair_that_the_table_does_not_hold_is_refused_to_everybody(move: str, state: str) -> None:
    refusals = set()
    for actor in EVERYBODY:
        with pytest.raises((MoveNotAllowed, NotPermitted)) as refused:
            tries(actor, standing(state), move)
        refusals.add(refused.type)
    assert MoveNotAllowed in refusals, "whoever may take the step at all is told that it is late"


@each
def test_a_step_is_for_those_of_its_permission_and_never_for_the_sweep(edge: Edge) -> None:
    assert edge.who != SYSTEM
    for actor in EVERYBODY:
        known = standing(edge.source)
        may = actor.role in PERMISSIONS[edge.who]
        assert (edge.move in accountability_gate.offers(actor, known, TODAY)) == may
        if may:
            assert tries(actor, known, edge.move) == edge.target
        else:
            with pytest.raises(NotPermitted):
                tries(actor, known, edge.move)


@each
def test_no_step_is_for_another_office_or_whoever_must_keep_away(edge: Edge) -> None:
    for role in PERMISSIONS[edge.who]:
        away = replace(somebody(role), recused=frozenset({UNIT}))
        for actor in (away, somebody(role, area="430503"), somebody(role, area="430000")):
            with pytest.raises(NotPermitted):
                tries(actor, standing(edge.source), edge.move)


def test_whoever_had_a_part_in_it_does_not_judge_it() -> None:
    with pytest.raises(NotPermitted, match="核实"):
        tries(somebody("leader", INQUIRER), standing("consulted"), "decision_made")
    for role in ("supervisor", "leader"):
        with pytest.raises(NotPermitted, match="复核"):
            tries(somebody(role, DECIDER), standing("reviewing"), "decision_review_answered")


def test_a_remedy_that_runs_keeps_the_file_open_until_its_last_day_is_over() -> None:
    for state in ("served", "reviewed"):
        known = standing(state)
        known.file.until = TODAY
        with pytest.raises(MoveNotAllowed, match="期满"):
            tries(somebody("leader"), known, "file_closed")
        known.file.until = date(2026, 4, 13)
        assert tries(somebody("leader"), known, "file_closed") == "closed"
