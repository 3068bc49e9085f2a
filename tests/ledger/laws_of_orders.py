"""What must hold of documents: four eyes, their clocks, their level, and when they are moot."""

from collections import defaultdict
from collections.abc import Callable

from tests.ledger.snapshot import Row, Snapshot

_UPPER = ("city", "province")
DOCUMENTS = (
    *("supervision_order", "circular", "interview", "listed", "accountability"),
    *("rectification", "raised"),
)
"""Rungs that draft a document."""


def orders_are_settled_by_whoever_may(seen: Snapshot) -> None:
    for order in seen.orders.values():
        alive = {c.name for c in seen.alive(order.case_id) if c.order_id == order.id}
        shelved = seen.cases[order.case_id].state == "shelved"
        if order.state == "draft":
            assert shelved or alive == {"draft"}, "order: nothing urges the draft"
            continue
        settled = order.issued_by or order.cancelled_by
        area = seen.areas[seen.users[settled].area_code]
        if order.kind in ("listed", "raised", "accountability"):
            assert area.level in ("city", "province"), "order: signed below the level above"
        assert "draft" not in alive, "order: settled, and its draft clock runs on"
        owed = WAITS[order.state] if order.unit_id is not None and not shelved else set()
        assert alive == owed, f"order: {order.state}, and {alive} runs"
        if order.number is not None:
            signer = f",{order.issued_by},"
            assert signer not in order.editors, "order: signed by whoever wrote it"


# What is waited for, by a document's state, once it was settled.
WAITS: dict[str, set[str]] = {
    "issued": {"sign_for", "answer"},
    "signed_for": {"answer"},
    "answered": {"check"},
    "accepted": set(),
    "lifted": set(),
    "cancelled": set(),
}


def what_a_higher_level_wants_is_its_to_strike_off(seen: Snapshot) -> None:
    standing = ("issued", "signed_for", "answered", "accepted")
    for item in seen.items.values():
        about = [o for o in seen.orders.values() if o.item_id == item.id and o.unit_id]
        levels = {o.issued_level for o in about if o.state in standing} & set(_UPPER)
        assert item.reserved_for == max(levels, default=None), "order: the item is anybody's"


def what_a_higher_level_issued_it_strikes_off(seen: Snapshot) -> None:
    for item in seen.items.values():
        at = item.struck_off_at
        levels = {
            order.issued_level
            for order in seen.orders.values()
            if order.item_id == item.id and order.unit_id and order.issued_level in _UPPER
            if at is not None and order.issued_at < at
            if order.lifted_at is None or order.lifted_at > at
        }
        if levels:
            by = seen.areas[seen.users[item.struck_off_by].area_code].level
            assert by == max(levels), "order: struck off below the level that issued it"


def what_is_moot_climbs_no_more(seen: Snapshot) -> None:
    for rung in seen.rungs:
        clock = seen.clocks[rung.clock_id]
        if clock.order_id is None or clock.name == "draft":
            continue
        order = seen.orders[clock.order_id]
        since = seen.items[order.item_id].held_since
        taken = since is not None and order.drafted_at < since < rung.at
        assert not taken, "order: a former holder is urged for it"


def unsigned(seen: Snapshot, clock: Row, rung: Row) -> bool:
    """Tell whether a rung was one of those that draft nothing, as their document or item was not
    signed for: of the promises about one thing one alone brings documents at a time.
    """
    if rung.action not in DOCUMENTS or clock.name not in ("answer", *_OF_ITEMS):
        return False
    if clock.item_id is not None:
        return _of_one_silence(seen, clock, rung)
    if clock.name != "answer":
        return False
    signed = seen.orders[clock.order_id].signed_at
    if signed == rung.at:
        return bool(rung.superseded)  # which of them came first, nobody can say
    early = signed is None or signed > rung.at
    assert rung.superseded or not early, "order: hunted for its signature and its answer"
    return early


_OF_ITEMS = ("sign_for", "verify", "rectify")


def _of_one_silence(seen: Snapshot, clock: Row, rung: Row) -> bool:
    """While an item is not signed for, the work on it drafts nothing; nor does its receipt up to
    what somebody, or an event, brought for the work before its date.
    """
    beside = [c for c in seen.clocks.values() if c.item_id == clock.item_id and c.id != clock.id]
    beside = [c for c in beside if c.name in _OF_ITEMS and c.started_at <= rung.at]
    beside = [c for c in beside if c.ended_at is None or c.ended_at >= rung.at]
    if clock.name == "sign_for":
        early = [c for c in beside if c.entered >= rung.n and _brought(seen, c, rung)]
    else:
        early = [c for c in beside if c.name == "sign_for"]
    sure = [c for c in early if c.ended_at is None or c.ended_at > rung.at]
    sure = [] if clock.name == "sign_for" else sure  # it may have been brought in that minute
    assert rung.superseded or not sure, "order: hunted for its receipt and for its work"
    return bool(early) and bool(rung.superseded)


def _brought(seen: Snapshot, clock: Row, before: Row) -> bool:
    """Tell whether a document came before its date for what a promise is about."""
    known = (one for one in seen.rungs if one.cause and one.n >= before.n and one.at <= before.at)
    return any(seen.clocks[one.clock_id].item_id == clock.item_id for one in known)


def whoever_keeps_away_has_no_say(seen: Snapshot) -> None:
    for entries in seen.said.values():
        for one in entries:
            if one.verb.startswith("order_") and one.role != "unit" and one.user is not None:
                order = seen.orders[one.facts["order"]]
                kept = (one.user, order.late_unit_id) in seen.recusals
                assert not kept, f"order: {one.verb} by whoever must keep away"


def every_answer_is_kept(seen: Snapshot) -> None:
    """And what became of each: it came back, or stands."""
    told: dict[int, list[str]] = defaultdict(list)
    for said in seen.said.values():  # of whichever case: it may have gone with its item
        for one in said:
            told[one.facts.get("order") or 0].append(one.verb)
    for order in seen.orders.values():
        verbs = told[order.id]
        kept = [one for one in seen.answers if one.order_id == order.id]
        assert len(kept) == verbs.count("order_answered"), "order: an answer is lost"
        back = [one for one in kept if one.returned_at is not None]
        assert len(back) == verbs.count("order_returned"), "order: nobody knows what came back"


LAWS: tuple[Callable[[Snapshot], None], ...] = (
    orders_are_settled_by_whoever_may,
    what_a_higher_level_wants_is_its_to_strike_off,
    what_a_higher_level_issued_it_strikes_off,
    what_is_moot_climbs_no_more,
    whoever_keeps_away_has_no_say,
    every_answer_is_kept,
)
