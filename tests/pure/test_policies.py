"""Which rule of time fits a matter, and what the default rules promise."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest

from caseflow.deadlines.calendar import Unit
from caseflow.deadlines.defaults import DEFAULT_POLICIES, IN_FORCE_FROM, PETITION
from caseflow.deadlines.policies import COUNTED_BACK_FROM, ClockName, Matter, NoPolicy, Policy, pick

AT = datetime(2026, 3, 2, 2, tzinfo=UTC)
KINDS = ("question", "help", "suggestion", "complaint", "tip")
# From the responsibility district up to the province.
AREA = ("430503-02", "430503", "4305", "43")


def matter(kind: str = "complaint", category: str | None = None, urgent: bool = False) -> Matter:
    return Matter(kind, category, urgent, AREA, "web")


def policy(number: int, area: str | None = None, **fields: object) -> Policy:
    base = Policy(
        id=number,
        area=area,
        clock="check",
        amount=number,
        unit=Unit.working_days,
        ladder="office",
        effective_from=IN_FORCE_FROM,
    )
    return replace(base, **fields)  # type: ignore[arg-type]


# Each row beats every row below it, whatever those name besides.
BY_SPECIFICITY = (
    policy(1, "430503-02"),
    policy(2, "430503", category="fees", kind="complaint", urgent=True),
    policy(3, "430503"),
    policy(4, "43", category="fees"),
    policy(5, "43", kind="complaint", urgent=True),
    policy(6, "43", kind="complaint"),
    policy(7, "43", urgent=True),
    policy(8, "43"),
    policy(9, category="fees", urgent=True),
    policy(10, category="fees"),
    policy(11, kind="complaint", urgent=True),
    policy(12, kind="complaint"),
    policy(13, urgent=True),
    policy(14),
)


@pytest.mark.parametrize("first", range(len(BY_SPECIFICITY)))
def test_the_most_specific_row_wins(first: int) -> None:
    rows = BY_SPECIFICITY[first:]
    found = matter(category="fees", urgent=True)
    assert pick(rows, "check", found, AT) is rows[0]
    assert pick(reversed(rows), "check", found, AT) is rows[0]


@pytest.mark.parametrize(
    "stranger",
    [
        policy(1, "430502"),
        policy(1, kind="tip"),
        policy(1, category="fees"),
        policy(1, urgent=True),
        policy(1, clock="look"),
        policy(1, effective_from=AT + timedelta(microseconds=1)),
    ],
    ids=["area", "kind", "category", "urgent", "clock", "not yet in force"],
)
def test_a_row_about_something_else_never_fits(stranger: Policy) -> None:
    general = policy(2)
    assert pick([stranger, general], "check", matter(), AT) is general
    with pytest.raises(NoPolicy, match="check"):
        pick([stranger], "check", matter(), AT)


def test_a_row_for_calm_matters_does_not_cover_urgent_ones() -> None:
    calm, general = policy(1, urgent=False), policy(2)
    assert pick([calm, general], "check", matter(urgent=True), AT) is general
    assert pick([calm, general], "check", matter(urgent=False), AT) is calm


def test_the_version_in_force_at_that_moment_is_taken_from_any_order() -> None:
    changed = AT + timedelta(days=1)
    old, corrected = policy(1), policy(2, version=2)
    new = policy(3, version=3, effective_from=changed)
    for rows in permutations((old, corrected, new)):
        assert pick(rows, "check", matter(), changed - timedelta(microseconds=1)) is corrected
        assert pick(rows, "check", matter(), changed) is new


def test_a_newer_general_row_does_not_beat_an_older_specific_one() -> None:
    specific = policy(1, kind="complaint")
    general = policy(2, version=9, effective_from=AT)
    assert pick([specific, general], "check", matter(), AT) is specific


@pytest.mark.parametrize("category", [None, "fees", PETITION])
@pytest.mark.parametrize("urgent", [False, True])
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("clock", ClockName)
def test_every_clock_of_every_matter_has_a_default_rule(
    clock: ClockName, kind: str, urgent: bool, category: str | None
) -> None:
    found = pick(DEFAULT_POLICIES, clock, matter(kind, category, urgent), AT)
    assert found.clock == clock
    assert found.amount > 0


@pytest.mark.parametrize(
    ("clock", "urgent", "amount", "unit", "ladder"),
    [
        ("immediate", False, 24, Unit.hours, "office"),
        ("immediate", True, 1, Unit.hours, "office"),
        ("sign_for", False, 1, Unit.working_days, "units"),
        ("sign_for", True, 2, Unit.hours, "units"),
        ("notice", False, 15, Unit.calendar_days, "office"),
        ("notice", True, 2, Unit.hours, "office"),
        ("check", False, 3, Unit.working_days, "office"),
        ("call_back", False, 5, Unit.working_days, "office"),
        ("second_look", False, 1, Unit.working_days, "office"),
        ("draft", False, 1, Unit.working_days, "office"),
        ("answer", False, 5, Unit.working_days, "units"),
        ("look", False, 1, Unit.working_days, "office"),
    ],
)
def test_the_default_promise(
    clock: str, urgent: bool, amount: int, unit: Unit, ladder: str
) -> None:
    found = pick(DEFAULT_POLICIES, clock, matter(urgent=urgent), AT)
    assert (found.amount, found.unit, found.ladder) == (amount, unit, ladder)


@pytest.mark.parametrize("clock", ["resolve", "reply"])
@pytest.mark.parametrize(("kind", "amount"), [*zip(KINDS, (2, 5, 5, 10, 10), strict=True)])
def test_the_reply_is_promised_by_kind(kind: str, amount: int, clock: str) -> None:
    found = pick(DEFAULT_POLICIES, clock, matter(kind), AT)
    assert (found.amount, found.unit, found.ladder) == (amount, Unit.working_days, "office")


def test_a_petition_has_sixty_calendar_days_and_one_extension_and_never_stops() -> None:
    found = pick(DEFAULT_POLICIES, "resolve", matter("complaint", PETITION), AT)
    assert (found.amount, found.unit) == (60, Unit.calendar_days)
    assert (found.extendable_times, found.extendable_amount, found.pausable) == (1, 30, False)


@pytest.mark.parametrize("clock", ClockName)
def test_only_resolve_its_reply_verify_and_rectify_can_be_paused(clock: ClockName) -> None:
    found = pick(DEFAULT_POLICIES, clock, matter(), AT)
    assert found.pausable == (clock in ("resolve", "reply", "verify", "rectify"))
    assert not pick(DEFAULT_POLICIES, clock, matter("tip", PETITION), AT).pausable


@pytest.mark.parametrize(("clock", "margin"), [("verify", 2), ("rectify", 2), ("reply", 0)])
def test_what_hangs_on_resolve_leaves_the_margin(clock: str, margin: int) -> None:
    assert COUNTED_BACK_FROM[clock] == "resolve"
    assert pick(DEFAULT_POLICIES, clock, matter(), AT).margin == margin


def test_default_rows_have_numbers_and_scopes_of_their_own() -> None:
    scopes = [(row.area, row.kind, row.category, row.urgent, row.clock) for row in DEFAULT_POLICIES]
    assert len(set(scopes)) == len(scopes)
    assert len({row.id for row in DEFAULT_POLICIES}) == len(DEFAULT_POLICIES)
