"""Stories that chance tells too seldom, like those of `scenes`: what comes back too often."""

from collections.abc import Callable
from functools import partial

from caseflow.ledger.moves import items
from tests.ledger import ways_of_oversight
from tests.ledger.scenes import Scene


def back_and_back(scene: Scene) -> None:
    """Sent back three times and a fourth; each is looked into by the city and by nobody else."""
    world = scene.world
    case = world.come_in("tip", "phone", unit=False)
    ways_of_oversight.returned(scene, case)
    for who in ("supervisor", "leader", "stranger", "handler", "city", "city"):
        scene.does(who, "oversee", case)
    [item] = world.items()
    for who, move in (("inspector", "hand_in"), ("inspector", "find"), ("reviewer", "return")):
        scene.works(who, move, item, 1)
    scene.does("city", "oversee", case)


def objected_anew(scene: Scene) -> None:
    """Objected to twice, designated; the successor that is objected to again is the third time."""
    case = scene.world.come_in("complaint", "phone", unit=False)
    scene.to(case, "accepted")
    scene.does("handler", "split", case)
    [item] = scene.world.items()
    scene.works("handler", "dispatch", item, 1)
    for move, who in (("object", "academy"), ("reject_objection", "supervisor")) * 2:
        scene.works(who, move, item, 1)
    scene.works("leader", "designate", item, 1)
    scene.does("supervisor", "decline", case)
    scene.does("supervisor", "reopen", case)
    world, me = scene.world, scene.world.office["handler"]
    follows = partial(items.split, world.session, me, case.id, ["再查"], follows=item.id)
    world.attempt(lambda: follows(world.now))
    [_, again] = world.items()
    scene.works("handler", "dispatch", again, 1)
    scene.works("academy", "object", again)
    scene.does("city", "oversee", case)


SCENES: tuple[Callable[[Scene], None], ...] = (back_and_back, objected_anew)
