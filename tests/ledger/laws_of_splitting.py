"""What must hold of split cases (分案): each report and item is in one case, with its promises."""

from collections.abc import Callable

from tests.ledger.snapshot import Row, Said, Snapshot


def _said(seen: Snapshot, split: Row) -> tuple[Said, Said]:
    """Return the entries in which either case names the other."""
    [off] = [one for one in seen.said[split.case_id] if one.n == split.case_n]
    [began] = [one for one in seen.said[split.part_id] if one.n == split.part_n]
    return off, began


def both_histories_say_so(seen: Snapshot) -> None:
    verbs = ("split_off", "split_from")
    told = [one for said in seen.said.values() for one in said if one.verb in verbs]
    assert len(told) == 2 * len(seen.splits), "splitting: said, and not done, or the reverse"
    for split in seen.splits.values():
        off, began = _said(seen, split)
        assert began.n == 1, "splitting: a part began with something else"
        assert off.facts["into"] == seen.cases[split.part_id].number, "splitting: into another"
        assert began.facts["from"] == seen.cases[split.case_id].number, "splitting: from another"
        went = [seen.reports[r.report_id] for r in seen.split_reports if r.split_id == split.id]
        assert off.facts["reports"] == [one.number for one in went], "splitting: other reports"
        items = {one.item_id for one in seen.split_items if one.split_id == split.id}
        assert {one["id"] for one in began.facts["items"]} == items, "splitting: other items"


def nobody_is_left_without_a_report(seen: Snapshot) -> None:
    """Where a case was split, either has somebody to answer, in itself or where it was merged."""
    lent = {one.case_id for one in seen.mergers if one.undone_at is None}
    for split in seen.splits.values():
        for case_id in {split.case_id, split.part_id} - lent:
            assert seen.first_reports(case_id), "splitting: a case was emptied"


def what_goes_takes_its_promises_along(seen: Snapshot) -> None:
    """Every clock of a report or an item that runs is locked with the one case it belongs to."""
    for clock in seen.clocks.values():
        if clock.state in ("running", "paused"):
            where = clock.root_case_id
            if clock.report_id is not None:
                where = seen.reports[clock.report_id].case_id
            if clock.item_id is not None:
                where = seen.items[clock.item_id].case_id
            assert clock.root_case_id == where, f"splitting: a {clock.name} was left behind"


def no_due_moment_moves_with_it(seen: Snapshot) -> None:
    """What a part is held to from its beginning is due when it was before; nothing ends, nothing
    begins but that somebody must take up at once what nobody has.
    """
    for split in seen.splits.values():
        of_part = [c for c in seen.clocks.values() if c.case_id == split.part_id]
        [first, *_] = [c for c in of_part if c.name == "resolve"]
        before = seen.clocks[first.follows] if first.follows else None
        assert before is not None, "splitting: a part was promised anew"
        kept = (before.started_at, before.policy_id) == (first.started_at, first.policy_id)
        assert kept, "splitting: a part goes by another rule"
        stood = any(pause.clock_id == first.id for pause in seen.pauses)
        assert first.due == before.due or stood, "splitting: due at another moment"
        both = {c.case_id for c in seen.clocks.values() if c.follows == before.id}
        assert both == {before.case_id, split.part_id}, "splitting: a promise holds for one only"
        shared = "shared" in _said(seen, split)[0].facts
        began = {c.name for c in seen.clocks.values() if c.started_at == split.at}
        may_begin = {"immediate", "notice"} if shared else {"immediate"}
        assert began <= may_begin, f"splitting: {began} began anew"
        ended = {(c.name, c.state) for c in seen.clocks.values() if c.ended_at == split.at}
        names = ("resolve", "immediate", *(("notice", "reply") if shared else ()))
        held = {(name, "superseded") for name in names}
        let_go = {(name, "stopped") for name in ("decide", "consent", "resolve")}
        assert ended <= held | let_go, f"splitting: {ended} ended"


def the_part_is_what_it_holds(seen: Snapshot) -> None:
    """Handled where an item came that somebody works on, else to be taken up at once."""
    for split in seen.splits.values():
        off, began = _said(seen, split)
        at_work = False
        for row in (one for one in seen.split_items if one.split_id == split.id):
            told = [e for e in seen.of_item(row.item_id) if e.id < off.id]
            at_work = at_work or any(e.verb == "dispatch" for e in told)
        handled = began.facts["to"] == "handling"
        assert not handled or (at_work and off.state == "handling"), "splitting: handled by nobody"
        case, part = seen.cases[split.case_id], seen.cases[split.part_id]
        assert part.kind == case.kind or {part.kind, case.kind} <= {"complaint", "help"}, (
            "splitting: a tip lost its shield"
        )


def a_letter_of_two_matters_stays_and_is_answered_twice(seen: Snapshot) -> None:
    """A linked report says the same by the same person, and is due when the letter is."""
    for one in seen.reports.values():
        if one.split_from is None:
            continue
        letter = seen.reports[one.split_from]
        assert one.follows is letter.follows is None, "splitting: linked to what followed"
        same = ("text", "kind", "identity_id", "original_id", "received_at", "disclosure")
        assert all(getattr(one, name) == getattr(letter, name) for name in same), (
            "splitting: a linked report says something else"
        )
    for split in seen.splits.values():
        for pair in _said(seen, split)[0].facts.get("shared", ()):
            [was] = [one for one in seen.reports.values() if one.number == pair["was"]]
            [new] = [one for one in seen.reports.values() if one.number == pair["number"]]
            due = [_first_reply(seen, one, split.at) for one in (was, new)]
            assert due[0] == due[1], "splitting: one letter is due on two days"


def _first_reply(seen: Snapshot, report: Row, at: object) -> object:
    """Return when a report is due by the reply clock that ran when it was split."""
    ran = [
        c
        for c in seen.clocks.values()
        if (c.report_id, c.name) == (report.id, "reply") and (c.ended_at is None or c.ended_at > at)
    ]
    return min(ran, key=lambda clock: clock.id).due if ran else None


LAWS: tuple[Callable[[Snapshot], None], ...] = (
    both_histories_say_so,
    nobody_is_left_without_a_report,
    what_goes_takes_its_promises_along,
    no_due_moment_moves_with_it,
    the_part_is_what_it_holds,
    a_letter_of_two_matters_stays_and_is_answered_twice,
)
