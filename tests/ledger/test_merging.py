"""Merging cases and undoing it (并案): what goes over, which promise holds, who may not."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from caseflow.db import Database
from caseflow.deadlines import clocks
from caseflow.deadlines.tables import Clock
from caseflow.errors import BadInput, MoveNotAllowed, NotPermitted
from caseflow.ledger.moves import (
    asking,
    check,
    closing,
    extending,
    items,
    merging,
    naming,
    notice,
    opening,
    triage,
    urgency,
    work,
)
from caseflow.ledger.moves.items import Dispatch
from caseflow.ledger.moves.record import of_case, of_item, of_report
from caseflow.ledger.moves.urgency import DangerCard
from caseflow.ledger.moves.work import Result
from caseflow.ledger.report_tables import Merger, Report
from caseflow.ledger.tables import NEVER, Case, Item
from caseflow.people.actor import REPORTER
from tests import office as offices
from tests.office import Office

DAY = timedelta(days=1)
POLICE = DangerCard(True, True, "值班员", "10:05", "接警 12")


class Two:
    """An office in which the same matter came in twice, a day apart: `first`, then `second`."""

    def __init__(self, session: Session, now: datetime) -> None:
        self.session, self.now = session, now
        self.office: Office = offices.make(session)
        self.first, self.one = self.comes_in(reach="phone")
        self.now += DAY
        self.second, self.two = self.comes_in(reach="email")

    def comes_in(self, **more: object) -> tuple[Case, Report]:
        return offices.report(self.session, self.now, **more)

    def accept(self, *cases: Case) -> None:
        for case in cases:
            triage.accept(self.session, self.office["handler"], case.id, self.now)

    def dispatched(self, case: Case, to: str = "school") -> Item:
        me = self.office["handler"]
        [item] = items.split(self.session, me, case.id, ["食堂"], self.now)
        given = Dispatch(self.office.units[to], "请核查")
        items.dispatch(self.session, me, item.id, given, self.now)
        return item

    def merge(self, case: Case, into: Case | str, who: str = "handler") -> None:
        number = into if isinstance(into, str) else into.number
        self.now += timedelta(minutes=1)
        merging.merge(self.session, self.office[who], case.id, number, "同一件事", self.now)

    def undo(self, case: Case, who: str = "handler") -> None:
        self.now += timedelta(minutes=1)
        merging.unmerge(self.session, self.office[who], case.id, "不是一件事", self.now)

    def on_case(self, case: Case) -> dict[str, datetime]:
        found = clocks.alive(self.session, of_case(case))
        return {clock.name: clock.due for clock in found}

    def of(self, report: Report) -> dict[str, datetime]:
        query = select(Clock).where(Clock.report_id == report.id, Clock.state == "running")
        return {clock.name: clock.due for clock in self.session.scalars(query)}

    def due(self, item: Item, name: str = "verify") -> datetime:
        [clock] = clocks.alive(self.session, of_item(item), name)
        return clock.due


@pytest.fixture
def given(database: Database, now: datetime) -> Iterator[Two]:
    with database.transaction() as session:
        yield Two(session, now)


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


# Which promise holds


def test_the_earlier_promise_holds_and_the_items_follow(given: Two) -> None:
    given.accept(given.first, given.second)
    item = given.dispatched(given.second)
    due, verify = given.on_case(given.second)["resolve"], given.due(item)
    earlier = given.on_case(given.first)["resolve"]
    assert earlier < due
    given.merge(given.first, given.second)
    assert given.on_case(given.second)["resolve"] == earlier
    assert given.due(item) < verify
    assert given.second.next_due <= earlier
    given.undo(given.first)
    assert given.on_case(given.second)["resolve"] == due
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
    assert given.on_case(third)["resolve"] == mine[given.first.id]
    given.undo(given.first)
    assert given.on_case(third)["resolve"] == due


def test_undone_in_turn_the_other_one_still_holds(given: Two) -> None:
    given.now += DAY
    third, _ = given.comes_in(reach="phone")
    given.accept(given.first, given.second, third)
    second = given.on_case(given.second)["resolve"]
    given.merge(given.first, third)
    given.merge(given.second, third)
    given.undo(given.first)
    assert given.on_case(third)["resolve"] == second


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


# Undone, it is as it was


@pytest.mark.parametrize("was", ["received", "accepted", "handling"])
def test_undone_the_case_is_where_it_was(given: Two, was: str) -> None:
    if was != "received":
        given.accept(given.second, given.first)
    if was == "handling":
        item = given.dispatched(given.second)
        me = given.office["supervisor"]
        item.state, item.struck_off_by, item.round = "struck_off", me.id, 0
        items.split(given.session, given.office["handler"], given.second.id, ["作业"], given.now)
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
    with pytest.raises(MoveNotAllowed):
        given.undo(given.second)


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
    assert (given.first.urgent, given.first.rank) == (True, case.rank)


def test_a_tip_is_merged_with_a_tip_about_the_same_unit(given: Two) -> None:
    school, academy = given.office.units["school"], given.office.units["academy"]
    complaint, _ = given.comes_in(unit=school)
    tip, _ = given.comes_in(kind="tip", unit=school)
    other, _ = given.comes_in(kind="tip", unit=academy)
    unnamed, _ = given.comes_in(kind="tip")
    given.accept(complaint, tip, other, unnamed)
    for case, into in ((tip, complaint), (complaint, tip), (tip, other), (tip, unnamed)):
        with pytest.raises(BadInput):
            given.merge(case, into)
    given.merge(unnamed, tip)


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
