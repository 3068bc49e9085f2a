"""One reply for many: each report its own, by a way in which nobody has to be spoken to."""

import pytest

from caseflow.errors import BadInput, MoveNotAllowed
from caseflow.ledger.moves import closing, replying
from caseflow.ledger.report_tables import Reply, Report
from tests.ledger.twice import Two, given

__all__ = ["given"]


def all_at_once(given: Two, way: str, text: str = "已整改。") -> int:
    """Reply to whoever can be reached this way, in the case that all are in."""
    handler = given.office["handler"]
    return replying.reply_to_all(given.session, handler, given.first.id, text, way, given.now)


@pytest.fixture
def three(given: Two) -> list[Report]:
    """A case with three reporters, whom one can call, write to, and not reach at all."""
    other, third = given.comes_in()
    given.accept(given.first, given.second, other)
    for case in (given.second, other):
        given.merge(case, given.first)
    given.first.state = "replying"
    return [given.one, given.two, third]


def replied(given: Two) -> list[tuple[int, str]]:
    """Return to which reports was replied, and how."""
    rows = given.session.query(Reply).order_by(Reply.id)
    return [(one.report_id, one.way) for one in rows]


def test_whoever_can_be_written_to_is_and_the_others_stay_owed(
    given: Two, three: list[Report]
) -> None:
    one, two, third = three
    assert all_at_once(given, "message") == 1
    assert replied(given) == [(two.id, "message")]
    assert all_at_once(given, "track") == 2
    assert replied(given)[1:] == [(one.id, "track"), (third.id, "track")]
    assert given.first.state == "replying"  # the message is still on its way
    reply = given.session.query(Reply).filter_by(report_id=two.id).one()
    closing.delivered(given.session, reply.id, given.now)
    assert given.first.state == "calling_back"


def test_a_reply_keeps_the_promise_to_each(given: Two, three: list[Report]) -> None:
    all_at_once(given, "track")
    assert [given.of(report) for report in three] == [{}, {}, {}]


@pytest.mark.parametrize(
    ("way", "field"), [("telephone", "way"), ("impossible", "way"), ("", "way")]
)
def test_who_must_be_spoken_to_is_replied_to_one_by_one(
    given: Two, three: list[Report], way: str, field: str
) -> None:
    with pytest.raises(BadInput) as wrong:
        all_at_once(given, way)
    assert list(wrong.value.fields) == [field]
    assert replied(given) == []


def test_nothing_is_sent_twice(given: Two, three: list[Report]) -> None:
    all_at_once(given, "track")
    with pytest.raises((BadInput, MoveNotAllowed)):
        all_at_once(given, "track")
    assert len(replied(given)) == len(three)


def test_empty_words_are_no_reply(given: Two, three: list[Report]) -> None:
    with pytest.raises(BadInput):
        all_at_once(given, "track", "  ")
    assert replied(given) == []
