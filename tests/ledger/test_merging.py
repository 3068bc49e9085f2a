"""Merging cases and undoing it (并案): what goes over, which promise holds, who may not."""

import pytest
from sqlalchemy import select

from caseflow.deadlines import clocks
from caseflow.errors import BadInput, MoveNotAllowed, NotPermitted
from caseflow.ledger.moves import (
    check,
    closing,
    items,
    naming,
    notice,
    opening,
    triage,
    urgency,
    withdrawing,
    work,
)
from caseflow.ledger.moves.record import of_report
from caseflow.ledger.moves.work import Result
from caseflow.ledger.report_tables import Merger
from caseflow.ledger.tables import NEVER
from caseflow.people.actor import REPORTER
from tests import office as offices
from tests.ledger.twice import POLICE, Two, given

__all__ = ["given"]


# What goes over


def test_the_report_goes_over_with_its_number_and_its_own_promises(given: Two) -> None:
    given.accept(given.first, given.second)
    before, number = given.of(given.two), given.two.number
    given.merge(given.second, given.first)
    assert (given.second.state, given.first.state) == ("merged", "accepted")
    assert (given.two.case_id, given.two.number) == (given.first.id, number)
    assert given.of(given.two) == before
    roots = {c.root_case_id for c in clocks.alive(given.session, of_report(given.first, 2))}
    assert roots == {given.first.id}
    assert (given.on_case(given.second), given.second.next_due) == ({}, NEVER)
    assert given.first.next_due == min(*given.on_case(given.first).values(), *before.values())


def test_what_its_sender_adds_later_belongs_to_the_other_case(given: Two) -> None:
    given.accept(given.first, given.second)
    new = offices.new_report(given.session, given.now)
    more = opening.join(given.session, REPORTER, given.second, given.two, new, given.now)
    given.merge(given.second, given.first)
    assert more.case_id == given.first.id
    later = offices.new_report(given.session, given.now)
    after = opening.join(given.session, REPORTER, given.first, given.two, later, given.now)
    given.undo(given.second)
    assert {r.case_id for r in (given.two, more, after)} == {given.second.id}


def test_a_report_is_found_by_the_number_on_its_receipt(given: Two) -> None:
    given.accept(given.first, given.second)
    given.merge(given.second, given.one.number)
    assert given.second.state == "merged"


def test_who_was_not_told_yet_is_accepted_with_the_other_case(given: Two) -> None:
    silent, third = given.comes_in(reach="")
    given.accept(given.first)
    given.merge(silent, given.first)
    assert "notice" not in given.of(third)  # the tracking page says it
    given.merge(given.second, given.first)
    assert "notice" in given.of(given.two)  # met when the message is sent
    notice.told(given.session, given.two.id, given.now)
    assert "notice" not in given.of(given.two)


def test_two_that_nobody_took_up_stay_untaken(given: Two) -> None:
    given.merge(given.second, given.first)
    assert given.first.state == "received"
    assert "notice" in given.of(given.two)
    given.accept(given.first)
    notice.told(given.session, given.two.id, given.now)
    assert "notice" not in given.of(given.two)


def test_everybody_gets_a_reply_of_their_own_before_the_case_is_over(given: Two) -> None:
    given.accept(given.first, given.second)
    given.merge(given.second, given.first)
    item, me = given.dispatched(given.first), given.office["handler"]
    work.sign_for(given.session, given.office["school"], item.id, given.now)
    blob = offices.blob(given.session, given.now)
    work.hand_in(given.session, given.office["school"], item.id, blob, "图", given.now)
    result = Result("unsubstantiated", "依据")
    work.find(given.session, given.office["school"], item.id, result, given.now)
    check.strike_off(given.session, given.office["reviewer"], item.id, "", given.now)
    for report, state in ((given.one, "replying"), (given.two, "calling_back")):
        number = given.first.id
        closing.reply(given.session, me, number, report.id, "答复", "telephone", given.now)
        assert given.first.state == state


# Undone, it is as it was


@pytest.mark.parametrize("was", ["received", "accepted", "handling"])
def test_undone_the_case_is_where_it_was(given: Two, was: str) -> None:
    if was != "received":
        given.accept(given.second, given.first)
    if was == "handling":
        item = given.dispatched(given.second)
        withdrawing.withdraw(given.session, given.office["handler"], item.id, "重复", given.now)
        leader = given.office["leader"]
        withdrawing.consent_withdrawal(given.session, leader, item.id, "", given.now)
    before = given.on_case(given.second)
    given.merge(given.second, given.first)
    given.undo(given.second)
    assert given.second.state == was
    after = given.on_case(given.second)
    assert (after.pop("immediate", None) is None) is (was == "handling")
    before.pop("immediate", None)
    assert after == before
    assert given.two.case_id == given.second.id
    assert given.second.closed_at is None
    assert given.session.scalars(select(Merger.undone_at)).one() == given.now


def test_whoever_learnt_that_the_matter_is_accepted_is_not_put_back_before_that(given: Two) -> None:
    given.accept(given.first)
    given.merge(given.second, given.first)
    given.undo(given.second)
    assert given.second.state == "accepted"
    assert given.second.handler_id == given.office["handler"].id


def test_nobody_is_accepted_by_a_case_that_never_was(given: Two) -> None:
    given.merge(given.second, given.first)
    boss = given.office["supervisor"]
    triage.decline(given.session, boss, given.first.id, "不属于受理范围", given.now)
    given.undo(given.second, "supervisor")
    assert given.second.state == "received"


def test_the_call_back_goes_with_whoever_wants_it(given: Two) -> None:
    silent, _ = given.comes_in(reach="")
    given.accept(silent, given.second)
    assert (silent.call_back, given.second.call_back) == (False, True)
    given.merge(given.second, silent)
    assert silent.call_back
    given.undo(given.second)
    assert not silent.call_back


def test_once_answered_it_cannot_be_undone(given: Two) -> None:
    first, one = given.comes_in(kind="question", reach="phone")
    second, two = given.comes_in(kind="question", reach="phone")
    given.accept(first, second)
    given.merge(second, first)
    me = given.office["handler"]
    closing.conclude(given.session, me, first.id, given.now)
    closing.reply(given.session, me, first.id, two.id, "答复", "telephone", given.now)
    with pytest.raises(MoveNotAllowed):
        given.undo(second)
    assert one.case_id == two.case_id == first.id


def test_a_chain_is_undone_from_its_end(given: Two) -> None:
    third, _ = given.comes_in(reach="phone")
    given.accept(given.first, given.second, third)
    given.merge(given.first, given.second)
    given.merge(given.second, third)
    assert given.one.case_id == given.two.case_id == third.id
    with pytest.raises(MoveNotAllowed):
        given.undo(given.first)
    given.undo(given.second)
    assert given.one.case_id == given.two.case_id == given.second.id
    given.undo(given.first)
    assert given.one.case_id == given.first.id


# Who and what may not


def test_neither_into_itself_nor_round_nor_into_what_is_over(given: Two) -> None:
    given.accept(given.first, given.second)
    for wrong in (given.second, "", "430503-2026-999999"):
        with pytest.raises(BadInput):
            given.merge(given.second, wrong)
    given.merge(given.second, given.first)
    third, _ = given.comes_in()
    given.accept(third)
    with pytest.raises(BadInput):
        given.merge(third, given.second)
    with pytest.raises(BadInput):
        given.merge(given.first, given.second)
    boss = given.office["supervisor"]
    triage.decline(given.session, boss, given.first.id, "不属于受理范围", given.now)
    with pytest.raises(BadInput):
        given.merge(third, given.first)


def test_what_was_merged_by_mistake_comes_back_even_after_the_other_was_declined(
    given: Two,
) -> None:
    given.accept(given.first, given.second)
    due, replies = given.on_case(given.second)["resolve"], given.of(given.two)["reply"]
    given.merge(given.second, given.first)
    boss = given.office["supervisor"]
    triage.decline(given.session, boss, given.first.id, "不属于受理范围", given.now)
    given.undo(given.second)
    assert given.second.state == "accepted"
    assert given.on_case(given.second)["resolve"] == due
    assert given.of(given.two)["reply"] == replies


def test_what_somebody_works_on_is_not_merged_away(given: Two) -> None:
    given.accept(given.first, given.second)
    given.dispatched(given.second)
    with pytest.raises(MoveNotAllowed):
        given.merge(given.second, given.first)
    given.merge(given.first, given.second)


def test_danger_is_taken_over_before_it_is_merged(given: Two) -> None:
    case, _ = given.comes_in(urgent=True)
    given.accept(given.first, case)
    with pytest.raises(MoveNotAllowed):
        given.merge(case, given.first)
    urgency.acknowledge(given.session, given.office["handler"], case.id, POLICE, given.now)
    given.merge(case, given.first)
    assert given.first.rank == case.rank


def test_a_tip_is_merged_with_a_tip_about_the_same_unit(given: Two) -> None:
    school, academy = given.office.units["school"], given.office.units["academy"]
    complaint, _ = given.comes_in(unit=school)
    tip, _ = given.comes_in(kind="tip", unit=school)
    other, _ = given.comes_in(kind="tip", unit=academy)
    unnamed, _ = given.comes_in(kind="tip")
    given.accept(complaint, tip, other, unnamed)
    wrong = [(tip, complaint), (complaint, tip), (tip, other), (tip, unnamed), (unnamed, tip)]
    for case, into in wrong:
        with pytest.raises(BadInput):
            given.merge(case, into)
    again, _ = given.comes_in(kind="tip", unit=school)
    given.merge(again, tip)


def test_a_tip_is_not_merged_into_one_that_a_unit_once_reported_verifies(given: Two) -> None:
    school, academy = given.office.units["school"], given.office.units["academy"]
    tip, _ = given.comes_in(kind="tip", unit=academy)
    other, _ = given.comes_in(kind="tip", unit=school)
    given.accept(tip, other)
    given.dispatched(other, to="academy")
    me = given.office["supervisor"]
    naming.name_unit(given.session, me, tip.id, school, "来件所述", given.now)
    with pytest.raises(BadInput):
        given.merge(tip, other)


def test_a_unit_once_named_stays_away_from_the_tip_in_the_other_case_too(given: Two) -> None:
    """Who named it would otherwise lift the shield alone, by merging."""
    school, academy = given.office.units["school"], given.office.units["academy"]
    tip, _ = given.comes_in(kind="tip", unit=None)
    other, _ = given.comes_in(kind="tip", unit=school)
    given.accept(tip, other)
    me = given.office["supervisor"]
    for unit in (academy, school):
        naming.name_unit(given.session, me, tip.id, unit, "来件所述", given.now)
    given.merge(tip, other)
    assert naming.shield(given.session, other).units == {school, academy}
    with pytest.raises(BadInput):
        given.dispatched(other, to="academy")
    given.undo(tip)
    assert naming.shield(given.session, other).units == {school}


def test_nobody_lays_an_allegation_aside_by_merging(given: Two) -> None:
    given.accept(given.first, given.second)
    me = given.office["handler"]
    [draft] = items.split(given.session, me, given.second.id, ["体罚学生"], given.now)
    with pytest.raises(MoveNotAllowed):
        given.merge(given.second, given.first)
    withdrawing.withdraw(given.session, me, draft.id, "另一件里有", given.now)
    with pytest.raises(NotPermitted):
        withdrawing.consent_withdrawal(given.session, me, draft.id, "", given.now)
    withdrawing.consent_withdrawal(
        given.session, given.office["supervisor"], draft.id, "", given.now
    )
    given.merge(given.second, given.first)


def test_a_case_that_is_being_answered_takes_none_in(given: Two) -> None:
    first, _ = given.comes_in(kind="question")
    second, _ = given.comes_in(kind="question")
    given.accept(first, second)
    closing.conclude(given.session, given.office["handler"], first.id, given.now)
    with pytest.raises(BadInput):
        given.merge(second, first)


def test_a_danger_told_since_goes_with_who_told_it(given: Two) -> None:
    given.accept(given.first, given.second)
    given.merge(given.second, given.first)
    cry = offices.new_report(given.session, given.now, urgent=True)
    opening.join(given.session, REPORTER, given.first, given.two, cry, given.now)
    with pytest.raises(MoveNotAllowed):
        given.undo(given.second)
    urgency.acknowledge(given.session, given.office["handler"], given.first.id, POLICE, given.now)
    given.undo(given.second)
    assert (given.second.urgent, given.first.urgent) == (True, False)
    assert given.second.rank < given.first.rank
    assert "immediate" not in given.on_case(given.second)  # a named person took it over


def test_a_case_is_urgent_no_longer_than_what_was_merged_into_it(given: Two) -> None:
    case, _ = given.comes_in(urgent=True)
    given.accept(given.first, case)
    urgency.acknowledge(given.session, given.office["handler"], case.id, POLICE, given.now)
    rank = given.first.rank
    given.merge(case, given.first)
    assert (given.first.urgent, given.first.rank) == (False, case.rank)  # first on the lists
    given.undo(case)
    assert (given.first.urgent, given.first.rank) == (False, rank)
    assert case.urgent


def test_who_left_an_address_only_is_not_called_back(given: Two) -> None:
    case, report = given.comes_in(reach="address")
    case.call_back = False
    given.accept(case, given.second)
    given.merge(given.second, case)
    given.undo(given.second)
    assert not case.call_back
    assert report.case_id == case.id


def test_a_number_is_taken_whatever_keyboard_typed_it(given: Two) -> None:
    given.accept(given.first, given.second)
    wide = "".join("—" if ch == "-" else chr(ord(ch) + 0xFEE0) for ch in given.first.number)
    given.merge(given.second, f" {wide[:8]} {wide[8:]}")
    assert given.second.state == "merged"


def test_a_stranger_cannot_merge_what_is_not_theirs_nor_learn_that_it_exists(given: Two) -> None:
    far, _ = given.comes_in(area=offices.OTHER, unit=None)
    given.accept(given.first)
    with pytest.raises(BadInput) as refused:
        given.merge(given.first, far)
    with pytest.raises(BadInput) as unknown:
        given.merge(given.first, "430503-2026-999999")
    assert refused.value.fields == unknown.value.fields
    for who in ("operator", "reviewer", "leader", "stranger", "school"):
        with pytest.raises((NotPermitted, BadInput)):
            given.merge(given.second, given.first, who)


def test_one_that_is_accepted_is_not_merged_into_one_that_is_not(given: Two) -> None:
    given.accept(given.first)
    with pytest.raises(BadInput):
        given.merge(given.first, given.second)


def test_with_everybody_answered_who_is_left_the_other_case_goes_on(given: Two) -> None:
    first, one = given.comes_in(kind="question", reach="phone")
    second, _ = given.comes_in(kind="question", reach="phone")
    given.accept(first, second)
    given.merge(second, first)
    me = given.office["handler"]
    closing.conclude(given.session, me, first.id, given.now)
    closing.reply(given.session, me, first.id, one.id, "答复", "telephone", given.now)
    assert first.state == "replying"
    given.undo(second)
    assert (first.state, second.state) == ("closed", "accepted")


def test_what_one_merger_lent_is_not_found_by_the_next(given: Two) -> None:
    case, _ = given.comes_in(urgent=True)
    given.accept(given.first, given.second, case)
    urgency.acknowledge(given.session, given.office["handler"], case.id, POLICE, given.now)
    rank = given.first.rank
    for other in (case, given.second):
        given.merge(other, given.first)
    for other in (case, given.second):
        given.undo(other)
    assert (given.first.urgent, given.first.rank) == (False, rank)


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_a_danger_of_its_own_stays_whichever_merger_is_undone_first(
    given: Two, order: tuple[int, int]
) -> None:
    case, handler = given.comes_in()[0], given.office["handler"]
    given.accept(given.first, given.second, case)
    given.merge(given.second, given.first)
    urgency.raise_urgency(given.session, handler, given.first.id, "孩子在楼顶", given.now)
    urgency.acknowledge(given.session, handler, given.first.id, POLICE, given.now)
    given.merge(case, given.first)
    for n in order:
        given.undo((given.second, case)[n])
        assert given.first.urgent
