"""Splitting a case (分案): what goes, what each of the two is held to, who may not."""

from collections.abc import Iterator, Sequence
from datetime import timedelta

import pytest
from sqlalchemy import select

from caseflow.deadlines import clocks
from caseflow.errors import BadInput, MoveNotAllowed, NotPermitted
from caseflow.ledger import splits
from caseflow.ledger.history_tables import Entry
from caseflow.ledger.moves import (
    check,
    closing,
    extending,
    items,
    merging,
    naming,
    opening,
    overseeing,
    splitting,
    triage,
    urgency,
    withdrawing,
    work,
)
from caseflow.ledger.moves.record import of_item, of_report, whole
from caseflow.ledger.moves.work import Result
from caseflow.ledger.report_tables import Report
from caseflow.ledger.tables import ORDINARY, URGENT, Case, Item
from caseflow.ledger.verify import verify_chains
from caseflow.people.actor import REPORTER
from tests import office as offices
from tests.ledger.twice import POLICE, Two, given

__all__ = ["given"]


@pytest.fixture
def one(given: Two) -> Iterator[Two]:
    """One case with two reports: `first`, with `one` and `two`; `second` is merged into it."""
    given.accept(given.first, given.second)
    given.merge(given.second, given.first)
    yield given
    assert verify_chains(given.session).fits


def split(
    here: Two,
    report: Report,
    chosen: Sequence[Item] = (),
    who: str = "handler",
    why: str = "两件事",
) -> Case:
    here.now += timedelta(minutes=1)
    going = [str(item.n) for item in chosen]
    me, case = here.office[who], here.session.get_one(Case, report.case_id)
    return splitting.split_off(
        here.session, me, case.id, [report.number], why, here.now, items=going
    )


def submitted(here: Two, item: Item) -> None:
    school, blob = here.office["school"], offices.blob(here.session, here.now)
    work.hand_in(here.session, school, item.id, blob, "图", here.now)
    result = Result("unsubstantiated", "没有这回事")
    work.find(here.session, school, item.id, result, here.now)


def entry(here: Two, case: Case, verb: str) -> Entry:
    query = select(Entry).where(Entry.case_id == case.id, Entry.verb == verb)
    return here.session.scalars(query).one()


# What goes


def test_a_report_goes_with_its_number_and_its_own_promises(one: Two) -> None:
    before, number, promise = one.of(one.two), one.two.number, one.promise(one.first)
    part = split(one, one.two)
    assert (one.two.case_id, one.two.number, one.of(one.two)) == (part.id, number, before)
    assert {c.root_case_id for c in clocks.alive(one.session, of_report(part, 2))} == {part.id}
    assert one.one.case_id == one.first.id
    assert (part.state, one.first.state) == ("accepted", "accepted")
    assert part.number == "430503-2026-000003"
    assert one.promise(one.first) == promise
    assert part.next_due == min(*one.on_case(part).values(), *before.values())


def test_what_its_sender_added_goes_along(one: Two) -> None:
    new = offices.new_report(one.session, one.now)
    more = opening.join(one.session, REPORTER, one.first, one.two, new, one.now)
    part = split(one, one.two)
    assert {report.case_id for report in (one.two, more)} == {part.id}


def test_the_new_case_is_due_when_what_its_reporters_were_promised_is(one: Two) -> None:
    promised = {c.case_id: c.due for c in clocks.alive(one.session, whole(one.first), "resolve")}
    assert promised[one.first.id] < promised[one.second.id]
    part = split(one, one.two)
    assert one.on_case(part)["resolve"] == promised[one.second.id]
    assert one.on_case(one.first)["resolve"] == promised[one.first.id]


def test_an_item_goes_with_its_clocks_its_unit_and_all_that_is_known(one: Two) -> None:
    item, stays = one.dispatched(one.first), one.dispatched(one.first, "academy")
    work.sign_for(one.session, one.office["school"], item.id, one.now)
    due = one.due(item)
    part = split(one, one.two, [item])
    assert (item.case_id, item.n, item.state) == (part.id, 1, "verifying")
    assert (item.verifying_unit_id, one.due(item)) == (one.office.units["school"], due)
    assert {c.root_case_id for c in clocks.alive(one.session, of_item(item))} == {part.id}
    assert (part.state, one.first.state, stays.case_id) == ("handling", "handling", one.first.id)
    assert part.handler_id == one.first.handler_id
    submitted(one, item)
    assert item.state == "submitted"


def test_no_item_number_is_given_twice(one: Two) -> None:
    one.dispatched(one.first)
    last = one.dispatched(one.first, "academy")
    split(one, one.two, [last])
    assert one.dispatched(one.first).n == 3


def test_what_was_asked_about_an_item_is_decided_in_the_new_case(one: Two) -> None:
    item, _ = one.dispatched(one.first), one.dispatched(one.first, "academy")
    withdrawing.withdraw(one.session, one.office["handler"], item.id, "重复", one.now)
    part = split(one, one.two, [item])
    leader = one.office["leader"]
    withdrawing.consent_withdrawal(one.session, leader, item.id, "", one.now)
    assert (item.state, item.case_id) == ("withdrawn", part.id)


def test_what_was_asked_about_the_case_is_asked_again(one: Two) -> None:
    me, until = one.office["handler"], one.promise(one.first)
    assert until is not None
    until += timedelta(days=2)
    extending.extend_case(one.session, me, one.first.id, until.date(), "检测", one.now)
    split(one, one.two)
    with pytest.raises(MoveNotAllowed):
        extending.grant_case(one.session, one.office["supervisor"], one.first.id, "", one.now)


def test_more_time_that_the_whole_was_given_is_not_given_again(one: Two) -> None:
    me, until = one.office["handler"], one.promise(one.first)
    assert until is not None
    until += timedelta(days=2)
    extending.extend_case(one.session, me, one.first.id, until.date(), "检测", one.now)
    extending.grant_case(one.session, one.office["supervisor"], one.first.id, "", one.now)
    part = split(one, one.two)
    until += timedelta(days=7)
    with pytest.raises(MoveNotAllowed):
        extending.extend_case(one.session, me, part.id, until.date(), "检测", one.now)


def test_what_was_given_before_a_case_was_taken_up_anew_counts_no_more(one: Two) -> None:
    me, boss, until = one.office["handler"], one.office["supervisor"], one.promise(one.first)
    assert until is not None
    day = (until + timedelta(days=2)).date()
    extending.extend_case(one.session, me, one.first.id, day, "检测", one.now)
    extending.grant_case(one.session, boss, one.first.id, "", one.now)
    one.now += timedelta(minutes=1)
    triage.decline(one.session, boss, one.first.id, "不归本办", one.now)
    closing.reopen(one.session, boss, one.first.id, "应当受理", one.now)
    part = split(one, one.two)
    extending.extend_case(one.session, me, part.id, day, "检测", one.now)
    assert part.reopened == 1


# What each of the two is then


def test_each_history_names_the_other(one: Two) -> None:
    part = split(one, one.two)
    off, began = entry(one, one.first, "split_off"), entry(one, part, "split_from")
    assert part.number in off.body
    assert one.first.number in began.body
    assert one.two.number in off.body
    assert began.n == 1
    assert splits.cases_of(one.session, one.first) == (None, [part])
    assert splits.cases_of(one.session, part) == (one.first, [])


def test_what_nobody_took_up_must_be_as_soon_as_before(one: Two) -> None:
    before = one.on_case(one.first)["immediate"]
    assert one.on_case(split(one, one.two))["immediate"] == before


def test_what_is_left_over_of_a_case_at_work_must_be_taken_up(one: Two) -> None:
    one.dispatched(one.first)
    assert one.on_case(split(one, one.two))["immediate"] > one.now


def test_a_case_of_which_all_that_is_left_is_over_goes_on_to_its_reply(one: Two) -> None:
    over, open_ = one.dispatched(one.first), one.dispatched(one.first, "academy")
    work.sign_for(one.session, one.office["school"], over.id, one.now)
    submitted(one, over)
    check.strike_off(one.session, one.office["reviewer"], over.id, "", one.now)
    part = split(one, one.two, [open_])
    assert (one.first.state, part.state) == ("replying", "handling")


def test_a_tip_stays_one_and_keeps_its_shield(given: Two) -> None:
    one, first = given.comes_in(kind="tip", unit=given.office.units["academy"])
    two, second = given.comes_in(kind="tip", unit=given.office.units["academy"])
    given.accept(one, two)
    given.merge(two, one)
    part = split(given, second)
    assert (part.kind, part.unit_id, first.case_id) == ("tip", one.unit_id, one.id)
    me = given.office["supervisor"]
    naming.name_unit(
        given.session, me, part.id, given.office.units["school"], "来件所述", given.now
    )
    shielded = naming.shield(given.session, part).units
    assert {given.office.units["academy"], given.office.units["school"]} <= shielded
    with pytest.raises(BadInput):
        given.dispatched(part, "academy")


# Danger


def test_nothing_is_split_while_danger_waits_for_somebody(one: Two) -> None:
    me = one.office["supervisor"]
    urgency.raise_urgency(one.session, me, one.first.id, "孩子在校门口", one.now)
    with pytest.raises(MoveNotAllowed):
        split(one, one.two)
    urgency.acknowledge(one.session, me, one.first.id, POLICE, one.now)
    part = split(one, one.two)
    assert part.urgent
    assert one.first.urgent
    assert (part.rank, one.on_case(part).keys()) == (URGENT, {"resolve"})


def test_danger_that_another_told_of_stays_with_them(one: Two) -> None:
    new = offices.new_report(one.session, one.now, urgent=True)
    opening.join(one.session, REPORTER, one.first, one.one, new, one.now)
    urgency.acknowledge(one.session, one.office["supervisor"], one.first.id, POLICE, one.now)
    part = split(one, one.two)
    assert (part.urgent, part.rank, one.first.urgent) == (False, ORDINARY, True)


def test_danger_that_a_merged_report_told_of_goes_with_it(given: Two) -> None:
    third, report = given.comes_in(urgent=True)
    given.accept(given.first, given.second, third)
    urgency.acknowledge(given.session, given.office["supervisor"], third.id, POLICE, given.now)
    given.merge(third, given.first)
    assert not given.first.urgent
    part = split(given, report)
    assert (part.urgent, part.rank) == (True, URGENT)


def test_what_came_back_too_often_is_looked_into_first(one: Two) -> None:
    boss, n = one.office["supervisor"], one.first.id
    for _ in range(3):
        one.now += timedelta(minutes=1)
        triage.decline(one.session, boss, n, "不归本办", one.now)
        closing.reopen(one.session, boss, n, "应当受理", one.now)
    with pytest.raises(MoveNotAllowed):
        split(one, one.two)
    overseeing.oversee(one.session, one.office["city"], n, "一周内办结", one.now)
    assert split(one, one.two).state == "accepted"


# Undone by merging


def test_merged_back_and_apart_again_it_is_as_it_was(one: Two) -> None:
    part = split(one, one.two)
    before = one.on_case(part), one.of(one.two), part.state, part.rank
    one.merge(part, one.first)
    assert (one.two.case_id, part.state) == (one.first.id, "merged")
    one.undo(part)
    now = one.on_case(part)
    assert now.pop("immediate") >= before[0].pop("immediate")
    assert (now, one.of(one.two), part.state, part.rank) == before
    one.merge(part, one.first)
    assert split(one, one.two).number == "430503-2026-000004"


@pytest.mark.parametrize("which", ["one", "two"])
def test_a_merger_that_was_split_is_not_undone(one: Two, which: str) -> None:
    split(one, getattr(one, which))
    with pytest.raises(MoveNotAllowed):
        one.undo(one.second)


# Who may not, and what


def test_a_report_goes_and_one_stays(one: Two) -> None:
    me, n = one.office["handler"], one.first.id
    numbers = [one.one.number, one.two.number]
    for chosen in ([], numbers, ["430503-20260303-0099"]):
        with pytest.raises(BadInput) as wrong:
            splitting.split_off(one.session, me, n, chosen, "", one.now, items=["7"])
        assert set(wrong.value.fields) == {"reports", "items", "reason"}


def test_a_case_keeps_something_that_is_handled(one: Two) -> None:
    item = one.dispatched(one.first)
    with pytest.raises(BadInput) as wrong:
        split(one, one.two, [item])
    assert set(wrong.value.fields) == {"items"}


@pytest.mark.parametrize("who", ["operator", "inspector", "school", "stranger", "auditor"])
def test_whoever_may_not_merge_may_not_split(one: Two, who: str) -> None:
    with pytest.raises(NotPermitted):
        split(one, one.two, who=who)


def test_what_is_over_or_another_ones_is_not_split(one: Two) -> None:
    third, three = one.comes_in()
    merging.merge(one.session, one.office["handler"], third.id, one.first.number, "同", one.now)
    triage.decline(one.session, one.office["supervisor"], one.first.id, "不归", one.now)
    for report in (one.two, three):
        with pytest.raises(MoveNotAllowed):
            split(one, report)


def test_one_report_cannot_be_split(given: Two) -> None:
    given.accept(given.first)
    items.split(given.session, given.office["handler"], given.first.id, ["一", "二"], given.now)
    with pytest.raises(BadInput):
        split(given, given.one)
