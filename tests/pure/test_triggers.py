"""Three ladders to begin with, what events bring, and what does not come again by its date."""

from dataclasses import replace
from datetime import datetime

import pytest

from caseflow.deadlines.calendar import SHANGHAI, Calendar, Unit
from caseflow.deadlines.ladder import (
    Ladder,
    Trigger,
    carried_document,
    dump_steps,
    dump_triggers,
    load_ladder,
    next_rung,
)
from caseflow.deadlines.steps import DOCUMENTS, TypedTrigger, amended, brought, taken
from caseflow.errors import BadInput
from caseflow.escalation.defaults import SHIPPED, UNITS
from caseflow.escalation.orders import _CODES, _SERIES
from caseflow.words import ACTIONS
from tests.pure.test_steps import form

CALENDAR = Calendar()
STARTED = datetime(2026, 3, 3, 10, tzinfo=SHANGHAI)
DAYS = Unit.working_days


def climbed(ladder: Ladder, entered: int) -> list[int]:
    due, found, n = CALENDAR.due(STARTED, 8, DAYS), [], 0
    while step := next_rung(ladder, n, STARTED, due, DAYS, CALENDAR, entered):
        n = step[0]
        found.append(n)
    return found


@pytest.mark.parametrize(
    ("entered", "left"),
    [
        (0, [1, 2, 3, 4, 5, 6, 7]),
        (3, [1, 2, 4, 5, 6, 7]),
        (5, [1, 2, 6, 7]),
        (7, [1, 2]),
    ],
)
def test_what_came_before_its_date_and_what_is_milder_comes_no_more(
    entered: int, left: list[int]
) -> None:
    assert climbed(UNITS, entered) == left


@pytest.mark.parametrize(
    ("name", "documents"),
    [
        (
            "mission",
            ["supervision_order", "circular", "interview", "listed", "accountability"],
        ),
        ("petition", ["interview", "circular", "listed", "rectification", "accountability"]),
        ("bureau", ["circular", "raised"]),
    ],
)
def test_the_three_ladders_name_their_documents_in_their_own_order(
    name: str, documents: list[str]
) -> None:
    ladder = SHIPPED[name]
    assert [step.action for step in ladder.steps if step.document] == documents
    assert [step.amount for step in ladder.steps] == sorted({s.amount for s in ladder.steps})
    assert any(step.amount == 0 for step in ladder.steps), "at the due moment somebody is told"
    for trigger in ladder.triggers:
        step = ladder.brings(trigger, DAYS)
        assert step in brought(ladder)
    assert load_ladder("units", 1, dump_steps(ladder), dump_triggers(ladder)) == ladder


def test_the_bureau_urges_the_day_after_and_writes_five_working_days_later() -> None:
    days = {step.action: step.amount for step in SHIPPED["bureau"].steps}
    assert (days["urging"], days["circular"]) == (1, 6)
    assert SHIPPED["bureau"].trigger("sent_back") == Trigger(
        event="sent_back", label="提级督办单", times=3
    )


def test_every_document_has_its_words_and_its_number() -> None:
    for action in DOCUMENTS:
        assert ACTIONS[action]
    assert set(_SERIES) == set(_CODES) == set(DOCUMENTS)
    assert len(set(_SERIES.values())) == len(set(_CODES.values())) == len(DOCUMENTS)


def test_another_ladder_is_taken_whole_and_amended_from_there() -> None:
    found = taken(UNITS, SHIPPED["petition"])
    assert (found.name, found.version) == ("units", 2)
    assert (found.steps, found.triggers) == (
        SHIPPED["petition"].steps,
        SHIPPED["petition"].triggers,
    )
    with pytest.raises(BadInput):
        taken(found, SHIPPED["petition"])
    later = amended(found, form(found, s4={"amount": 6}))
    assert (later.version, later.triggers) == (3, found.triggers)


def typed(**said: object) -> TypedTrigger:
    plain = TypedTrigger(event="many_reports", label="工作通报", times=5, days=60)
    return replace(plain, **said)  # type: ignore[arg-type]


def test_what_an_event_brings_is_amended_and_taken_out() -> None:
    found = amended(UNITS, form(), [typed(), typed(event="sent_back", label="")])
    assert found.triggers == (Trigger(event="many_reports", label="工作通报", times=5, days=60),)
    assert found.steps == UNITS.steps


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"times": 1}, "times-many_reports"),
        ({"times": None}, "times-many_reports"),
        ({"days": 0}, "days-many_reports"),
        ({"days": 367}, "days-many_reports"),
        ({"label": "启动问责建议"}, "brings-many_reports"),
        ({"label": "催办"}, "brings-many_reports"),
        ({"event": "mood"}, "brings-mood"),
        ({"event": "sent_back", "times": 51}, "times-sent_back"),
    ],
    ids=str,
)
def test_what_makes_no_sense_of_an_event_is_said_there(said: dict[str, object], field: str) -> None:
    with pytest.raises(BadInput) as refused:
        amended(UNITS, form(), [typed(**said)])
    assert set(refused.value.fields) == {field}


def test_who_entered_a_document_stands_where_another_ladder_has_it() -> None:
    mission, petition = UNITS.steps, SHIPPED["petition"].steps
    assert [carried_document(mission, petition, n) for n in (0, 3, 4, 5, 6)] == [0, 0, 4, 4, 5]
    assert carried_document(petition, SHIPPED["bureau"].steps, 6) == 4
    assert carried_document(mission, mission, 5) == 5
