"""What must hold of documents that came before their date: decided, once, and none milder after."""

from collections.abc import Callable

from tests.ledger.laws_of_rules import DOCUMENTS
from tests.ledger.snapshot import Row, Snapshot

UNDER_WAY = ("dispatched", "objected", "verifying", "rectifying", "submitted")


def what_is_asked_is_decided_by_a_leader(seen: Snapshot) -> None:
    for one in seen.step_ups:
        if one.asked_by is None:
            assert one.cause in ("sent_back", "many_reports"), "step up: by nobody, for no fact"
            continue
        assert one.decided_by != one.asked_by, "step up: whoever asked decided"
        if one.decided_by is not None:
            assert seen.users[one.decided_by].role == "leader", "step up: decided by no leader"
        if one.outcome is None:
            state = seen.items[one.item_id].state
            assert state in UNDER_WAY, f"step up: undecided in {state}"
            wait = [c for c in seen.alive(one.case_id) if c.item_id == one.item_id]
            assert "consent" in {c.name for c in wait}, "step up: nobody need decide it"


def each_comes_of_one_decision(seen: Snapshot) -> None:
    """A rung before its date belongs to what was approved for that item, and to its unit."""
    left = [one for one in seen.step_ups if one.outcome == "approved" and one.carried_at]
    for rung in seen.rungs:
        if not rung.cause:
            continue
        item = seen.clocks[rung.clock_id].item_id
        mine = [one for one in left if (one.item_id, one.action) == (item, rung.action)]
        mine = [one for one in mine if (one.cause, one.carried_at) == (rung.cause, rung.at)]
        assert mine, "law 6: a rung before its date that nobody decided"
        left.remove(mine[0])
        [order] = [one for one in seen.orders.values() if one.rung_id == rung.id]
        to = None if order.kind == "accountability" else mine[0].unit_id
        assert order.unit_id in (None, to), "step up: to another unit than it was about"


def nothing_milder_comes_after(seen: Snapshot) -> None:
    entered: dict[int, Row] = {}
    for rung in sorted(seen.rungs, key=lambda one: one.id):
        if rung.cause:
            entered[rung.clock_id] = rung
            assert seen.clocks[rung.clock_id].entered >= rung.n, "law 6: the clock forgot it"
        before = entered.get(rung.clock_id)
        if before is None or rung is before or rung.action not in DOCUMENTS:
            continue
        assert rung.n > before.n, "law 6: what came before its date comes again, or milder"


LAWS: tuple[Callable[[Snapshot], None], ...] = (
    what_is_asked_is_decided_by_a_leader,
    each_comes_of_one_decision,
    nothing_milder_comes_after,
)
