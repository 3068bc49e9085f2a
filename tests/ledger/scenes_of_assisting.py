"""Stories of assisting units that chance tells too seldom, like those of `scenes`."""

from collections.abc import Callable

from tests.ledger.assistants import ANY, LEAD
from tests.ledger.scenes import Scene
from tests.ledger.world import TO_SCHOOL

UNSUBSTANTIATED = TO_ACADEMY = 1
BRANCH, SECTION = 1, 2


def assisted(scene: Scene) -> None:
    """One unit answers late, when the lead has concluded already; another one never does."""
    item = scene.dispatched(scene.world.come_in("complaint", "phone"), TO_SCHOOL)
    for who in ("school", "reviewer", "brother", "handler"):
        scene.works(who, "ask_assistance", item, ANY)
    scene.works("handler", "ask_assistance", item, LEAD)
    scene.works("school", "sign_for", item)
    _concludes(scene, item)
    scene.waits(7 * 24)
    scene.works("handler", "ask_assistance", item, ANY)  # too late: it was submitted
    for who in ("school", "handler", "academy", "academy"):
        scene.works(who, "answer_assistance", item, 1)
    for who in ("school", "academy", "handler", "handler"):
        scene.works(who, "share_assistance", item)
    scene.works("reviewer", "return", item)
    scene.works("handler", "ask_assistance", item, ANY)
    for who in ("academy", "handler", "handler"):
        scene.works(who, "record_assistance", item)
    scene.works("handler", "ask_assistance", item, ANY)
    _concludes(scene, item)
    scene.works("reviewer", "strike_off", item)
    scene.works("academy", "answer_assistance", item)
    assert item.state == "struck_off"


def _concludes(scene: Scene, item: object) -> None:
    for move in ("hand_in", "find"):
        scene.works("school", move, item, UNSUBSTANTIATED)


def taken_away(scene: Scene) -> None:
    """Who assists is released when it leads itself, and when the item is withdrawn."""
    item = scene.dispatched(scene.world.come_in("complaint", "phone"), TO_SCHOOL)
    scene.works("handler", "ask_assistance", item, ANY)
    scene.works("school", "object", item)
    scene.works("handler", "ask_assistance", item, SECTION)
    scene.works("supervisor", "dispatch_anew", item, TO_ACADEMY)
    for who in ("academy", "handler"):
        scene.works(who, "release_assistance", item)
    scene.works("handler", "ask_assistance", item, ANY)
    scene.works("handler", "withdraw", item)
    scene.works("supervisor", "consent_withdrawal", item)
    assert item.state == "withdrawn"


def beside_a_tip(scene: Scene) -> None:
    """A tip goes to nobody that it is about, nor to whom they manage, beside the lead either."""
    item = scene.dispatched(scene.world.come_in("tip", "phone"), TO_ACADEMY)
    for luck in (ANY, BRANCH, SECTION):
        scene.works("handler", "ask_assistance", item, luck)


SCENES: tuple[Callable[[Scene], None], ...] = (assisted, taken_away, beside_a_tip)
