"""Merging cases and undoing it (并案): which promise holds, and what stands still."""

from datetime import date, datetime

import pytest
from sqlalchemy import select

from caseflow.deadlines.tables import Clock
from caseflow.errors import BadInput, MoveNotAllowed
from caseflow.ledger.moves import asking, extending, opening, splitting, triage
from caseflow.ledger.tables import Case
from caseflow.people.actor import REPORTER
from tests.ledger.twice import DAY, Two, given
from tests.office import new_report

__all__ = ["given"]


def due_of(given: Two, case: Case) -> datetime:
    """When a case was promised to be settled, wherever that promise stands."""
    own = (Clock.case_id == case.id, Clock.name == "resolve", Clock.state == "running")
    return given.session.scalars(select(Clock.due).where(*own)).one()


def test_the_earlier_promise_holds_and_the_items_follow(given: Two) -> None:
    given.accept(given.first, given.second)
    item = given.dispatched(given.second)
    due, verify = given.on_case(given.second)["resolve"], given.due(item)
    earlier = given.on_case(given.first)["resolve"]
    assert earlier < due
    given.merge(given.first, given.second)
    assert given.promise(given.second) == earlier
    assert given.due(item) < verify
    assert given.second.next_due <= earlier
    given.undo(given.first)
    assert given.promise(given.second) == due
    assert given.due(item) == verify
    assert given.on_case(given.first)["resolve"] == earlier


def test_a_later_promise_moves_nothing(given: Two) -> None:
    given.accept(given.first, given.second)
    item = given.dispatched(given.first)
    before, verify = given.on_case(given.first), given.due(item)
    given.merge(given.second, given.first)
    assert given.on_case(given.first) == before
    assert given.due(item) == verify


def test_each_of_two_mergers_is_undone_for_itself(given: Two) -> None:
    given.now += DAY
    third, _ = given.comes_in(reach="phone")
    given.accept(given.first, given.second, third)
    due = given.on_case(third)["resolve"]
    mine = {case.id: given.on_case(case)["resolve"] for case in (given.first, given.second)}
    given.merge(given.second, third)
    given.merge(given.first, third)
    given.undo(given.second)
    assert given.promise(third) == mine[given.first.id]
    given.undo(given.first)
    assert given.promise(third) == due


def test_undone_in_turn_the_other_one_still_holds(given: Two) -> None:
    given.now += DAY
    third, _ = given.comes_in(reach="phone")
    given.accept(given.first, given.second, third)
    second = given.on_case(given.second)["resolve"]
    given.merge(given.first, third)
    given.merge(given.second, third)
    given.undo(given.first)
    assert given.promise(third) == second


def test_more_time_granted_since_is_not_taken_back(given: Two) -> None:
    given.accept(given.first, given.second)
    given.merge(given.first, given.second)
    until = date(2026, 3, 24)
    handler, leader, n = given.office["handler"], given.office["leader"], given.second.id
    extending.extend_case(given.session, handler, n, until, "检测", given.now)
    extending.grant_case(given.session, leader, n, "", given.now)
    granted = given.on_case(given.second)["resolve"]
    given.undo(given.first)
    assert given.on_case(given.second)["resolve"] == granted


def test_days_that_stood_still_since_count_for_what_held_before(given: Two) -> None:
    given.accept(given.first, given.second)
    due = given.on_case(given.second)["resolve"]
    given.merge(given.first, given.second)
    handler, n = given.office["handler"], given.second.id
    asking.ask(given.session, handler, n, given.two.id, "哪一天？", given.now)
    given.now += 2 * DAY
    asking.resume(given.session, handler, n, given.now)
    given.undo(given.first)
    assert given.on_case(given.second)["resolve"] == due + 2 * DAY


@pytest.mark.parametrize("asked", ["one", "two"])
def test_what_one_is_asked_keeps_nobody_else_waiting(given: Two, asked: str) -> None:
    """Neither the reply to another nor the promise of the case that they came with."""
    given.accept(given.first, given.second)
    given.merge(given.first, given.second)
    cases = {"one": given.first, "two": given.second}
    before = {name: due_of(given, case) for name, case in cases.items()}
    handler, n = given.office["handler"], given.second.id
    report = getattr(given, asked)
    asking.ask(given.session, handler, n, report.id, "哪一天？", given.now)
    given.now += 2 * DAY
    asking.resume(given.session, handler, n, given.now)
    after = {name: due_of(given, case) for name, case in cases.items()}
    assert after == before | {asked: before[asked] + 2 * DAY}


def test_what_whoever_is_asked_had_added_waits_with_them(given: Two) -> None:
    given.accept(given.first, given.second)
    given.merge(given.first, given.second)
    session, now, n = given.session, given.now, given.first.id
    triage.decline(session, given.office["supervisor"], given.second.id, "不属于", now)
    said = new_report(session, now, area=given.one.area_code, kind=given.second.kind)
    added = opening.join(session, REPORTER, given.second, given.one, said, now)
    given.undo(given.first)
    asking.ask(session, given.office["handler"], n, given.one.id, "哪一天？", now)
    theirs = select(Clock.state).where(Clock.report_id == added.id, Clock.name == "reply")
    assert session.scalars(theirs).one() == "paused"


def test_undone_in_turn_everything_is_as_before(given: Two) -> None:
    given.now += DAY
    third, _ = given.comes_in(reach="phone")
    given.accept(given.first, given.second, third)
    item = given.dispatched(third)
    due, verify = given.promise(third), given.due(item)
    for case in (given.second, given.first):
        given.merge(case, third)
    given.undo(given.first)
    given.undo(given.second)
    assert (given.promise(third), given.due(item)) == (due, verify)


def test_a_chain_undone_is_as_before(given: Two) -> None:
    given.now += DAY
    third, _ = given.comes_in(reach="phone")
    given.accept(given.first, given.second, third)
    dues = [given.promise(case) for case in (given.first, given.second, third)]
    given.merge(given.first, given.second)
    given.merge(given.second, third)
    assert given.promise(third) == dues[0]
    given.undo(given.second)
    assert (given.promise(given.second), given.promise(third)) == (dues[0], dues[2])
    given.undo(given.first)
    assert [given.promise(case) for case in (given.first, given.second, third)] == dues


def test_the_earlier_promise_holds_into_a_case_that_waits(given: Two) -> None:
    given.accept(given.first, given.second)
    handler, n = given.office["handler"], given.second.id
    asking.ask(given.session, handler, n, given.two.id, "哪一天？", given.now)
    given.now += 2 * DAY
    due = given.promise(given.first)
    replied = given.of(given.one)["reply"]
    promised = due_of(given, given.first)
    given.merge(given.first, given.second)
    given.now += 2 * DAY
    asking.resume(given.session, handler, n, given.now)
    assert given.promise(given.second) == due
    assert due_of(given, given.first) == promised
    assert given.of(given.one)["reply"] == replied  # nobody waited for them


def test_more_time_is_given_to_both_and_once(given: Two) -> None:
    given.accept(given.first, given.second)
    given.merge(given.first, given.second)
    until = date(2026, 3, 24)
    handler, leader, n = given.office["handler"], given.office["leader"], given.second.id
    extending.extend_case(given.session, handler, n, until, "检测", given.now)
    extending.grant_case(given.session, leader, n, "", given.now)
    granted = given.promise(given.second)
    with pytest.raises((BadInput, MoveNotAllowed)):
        extending.extend_case(given.session, handler, n, date(2026, 3, 27), "再要", given.now)
    given.undo(given.first)
    assert given.promise(given.first) == given.promise(given.second) == granted


def test_who_had_more_time_already_gets_none_by_merging_nor_by_parting(given: Two) -> None:
    given.accept(given.first, given.second)
    handler, leader = given.office["handler"], given.office["leader"]

    def extended(case: Case, until: date) -> None:
        extending.extend_case(given.session, handler, case.id, until, "检测", given.now)
        extending.grant_case(given.session, leader, case.id, "", given.now)

    extended(given.first, date(2026, 3, 24))
    given.merge(given.first, given.second)
    with pytest.raises((BadInput, MoveNotAllowed)):
        extended(given.second, date(2026, 3, 26))
    given.undo(given.first)
    extended(given.second, date(2026, 3, 26))
    for case in (given.first, given.second):
        with pytest.raises((BadInput, MoveNotAllowed)):
            extended(case, date(2026, 3, 31))


def test_what_it_was_given_elsewhere_counts_for_its_parts_and_wherever_it_goes(given: Two) -> None:
    third, _ = given.comes_in(reach="phone")
    given.accept(given.first, given.second, third)
    handler, leader = given.office["handler"], given.office["leader"]

    def extended(case: Case, until: date) -> None:
        extending.extend_case(given.session, handler, case.id, until, "检测", given.now)
        extending.grant_case(given.session, leader, case.id, "", given.now)

    given.merge(given.first, given.second)
    extended(given.second, date(2026, 3, 24))  # of the promise of the first one
    given.undo(given.first)
    part = splitting.split_off(
        *(given.session, handler, given.first.id, [], "两件事", given.now),
        shared=[given.one.number],
        matter="另一件",
    )
    with pytest.raises(MoveNotAllowed):
        extended(part, date(2026, 3, 31))
    given.merge(given.first, third)
    with pytest.raises(MoveNotAllowed):
        extended(third, date(2026, 3, 31))


def test_what_was_asked_before_another_promise_came_is_asked_anew(given: Two) -> None:
    given.accept(given.first, given.second)
    handler, leader, n = given.office["handler"], given.office["leader"], given.second.id
    until = date(2026, 3, 24)
    extending.extend_case(given.session, handler, n, until, "检测", given.now)
    given.merge(given.first, given.second)
    with pytest.raises(MoveNotAllowed):
        extending.grant_case(given.session, leader, n, "", given.now)


def test_items_follow_the_earliest_promise_again_after_some_stood_still(given: Two) -> None:
    given.accept(given.first, given.second)
    item = given.dispatched(given.second)
    handler, n = given.office["handler"], given.second.id
    asking.ask(given.session, handler, n, given.two.id, "哪一天？", given.now)
    given.now += 6 * DAY
    given.merge(given.first, given.second)
    given.now += DAY
    asking.resume(given.session, handler, n, given.now)
    earliest = given.promise(given.second)
    assert earliest is not None
    assert given.due(item) < earliest
