"""Stories of visits that chance tells too seldom, like those of `scenes`."""

from collections.abc import Callable

from caseflow.ledger import visits
from tests.ledger.scenes import Scene
from tests.ledger.visitors import ALONE
from tests.ledger.world import TO_SCHOOL

UNSUBSTANTIATED = 1


def visited(scene: Scene) -> None:
    """The category demands a visit: nobody strikes off before two went, and none of them ever."""
    world = scene.world
    visits.load(world.session)
    case = world.come_in("complaint", "phone", unit=False)
    case.category = "food"
    item = scene.dispatched(case, TO_SCHOOL)
    scene.works("handler", "visit", item)
    for move in ("sign_for", "hand_in", "find"):
        scene.works("school", move, item, UNSUBSTANTIATED)
    scene.works("supervisor", "strike_off", item)
    for who in ("school", "stranger", "reviewer", "handler"):
        scene.works(who, "visit", item, ALONE)
    scene.works("supervisor", "strike_off", item)
    for who in ("school", "stranger", "reviewer", "handler"):
        scene.works(who, "visit", item)
    for who in ("handler", "reviewer", "supervisor"):
        scene.works(who, "strike_off", item)
    assert item.state == "struck_off"


SCENES: tuple[Callable[[Scene], None], ...] = (visited,)
