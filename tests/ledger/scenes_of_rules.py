"""Stories of rules that change while promises run."""

from collections.abc import Callable

from tests.ledger import laws, rule_changes, scenes_of_endings
from tests.ledger.scenes import Scene
from tests.ledger.world import TO_SCHOOL


def rules_change(scene: Scene) -> None:
    """A complaint waits for its reporter, another is late, a third was returned; meanwhile every
    rule there is changes, and both ways.
    """
    world = scene.world
    late = world.come_in("complaint", "phone")
    scene.dispatched(late, TO_SCHOOL)
    scene.waits(240)
    waiting = world.come_in("complaint", "email")
    scene.dispatched(waiting, TO_SCHOOL)
    scene.does("handler", "ask", waiting)
    tip = world.come_in("tip", "phone")
    scene.to(tip, "handling")
    scene.waits(72)
    for luck in (*range(8), 63, 56):
        rule_changes.amends(world, luck)
        laws.hold(world)
        scene.waits(5)
    scene.does("handler", "resume", waiting)
    scene.waits(240)
    rule_changes.amends(world, 0)
    laws.hold(world)
    for case in (late, waiting, tip):
        scene.to(case, "closed")


SCENES: tuple[Callable[[Scene], None], ...] = (*scenes_of_endings.SCENES, rules_change)
