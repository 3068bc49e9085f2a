"""When the steps of a ladder come, and which fall away."""

from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from caseflow.deadlines.calendar import SHANGHAI, Calendar, Unit
from caseflow.deadlines.ladder import (
    NEXT_UP,
    Action,
    Audience,
    Ladder,
    Step,
    dump_steps,
    dump_triggers,
    load_ladder,
    moments,
    next_rung,
)
from caseflow.escalation.defaults import DEFAULT_LADDERS, OFFICE, UNITS
from tests.pure.days import ends, instants

CALENDAR = Calendar()
FRIDAY = datetime(2026, 2, 13, 23, 59, tzinfo=SHANGHAI)
often = settings(deadline=None, max_examples=200)


def test_a_neglected_unit_climbs_seven_rungs() -> None:
    due = CALENDAR.due(FRIDAY, 5, Unit.working_days)
    assert moments(UNITS, FRIDAY, due, Unit.working_days, CALENDAR) == [
        (1, ends("Thu 2026-02-26")),
        (2, ends("Fri 2026-02-27")),
        (3, ends("Sat 2026-02-28")),
        (4, ends("Thu 2026-03-05")),
        (5, ends("Thu 2026-03-12")),
        (6, ends("Thu 2026-03-19")),
        (7, ends("Thu 2026-03-26")),
    ]


def test_rungs_step_over_national_day() -> None:
    due = ends("Mon 2025-09-29")
    found = dict(moments(UNITS, due - timedelta(days=14), due, Unit.working_days, CALENDAR))
    assert found[1] == ends("Sun 2025-09-28")
    assert found[3] == ends("Tue 2025-09-30")
    # Thu 9, Fri 10, worked Sat 11, Mon 13 October
    assert found[4] == ends("Mon 2025-10-13")


def test_the_office_climbs_by_days_where_its_clock_runs_in_days() -> None:
    due = ends("Fri 2026-02-27")
    assert moments(OFFICE, FRIDAY, due, Unit.working_days, CALENDAR) == [
        (1, ends("Thu 2026-02-26")),
        (2, ends("Fri 2026-02-27")),
        (3, ends("Sat 2026-02-28")),
        (4, ends("Mon 2026-03-02")),
    ]


@pytest.mark.parametrize("unit", [Unit.hours, Unit.minutes])
def test_the_office_climbs_by_multiples_where_its_clock_runs_in_hours(unit: Unit) -> None:
    start = datetime(2026, 2, 17, 20, tzinfo=UTC)
    found = moments(OFFICE, start, start + timedelta(hours=1), unit, CALENDAR)
    minutes = [(n, (moment - start) / timedelta(minutes=1)) for n, moment in found]
    assert minutes == [(1, 30), (2, 60), (3, 120), (4, 180)]


def test_multiples_of_working_hours_are_working_time() -> None:
    start = datetime(2026, 3, 2, 11, 15, tzinfo=SHANGHAI)
    due = CALENDAR.due(start, 2, Unit.working_hours)
    found = moments(OFFICE, start, due, Unit.working_hours, CALENDAR)
    assert [f"{moment.astimezone(SHANGHAI):%d %H:%M}" for _, moment in found] == [
        "02 14:45",
        "02 15:45",
        "03 08:45",
        "03 10:45",
    ]


def test_an_urgent_unit_clock_in_hours_climbs_the_units_ladder_without_the_reminder() -> None:
    start = datetime(2026, 2, 14, 10, tzinfo=SHANGHAI)
    found = moments(UNITS, start, start + timedelta(hours=2), Unit.hours, CALENDAR)
    assert found[0] == (2, start + timedelta(hours=2))
    assert found[1] == (3, datetime(2026, 2, 24, 12, tzinfo=SHANGHAI))
    assert [n for n, _ in found] == [2, 3, 4, 5, 6, 7]


def test_a_reminder_at_the_very_start_falls_away() -> None:
    due = ends("Fri 2026-02-27")
    start = ends("Thu 2026-02-26")
    assert next_rung(UNITS, 0, start, due, Unit.working_days, CALENDAR) == (2, due)
    earlier = start - timedelta(microseconds=1)
    assert next_rung(UNITS, 0, earlier, due, Unit.working_days, CALENDAR) == (1, start)


@pytest.mark.parametrize("unit", [Unit.hours, Unit.working_hours, Unit.working_days])
@pytest.mark.parametrize("ladder", DEFAULT_LADDERS, ids=lambda ladder: ladder.name)
def test_nothing_at_or_after_due_falls_away_when_the_limit_was_used_up_before(
    ladder: Ladder, unit: Unit
) -> None:
    due = ends("Fri 2026-02-27")
    found = moments(ladder, due + timedelta(days=3), due, unit, CALENDAR)
    assert [n for n, _ in found] == [step.n for step in ladder.variant(unit)][1:]
    assert min(moment for _, moment in found) == due


def test_above_the_last_rung_there_is_none() -> None:
    due = ends("Fri 2026-02-27")
    assert next_rung(UNITS, 7, FRIDAY, due, Unit.working_days, CALENDAR) is None
    assert next_rung(OFFICE, 4, FRIDAY, due, Unit.hours, CALENDAR) is None


@often
@given(
    st.sampled_from(DEFAULT_LADDERS),
    st.sampled_from(Unit),
    instants("2024-12-01", "2026-12-31"),
    st.integers(1, 20),
)
def test_rungs_come_in_order_and_one_after_another(
    ladder: Ladder, unit: Unit, started_at: datetime, amount: int
) -> None:
    due = CALENDAR.due(started_at, amount, unit)
    found = moments(ladder, started_at, due, unit, CALENDAR)
    when = [moment for _, moment in found]
    assert when == sorted(set(when))
    assert min(when) > started_at
    climbed, n = [], 0
    while step := next_rung(ladder, n, started_at, due, unit, CALENDAR):
        climbed.append(step)
        n = step[0]
    assert climbed == found
    # Once at the due moment, whatever the unit: that is where the promise is broken.
    assert dict(found)[2] == due


@pytest.mark.parametrize(
    ("n", "amount", "action", "label", "document", "audience"),
    [
        (1, -1, "reminder", "工作提醒", False, ("unit_handler",)),
        (2, 0, "urging", "催办", False, ("unit_head", "office_handler")),
        (3, 1, "supervision_order", "督办单", True, ("supervisor",)),
        (4, 5, "circular", "工作通报", True, ("supervisor", "leader")),
        (5, 10, "interview", "提醒约谈", True, ("leader",)),
        (6, 15, "listed", "挂牌督办", True, ("level_above",)),
        (7, 20, "accountability", "启动问责建议", True, ("level_above",)),
    ],
)
def test_the_rungs_for_units(
    n: int, amount: int, action: str, label: str, document: bool, audience: tuple[str, ...]
) -> None:
    step = UNITS.step(n, Unit.working_days)
    assert (step.amount, step.unit) == (amount, Unit.working_days)
    assert (step.action, step.label, step.document) == (action, label, document)
    assert step.audience == audience


@pytest.mark.parametrize(
    ("unit", "audiences"),
    [
        (Unit.hours, ["assignee", "shift_leader", "supervisor", "level_above"]),
        (Unit.working_days, ["assignee", "supervisor", "leader", "level_above"]),
        (Unit.calendar_days, ["assignee", "supervisor", "leader", "level_above"]),
    ],
)
def test_the_office_is_told_in_turn_and_gets_no_documents(unit: Unit, audiences: list[str]) -> None:
    steps = OFFICE.variant(unit)
    assert [list(step.audience) for step in steps] == [[audience] for audience in audiences]
    assert not any(step.document for step in steps)


def test_a_step_that_is_not_there_is_an_error() -> None:
    with pytest.raises(KeyError):
        OFFICE.step(5, Unit.hours)


@pytest.mark.parametrize("ladder", DEFAULT_LADDERS, ids=lambda ladder: ladder.name)
def test_a_ladder_survives_being_stored(ladder: Ladder) -> None:
    stored = dump_steps(ladder), dump_triggers(ladder)
    assert load_ladder(ladder.name, ladder.version, *stored) == ladder


@pytest.mark.parametrize("audience", Audience)
def test_every_vacant_post_leads_up_to_the_level_above(audience: str) -> None:
    passed = [audience]
    while passed[-1] in NEXT_UP:
        passed.append(NEXT_UP[passed[-1]])
        assert len(set(passed)) == len(passed)
    assert passed[-1] == Audience.level_above


def step(n: int, amount: int = 0, of_limit: Fraction | None = None) -> Step:
    return Step(
        n=n, amount=amount, of_limit=of_limit, action=Action.note, label="", audience=("leader",)
    )


@pytest.mark.parametrize(
    "steps",
    [
        (step(1), step(1, 1)),
        (step(2), step(1, 1)),
        (step(1, 5), step(2, 1)),
        (step(1, of_limit=Fraction(2)), step(2, of_limit=Fraction(1))),
    ],
    ids=["number twice", "numbers fall", "days fall", "multiples fall"],
)
def test_a_ladder_out_of_order_is_refused(steps: tuple[Step, ...]) -> None:
    with pytest.raises(ValueError, match="not in order"):
        Ladder("crooked", 1, steps)
