"""What must hold of more time (延期): how far, how often, by whom, and who is told."""

from collections import Counter
from collections.abc import Callable, Iterator

from tests.ledger.laws_of_time import last_day, working_days
from tests.ledger.snapshot import Row, Snapshot

EXTENDABLE = ("verifying", "rectifying", "accepted", "handling", "awaiting_reporter")


def extensions_are_bounded(seen: Snapshot) -> None:
    """Once for a promise, by no more than its policy says, asked in time, decided by another; an
    item's within that of its case.
    """
    for one in seen.extensions:
        clock = seen.clocks[one.clock_id]
        assert one.asked_at < clock.due, "extension: asked when it was late already"
        assert one.decided_by != one.asked_by, "extension: whoever asked decided"
        if one.outcome is None:
            wait = [c for c in seen.alive(one.case_id) if c.name == "decide"]
            assert [c for c in wait if c.item_id == one.item_id], "extension: nobody need decide it"
            at = seen.items[one.item_id].state if one.item_id else seen.cases[one.case_id].state
            assert at in EXTENDABLE, f"extension: undecided in {at}"
        if one.outcome != "granted":
            continue
        policy = seen.policies[clock.policy_id]
        days = working_days(last_day(clock.due), last_day(one.until))
        assert days <= policy.extendable_amount + 1, f"extension: by {days} working days"
        if one.item_id is not None:
            promised = [
                c.due
                for c in seen.clocks.values()
                if c.case_id == one.case_id and c.name == "resolve"
            ]
            assert one.until < max(promised), "extension: an item's beyond its case"
    granted = Counter(one.clock_id for one in seen.extensions if one.outcome == "granted")
    for clock in seen.clocks.values():
        often = sum(granted[link.id] for link in _line(seen, clock))
        assert often <= 1, "extension: the same promise twice"


def _line(seen: Snapshot, clock: Row) -> Iterator[Row]:
    """Yield a clock and those it follows: extended or returned, it is the same promise; two of the
    same before a case was split.
    """
    yield clock
    while clock.follows is not None:
        clock = seen.clocks[clock.follows]
        yield clock


def an_items_extension_moves_no_promise_of_its_case(seen: Snapshot) -> None:
    moved = {c.ended_at for c in seen.clocks.values() if c.state == "superseded" and c.case_id}
    for said in seen.said.values():
        for one in said:
            assert one.verb != "grant" or one.at not in moved, "extension: the case moved with it"


def whoever_is_promised_another_day_is_told(seen: Snapshot) -> None:
    """The replies of a case move with it, and word of that is owed to whoever can be reached."""
    for one in (one for said in seen.said.values() for one in said if one.verb == "grant_case"):
        ended = [c for c in seen.clocks.values() if c.ended_at == one.at and c.name == "reply"]
        moved = {c.report_id for c in ended if c.root_case_id == one.case_id}
        assert moved == set(one.facts["reports"]), "extension: another reply moved than was said"
        for report in (seen.reports[report] for report in moved):
            owed = [
                c
                for c in seen.clocks.values()
                if c.report_id == report.id and c.name == "notice" and c.started_at <= one.at
            ]
            told = any(c.ended_at is None or c.ended_at >= one.at for c in owed)
            assert told or report.identity_id is None, "extension: a reporter is not told"


LAWS: tuple[Callable[[Snapshot], None], ...] = (
    extensions_are_bounded,
    an_items_extension_moves_no_promise_of_its_case,
    whoever_is_promised_another_day_is_told,
)
