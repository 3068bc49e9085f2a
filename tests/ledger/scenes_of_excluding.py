"""Stories that chance tells too seldom, like those of `scenes`: what is left out of the figures."""

from collections.abc import Callable

from tests.ledger.scenes import Scene


def left_out(scene: Scene) -> None:
    """Asked before it is over, by who may not, decided by who asked; lifted, refused, and at last
    over because the matter is taken up again, and so is what was approved.
    """
    case = scene.world.come_in("question", "phone", unit=False)
    scene.does("handler", "ask_exclusion", case)
    scene.does("operator", "answer", case)
    for who in ("operator", "leader", "stranger", "supervisor", "handler"):
        scene.does(who, "ask_exclusion", case)
    for who in ("handler", "supervisor", "stranger", "leader"):
        scene.does(who, "exclude", case)
    scene.does("handler", "ask_exclusion", case)
    scene.does("leader", "lift_exclusion", case)
    scene.does("handler", "ask_exclusion", case)
    scene.waits(48)
    scene.does("supervisor", "refuse_exclusion", case)
    for move in ("ask_exclusion", "exclude"):
        scene.does("handler" if move == "ask_exclusion" else "leader", move, case)
    scene.does("supervisor", "reopen", case)
    scene.does("supervisor", "lift_exclusion", case)
    scene.to(case, "closed")
    scene.does("supervisor", "lift_exclusion", case)
    scene.does("handler", "ask_exclusion", case)
    scene.does("supervisor", "reopen", case)


SCENES: tuple[Callable[[Scene], None], ...] = (left_out,)
