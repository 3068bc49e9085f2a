"""What may be written into a ladder, and what is refused beside which field."""

from dataclasses import replace
from fractions import Fraction

import pytest

from caseflow.deadlines.calendar import Unit
from caseflow.deadlines.ladder import Action, Audience, Ladder, Step, carried
from caseflow.deadlines.steps import DOCUMENTS, Typed, amended, turned_to
from caseflow.errors import BadInput
from caseflow.escalation.defaults import DEFAULT_LADDERS, OFFICE, UNITS


def as_typed(key: str, step: Step) -> Typed:
    """Return a step as its form shows it."""
    return Typed(
        key=key,
        action=step.action,
        label=step.label,
        audience=step.audience,
        by_limit=step.of_limit is not None,
        side="at" if not step.amount else "before" if step.amount < 0 else "after",
        amount=abs(step.amount) or None,
        unit=str(step.unit),
        percent=None if step.of_limit is None else int(step.of_limit * 100),
    )


def form(ladder: Ladder = UNITS, **changed: dict[str, object]) -> list[Typed]:
    """Return the whole form; `s3={…}` types something else into the third step."""
    found = [as_typed(str(n), step) for n, step in enumerate(ladder.steps, 1)]
    return [replace(one, **changed.get(f"s{one.key}", {})) for one in found]  # type: ignore[arg-type]


def message(**said: object) -> Typed:
    """Return a step that is added: an urging two working days after the due moment."""
    plain = Typed(
        key="new",
        action="urging",
        label="再次催办",
        audience=("unit_head",),
        side="after",
        amount=2,
        unit="working_days",
    )
    return replace(plain, **said)  # type: ignore[arg-type]


def wrong(typed: list[Typed], ladder: Ladder = UNITS) -> dict[str, str]:
    with pytest.raises(BadInput) as refused:
        amended(ladder, typed)
    return refused.value.fields


@pytest.mark.parametrize("ladder", DEFAULT_LADDERS, ids=lambda ladder: ladder.name)
def test_a_ladder_as_it_stands_is_no_change(ladder: Ladder) -> None:
    assert set(wrong(form(ladder), ladder)) == {""}


def test_another_moment_and_another_audience_make_the_next_version() -> None:
    found = amended(UNITS, form(s4={"amount": 7}, s2={"audience": ("unit_head",)}))
    assert (found.name, found.version) == ("units", 2)
    assert found.steps[3] == replace(UNITS.steps[3], amount=7)
    assert found.steps[1].audience == (Audience.unit_head,)
    others = [n for n in range(7) if n not in (1, 3)]
    assert [found.steps[n] for n in others] == [UNITS.steps[n] for n in others]


def test_a_message_is_added_at_its_moment_and_the_numbers_follow() -> None:
    found = amended(UNITS, [*form(), message()])
    assert [step.n for step in found.steps] == list(range(1, 9))
    assert [step.label for step in found.steps][2:5] == ["督办单", "再次催办", "工作通报"]
    assert found.steps[3] == Step(
        n=4, amount=2, action="urging", label="再次催办", audience=(Audience.unit_head,)
    )


def test_a_message_is_taken_out() -> None:
    found = amended(UNITS, form()[1:])
    assert [(step.n, step.label) for step in found.steps][:2] == [(1, "催办"), (2, "督办单")]


@pytest.mark.parametrize("gone", range(3, 8))
def test_a_document_is_neither_left_out_nor_added_nor_moved_past_another(gone: int) -> None:
    assert set(wrong([one for one in form() if one.key != str(gone)])) == {""}
    assert set(wrong([*form(), message(action="circular", audience=("leader",))])) == {""}
    if gone > 3:
        before = UNITS.steps[gone - 2].amount - 1 or 30
        moved = form(**{f"s{gone}": {"amount": before, "side": "after"}})
        assert "" in wrong(moved) or f"amount-{gone}" in wrong(moved)


def test_a_document_comes_after_the_due_moment() -> None:
    assert wrong(form(s3={"side": "before", "amount": 5}))["amount-3"] == "文书只能在到期之后"
    assert set(wrong(form(s2={"side": "after", "amount": 3}, s3={"side": "at"}))) == {"side-3"}


def test_at_the_due_moment_there_is_a_step() -> None:
    assert set(wrong([one for one in form() if one.key != "2"])) == {""}
    assert set(wrong(form(OFFICE, s2={"percent": 90}), OFFICE)) == {""}


def test_no_two_steps_come_at_once_or_bear_one_name() -> None:
    assert set(wrong([*form(), message(amount=5)])) == {"amount-new"}
    assert set(wrong([*form(), message(side="at")])) == {"side-new"}
    assert set(wrong([*form(), message(label=" 催办 ")])) == {"label-new"}
    assert set(wrong(form(OFFICE, s3={"percent": 100}), OFFICE)) == {"percent-3"}


def test_on_one_side_of_the_due_moment_all_count_in_one_unit() -> None:
    """How many hours two working days are depends on the day, and so would their order."""
    assert set(wrong(form(s3={"unit": "hours"}))) == {"amount-4"}
    found = amended(UNITS, form(s1={"unit": "hours", "amount": 4}))
    assert (found.steps[0].amount, found.steps[0].unit) == (-4, Unit.hours)


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"amount": None}, "amount-4"),
        ({"amount": 0}, "amount-4"),
        ({"amount": 251}, "amount-4"),
        ({"unit": "minutes"}, "unit-4"),
        ({"side": "sideways"}, "side-4"),
        ({"audience": ()}, "to-4"),
    ],
    ids=str,
)
def test_what_makes_no_sense_in_a_step_is_said_there(said: dict[str, object], field: str) -> None:
    assert set(wrong(form(s4=said))) == {field}


@pytest.mark.parametrize("label", ["", "   ", "一" * 21])
def test_a_step_has_a_short_name(label: str) -> None:
    assert set(wrong([*form(), message(label=label)])) == {"label-new"}


def test_parts_of_a_limit_are_whole_percents_up_to_ten_times() -> None:
    found = amended(OFFICE, form(OFFICE, s1={"percent": 75}, s4={"percent": 1000}))
    assert [step.of_limit for step in found.steps[:4]] == [Fraction(3, 4), 1, 2, 10]
    for percent in (None, 0, 1001):
        assert set(wrong(form(OFFICE, s1={"percent": percent}), OFFICE)) == {"percent-1"}


def test_accountability_and_naming_turn_to_the_level_above_alone() -> None:
    for n in (6, 7):
        for audience in (("leader",), ("level_above", "leader"), ("unit_head",)):
            assert set(wrong(form(**{f"s{n}": {"audience": audience}}))) == {f"to-{n}"}


def test_no_unit_sees_a_draft_and_none_hears_of_the_offices_own_promises() -> None:
    for action in DOCUMENTS:
        assert not {Audience.unit_head, Audience.unit_handler} & set(turned_to("units", action))
    told = (*form(OFFICE)[1:], replace(form(OFFICE)[0], audience=("unit_head",)))
    assert set(wrong(list(told), OFFICE)) == {"to-1"}


def test_a_ladder_has_an_end() -> None:
    many = [message(key=f"new{n}", label=f"催办{n}", amount=30 + n) for n in range(14)]
    assert set(wrong([*form(), *many])) == {""}


def test_who_climbed_stands_where_the_last_thing_that_happened_stands() -> None:
    old = UNITS.steps
    new = amended(UNITS, [*form(s3={"amount": 2}), message(amount=1)]).steps
    assert [step.label for step in new[:4]] == ["工作提醒", "催办", "再次催办", "督办单"]
    assert [carried(old, new, last) for last in range(5)] == [0, 1, 2, 4, 5]
    assert carried(old, old, 3) == 3
    shorter = amended(UNITS, form()[1:]).steps
    assert [carried(old, shorter, last) for last in range(4)] == [0, 0, 1, 2]
    assert Action.urging not in DOCUMENTS
