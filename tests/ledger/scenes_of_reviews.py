"""Stories that chance tells too seldom, like those of `scenes`: answers that are challenged."""

from collections.abc import Callable

from tests.ledger import laws
from tests.ledger.reviewed import BY_MESSAGE, CHANGED, REDONE, UPHELD, employs, newest
from tests.ledger.scenes import Scene


def reviewed_twice(scene: Scene) -> None:
    """Asked by who may and who may not, upheld by the city and by the province: ended. What comes
    afterwards is answered apart, until new facts take the matter up again.
    """
    world = scene.world
    employs(world, "province", "supervisor", "430000")
    case = world.come_in("complaint", "email", unit=False)
    scene.does("supervisor", "ask_review", case)
    scene.does("operator", "answer", case)
    for who in ("stranger", "reviewer", "operator", "operator"):
        scene.does(who, "ask_review", case)
    first = newest(world)
    for who, move in (("city", "split"), ("city", "decline"), ("city", "pass_on"), ("city", "ask")):
        scene.does(who, move, first)
    scene.waits(24 * 20)
    scene.does("city", "ask_review", first)
    for who in ("supervisor", "city"):
        scene.does(who, "opine", first, UPHELD + BY_MESSAGE)
    scene.does("city", "ask_review", first)  # nobody has it yet
    world.channel_takes(1)
    laws.hold(world)
    scene.does("city", "ask_review", first)
    second = newest(world)
    for who in ("city", "province"):
        scene.does(who, "opine", second, UPHELD)
    scene.does("province", "ask_review", second)
    world.more_comes_in(case, retaliation=False)
    world.more_comes_in(case, retaliation=False)
    laws.hold(world)
    scene.waits(24 * 3)
    for who in ("operator", "handler", "handler"):
        scene.does(who, "answer_later", case)
    world.more_comes_in(case, retaliation=False)
    scene.does("handler", "answer_later", case, BY_MESSAGE)
    scene.does("handler", "answer_later", case, BY_MESSAGE)
    world.channel_takes(1)
    world.more_comes_in(case, retaliation=False)
    scene.does("supervisor", "reopen", case)
    scene.waits(24)


def done_again(scene: Scene) -> None:
    """The city cancels the answer: the district handles the matter anew, and is challenged anew by
    a first review, which somebody who had a part in it cannot decide.
    """
    world = scene.world
    employs(world, "province", "supervisor", "430000")
    case = world.come_in("help", "phone", unit=False)
    scene.does("operator", "answer", case)
    scene.does("supervisor", "ask_review", case)
    first = newest(world)
    scene.does("city", "opine", first, REDONE)
    scene.does("city", "ask_review", first)
    scene.to(case, "closed")
    scene.does("supervisor", "reopen", case)
    scene.does("city", "decline", case)
    scene.does("city", "reopen", case)
    scene.does("city", "oversee", case)
    scene.to(case, "closed")
    scene.does("operator", "ask_review", case)
    for who in ("city", "province"):
        scene.does(who, "opine", newest(world), CHANGED)


def too_late(scene: Scene) -> None:
    """Thirty days and no more; of questions, tips and what was declined nothing is reviewed."""
    world = scene.world
    for kind in ("complaint", "question", "tip", "suggestion"):
        case = world.come_in(kind, "phone", unit=False)
        scene.does("operator", "answer", case)
        if kind != "complaint":
            scene.does("operator", "ask_review", case)
            continue
        declined = world.come_in(kind, "phone", unit=False)
        scene.does("supervisor", "decline", declined)
        scene.does("operator", "ask_review", declined)
        late = case
    scene.waits(24 * 33)
    scene.does("operator", "ask_review", late)


SCENES: tuple[Callable[[Scene], None], ...] = (reviewed_twice, done_again, too_late)
