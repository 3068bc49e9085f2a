"""A call comes to the same, whatever order its messages come in, and however often each comes."""

from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest

from caseflow.intake.call_states import OUTCOMES, Facts, Heard, of

T0 = datetime(2026, 3, 3, 2, tzinfo=UTC)
ANNA, BO = 7, 8


def at(seconds: int) -> datetime:
    return T0 + timedelta(seconds=seconds)


RINGS, NEXT = Heard("ringing", at(0), ANNA), Heard("ringing", at(20), BO)
TAKES = Heard("answered", at(25), BO)
ENDS = Heard("hung_up", at(90))
TAPED = Heard("recording", at(90))
STORIES = {
    "a call that rings": ([RINGS], "ringing", at(0)),
    "hung up after a second": ([RINGS, Heard("hung_up", at(1))], "missed", at(0)),
    "only the end was told": ([ENDS], "missed", at(90)),
    "somebody talks": ([RINGS, TAKES], "talking", at(0)),
    "the second one answered": ([RINGS, NEXT, TAKES, ENDS, TAPED], "answered", at(0)),
    "nobody answered": ([RINGS, NEXT, ENDS], "missed", at(0)),
    "something was said to the machine": ([RINGS, NEXT, ENDS, TAPED], "voicemail", at(0)),
    "only the recording was told": ([TAPED], "voicemail", at(90)),
}


@pytest.mark.parametrize("story", STORIES)
def test_every_order_and_every_repetition_comes_to_the_same(story: str) -> None:
    heard, outcome, began = STORIES[story]
    found = {of([*order, again]) for order in permutations(heard) for again in heard}
    assert len(found) == 1
    (facts,) = found
    assert facts is not None
    assert (facts.outcome, facts.began) == (outcome, began)


def test_the_stories_come_to_every_outcome() -> None:
    assert {outcome for _, outcome, _ in STORIES.values()} == set(OUTCOMES)


def test_who_rang_last_and_who_answered_first_are_known() -> None:
    late = Heard("answered", at(40), ANNA)
    unsaid = Heard("answered", at(25))
    for order in permutations([RINGS, NEXT, TAKES, late, unsaid]):
        facts = of(order)
        assert facts == Facts(at(0), (at(20), BO), at(25), BO)
