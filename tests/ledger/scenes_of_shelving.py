"""Stories that chance tells too seldom, like those of `scenes`: cases on the books and off them."""

from collections.abc import Callable

from tests.ledger.scenes import POLICE, Scene
from tests.ledger.world import TO_SCHOOL

TWO = 1  # luck that asks for two milestones, and afterwards means the second


def on_the_books(scene: Scene) -> None:
    """Asked by who asks and who decides, shelved with what was merged into it, one milestone moved
    and both met: it goes on by itself, and comes to its end.
    """
    world = scene.world
    case = world.come_in("complaint", "phone")
    item = scene.dispatched(case, TO_SCHOOL)
    draft = scene.split_off(case)
    other = world.come_in("complaint", "email")
    scene.does("handler", "merge", other, 0)
    scene.works("school", "sign_for", item)
    scene.works("school", "extend", item)
    for who in ("operator", "school", "handler", "supervisor"):
        scene.does(who, "ask_shelving", case, TWO)
    scene.does("handler", "propose_decline", case)
    for who in ("handler", "supervisor", "leader"):
        scene.does(who, "shelve", case)
    for who, move in (("handler", "split"), ("handler", "ask"), ("supervisor", "pass_on")):
        scene.does(who, move, case)
    for move in ("hand_in", "find", "extend", "object"):
        scene.works("school", move, item)
    scene.works("handler", "withdraw", item)
    scene.works("handler", "edit", draft)
    scene.does("handler", "unmerge", other)
    scene.waits(24 * 8)
    scene.does("handler", "ask_milestone", case, TWO)
    for who in ("handler", "leader"):
        scene.does(who, "move_milestone", case)
    scene.does("handler", "ask_milestone", case)
    scene.does("leader", "refuse_milestone", case)
    scene.does("handler", "ask_milestone", case)
    scene.waits(24 * 5)
    scene.does("handler", "meet_milestone", case)
    scene.waits(24 * 12)
    scene.does("handler", "meet_milestone", case, TWO)
    scene.does("handler", "unmerge", other)
    scene.to(case, "closed")


def off_the_books(scene: Scene) -> None:
    """Danger while it is shelved; taken up by hand, shelved again, asked about afterwards."""
    case = scene.world.come_in("complaint", "phone")
    item = scene.dispatched(case, TO_SCHOOL)
    scene.does("handler", "ask_shelving", case)
    scene.does("handler", "raise_urgency", case)
    scene.does("leader", "shelve", case)
    scene.does("supervisor", "acknowledge", case, POLICE)
    scene.does("leader", "shelve", case)
    scene.works("school", "object", item)
    scene.waits(24 * 30)
    for who in ("operator", "handler"):
        scene.does(who, "take_up", case)
    scene.works("school", "object", item)
    scene.does("handler", "ask_shelving", case)
    scene.does("leader", "shelve", case)
    scene.waits(48)
    scene.does("operator", "retract", case)
    scene.does("handler", "take_up", case)
    scene.works("supervisor", "reject_objection", item)
    scene.does("handler", "ask_shelving", case)
    scene.does("handler", "ask", case)
    scene.does("handler", "resume", case)
    scene.to(case, "closed")


SCENES: tuple[Callable[[Scene], None], ...] = (on_the_books, off_the_books)
