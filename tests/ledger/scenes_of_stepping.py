"""Stories that chance tells too seldom: a document before its date, and its date comes later."""

from caseflow.ledger.tables import Item
from tests.ledger.scenes import Scene
from tests.ledger.stepped_up import CIRCULAR, LATER, LISTED, ORDER
from tests.ledger.world import TO_SCHOOL


def _given(scene: Scene) -> Item:
    return scene.dispatched(scene.world.come_in("complaint", "phone"), TO_SCHOOL)


def brought_by_hand(scene: Scene) -> None:
    """A circular on the first day; then nobody does anything for two months."""
    item = _given(scene)
    assert scene.works("supervisor", "ask_step_up", item, CIRCULAR)
    for who in ("supervisor", "handler", "city", "school"):
        assert not scene.works(who, "step_up", item)
    assert scene.works("leader", "step_up", item)
    assert [one.kind for one in scene.world.documents()] == ["circular"]
    for _ in range(20):
        scene.waits(72)


def left_to_the_sweep(scene: Scene) -> None:
    """Approved at the machine; the sweep drafts it, once, and its level alone lifts it."""
    item = _given(scene)
    assert scene.works("supervisor", "ask_step_up", item, LISTED)
    assert scene.works("leader", "step_up", item, LATER)
    assert not scene.world.documents()
    scene.waits(1)
    [order] = scene.world.documents()
    assert order.kind == "listed"
    for _ in range(14):
        scene.waits(72)


def sent_back(scene: Scene) -> None:
    """Returned twice, then asked for as well; returned a third time."""
    item = _given(scene)
    scene.works("school", "sign_for", item)
    for n in range(3):
        for move in ("hand_in", "find"):
            scene.works("school", move, item, 1)
        scene.works("reviewer", "return", item)
        if n == 1:
            scene.works("supervisor", "ask_step_up", item, ORDER)
            scene.waits(1)
            assert not scene.works("leader", "step_up", item), "it came already"
            scene.works("leader", "refuse_step_up", item)
    scene.waits(1)
    assert len(scene.world.documents()) == 1
    for _ in range(10):
        scene.waits(72)


def twice_brought(scene: Scene) -> None:
    """Returned twice, and approved by hand, before the sweep came to either."""
    item = _given(scene)
    scene.works("school", "sign_for", item)
    for _ in range(2):
        for move in ("hand_in", "find"):
            scene.works("school", move, item, 1)
        scene.works("reviewer", "return", item)
    assert scene.works("supervisor", "ask_step_up", item, ORDER)
    assert scene.works("leader", "step_up", item, LATER)
    scene.waits(1)
    assert len(scene.world.documents()) == 1


def of_another(scene: Scene) -> None:
    """Asked for about the school, which objects: the academy gets the item, and not the order."""
    item = _given(scene)
    assert scene.works("supervisor", "ask_step_up", item, ORDER)
    assert scene.works("school", "object", item)
    assert scene.works("supervisor", "dispatch_anew", item, TO_SCHOOL + 1)
    scene.works("leader", "step_up", item)
    scene.waits(1)
    scene.works("leader", "refuse_step_up", item)


def of_what_is_over(scene: Scene) -> None:
    """Asked for, and the case is declined."""
    item = _given(scene)
    assert scene.works("supervisor", "ask_step_up", item, ORDER)
    case = next(one for one in scene.world.cases() if one.id == item.case_id)
    assert scene.does("supervisor", "decline", case)
    scene.works("leader", "step_up", item)
    scene.waits(72)


SCENES = (
    brought_by_hand,
    left_to_the_sweep,
    sent_back,
    twice_brought,
    of_another,
    of_what_is_over,
)
