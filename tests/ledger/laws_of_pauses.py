"""What must hold of promises that stand still while a reporter is asked (decision 10)."""

from collections.abc import Callable
from datetime import timedelta

from tests.ledger.laws_of_merging import came_with
from tests.ledger.laws_of_time import day_of, last_day, working_days
from tests.ledger.snapshot import Row, Snapshot

LONGEST = timedelta(days=25)


def pauses_are_bounded(seen: Snapshot) -> None:
    """Ten working days by another library's calendar, once per question, over when it is over.

    Ten together, too: for a clock and those it follows, however often the reporter is asked.
    """
    keys = [(pause.clock_id, pause.question_id) for pause in seen.pauses]
    assert len(keys) == len(set(keys)), "pause: twice for one question"
    waits = {case.id for case in seen.cases.values() if case.state == "awaiting_reporter"}
    open_questions = [q.case_id for q in seen.questions if q.ended_at is None]
    assert sorted(open_questions) == sorted(waits), "pause: a case waits for nothing, or too long"
    for question in seen.questions:
        days = working_days(day_of(question.asked_at), last_day(question.until))
        assert days == 10, f"pause: a question waits longer than ten days, or shorter: {days}"
    still = {pause.clock_id for pause in seen.pauses if pause.ended_at is None}
    stopped = {clock.id for clock in seen.clocks.values() if clock.state == "paused"}
    assert stopped == {i for i in still if seen.clocks[i].ended_at is None}, (
        "pause: a clock runs on, or stands still for nothing"
    )
    for pause in seen.pauses:
        clock = seen.clocks[pause.clock_id]
        assert seen.policies[clock.policy_id].pausable, "pause: this clock must not stand still"
        longest = pause.started_at + LONGEST
        assert pause.until <= longest, "pause: longer than ten working days can be"
        days = working_days(day_of(pause.started_at), last_day(pause.until))
        asked = next(q.asked_at for q in seen.questions if q.id == pause.question_id)
        before = sum(_stood(one) for one in _line(seen, clock) if one.id < pause.id)
        assert days + before <= 10, f"pause: {days} working days after {before}, ten at the most"
        whole = days + before == 10
        assert whole or pause.started_at > asked, f"pause: only {days} working days of ten"
        if pause.ended_at is None:
            assert clock.root_case_id in waits, "pause: it goes on after the question"
            assert pause.until > seen.now, "pause: it should be over by now"
        else:
            over = min(pause.until, seen.now)
            assert pause.ended_at <= over, "pause: longer than the question allowed"


def what_waits_stands_still(seen: Snapshot) -> None:
    """While a case waits, only what has used up its ten days runs, what must never pause, and what
    was promised to others than who was asked: their replies, and the cases that they came with.
    """
    came = came_with(seen)
    waits = {q.case_id: q.report_id for q in seen.questions if q.ended_at is None}
    for clock in seen.clocks.values():
        able = clock.root_case_id in waits and seen.policies[clock.policy_id].pausable
        asked = waits.get(clock.root_case_id)
        able = able and clock.report_id in (None, asked)
        able = able and clock.case_id in (None, asked and came[asked])
        if able and clock.state == "running":
            used_up = sum(_stood(pause) for pause in _line(seen, clock)) >= 10
            assert used_up, f"pause: {clock.name} runs while its case waits"


def _line(seen: Snapshot, clock: Row) -> list[Row]:
    """Return every pause of a clock and of those that it follows."""
    ids = set()
    link: Row | None = clock
    while link is not None:
        ids.add(link.id)
        link = seen.clocks[link.follows] if link.follows else None
    return [pause for pause in seen.pauses if pause.clock_id in ids]


def _stood(pause: Row) -> int:
    ended = pause.ended_at
    return working_days(day_of(pause.started_at), last_day(ended)) if ended else 0


def a_pause_gives_back_what_was_left(seen: Snapshot) -> None:
    """As many working days after the day on which it ended as were left after that on which it
    began: asked on the last day, a promise ends with the day on which its case goes on.
    """
    last = {pause.clock_id: pause for pause in seen.pauses}
    for clock_id, pause in last.items():
        clock = seen.clocks[clock_id]
        ended = pause.ended_at is not None and clock.ended_at is None
        if not ended or clock.unit != "working_days" or pause.old_due <= pause.started_at:
            continue
        if _moved_since(seen, clock, pause):
            continue
        left = working_days(day_of(pause.started_at), last_day(pause.old_due))
        now_left = working_days(last_day(pause.ended_at), last_day(clock.due))
        assert clock.due >= pause.old_due, "pause: it took time away"
        enough = now_left >= left and clock.due > pause.ended_at
        assert enough, f"pause: {left} days were left, {now_left} given back"


def _moved_since(seen: Snapshot, clock: Row, pause: Row) -> bool:
    """Tell whether something else has moved a promise since it stood still: another rule, or the
    earlier promise of a case that was merged, which did not stand still (decision 20). Each may
    have been told in the history of another case, where the promise was then.
    """
    links = []
    while clock.follows is not None:
        clock = seen.clocks[clock.follows]
        if clock.ended_at > pause.started_at:
            links.append(clock)
    moved = {at for one in seen.mergers for at in (one.merged_at, one.undone_at)}
    said = [one for told in seen.said.values() for one in told if one.at > pause.started_at]
    anew = (one.facts["clocks"] for one in said if one.verb == "recompute")
    ruled = {fact["clock"] for facts in anew for fact in facts}
    hastened = {(one.item, one.at) for one in said if one.verb == "hasten"}
    return any(
        link.ended_at in moved or link.id in ruled or (link.item_id, link.ended_at) in hastened
        for link in links
    )


LAWS: tuple[Callable[[Snapshot], None], ...] = (
    pauses_are_bounded,
    what_waits_stands_still,
    a_pause_gives_back_what_was_left,
)
