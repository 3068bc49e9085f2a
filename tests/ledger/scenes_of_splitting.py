"""Stories that chance tells too seldom, like those of `scenes`: two matters in one case."""

from collections.abc import Callable

from tests.ledger import ways_of_splitting
from tests.ledger.apart import WITH_ALL, WITH_ALL_BUT_ONE, WITH_THE_LAST, WITHOUT_ITEMS
from tests.ledger.scenes import Scene


def two_matters(scene: Scene) -> None:
    """Two reports, days apart, and three items in every state; split by who may, each goes its way
    to the end and is taken up again.
    """
    world = scene.world
    case = world.come_in("complaint", "phone", unit=False)
    scene.does("handler", "accept", case)
    scene.waits(72)
    ways_of_splitting.two_in_one(scene, case)
    ways_of_splitting.handled(scene, case, 3)
    _first, second, third = world.items()
    scene.works("academy", "sign_for", second)
    scene.works("academy", "extend", second, 1)
    scene.works("handler", "withdraw", third)
    scene.waits(24)
    for who in ("operator", "brother", "stranger", "leader"):
        scene.does(who, "split_off", case, WITH_ALL_BUT_ONE)
    scene.does("handler", "split_off", case, WITH_ALL)
    scene.does("handler", "split_off", case, WITH_ALL_BUT_ONE)
    part = world.cases()[-1]
    scene.works("supervisor", "refuse", second, 1)
    scene.works("leader", "refuse_withdrawal", third)
    scene.does("handler", "unmerge", world.cases()[1])
    scene.does("handler", "merge", part)
    scene.waits(24)
    scene.does("handler", "split", case)
    for one in (part, case):
        scene.to(one, "closed")
        scene.does("supervisor", "reopen", one)
        scene.to(one, "closed")


def split_and_merged_back(scene: Scene) -> None:
    """Split before anybody works on it, merged back and that undone, merged again and split anew;
    in between days are asked for, and the reporter is asked.
    """
    world = scene.world
    case = world.come_in("complaint", "phone", unit=False)
    ways_of_splitting.two_in_one(scene, case)
    scene.does("handler", "extend_case", case, 0)
    scene.does("handler", "split_off", case, WITHOUT_ITEMS)
    part = world.cases()[-1]
    for move in ("merge", "unmerge", "merge"):
        scene.does("handler", move, part, 0)
        scene.waits(5)
    scene.does("handler", "ask", case)
    scene.waits(24)
    scene.does("handler", "resume", case)
    scene.does("handler", "extend_case", case, 0)
    scene.does("supervisor", "grant_case", case)
    ways_of_splitting.handled(scene, case)
    scene.does("handler", "split_off", case, WITH_THE_LAST)
    another = world.cases()[-1]
    scene.does("handler", "unmerge", part)
    for who, move in (("handler", "extend_case"), ("supervisor", "grant_case")):
        scene.does(who, move, another, 0)
    world.more_comes_in(another, retaliation=True)
    scene.does("handler", "split_off", another, WITHOUT_ITEMS)
    scene.waits(240)
    scene.to(another, "closed")


def danger_in_one_of_two(scene: Scene) -> None:
    """Nothing is split while danger waits for somebody; afterwards both are urgent that may be."""
    world = scene.world
    case = world.come_in("complaint", "phone", unit=False)
    ways_of_splitting.two_in_one(scene, case)
    scene.does("handler", "raise_urgency", case)
    scene.does("handler", "split_off", case, WITHOUT_ITEMS)
    scene.does("supervisor", "acknowledge", case)
    scene.does("handler", "split_off", case, WITHOUT_ITEMS)
    scene.waits(24)
    scene.does("handler", "raise_urgency", world.cases()[-1])
    scene.waits(24)


def one_letter(scene: Scene) -> None:
    """One report tells of two matters: each is answered; merged back, and that undone."""
    world = scene.world
    case = world.come_in("complaint", "phone", unit=False)
    scene.does("handler", "accept", case)
    scene.waits(30)
    scene.does("handler", "split_off", case, WITHOUT_ITEMS)
    part = world.cases()[-1]
    assert part.id != case.id
    for move in ("merge", "unmerge"):
        scene.does("handler", move, part, 0)
        scene.waits(2)
    ways_of_splitting.handled(scene, case)
    scene.waits(60)
    for one in (part, case):
        scene.to(one, "closed")


SCENES: tuple[Callable[[Scene], None], ...] = (
    two_matters,
    split_and_merged_back,
    danger_in_one_of_two,
    one_letter,
)
