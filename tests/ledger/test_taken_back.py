"""A report taken back (撤回) says nothing of the next round: until its matter is taken up anew
(docs/decisions/0029).
"""

from datetime import timedelta

import pytest

from caseflow.errors import MoveNotAllowed
from caseflow.ledger.moves import closing, retracting, splitting, triage
from caseflow.ledger.report_tables import Report
from caseflow.ledger.retractions import retracted
from caseflow.ledger.tables import Case
from caseflow.people.actor import REPORTER
from tests.ledger.twice import Two, given

__all__ = ["given"]


def takes_back(given: Two, report: Report) -> None:
    retracting.retract(given.session, REPORTER, report.id, "settled", given.now)


def taken_up_anew(given: Two, case: Case) -> None:
    """End a case on the spot, and handle it again after all."""
    triage.answer(given.session, given.office["handler"], case.id, "已答复", given.now)
    closing.reopen(given.session, given.office["supervisor"], case.id, "没有查清", given.now)


def test_a_matter_taken_up_anew_calls_its_reporter_back_again(given: Two) -> None:
    takes_back(given, given.one)
    assert not given.first.call_back
    taken_up_anew(given, given.first)
    assert (retracted(given.session, given.first), given.first.call_back) == ({}, True)


def test_what_was_taken_back_before_it_is_not_so_where_it_is_merged_into_since(given: Two) -> None:
    takes_back(given, given.two)
    taken_up_anew(given, given.second)
    given.accept(given.first)
    given.merge(given.second, given.first)
    assert retracted(given.session, given.first) == {}
    takes_back(given, given.two)
    assert list(retracted(given.session, given.first)) == [given.two.number]
    with pytest.raises(MoveNotAllowed):
        takes_back(given, given.two)


def test_what_went_off_with_another_matter_is_not_taken_up_with_the_rest(given: Two) -> None:
    given.accept(given.first, given.second)
    takes_back(given, given.two)
    given.merge(given.second, given.first)
    handler = given.office["handler"]
    goes, n = [given.two.number], given.first.id
    part = splitting.split_off(given.session, handler, n, goes, "两件事", given.now)
    given.now += timedelta(minutes=1)
    given.first.state = "closed"  # how it got there is not what this is about
    closing.reopen(given.session, given.office["supervisor"], given.first.id, "没有查清", given.now)
    assert list(retracted(given.session, part)) == [given.two.number]


def test_what_came_in_since_is_not_meant_by_an_earlier_round(given: Two) -> None:
    given.accept(given.second)
    takes_back(given, given.two)
    taken_up_anew(given, given.first)
    given.merge(given.second, given.first)
    assert list(retracted(given.session, given.first)) == [given.two.number]


def test_what_was_taken_back_since_is_so_wherever_it_lies(given: Two) -> None:
    given.accept(given.first, given.second)
    takes_back(given, given.two)
    given.merge(given.second, given.first)
    assert list(retracted(given.session, given.first)) == [given.two.number]
    given.undo(given.second)
    assert list(retracted(given.session, given.second)) == [given.two.number]
    assert not given.second.call_back
