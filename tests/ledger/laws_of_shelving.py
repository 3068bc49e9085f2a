"""What must hold of shelved cases: asked by one and decided by another, and never forgotten."""

from collections.abc import Callable

from tests.ledger.snapshot import Row, Snapshot

STANDING = (
    *("stand_still", "statutory_outcome", "reveal"),
    *("order_edited", "order_cancelled", "order_lifted"),
)
RUN_ON = {"notice", "milestone", "oversee", "immediate", "consent"}


def what_is_shelved_is_not_forgotten(seen: Snapshot) -> None:
    """It waits for something that somebody is urged about, and for nothing else."""
    lasting = {s.case_id: s for s in seen.shelvings if s.outcome == "approved" and not s.ended_at}
    for case in seen.cases.values():
        assert (case.state == "shelved") == (case.id in lasting), "shelving: on no books"
        alive = [c for c in seen.alive(case.id) if c.name == "milestone"]
        row = lasting.get(case.id)
        left = [m for m in seen.milestones if row and m.shelving_id == row.id and not m.met_at]
        urged = {m.id: _now(seen, seen.clocks[m.clock_id]) for m in left}
        assert {c.id for c in alive} == {c.id for c in urged.values()}, "shelving: nobody is urged"
        assert bool(left) == (case.state == "shelved"), "shelving: forgotten"
        for one in left:
            assert urged[one.id].due == one.until, "shelving: urged on another day"
        if case.state == "shelved":
            # Documents outlive their case, and may be issued while it is shelved (decision 9).
            names = {c.name for c in seen.alive(case.id) if c.order_id is None}
            assert names <= RUN_ON, f"shelving: {names - RUN_ON} runs on"


def _now(seen: Snapshot, clock: Row) -> Row:
    """Return what a promise is by now: a changed ladder lets another one follow."""
    later = {c.follows: c for c in seen.clocks.values() if c.follows is not None}
    while clock.state == "superseded":
        clock = later[clock.id]
    return clock


def a_shelving_is_decided_by_other_eyes(seen: Snapshot) -> None:
    """And what waits for its decision has its promise."""
    for row in seen.shelvings:
        assert row.decided_by != row.asked_by, "shelving: whoever asked decided"
        case = seen.cases[row.case_id]
        wishes = [m for m in seen.milestones if m.shelving_id == row.id and m.wish_until]
        if row.outcome is None or wishes:
            urged = [c for c in seen.alive(case.id) if c.name == "consent" and not c.item_id]
            assert urged, "shelving: nobody need decide"
        if row.outcome is None:
            assert case.state in ("accepted", "handling"), f"shelving: asked in {case.state}"
        assert not (wishes and row.ended_at), "shelving: a wish of what is over"
    for entries in seen.said.values():
        wished = 0
        for one in entries:
            wished = one.user or 0 if one.verb == "ask_milestone" else wished
            if one.verb in ("move_milestone", "refuse_milestone"):
                assert one.user != wished, "shelving: whoever asked moved it"


def taken_up_it_is_promised_again(seen: Snapshot) -> None:
    """What stood is followed by what runs, and never due earlier than it was."""
    follows = {c.follows: c for c in seen.clocks.values() if c.follows is not None}
    rows = {row.id: row for row in seen.shelvings}
    for one in seen.shelved_clocks:
        row, old = rows[one.shelving_id], seen.clocks[one.clock_id]
        assert old.state == "stopped", "shelving: what stands is not over"
        if old.name == "immediate" and seen.cases[row.case_id].urgent:
            continue
        assert (one.clock_id in follows) == bool(row.ended_at), "shelving: not promised again"
        if row.ended_at:
            again = follows[one.clock_id]
            assert again.due >= old.due, "shelving: due earlier than it was"


def nothing_of_it_moves(seen: Snapshot) -> None:
    """From the day that it is shelved until it is taken up nobody works on its items."""
    for entries in seen.said.values():
        stands = False
        for one in entries:
            stands = one.verb == "shelve" or (stands and one.verb != "take_up")
            idle = one.item is None or one.verb in ("rung", *STANDING)
            assert not stands or idle, f"shelving: an item moved by {one.verb}"


LAWS: tuple[Callable[[Snapshot], None], ...] = (
    what_is_shelved_is_not_forgotten,
    a_shelving_is_decided_by_other_eyes,
    taken_up_it_is_promised_again,
    nothing_of_it_moves,
)
