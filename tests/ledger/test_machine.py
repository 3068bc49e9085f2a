"""The laws hold along every edge of both state tables, in the stories, and whatever chance does.

Every edge is led along once by itself, with everybody trying; chance then goes its own way. What
was taken is counted from the histories, not from what anybody meant to do.
"""

import sys
from collections import Counter

from caseflow.ledger.states import CASE_EDGES, ITEM_EDGES
from tests.ledger.conftest import Stage
from tests.ledger.machine import Ledger, a_world, run
from tests.ledger.scenes import SCENES, Scene
from tests.ledger.ways import EDGES, Way

Taken = Counter[tuple[str, str, str]]
EXAMPLES, STEPS = 50, 40
MOST = 0.5


def test_the_laws_hold_whatever_happens_and_every_edge_is_taken(stage: Stage) -> None:
    led: Taken = Counter()
    for edge in (*CASE_EDGES, *ITEM_EDGES):
        with a_world(stage) as world:
            Way(world).along(edge)
            led.update(world.taken)
    for scene in SCENES:
        with a_world(stage) as world:
            scene(Scene(world))
            led.update(world.taken)
    chance = type("Chance", (Ledger,), {"stage": stage, "taken": Counter(), "steps": [0]})
    run(chance, EXAMPLES, STEPS)
    sys.stdout.write(f"{chance.steps[0]} steps of chance\n{table(led, chance.taken)}\n")
    assert not EDGES - set(led), "no way leads along these edges"
    assert len(EDGES & set(chance.taken)) >= len(EDGES) * MOST, "chance hardly gets anywhere"


def table(led: Taken, by_chance: Taken) -> str:
    """Return how often each edge was taken: led along it, and by chance."""
    lines = [_line("edge", "from", "to", "led", "chance")]
    for move, source, target in sorted(EDGES):
        edge = (move, source, target)
        lines.append(_line(move, source, target or "(stays)", led[edge], by_chance[edge]))
    return "\n".join(lines)


def _line(*cells: object) -> str:
    return "{:<16} {:<18} {:<18} {:>5} {:>6}".format(*cells)
