"""What must hold of cases that are passed on (移送): whose they are, who signs, and what is won."""

from collections.abc import Callable

from tests.ledger.snapshot import Row, Said, Snapshot

OPEN = ("received", "accepted", "handling")
ENDS = {"receive": "received", "send_back": "sent_back", "take_back": "taken_back"}
MOVES = ("pass_on", *ENDS)
IDLE = ("draft", "struck_off", "withdrawn", "statutory")
MEANWHILE = (
    *("raise_urgency", "acknowledge", "countersign", "note", "tell", "retract"),
    *("add", "retaliation", "tighten", "notice_sent", "rung", "reply_delivered"),
    *("recalendar", "recompute", "climb_anew"),  # an administrator changed calendar or rules
    *("order_issued", "order_cancelled", "order_answered", "reply_failed", "unreachable"),
    *("mail_stopped", "reveal"),
)
LEVELS = ("province", "city", "county", "district")


def a_case_lies_where_it_was_signed_for_last(seen: Snapshot) -> None:
    """And keeps the number of where it began; its columns are its area's."""
    for case in seen.cases.values():
        signed = [e for e in seen.said[case.id] if e.verb in ("receive", "go_along")]
        where = signed[-1].facts["to"] if signed else case.registered_in
        assert case.area_code == where, "passing: it lies elsewhere than it was signed for"
        area = seen.areas[case.area_code]
        here = [getattr(area, level) for level in LEVELS]
        assert [getattr(case, level) for level in LEVELS] == here, "law 11: columns of another area"
        assert case.number.startswith(f"{case.registered_in}-"), "passing: another number"


def what_waits_is_urged_and_is_nobody_elses(seen: Snapshot) -> None:
    """One row, one clock, one office: and nothing happens in it that would make it another case."""
    waits = {row.case_id: row for row in seen.passages if row.outcome is None}
    for case in seen.cases.values():
        row = waits.get(case.id)
        urged = [c for c in seen.alive(case.id) if c.name == "receive" and c.case_id == case.id]
        assert case.bound_for == (row.to_area if row else None), "passing: bound for nowhere"
        assert len(urged) == (row is not None), "passing: nobody is urged to sign, or for nothing"
        if row is None:
            continue
        assert case.state in OPEN, f"passing: {case.state}, and waits"
        mine = [item for item in seen.items.values() if item.case_id == case.id]
        assert all(item.state in IDLE for item in mine), "passing: somebody is at work on it"
        last = [e.n for e in seen.said[case.id] if e.verb == "pass_on"][-1]
        for one in seen.said[case.id]:
            assert one.n <= last or one.verb in MEANWHILE, f"passing: {one.verb} while it waits"


def it_goes_up_or_down_between_those_who_may(seen: Snapshot) -> None:
    for row in seen.passages:
        one, other = seen.areas[row.from_area], seen.areas[row.to_area]
        kin = one.code in _path(other) or other.code in _path(one)
        assert kin, "passing: to an office beside"
        passed, ended = seen.users[row.passed_by], seen.users.get(row.ended_by)
        assert passed.area_code == row.from_area, "passing: passed on by another office"
        if ended is not None:
            where = row.from_area if row.outcome == "taken_back" else row.to_area
            assert ended.area_code == where, "passing: answered by another office"
        _in_no_danger(seen, row)
        if row.outcome == "sent_back":
            assert not row.designated, "passing: sent back what the office above decided"


def _in_no_danger(seen: Snapshot, row: Row) -> None:
    """Whoever heard of a danger first deals with it, before the case goes anywhere."""
    urgent = [c for c in seen.clocks.values() if c.name == "immediate" and c.case_id == row.case_id]
    urgent = [c for c in urgent if seen.policies[c.policy_id].urgent]
    ran = [c for c in urgent if c.started_at < row.passed_at]
    ran = [c for c in ran if c.ended_at is None or c.ended_at > row.passed_at]
    assert not ran or row.case_id not in _passing(seen), "passing: passed on in danger"


def _passing(seen: Snapshot) -> set[int]:
    """Return the cases that were passed on of themselves, and did not go along with another."""
    return {e.case_id for said in seen.said.values() for e in said if e.verb == "pass_on"}


def sent_back_twice_the_office_above_decides(seen: Snapshot) -> None:
    """By counting anew what the rows say of two offices."""
    times: dict[tuple[int, frozenset[str]], int] = {}
    for row in sorted(seen.passages, key=lambda row: row.id):
        pair = (row.case_id, frozenset((row.from_area, row.to_area)))
        before, up = times.get(pair, 0), row.to_area in _path(seen.areas[row.from_area])
        went_along = seen.cases[row.case_id].state == "merged" and row.outcome == "received"
        if not went_along:
            assert not (up and before >= 2), "passing: up again after twice"
            assert row.designated == (before >= 2), "passing: nobody decided, or too soon"
        times[pair] = before + (row.outcome == "sent_back")
        if row.outcome == "received":
            times = {key: n for key, n in times.items() if key[0] != row.case_id}


def passing_on_wins_no_time(seen: Snapshot) -> None:
    """No promise begins or ends with it but that to sign, what was asked for, and that the level
    above looks into what nobody takes.
    """
    moments = {(e.case_id, e.at): e for said in seen.said.values() for e in said if e.verb in MOVES}
    for clock in seen.clocks.values():
        if clock.name in ("receive", "oversee"):
            continue
        began = moments.get((clock.root_case_id, clock.started_at))
        assert began is None, f"passing: {clock.name} began anew"
        ended = moments.get((clock.root_case_id, clock.ended_at))
        lapsed = ended is not None and ended.verb == "pass_on"
        fine = ended is None or (lapsed and clock.name in ("decide", "consent"))
        assert fine, f"passing: {clock.name} ended with it"


def what_was_asked_for_lapsed(seen: Snapshot) -> None:
    for case in seen.cases.values():
        asked = [x for x in (*seen.extensions, *seen.withdrawals) if x.case_id == case.id]
        if case.bound_for is not None:
            assert all(x.outcome for x in asked), "passing: somebody still waits for a decision"


def whoever_signs_handles_it(seen: Snapshot) -> None:
    for said in seen.said.values():
        for one in said:
            if one.verb == "receive":
                assert one.facts["handler"] == one.user, "passing: nobody handles it"
                _merged_goes_along(seen, one)


def _merged_goes_along(seen: Snapshot, one: Said) -> None:
    below = [
        m.case_id
        for m in seen.mergers
        if m.into_id == one.case_id
        and m.merged_at < one.at
        and (m.undone_at is None or m.undone_at > one.at)
    ]
    for case_id in below:
        along = [e for e in seen.said[case_id] if e.at == one.at and e.verb == "go_along"]
        assert along, "passing: what was merged stayed behind"


def _path(area: Row) -> tuple[str | None, ...]:
    return tuple(getattr(area, level) for level in LEVELS)


LAWS: tuple[Callable[[Snapshot], None], ...] = (
    a_case_lies_where_it_was_signed_for_last,
    what_waits_is_urged_and_is_nobody_elses,
    it_goes_up_or_down_between_those_who_may,
    sent_back_twice_the_office_above_decides,
    passing_on_wins_no_time,
    what_was_asked_for_lapsed,
    whoever_signs_handles_it,
)
