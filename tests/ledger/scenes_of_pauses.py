"""Stories of promises that stand still and are moved by something else, like those of `scenes`."""

from collections.abc import Callable

from tests.ledger import rule_changes
from tests.ledger.scenes import Scene
from tests.ledger.world import TO_SCHOOL

TIPS_ARE_DUE_SOONER = 1  # luck that gives tips six working days
NONE_IS_LISTED = 4  # luck that dispatches a tip about nobody to the school


def merged_while_it_waits(scene: Scene) -> None:
    """What another was promised did not stand still: items that did are due before it again."""
    world = scene.world
    case = world.come_in("tip", "phone", unit=False)
    scene.dispatched(case, NONE_IS_LISTED)
    scene.does("handler", "ask", case)
    other = world.come_in("tip", "email", unit=False)
    assert scene.does("handler", "merge", other, 0)
    scene.waits(4 * 24)
    assert scene.does("handler", "resume", case)


def ruled_while_it_was_merged(scene: Scene) -> None:
    """A rule changes while a case that was asked before belongs to another."""
    world = scene.world
    case, other = world.come_in("tip", "phone"), world.come_in("tip", "email")
    scene.does("handler", "accept", case)
    scene.does("handler", "accept", other)
    scene.does("handler", "ask", other)
    scene.waits(24)
    scene.does("handler", "resume", other)
    assert scene.does("handler", "merge", other, 0)
    rule_changes.amends(world, TIPS_ARE_DUE_SOONER)
    assert scene.does("handler", "unmerge", other)


def asked_on_the_last_day(scene: Scene) -> None:
    """It goes on for the rest of the day on which it goes on."""
    world = scene.world
    case = world.come_in("help", "phone", unit=False)
    scene.dispatched(case, TO_SCHOOL)
    scene.waits(7 * 24)
    scene.does("handler", "ask", case)
    scene.waits(24)
    assert scene.does("handler", "resume", case)


SCENES: tuple[Callable[[Scene], None], ...] = (
    merged_while_it_waits,
    ruled_while_it_was_merged,
    asked_on_the_last_day,
)
