"""Stories that chance tells too seldom: a document's life, and what becomes of it elsewhere."""

from caseflow.escalation.tables import Order
from tests.ledger import laws
from tests.ledger.scenes import Scene
from tests.ledger.world import TO_SCHOOL

_CANCEL, _ISSUE, _EDIT = 0, 1, 3
_ANSWER, _SIGN, _LIFT = 0, 1, 2
_ACCEPT, _RETURN = 0, 1


def _does(scene: Scene, who: str, document: Order, luck: int) -> bool:
    done = scene.world.on_order(scene.world.office[who], document, luck)
    laws.hold(scene.world)
    return done


def _late(scene: Scene, weeks: int) -> tuple[Order, ...]:
    case = scene.world.come_in("complaint", "phone")
    scene.dispatched(case, TO_SCHOOL)
    for _ in range(weeks):
        scene.waits(7 * 24)
    return tuple(scene.world.documents())


def signed_by_another(scene: Scene) -> None:
    """Edited, signed by other eyes, signed for, answered, returned, answered again, accepted."""
    [order, *_] = _late(scene, 1)
    assert _does(scene, "supervisor", order, _EDIT)
    _does(scene, "supervisor", order, _ISSUE)
    if order.state == "draft":
        assert _does(scene, "leader", order, _ISSUE)
    assert _does(scene, "school", order, _SIGN)
    assert _does(scene, "school", order, _ANSWER)
    scene.waits(5 * 24)
    assert _does(scene, "leader", order, _RETURN)
    scene.waits(24)
    assert _does(scene, "school", order, _ANSWER)
    assert not _does(scene, "city", order, _ACCEPT), "the level that issued it judges it"
    assert _does(scene, "supervisor", order, _ACCEPT)
    assert not _does(scene, "city", order, _LIFT)
    assert _does(scene, "supervisor", order, _LIFT)


def taken_away(scene: Scene) -> None:
    """The unit objected, an order is issued to it, and the item goes to another unit."""
    case = scene.world.come_in("complaint", "phone")
    item = scene.dispatched(case, TO_SCHOOL)
    assert scene.works("school", "object", item)
    scene.waits(5 * 24)
    [order, *_] = scene.world.documents()
    assert _does(scene, "supervisor", order, _ISSUE)
    assert scene.works("supervisor", "dispatch_anew", item, TO_SCHOOL + 1)
    for _ in range(3):
        scene.waits(7 * 24)


def struck_off_above(scene: Scene) -> None:
    """The city signs an order; the work is done; the district's reviewer cannot strike it off."""
    case = scene.world.come_in("complaint", "phone")
    item = scene.dispatched(case, TO_SCHOOL)
    scene.waits(7 * 24)
    [order, *_] = scene.world.documents()
    assert _does(scene, "city", order, _ISSUE)
    scene.works("school", "sign_for", item)
    scene.works("school", "hand_in", item)
    scene.works("school", "find", item, 1)
    assert item.state == "submitted"
    scene.works("reviewer", "strike_off", item)
    assert scene.works("city", "strike_off", item) == (item.reserved_for is not None)


def on_the_books(scene: Scene) -> None:
    """One order is out and another document drafted when their case is shelved: both stand still,
    are lifted or go on with it.
    """
    case = scene.world.come_in("complaint", "phone")
    scene.dispatched(case, TO_SCHOOL)
    scene.waits(5 * 24)
    [order] = scene.world.documents()
    assert _does(scene, "supervisor", order, _ISSUE)
    scene.waits(7 * 24)
    _, draft, *more = scene.world.documents()
    scene.does("handler", "ask_shelving", case)
    scene.does("leader", "shelve", case)
    assert case.state == "shelved"
    assert not _does(scene, "leader", draft, _ISSUE)
    assert not _does(scene, "school", order, _ANSWER)
    assert _does(scene, "handler", draft, _EDIT)
    scene.waits(14 * 24)
    for one in more:
        _does(scene, "leader", one, _CANCEL)
    scene.does("handler", "take_up", case)
    assert _does(scene, "school", order, _ANSWER)
    assert _does(scene, "leader", draft, _ISSUE)


def ignored(scene: Scene) -> None:
    """Nobody signs for an order, nor answers it, for weeks; then it is signed for, and not answered
    for weeks more.
    """
    case = scene.world.come_in("complaint", "phone")
    item = scene.dispatched(case, TO_SCHOOL)
    scene.waits(5 * 24)
    [order] = scene.world.documents()
    assert _does(scene, "supervisor", order, _ISSUE)
    scene.works("school", "sign_for", item)
    for who in ("school", "supervisor"):
        for _ in range(6):
            scene.waits(4 * 24)
        if who == "school":
            assert _does(scene, who, order, _SIGN)


def kept_away(scene: Scene) -> None:
    """The case is about no unit; the brother of the school's head tries to change its order."""
    case = scene.world.come_in("complaint", "phone", unit=False)
    scene.dispatched(case, TO_SCHOOL)
    scene.waits(5 * 24)
    [order] = scene.world.documents()
    assert not _does(scene, "brother", order, _EDIT)
    assert _does(scene, "handler", order, _EDIT)


SCENES = (kept_away, signed_by_another, taken_away, struck_off_above, on_the_books, ignored)
