"""Stories that chance tells too seldom, like those of `scenes`: cases passed on between offices."""

from collections.abc import Callable

from tests.ledger import laws, scenes_of_endings
from tests.ledger.scenes import POLICE, Scene
from tests.ledger.world import TO_SCHOOL

ELSEWHERE = 4  # luck that passes on to the other district


def passed_up_and_down(scene: Scene) -> None:
    """Up to the city with what was merged into it, drafts and an application; the city works on it,
    hands it down to the other district and back.
    """
    world = scene.world
    first = world.come_in("complaint", "phone", unit=False)
    scene.does("handler", "accept", first)
    second = world.come_in("complaint", "email", unit=False)
    scene.does("handler", "merge", second, 0)
    draft = scene.split_off(first)
    scene.works("handler", "withdraw", draft)
    scene.does("handler", "extend_case", first)
    for who in ("handler", "city", "stranger", "brother"):
        scene.does(who, "pass_on", first)
    scene.does("supervisor", "pass_on", first, ELSEWHERE)
    scene.does("supervisor", "pass_on", first)
    for who, move in (
        ("supervisor", "grant_case"),
        ("handler", "split"),
        ("handler", "ask"),
        ("supervisor", "decline"),
        ("handler", "note"),
    ):
        scene.does(who, move, first)
    scene.works("supervisor", "consent_withdrawal", draft)
    scene.works("handler", "dispatch", draft, TO_SCHOOL)
    world.more_comes_in(first, retaliation=False)
    laws.hold(world)
    scene.waits(2)
    for who in ("supervisor", "stranger", "city"):
        scene.does(who, "receive", first)
    scene.does("handler", "note", first)
    scene.does("handler", "unmerge", second)
    scene.does("city", "unmerge", second)
    scene.works("city", "dispatch", draft, TO_SCHOOL)
    scene.does("city", "pass_on", first)  # the school is at work on it
    scene.does("city", "pass_on", second, ELSEWHERE)
    scene.does("stranger", "receive", second)
    scene.does("stranger", "pass_on", second, ELSEWHERE)
    scene.does("stranger", "pass_on", second)
    scene.waits(24 * 4)
    for move in ("send_back", "receive"):
        scene.does("city", move, second)
    scene.waits(24)


def disputed(scene: Scene) -> None:
    """Nobody wants it: twice up and sent back, then twice down, until the city has decided."""
    world = scene.world
    case = world.come_in("help", "phone", unit=False)
    for _ in range(3):
        scene.does("supervisor", "pass_on", case)
        scene.waits(2)
        scene.does("city", "send_back", case)
    other = world.come_in("complaint", "phone", unit=False, area="430500")
    for _ in range(3):
        scene.does("city", "pass_on", other)
        scene.does("supervisor", "take_back", other)
        scene.does("handler", "send_back", other)
    scene.does("city", "take_back", other)
    scene.does("city", "pass_on", other)
    scene.does("handler", "send_back", other)
    scene.does("handler", "receive", other)
    scene.does("supervisor", "pass_on", other)


def passed_on_in_danger(scene: Scene) -> None:
    """Danger that nobody took over is not passed on; danger said meanwhile does not wait."""
    world = scene.world
    case = world.come_in("complaint", "phone", urgent=True, unit=False)
    scene.does("supervisor", "pass_on", case)
    scene.does("operator", "acknowledge", case, POLICE)
    scene.does("supervisor", "pass_on", case)
    world.more_comes_in(case, retaliation=True)
    laws.hold(world)
    scene.waits(5)
    scene.does("leader", "acknowledge", case, POLICE)
    scene.does("city", "receive", case)
    for move in ("accept", "split"):
        scene.does("handler", move, case)
        scene.does("city", move, case)


SCENES: tuple[Callable[[Scene], None], ...] = (
    *scenes_of_endings.SCENES,
    passed_up_and_down,
    disputed,
    passed_on_in_danger,
)
