"""What must hold of merged cases (并案): where the reports are, and which promise holds."""

from collections.abc import Callable

from tests.ledger.snapshot import Snapshot


def _above(seen: Snapshot) -> dict[int, int]:
    lasting = [one for one in seen.mergers if one.undone_at is None]
    above = {one.case_id: one.into_id for one in lasting}
    assert len(above) == len(lasting), "merging: into two cases at once"
    return above


def came_with(seen: Snapshot) -> dict[int, int]:
    """Return by id of each first report the case that it came with, or was split off into."""
    opened = {
        one.facts["report"]: case_id
        for case_id, said in seen.said.items()
        for one in said
        if one.verb == "open"
    }
    firsts = [report for report in seen.reports.values() if report.follows is None]
    linked = {report.id for report in firsts if report.split_from is not None}  # came with none
    came = {one.id: 0 if one.id in linked else opened[one.number] for one in firsts}
    for row in sorted(seen.split_reports, key=lambda row: row.split_id):
        if row.report_id in came:
            came[row.report_id] = seen.splits[row.split_id].part_id
    return came


def a_report_is_where_its_case_was_merged(seen: Snapshot) -> None:
    """Every report stands with the case it came with, or with that which this one is now."""
    above = _above(seen)
    merged = {case.id for case in seen.cases.values() if case.state == "merged"}
    assert merged == set(above), "merging: merged into nothing, or not merged"
    came = came_with(seen)
    for report in seen.reports.values():
        where, steps = came[report.follows or report.id], 0
        while where in above:
            where, steps = above[where], steps + 1
            assert steps <= len(above), "merging: round in a circle"
        assert report.case_id == where, "merging: a report was left behind"


def nobody_works_on_what_is_merged_away(seen: Snapshot) -> None:
    for item in seen.items.values():
        if seen.cases[item.case_id].state == "merged":
            idle = ("struck_off", "withdrawn", "statutory")
            assert item.state in idle, f"merging: an item is {item.state}"


def the_promise_of_a_merged_case_runs_on_with_the_other(seen: Snapshot) -> None:
    """So the earlier of the two is what burns, and what is shifted by both is shifted; while there
    is somebody left to whom it was promised.
    """
    above, came = _above(seen), came_with(seen)
    for case_id in above:
        top = case_id
        while top in above:
            top = above[top]
        if seen.cases[top].state in OPEN:
            mine = [c for c in seen.alive(top) if c.name == "resolve" and c.case_id == case_id]
            again = any(e.verb == "reopen" for e in seen.said[top])  # everything is promised anew
            reports = (seen.reports[one] for one, home in came.items() if home == case_id)
            owed = any(report.case_id == top for report in reports)
            assert len(mine) == 1 or again or not owed, "merging: a promise was left behind"


def undone_it_is_promised_as_before(seen: Snapshot) -> None:
    for one in (one for one in seen.mergers if one.undone_at is not None):
        told = seen.said[one.case_id]
        [undone] = [e for e in told if e.n == one.case_undone_n]
        assert undone.facts["to"] == one.was or (one.was, undone.facts["to"]) == (
            "received",
            "accepted",
        ), "merging: undone, and not where it was"
        if undone is told[-1]:
            mine = [c for c in seen.alive(one.case_id) if c.name == "resolve"]
            own = [c for c in mine if c.case_id == one.case_id]
            assert len(own) == 1, "merging: undone, and not promised as before"
            assert own[0].started_at < one.merged_at, "merging: undone, and promised anew"


OPEN = ("received", "accepted", "handling", "awaiting_reporter", "replying")
LAWS: tuple[Callable[[Snapshot], None], ...] = (
    a_report_is_where_its_case_was_merged,
    nobody_works_on_what_is_merged_away,
    the_promise_of_a_merged_case_runs_on_with_the_other,
    undone_it_is_promised_as_before,
)
