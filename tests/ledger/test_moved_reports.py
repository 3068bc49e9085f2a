"""Reports that went to another case: what was ordered, answered or sent about them goes along."""

from datetime import timedelta

import pytest

from caseflow.errors import MoveNotAllowed
from caseflow.ledger.moves import closing, extending, merging, opening, splitting, triage
from caseflow.ledger.tables import Case
from tests import office as offices
from tests.ledger.appeals import Answered, answered
from tests.ledger.twice import Two, given

__all__ = ["answered", "given"]


def another(here: Answered) -> Case:
    """Return a case that somebody else opened about the same, accepted by the handler."""
    case, _ = offices.report(here.session, here.now)
    triage.accept(here.session, here["handler"], case.id, here.now)
    return case


def merged(here: Answered, into: Case) -> None:
    here.now += timedelta(minutes=1)
    merging.merge(here.session, here["handler"], here.case.id, into.number, "同一件事", here.now)


def split(here: Answered | Two, case: Case, *going: str, shared: tuple[str, ...] = ()) -> Case:
    here.now += timedelta(minutes=1)
    me, matter = here.office["handler"], "另一件" if shared else ""
    return splitting.split_off(
        here.session, me, case.id, going, "两件事", here.now, shared=shared, matter=matter
    )


def declines(here: Answered, case: Case) -> None:
    triage.decline(here.session, here["supervisor"], case.id, "不属于", here.now)


def test_what_is_ordered_to_be_done_again_is_not_turned_away_as_a_part(answered: Answered) -> None:
    answered.opine(answered.ask(), "redone")
    part = split(answered, answered.case, shared=(answered.report.number,))
    with pytest.raises(MoveNotAllowed, match="责令重新办理"):
        declines(answered, part)


def test_nor_with_a_case_that_it_was_merged_into_until_it_leaves_that(answered: Answered) -> None:
    answered.opine(answered.ask(), "redone")
    other = another(answered)
    merged(answered, other)
    with pytest.raises(MoveNotAllowed, match="责令重新办理"):
        declines(answered, other)
    split(answered, other, answered.report.number)
    declines(answered, other)


def test_an_answer_in_another_case_has_a_review_of_its_own(answered: Answered) -> None:
    answered.opine(answered.ask())
    answered.reopen()
    other = another(answered)
    merged(answered, other)
    other.state = "received"
    triage.answer(answered.session, answered["operator"], other.id, "全部退清", answered.now)
    assert answered.row(answered.ask(other)).of_case_id == other.id
    with pytest.raises(MoveNotAllowed, match="已经请求过"):
        answered.ask(other)


def test_who_was_answered_before_they_came_may_go_again(given: Two) -> None:
    given.accept(given.first, given.second)
    given.merge(given.second, given.first)
    me, case = given.office["handler"], given.first
    case.state = "replying"
    closing.reply(given.session, me, case.id, given.two.id, "已处理", "telephone", given.now)
    closing.reopen(given.session, given.office["supervisor"], case.id, "有新的事实", given.now)
    part = split(given, case, given.two.number)
    given.merge(part, case)
    given.undo(part)
    assert (part.state, given.two.case_id) == ("accepted", part.id)


def test_a_late_letter_is_word_to_its_sender_wherever_their_report_is(given: Two) -> None:
    given.accept(given.first, given.second)
    given.merge(given.second, given.first)
    me, case = given.office["handler"], given.first
    case.state = "replying"
    sent = closing.reply(given.session, me, case.id, given.two.id, "已处理", "message", given.now)
    closing.reopen(given.session, given.office["supervisor"], case.id, "有新的事实", given.now)
    part = split(given, case, given.two.number)
    assert set(given.of(given.two)) == {"notice", "reply"}
    closing.delivered(given.session, sent.id, given.now)
    assert set(given.of(given.two)) == {"reply"}
    assert part.next_clock != "notice"


def test_more_time_that_was_given_while_merged_is_not_given_again(given: Two) -> None:
    given.accept(given.first, given.second)
    given.merge(given.first, given.second)  # whose promise is the later one
    until = given.promise(given.second)
    assert until is not None
    day = (until + timedelta(days=2)).date()
    me, boss, n = given.office["handler"], given.office["leader"], given.first.id
    extending.extend_case(given.session, me, given.second.id, day, "检测", given.now)
    extending.grant_case(given.session, boss, given.second.id, "", given.now)
    given.undo(given.first)
    with pytest.raises(MoveNotAllowed, match="已经延期过"):
        extending.extend_case(given.session, me, n, day + timedelta(days=4), "再", given.now)


def test_more_time_that_the_first_was_given_afterwards_is_not_the_part_of_a_parts(
    given: Two,
) -> None:
    given.accept(given.first)
    number = given.one.number
    part = split(given, given.first, shared=(number,))
    given.now += timedelta(minutes=1)
    until = given.promise(given.first)
    assert until is not None
    day = (until + timedelta(days=2)).date()
    me, boss = given.office["handler"], given.office["leader"]
    extending.extend_case(given.session, me, given.first.id, day, "检测", given.now)
    extending.grant_case(given.session, boss, given.first.id, "", given.now)
    [twin] = opening.first_reports(given.session, part)
    last = split(given, part, shared=(twin.number,))
    extending.extend_case(given.session, me, last.id, day, "检测", given.now)
