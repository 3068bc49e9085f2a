"""Shelving what cannot be solved now (挂账): promises stand, milestones run."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from caseflow import doctor
from caseflow.db import Database
from caseflow.deadlines import clocks
from caseflow.deadlines.clocks import Subject
from caseflow.deadlines.recalendar import Recount
from caseflow.deadlines.reruling import Reruled
from caseflow.deadlines.rules import rules_of
from caseflow.deadlines.tables import Clock
from caseflow.errors import BadInput, MoveNotAllowed, NotPermitted
from caseflow.escalation.sweep import sweep
from caseflow.ledger import gate, queries, shelvings
from caseflow.ledger.history_tables import Entry
from caseflow.ledger.moves import (
    asking,
    items,
    merging,
    milestones,
    passing,
    proposing,
    shelving,
    triage,
    urgency,
    work,
)
from caseflow.ledger.moves.items import Dispatch
from caseflow.ledger.moves.record import matter_of
from caseflow.ledger.moves.triage import Because
from caseflow.ledger.tables import Case, Item
from caseflow.people.actor import Actor
from tests import office as offices

DAY = timedelta(days=1)
ROOF, COURT = ("屋顶改造立项", date(2026, 6, 1)), ("招标完成", date(2026, 9, 1))


class Leaking:
    """A complaint about a roof, at work at the school, that nobody can mend this year."""

    def __init__(self, session: Session, now: datetime) -> None:
        self.session, self.now = session, now
        self.office = offices.make(session)
        self.case, self.report = offices.report(session, now, reach="email")
        me = self.office["handler"]
        triage.accept(session, me, self.case.id, now)
        [self.item] = items.split(session, me, self.case.id, ["屋顶漏水"], now)
        order = Dispatch(self.office.units["school"], "请查屋顶", none_listed=True)
        items.dispatch(session, me, self.item.id, order, now)
        work.sign_for(session, self.school, self.item.id, now)

    @property
    def school(self) -> Actor:
        unit = self.office.units["school"]
        return next(one for one in self.office.actors.values() if one.unit == unit)

    def ask(self, *milestones_: tuple[str, date | None], who: str = "handler") -> None:
        me, n = self.office[who], self.case.id
        wanted = milestones_ or (ROOF, COURT)
        shelving.ask_shelving(
            self.session,
            me,
            n,
            "要改造屋顶",
            "列入基建",
            "屋顶要改造，今年没有资金",
            wanted,
            self.now,
        )

    def shelve(self, who: str = "leader") -> None:
        shelving.shelve(self.session, self.office[who], self.case.id, "同意", self.now)

    def meet(self, n: int) -> None:
        me = self.office["handler"]
        milestones.meet_milestone(self.session, me, self.case.id, n, "批文已到", self.now)

    def take_up(self) -> None:
        shelving.take_up(self.session, self.office["handler"], self.case.id, "有钱了", self.now)

    def running(self) -> dict[str, datetime]:
        root = Subject(root_case_id=self.case.id)
        return {clock.name: clock.due for clock in clocks.alive(self.session, root)}

    def verbs(self) -> list[str]:
        query = select(Entry.verb).where(Entry.case_id == self.case.id).order_by(Entry.n)
        return list(self.session.scalars(query))

    def facts(self, verb: str) -> dict[str, object]:
        query = select(Entry.body).where(Entry.case_id == self.case.id, Entry.verb == verb)
        body = self.session.scalars(query.order_by(Entry.n.desc())).first()
        return json.loads(body or "{}").get("facts", {})  # type: ignore[no-any-return]

    def wrong(self) -> list[str]:
        queries_ = doctor.LAWS["what is shelved is not forgotten"]()
        found = [one for query in queries_ for one in self.session.scalars(query)]
        others = [
            one for query in doctor.LAWS["7 promises"]() for one in self.session.scalars(query)
        ]
        return [*found, *others]


@pytest.fixture
def given(database: Database, now: datetime) -> Iterator[Leaking]:
    with database.transaction() as session:
        yield Leaking(session, now)


def test_it_is_asked_for_with_grounds_a_plan_and_a_day(given: Leaking) -> None:
    s, me, n = given.session, given.office["handler"], given.case.id
    for lines, field in (
        ((), "what_1"),
        ((("立项", None),), "until_1"),
        ((("", date(2026, 6, 1)),), "what_1"),
        ((("立项", date(2026, 3, 3)),), "until_1"),
        ((ROOF, ("立项", date(2027, 6, 1))), "until_2"),
    ):
        with pytest.raises(BadInput) as wrong:
            shelving.ask_shelving(s, me, n, " ", "", "", lines, given.now)
        assert set(wrong.value.fields) == {"grounds", "plan", "told", field}
    with pytest.raises(NotPermitted):
        given.ask(who="operator")
    given.ask(ROOF, ("", None))
    assert given.case.state == "handling"  # asking wins no time
    assert {"resolve", "reply", "verify", "consent"} <= set(given.running())
    with pytest.raises(MoveNotAllowed, match="挂账申请"):
        given.ask()
    with pytest.raises(MoveNotAllowed, match="挂账申请"):
        proposing.propose(s, me, n, "decline", Because("outside", "不归"), given.now)


def test_the_leader_decides_and_nobody_who_asked(given: Leaking) -> None:
    given.ask()
    for who in ("handler", "supervisor", "operator"):
        with pytest.raises(NotPermitted):
            given.shelve(who)
    shelving.refuse_shelving(
        given.session, given.office["leader"], given.case.id, "先修", given.now
    )
    assert (given.case.state, "consent" in given.running()) == ("handling", False)
    given.ask()
    row = shelvings.undecided(shelvings.asked(given.session, given.case.id))
    assert row is not None
    row.asked_by = given.office["leader"].person
    with pytest.raises(NotPermitted, match="申请人以外"):
        given.shelve()
    row.asked_by = given.office["handler"].person
    given.now += 200 * DAY
    with pytest.raises(MoveNotAllowed, match="日期已过"):
        given.shelve()


def test_what_was_promised_stands_and_each_milestone_is_a_promise(given: Leaking) -> None:
    given.ask()
    given.shelve()
    assert (given.case.state, set(given.running())) == ("shelved", {"notice", "milestone"})
    assert given.verbs()[-2:] == ["shelve", "stand_still"]
    s, me = given.session, given.office["handler"]
    assert gate.offers_on(given.school, given.case, given.item) == []
    for move in (
        lambda: work.hand_in(s, given.school, given.item.id, "none", "", given.now),
        lambda: asking.ask(s, me, given.case.id, given.report.id, "哪里", given.now),
        lambda: triage.decline(s, given.office["supervisor"], given.case.id, "不", given.now),
        lambda: passing.pass_on(
            s, given.office["supervisor"], given.case.id, offices.CITY, "level", "请", given.now
        ),
    ):
        with pytest.raises(MoveNotAllowed):
            move()
    other, _ = offices.report(s, given.now)
    with pytest.raises(BadInput):
        merging.merge(s, me, other.id, given.case.number, "同一件事", given.now)
    assert given.wrong() == []
    assert given.case.next_clock in ("notice", "milestone")
    given.now = datetime(2026, 6, 3, 4, 0, tzinfo=given.now.tzinfo)
    while sweep(s, given.now):
        pass
    climbed = [
        json.loads(b)["facts"]["clock"]
        for b in s.scalars(
            select(Entry.body).where(Entry.case_id == given.case.id, Entry.verb == "rung")
        )
    ]
    assert "milestone" in climbed  # nobody has to remember
    assert not {"resolve", "verify", "reply"} & set(climbed)


def test_taken_up_everything_has_what_was_left_and_at_least_the_minimum(given: Leaking) -> None:
    before = given.running()
    given.now += 2 * DAY
    given.ask()
    given.shelve()
    given.now += 28 * DAY
    given.take_up()
    after = given.running()
    assert given.case.state == "handling"
    assert "milestone" not in after
    for name in ("resolve", "reply", "verify"):
        assert after[name] >= before[name] + 27 * DAY
        assert after["verify"] <= after["resolve"]
    assert given.verbs()[-2:] == ["take_up", "carry_on"]
    assert given.wrong() == []
    given.now = max(after.values()) - DAY / 2
    given.ask((ROOF[0], date(2026, 8, 3)))
    given.shelve()
    given.now += 30 * DAY
    given.take_up()
    least = [due for name, due in given.running().items() if name != "notice"]
    assert min(least) > given.now + DAY  # at least two working days
    assert given.verbs().count("take_up") == 2


def test_with_the_last_milestone_met_it_is_taken_up_by_itself(given: Leaking) -> None:
    given.ask()
    given.shelve()
    with pytest.raises(BadInput):
        given.meet(3)
    given.meet(1)
    assert (given.case.state, given.facts("meet_milestone")["next"]) == ("shelved", "2026-09-01")
    assert given.wrong() == []
    given.meet(2)
    assert (given.case.state, given.facts("meet_milestone")["next"]) == ("handling", "")
    assert given.verbs()[-2:] == ["take_up", "carry_on"]
    states = set(given.session.scalars(select(Clock.state).where(Clock.name == "milestone")))
    assert states == {"met"}


def test_a_milestone_is_moved_by_other_eyes(given: Leaking) -> None:
    given.ask()
    given.shelve()
    s, me, boss, n = given.session, given.office["handler"], given.office["leader"], given.case.id
    with pytest.raises(BadInput) as wrong:
        milestones.ask_milestone(s, me, n, 9, None, "", given.now)
    assert set(wrong.value.fields) == {"milestone", "until", "grounds"}
    where = date.fromisoformat(given.facts("shelve")["next"])
    with pytest.raises(BadInput, match="本来就在这一天"):
        milestones.ask_milestone(s, me, n, 1, where, "招标推迟", given.now)
    milestones.ask_milestone(s, me, n, 1, date(2026, 7, 4), "招标推迟", given.now)
    with pytest.raises(MoveNotAllowed):
        milestones.ask_milestone(s, me, n, 2, date(2026, 12, 1), "推迟", given.now)
    with pytest.raises(NotPermitted):
        milestones.move_milestone(s, me, n, "", given.now)
    milestones.refuse_milestone(s, boss, n, "抓紧", given.now)
    assert "consent" not in given.running()
    milestones.ask_milestone(s, me, n, 1, date(2026, 7, 4), "招标推迟", given.now)
    milestones.move_milestone(s, boss, n, "", given.now)
    assert given.facts("move_milestone")["until"] == "2026-07-06"  # a Saturday: the Monday after
    assert given.wrong() == []
    assert (
        len(
            [
                1
                for name in s.scalars(select(Clock.state).where(Clock.name == "milestone"))
                if name == "superseded"
            ]
        )
        == 1
    )
    milestones.ask_milestone(s, me, n, 1, date(2026, 8, 3), "再推迟", given.now)
    given.take_up()  # nobody need decide that any more
    assert "consent" not in given.running()


def test_a_changed_ladder_or_calendar_loses_no_milestone(given: Leaking) -> None:
    given.ask()
    given.shelve()
    alive = clocks.alive(given.session, Subject(case_id=given.case.id), "milestone")
    rules = rules_of(given.session)
    spring = replace(rules.policy("milestone", matter_of(given.case), given.now), amount=30)
    for clock in alive:
        assert Reruled(rules, given.now).due(clock, spring, [], []).due == clock.due
        assert Recount(rules, rules.calendar, given.now).due(clock, [], []) == clock.due
        clocks.supersede(given.session, clock, clock.due, given.now)  # as by another ladder
    assert given.wrong() == []
    given.meet(1)
    assert given.wrong() == []
    given.take_up()
    assert "milestone" not in given.running()


def test_danger_comes_before_the_books(given: Leaking) -> None:
    given.ask()
    s, me = given.session, given.office["handler"]
    urgency.raise_urgency(s, me, given.case.id, "瓦片会掉下来", given.now)
    with pytest.raises(MoveNotAllowed, match="接手"):
        given.shelve()
    card = urgency.DangerCard(True, True, "值班员", "10:05", "接警 12")
    urgency.acknowledge(s, given.office["operator"], given.case.id, card, given.now)
    given.shelve()
    urgency.raise_urgency(s, me, given.case.id, "又掉了", given.now)
    assert "immediate" in given.running()
    urgency.acknowledge(s, given.office["operator"], given.case.id, card, given.now)
    assert given.case.state == "shelved"


def test_what_is_merged_into_it_stands_still_with_it(given: Leaking) -> None:
    other, report = offices.report(given.session, given.now, reach="email")
    me = given.office["handler"]
    merging.merge(given.session, me, other.id, given.case.number, "同一件事", given.now)
    given.ask()
    given.shelve()
    theirs = clocks.alive(given.session, Subject(report_id=report.id), "reply")
    assert list(theirs) == []
    with pytest.raises(MoveNotAllowed):
        merging.unmerge(given.session, me, other.id, "不是一件事", given.now)
    given.now += DAY
    given.take_up()
    assert len(clocks.alive(given.session, Subject(report_id=report.id), "reply")) == 1
    merging.unmerge(given.session, me, other.id, "不是一件事", given.now)
    assert other.state == "accepted"
    assert given.wrong() == []


def test_the_doctor_finds_what_was_forgotten(given: Leaking) -> None:
    given.ask()
    given.shelve()
    assert given.wrong() == []
    given.session.execute(
        update(Clock).where(Clock.name == "milestone").values(state="stopped", ended_at=given.now)
    )
    assert given.case.number in given.wrong()


def test_lists_show_it_apart_and_never_among_the_ended(given: Leaking) -> None:
    given.ask()
    given.shelve()
    scope = gate.scope_of(given.office["handler"])
    shown = {
        state: [
            case.number
            for case in given.session.scalars(
                select(Case).where(queries.visible(scope), Case.state == state)
            )
        ]
        for state in ("shelved", "closed")
    }
    assert shown == {"shelved": [given.case.number], "closed": []}
    assert given.session.scalar(select(Item.state)) == "verifying"
