"""A story of a unit of two accounts, like those of `scenes`: a clerk writes, the head signs."""

from collections.abc import Callable

from caseflow.ledger.moves import signing
from caseflow.ledger.tables import Item
from caseflow.people import accounts
from caseflow.people.tables import User
from tests.ledger import laws, snapshot
from tests.ledger.scenes import Scene
from tests.ledger.world import TO_SCHOOL

SUBSTANTIATED = 0


def signed(scene: Scene) -> None:
    """What the clerk finds and submits counts when the head signs it, late as that is."""
    _clerk(scene)
    try:
        _answers(scene)
    finally:  # other worlds share the office
        del scene.world.office.actors["clerk"]


def _answers(scene: Scene) -> None:
    world = scene.world
    case = world.come_in("complaint", "phone", unit=False)
    item = scene.dispatched(case, TO_SCHOOL)
    for move in ("sign_for", "hand_in", "find"):
        scene.works("clerk", move, item, SUBSTANTIATED)
    scene.waits(24)
    _signs(scene, "clerk", item)
    _signs(scene, "school", item)
    for move in ("hand_in", "submit"):
        scene.works("clerk", move, item)
    scene.waits(14 * 24)
    _signs(scene, "school", item)
    scene.works("reviewer", "strike_off", item)
    assert item.state == "struck_off"


def _clerk(scene: Scene) -> None:
    world = scene.world
    head = world.session.get_one(User, world.office["school"].person)
    values = {"role": "unit", "area_code": head.area_code, "unit_id": head.unit_id}
    clerk = User(username="clerk", name="干事", password_hash="!", **values)
    world.session.add(clerk)
    world.session.flush()
    world.office.actors["clerk"] = accounts.actor_of(world.session, clerk)
    world.standing = snapshot.standing(world.session)


def _signs(scene: Scene, who: str, item: Item) -> None:
    world = scene.world
    me = world.office[who]
    world.attempt(lambda: signing.sign_off(world.session, me, item.id, world.now))
    laws.hold(world)


SCENES: tuple[Callable[[Scene], None], ...] = (signed,)
