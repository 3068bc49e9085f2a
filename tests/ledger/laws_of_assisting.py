"""What must hold of assisting units (协办), by the history and the clocks alone."""

from collections.abc import Callable

from tests.ledger.snapshot import Row, Snapshot

_OPEN = ("dispatched", "objected", "verifying", "rectifying", "submitted")


def _left(seen: Snapshot, item_id: int) -> set[int]:
    """Return who still owes an answer about an item."""
    left: set[int] = set()
    for one in seen.of_item(item_id):
        if one.verb == "ask_assistance":
            assert one.facts["unit"] not in left, "assisting: asked twice at once"
            left.add(one.facts["unit"])
        if one.verb in ("answer_assistance", "record_assistance", "release_assistance"):
            left.remove(one.facts["unit"])
    return left


def who_assists_owes_an_answer_while_there_is_something_to_answer(seen: Snapshot) -> None:
    """No assistance outlives its item; nobody assists what it leads on, nor a tip about itself."""
    for item in seen.items.values():
        left = _left(seen, item.id)
        over = item.state not in _OPEN
        assert not (left and over), f"assisting: owed about an item that is {item.state}"
        assert not left & {item.verifying_unit_id, item.rectifying_unit_id}, "assisting: its lead"
        case = seen.cases[item.case_id]
        if case.kind == "tip":
            assert not left & seen.under(case.unit_id), "assisting: the unit reported"
        _urged(seen, item, case, left)


def _urged(seen: Snapshot, item: Row, case: Row, left: set[int]) -> None:
    """Whoever owes an answer is urged, each for itself, while the case is at work."""
    running = [c for c in seen.alive(case.id) if c.item_id == item.id and c.name == "assist"]
    at_work = case.state == "handling" or case.resume_to == "handling"
    assert len(running) == (len(left) if at_work else 0), "law 7: assisting units are urged wrongly"


LAWS: tuple[Callable[[Snapshot], None], ...] = (
    who_assists_owes_an_answer_while_there_is_something_to_answer,
)
