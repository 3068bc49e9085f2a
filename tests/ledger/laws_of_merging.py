"""What must hold of merged cases (并案): where the reports are, and which promise holds."""

from collections.abc import Callable

from tests.ledger.snapshot import Row, Snapshot

MOVES_THE_PROMISE = ("grant_case", "recalendar", "ask", "resume", "reopen", "give_back")


def _above(seen: Snapshot) -> dict[int, int]:
    lasting = [one for one in seen.mergers if one.undone_at is None]
    above = {one.case_id: one.into_id for one in lasting}
    assert len(above) == len(lasting), "merging: into two cases at once"
    return above


def a_report_is_where_its_case_was_merged(seen: Snapshot) -> None:
    """Every report stands with the case it came with, or with that which this one is now."""
    above = _above(seen)
    merged = {case.id for case in seen.cases.values() if case.state == "merged"}
    assert merged == set(above), "merging: merged into nothing, or not merged"
    came = {
        one.facts["report"]: case_id
        for case_id, said in seen.said.items()
        for one in said
        if one.verb == "open"
    }
    for report in seen.reports.values():
        first = seen.reports[report.follows] if report.follows else report
        where, steps = came[first.number], 0
        while where in above:
            where, steps = above[where], steps + 1
            assert steps <= len(above), "merging: round in a circle"
        assert report.case_id == where, "merging: a report was left behind"


def nobody_works_on_what_is_merged_away(seen: Snapshot) -> None:
    for item in seen.items.values():
        if seen.cases[item.case_id].state == "merged":
            idle = ("draft", "struck_off", "withdrawn", "statutory")
            assert item.state in idle, f"merging: an item is {item.state}"


def the_earlier_promise_holds(seen: Snapshot) -> None:
    """From the merger on, until something else moves the promise of the case."""
    for one in seen.mergers:
        since = [e for e in seen.said[one.into_id] if e.n > one.into_n]
        if one.undone_at is None and not any(e.verb in MOVES_THE_PROMISE for e in since):
            for clock in _resolve(seen, one.into_id):
                assert clock.due <= one.due, "merging: the earlier promise does not hold"


def undone_it_is_promised_as_before(seen: Snapshot) -> None:
    for one in (one for one in seen.mergers if one.undone_at is not None):
        told = seen.said[one.case_id]
        [undone] = [e for e in told if e.n == one.case_undone_n]
        assert undone.facts["to"] == one.was or (one.was, undone.facts["to"]) == (
            "received",
            "accepted",
        ), "merging: undone, and not where it was"
        if undone is told[-1]:
            [clock] = _resolve(seen, one.case_id)
            assert clock.due == one.due, "merging: undone, and promised for another day"


def _resolve(seen: Snapshot, case_id: int) -> list[Row]:
    return [c for c in seen.alive(case_id) if c.name == "resolve" and c.case_id == case_id]


LAWS: tuple[Callable[[Snapshot], None], ...] = (
    a_report_is_where_its_case_was_merged,
    nobody_works_on_what_is_merged_away,
    the_earlier_promise_holds,
    undone_it_is_promised_as_before,
)
