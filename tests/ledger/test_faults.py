"""A machine that misses a deliberate fault proves nothing: each is noticed, for its own reason."""

from collections import Counter

import pytest

from tests.ledger.conftest import Stage
from tests.ledger.everything import FAULTS, SCENES
from tests.ledger.faults import Fault, in_the_code
from tests.ledger.machine import Ledger, a_world, run
from tests.ledger.scenes import Scene

EXAMPLES, STEPS = 15, 30


def noticed(stage: Stage, fault: Fault) -> None:
    """Let stories and then chance meet the fault; raises what noticed it."""
    with in_the_code(fault):
        for scene in (fault.scene, *SCENES):
            with a_world(stage) as world:
                scene(Scene(world))
        counts = {"steps": [0], "calendars": [0], "amended": [0]}
        chance = type("Chance", (Ledger,), {"stage": stage, "taken": Counter(), **counts})
        run(chance, EXAMPLES, STEPS)


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_in_the_code_is_noticed(stage: Stage, name: str) -> None:
    with pytest.raises(Exception, match=FAULTS[name].said):
        noticed(stage, FAULTS[name])
