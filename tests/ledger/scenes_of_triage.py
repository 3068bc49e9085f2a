"""Stories that chance tells too seldom: what is proposed, decided by other eyes, and over."""

from collections.abc import Callable
from dataclasses import replace

from tests.ledger import laws
from tests.ledger.ends import APPROVES, SILENT
from tests.ledger.scenes import POLICE, Scene
from tests.ledger.world import TO_SCHOOL


def proposed(scene: Scene) -> None:
    """Proposed by those who handle cases, once at a time; decided late, by a supervisor who did not
    propose; what was approved is not looked at again, what one person declines is.
    """
    world = scene.world
    case = world.come_in("complaint", "phone")
    for who in ("stranger", "reviewer", "brother", "operator", "handler"):
        scene.does(who, "propose_refer", case)
    promoted = replace(world.office["operator"], role="supervisor")
    for move in ("refer", "refuse_proposal"):
        world.on_case(move, promoted, case, APPROVES)
        laws.hold(world)
    scene.waits(30)
    for who in ("operator", "handler", "leader", "supervisor"):
        scene.does(who, "refuse_proposal", case)
    scene.does("handler", "propose_decline", case)
    scene.waits(24)
    for who in ("handler", "leader", "supervisor"):
        scene.does(who, "decline", case, APPROVES)
    scene.waits(48)
    for who in ("reviewer", "leader"):
        scene.does(who, "second_look", case)
    scene.does("supervisor", "reopen", case)
    scene.does("handler", "propose_refer", case)
    scene.does("supervisor", "decline", case)
    scene.does("reviewer", "second_look", case)


def otherwise(scene: Scene) -> None:
    """While a proposal waits the case goes another way: accepted, asked about, answered, merged,
    declined without it. Nobody need decide it then.
    """
    world = scene.world
    case = world.come_in("complaint", "phone")
    scene.does("handler", "propose_decline", case)
    scene.does("operator", "accept", case)
    scene.does("handler", "propose_decline", case)
    item = scene.dispatched(case, TO_SCHOOL)
    scene.does("supervisor", "ask", case)
    scene.waits(24)
    scene.does("handler", "resume", case)
    scene.does("handler", "propose_refer", case)
    other = world.come_in("complaint", "email")
    scene.does("handler", "propose_decline", other)
    scene.does("handler", "merge", other, 0)
    scene.does("handler", "propose_decline", case)
    scene.to(case, "replying")
    question = world.come_in("question", "phone")
    scene.does("operator", "propose_refer", question)
    scene.does("operator", "answer", question)
    again = world.come_in("suggestion", "phone")
    scene.does("operator", "propose_refer", again)
    scene.does("supervisor", "refer", again)
    assert item.state == "struck_off"


def supplemented(scene: Scene) -> None:
    """Asked for what is missing, once: one answers, one is silent and declined for it, and nobody
    merges anything into what is not accepted yet. Danger stops for a person only.
    """
    world = scene.world
    silent = world.come_in("complaint", "phone")
    for who in ("stranger", "reviewer", "operator"):
        scene.does(who, "supplement", silent)
    scene.does("handler", "propose_decline", silent)
    same = world.come_in("complaint", "phone")
    scene.does("handler", "accept", same)
    scene.does("handler", "merge", same, 0)
    scene.does("operator", "tell", silent)
    scene.waits(20 * 24)
    scene.does("handler", "supplement", silent)
    scene.does("supervisor", "decline", silent, SILENT)
    answers = world.come_in("complaint", "phone", urgent=True, unit=False)
    scene.does("handler", "propose_refer", answers)
    scene.does("handler", "supplement", answers)
    scene.does("handler", "resume", answers, 1)
    scene.does("handler", "supplement", answers)
    scene.does("supervisor", "decline", answers, SILENT)
    scene.does("supervisor", "acknowledge", answers, POLICE)
    scene.to(answers, "closed")


def out_of_nothing(scene: Scene) -> None:
    """Nobody was asked for anything, and so nobody is declined for not answering."""
    case = scene.world.come_in("complaint", "phone")
    scene.does("supervisor", "decline", case, SILENT)


SCENES: tuple[Callable[[Scene], None], ...] = (proposed, otherwise, supplemented, out_of_nothing)
