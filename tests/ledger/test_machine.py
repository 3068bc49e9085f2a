"""The laws hold along every edge of both state tables, in the stories, and whatever chance does.

Every edge is led along once by itself, on both databases; where more than one person could take
it, others try first. Chance then goes its own way, on the database that production runs on, and
begins each story where fewest were before. What was taken is counted from the histories, not from
what anybody meant to do.
"""

import sys
from collections import Counter

import pytest

from caseflow.ledger.states import ITEM_EDGES
from tests.ledger.along import CASE_WAYS, EDGES
from tests.ledger.conftest import Stage
from tests.ledger.everything import SCENES
from tests.ledger.machine import a_world, chance_on, run
from tests.ledger.scenes import Scene
from tests.ledger.ways import Way

Taken = Counter[tuple[str, str, str]]
STORIES, MORE, STEPS = 16, 80, 40


@pytest.mark.parametrize(
    "on", ["stage", pytest.param("postgres_stage", marks=pytest.mark.postgresql)]
)
def test_the_laws_hold_along_every_edge_and_in_the_stories(
    request: pytest.FixtureRequest, on: str
) -> None:
    stage = request.getfixturevalue(on)
    led: Taken = Counter()
    for edge in (*CASE_WAYS, *ITEM_EDGES):
        with a_world(stage) as world:
            Way(world).along(edge)
            led.update(world.taken)
    for scene in SCENES:
        with a_world(stage) as world:
            scene(Scene(world))
            led.update(world.taken)
    sys.stdout.write(f"{table(led)}\n")
    assert not EDGES - set(led), "no way leads along these edges"


def test_the_laws_hold_whatever_happens(postgres_stage: Stage) -> None:
    chance = chance_on(postgres_stage)
    run(chance, STORIES, STEPS, more=MORE)
    sys.stdout.write(f"{chance.steps[0]} steps\n{table(chance.taken)}\n")
    assert chance.calendars[0], "chance never changed the calendar"
    assert chance.amended[0], "chance never changed a rule of time"
    missed = sorted(EDGES - set(chance.taken))
    assert not missed, "chance never went along these edges"


def table(taken: Taken) -> str:
    """Return how often each edge was taken."""
    lines = [_line("edge", "from", "to", "times")]
    for move, source, target in sorted(EDGES):
        lines.append(_line(move, source, target or "(stays)", taken[move, source, target]))
    return "\n".join(lines)


def _line(*cells: object) -> str:
    return "{:<16} {:<18} {:<18} {:>6}".format(*cells)
