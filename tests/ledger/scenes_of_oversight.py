"""Stories that chance tells too seldom, like those of `scenes`: what comes back too often."""

from collections.abc import Callable
from functools import partial

from caseflow.ledger.moves import items
from caseflow.ledger.tables import Item
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


def taken_up_and_back(scene: Scene) -> None:
    """Returned, taken up again, and its successor returned: three times. Nobody strikes it off
    before the city has looked into it.
    """
    world = scene.world
    case = world.come_in("tip", "phone", unit=False)
    scene.to(case, "accepted")
    scene.does("handler", "split", case)
    [item] = world.items()
    _submitted(scene, item)
    scene.works("reviewer", "return", item)
    scene.does("supervisor", "decline", case)
    scene.does("supervisor", "reopen", case)
    follows = partial(items.split, world.session, world.office["handler"], case.id, ["再查"])
    world.attempt(lambda: follows(world.now, follows=item.id))
    [_, again] = world.items()
    _submitted(scene, again)
    scene.works("reviewer", "return", again)
    _handed_in(scene, again)
    for who in ("reviewer", "leader", "city"):
        scene.works(who, "strike_off", again)
    scene.does("city", "oversee", case)
    scene.works("reviewer", "strike_off", again)
    assert again.state == "struck_off", "the level above looked, and it is not struck off"


def over_and_merged(scene: Scene) -> None:
    """What came back three times is looked into though the case is over, and before it is merged;
    afterwards it comes back from the merger with nothing that waits.
    """
    case = scene.world.come_in("complaint", "phone", unit=False)
    ways_of_oversight.reopened(scene, case)
    scene.does("supervisor", "decline", case)
    scene.waits(30)
    scene.does("supervisor", "reopen", case)
    other = scene.world.come_in("complaint", "phone", unit=False)
    scene.does("handler", "accept", other)
    scene.does("handler", "merge", case)
    scene.does("city", "oversee", case)
    scene.does("handler", "merge", case)
    assert case.state == "merged", "the two are one matter, and are not merged"
    scene.waits(50)
    scene.does("city", "oversee", case)
    scene.does("supervisor", "unmerge", case)
    scene.waits(100)
    scene.does("city", "oversee", case)


def _submitted(scene: Scene, item: Item) -> None:
    for move in ("dispatch", "sign_for"):
        scene.works("handler", move, item, 3)
    _handed_in(scene, item)


def _handed_in(scene: Scene, item: Item) -> None:
    for move in ("hand_in", "find"):
        scene.works("inspector", move, item, 1)


SCENES: tuple[Callable[[Scene], None], ...] = (
    *(back_and_back, objected_anew, taken_up_and_back),
    over_and_merged,
)
