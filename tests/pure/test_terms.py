"""What may be written into a rule of time, and what is refused beside which field."""

from dataclasses import replace

import pytest

from caseflow.deadlines.calendar import Unit
from caseflow.deadlines.defaults import DEFAULT_POLICIES
from caseflow.deadlines.policies import COUNTED_BACK_FROM, ClockName, Scope
from caseflow.deadlines.terms import (
    CAN_BE_EXTENDED,
    CAN_BE_RETURNED,
    CAN_STAND_STILL,
    MOST,
    NAMES,
    Terms,
    outlasts,
    terms_of,
    typed_terms,
    wider,
)
from caseflow.errors import BadInput

BEFORE = Terms(
    amount=8,
    unit=Unit.working_days,
    pausable=True,
    extendable_times=1,
    extendable_amount=8,
    margin=2,
)


def typed(
    clock: str, *, unit: str = "working_days", pausable: bool = True, **numbers: int | None
) -> Terms:
    """Return what comes of a form that was changed in a few places."""
    said = {name: getattr(BEFORE, name) for name in NAMES if name not in ("unit", "pausable")}
    if clock not in COUNTED_BACK_FROM:
        said["margin"] = 0
    if clock not in CAN_BE_EXTENDED:
        said["extendable_times"] = 0
    return typed_terms(clock, BEFORE, {**said, **numbers}, unit, pausable)


def wrong(clock: str, **more: object) -> set[str]:
    with pytest.raises(BadInput) as refused:
        typed(clock, **more)  # type: ignore[arg-type]
    return set(refused.value.fields)


def test_what_was_typed_becomes_the_terms() -> None:
    assert typed("verify") == BEFORE
    assert typed("verify", amount=30, unit="calendar_days", margin=0) == replace(
        BEFORE, amount=30, unit=Unit.calendar_days, margin=0
    )


def test_what_a_clock_knows_nothing_of_stays_as_it_was() -> None:
    """No field asks for it, so nothing can be typed there."""
    found = typed("check", pausable=False, minimum_after_return=9, pause_limit_days=None)
    assert found == replace(BEFORE, pausable=False)


@pytest.mark.parametrize("unit", list(Unit))
def test_an_amount_is_at_least_one_and_at_most_about_a_year(unit: Unit) -> None:
    for amount in (1, MOST[unit]):
        assert typed("check", amount=amount, unit=str(unit), pausable=False).amount == amount
    for amount in (None, 0, MOST[unit] + 1):
        assert wrong("check", amount=amount, unit=str(unit), pausable=False) == {"amount"}


def test_everything_wrong_is_said_at_once() -> None:
    said = {"amount": 0, "unit": "moons", "pause_limit_days": 0, "extendable_times": 6}
    said |= {"minimum_after_return": None, "margin": 31}
    assert wrong("verify", **said) == set(said)


def test_a_call_back_is_tried_on_one_to_ten_days() -> None:
    assert typed("call_back", pausable=False, attempt_days=1).attempt_days == 1
    for days in (None, 0, 11):
        assert wrong("call_back", pausable=False, attempt_days=days) == {"attempt_days"}
    assert typed("check", pausable=False, attempt_days=0).attempt_days == 3  # no field asks for it


def test_an_extension_that_is_allowed_is_of_some_length() -> None:
    assert wrong("resolve", extendable_times=1, extendable_amount=0) == {"extendable_amount"}
    assert typed("resolve", extendable_times=0, extendable_amount=0).extendable_times == 0


@pytest.mark.parametrize("clock", ClockName)
def test_what_makes_no_sense_for_a_clock_is_refused(clock: ClockName) -> None:
    if clock not in COUNTED_BACK_FROM:
        assert wrong(clock, margin=1, pausable=False) == {"margin"}
    if clock not in CAN_STAND_STILL:
        assert wrong(clock) == {"pausable"}
    if clock not in CAN_BE_EXTENDED:
        assert wrong(clock, extendable_times=1, pausable=False) == {"extendable_times"}


def test_every_default_rule_can_be_typed_as_it_stands() -> None:
    for policy in DEFAULT_POLICIES:
        terms = terms_of(policy)
        said = {name: getattr(terms, name) for name in NAMES if name not in ("unit", "pausable")}
        assert typed_terms(policy.clock, terms, said, terms.unit, terms.pausable) == terms
        assert policy.clock in CAN_BE_RETURNED or policy.minimum_after_return == 2


def test_an_amount_that_outlasts_every_promise_of_the_case_is_said() -> None:
    verify = Scope("verify", None, None, None, None)
    found = outlasts(verify, replace(BEFORE, amount=11), DEFAULT_POLICIES)
    assert found is not None
    assert (found.clock, found.amount) == ("resolve", 10)
    assert outlasts(verify, replace(BEFORE, amount=10), DEFAULT_POLICIES) is None
    questions = verify._replace(kind="question")
    assert outlasts(questions, replace(BEFORE, amount=3), DEFAULT_POLICIES) is not None
    check = verify._replace(clock="check")
    assert outlasts(check, replace(BEFORE, amount=200), DEFAULT_POLICIES) is None


@pytest.mark.parametrize(
    ("one", "other", "covers"),
    [
        ({}, {"kind": "tip"}, True),
        ({"kind": "tip"}, {}, False),
        ({"kind": "tip"}, {"kind": "tip", "urgent": False}, True),
        ({"kind": "tip"}, {"kind": "help", "urgent": True}, False),
        ({"area": "43"}, {"area": "430503"}, True),
        ({"area": "430503"}, {"area": "43"}, False),
        ({"area": "430503"}, {}, False),
        ({"category": "food"}, {"category": "food", "area": "430503"}, True),
    ],
    ids=str,
)
def test_a_rule_is_wider_when_it_covers_all_that_the_other_does(
    one: dict[str, object], other: dict[str, object], covers: bool
) -> None:
    general = Scope("check", None, None, None, None)
    above = ("430503", "4305", "43") if other.get("area") == "430503" else ()
    assert wider(general._replace(**one), general._replace(**other), above) is covers  # type: ignore[arg-type]
    assert not wider(general._replace(clock="look"), general)
