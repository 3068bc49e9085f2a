"""What comes back three times is brought before the level above (提级督办)."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from caseflow.db import Database
from caseflow.deadlines import clocks
from caseflow.errors import BadInput, MoveNotAllowed, NotPermitted
from caseflow.ledger import apart, oversights, queries
from caseflow.ledger.checklist import to_check
from caseflow.ledger.moves import (
    check,
    closing,
    gathering,
    items,
    merging,
    overseeing,
    passing,
    triage,
    work,
)
from caseflow.ledger.moves.record import of_case
from caseflow.ledger.oversight_tables import Oversight
from caseflow.ledger.tables import Case, Item
from caseflow.ledger.waiting import waiting
from caseflow.people.accounts import actor_of
from caseflow.people.scope import scope_of
from caseflow.people.tables import Recusal, User
from tests import office as offices


class Reopened:
    """A complaint about the school that was declined and taken up again twice."""

    def __init__(self, session: Session, now: datetime) -> None:
        self.session, self.now, self.office = session, now, offices.make(session)
        about = self.office.units["school"]
        self.case, self.report = offices.report(session, now, unit=about, reach="email")
        for _ in range(2):
            self.comes_back()

    def comes_back(self) -> None:
        boss = self.office["supervisor"]
        triage.decline(self.session, boss, self.case.id, "不归本办", self.now)
        closing.reopen(self.session, boss, self.case.id, "应当受理", self.now)

    def looks(self, who: str, text: str = "一周内报结果") -> None:
        overseeing.oversee(self.session, self.office[who], self.case.id, text, self.now)

    def rows(self) -> list[tuple[str, int, bool]]:
        found = oversights.asked(self.session, self.case.id)
        return [(row.cause, row.times, row.looked_at is not None) for row in found]

    def turn_of(self) -> set[str]:
        """Return whose list it stands on."""
        return {
            name
            for name, actor in self.office.actors.items()
            if apart.listed(self.session, actor)["overseen"]
        }

    def joins(self, role: str, area: str) -> None:
        user = User(
            username=f"{role}-{area}", name=role, role=role, area_code=area, password_hash="!"
        )
        self.session.add(user)
        self.session.flush()
        self.office.actors[f"{role} {area}"] = actor_of(self.session, user)


@pytest.fixture
def given(database: Database, now: datetime) -> Iterator[Reopened]:
    with database.transaction() as session:
        yield Reopened(session, now)


def test_the_third_time_goes_up_and_stays_until_somebody_there_says_so(given: Reopened) -> None:
    assert (given.rows(), given.turn_of()) == ([], set())
    with pytest.raises(MoveNotAllowed):
        given.looks("city")
    before = waiting(given.session, given.office["city"]).cases
    given.comes_back()
    assert given.rows() == [("reopenings", 3, False)]
    assert given.turn_of() == {"city"}
    assert waiting(given.session, given.office["city"]).cases == before + 1
    for who in ("supervisor", "leader", "stranger", "handler"):
        with pytest.raises(NotPermitted):
            given.looks(who)
    with pytest.raises(BadInput):
        given.looks("city", " ")
    given.comes_back()
    assert waiting(given.session, given.office["city"]).cases == before + 1, "one case, two times"
    triage.decline(given.session, given.office["supervisor"], given.case.id, "不归", given.now)
    assert given.turn_of() == {"city"}, "it is over, and nobody has looked into it"
    given.looks("city")
    assert given.rows() == [("reopenings", 3, True), ("reopenings", 4, True)]
    assert given.turn_of() == set()
    assert [entry.verb for entry in queries.entries(given.session, given.case)].count("go_up") == 2


def test_the_level_above_has_three_working_days_whatever_becomes_of_the_case(
    given: Reopened,
) -> None:
    """From what came back first; what comes back meanwhile does not prolong it."""

    def urged() -> list[datetime]:
        running = clocks.alive(given.session, of_case(given.case), "oversee")
        return [clock.due for clock in running]

    assert urged() == []
    given.comes_back()
    due = datetime(2026, 3, 6, 16, 0, tzinfo=UTC)
    assert urged() == [due]
    given.now += timedelta(days=1)
    given.comes_back()
    assert urged() == [due]
    triage.decline(given.session, given.office["supervisor"], given.case.id, "不归", given.now)
    assert urged() == [due]
    given.looks("city")
    assert urged() == []
    closing.reopen(given.session, given.office["supervisor"], given.case.id, "再查", given.now)
    assert urged() == [datetime(2026, 3, 9, 16, 0, tzinfo=UTC)]


def test_where_nobody_stands_above_it_is_the_next_ones(given: Reopened) -> None:
    given.comes_back()
    given.joins("leader", offices.CITY)
    given.joins("supervisor", "430000")
    assert given.turn_of() == {"city"}
    school, city = given.office.units["school"], given.office["city"]
    kept_away = Recusal(user_id=city.person, unit_id=school, reason="亲属", since=given.now)
    given.session.add(kept_away)
    given.session.flush()
    given.office.actors["city"] = actor_of(given.session, given.session.get_one(User, city.person))
    steps = ("leader 430500", "supervisor 430000", "leader", "supervisor")
    for who in steps:
        assert given.turn_of() == {who}
        given.session.get_one(User, given.office[who].person).active = False
        given.session.flush()
        del given.office.actors[who]


def test_what_is_passed_on_three_times_without_an_owner_goes_up(
    database: Database, now: datetime
) -> None:
    with database.transaction() as session:
        office = offices.make(session)
        case, _ = offices.report(session, now, area=offices.CITY)
        there = {offices.DISTRICT: "supervisor", offices.OTHER: "stranger"}
        for n, to in enumerate((offices.DISTRICT, offices.OTHER, offices.DISTRICT)):
            assert oversights.asked(session, case.id) == []
            now += timedelta(hours=n)
            passing.pass_on(session, office["city"], case.id, to, "level", "归区", now)
            passing.send_back(session, office[there[to]], case.id, "不归", now)
        [row] = oversights.asked(session, case.id)
        assert isinstance(row, Oversight)
        assert (row.cause, row.times, row.item_id) == ("passages", 3, None)


def test_returned_and_taken_up_again_are_counted_together_and_inherited(given: Reopened) -> None:
    """A reviewer strikes off what came back so often, once the level above has said something."""
    session, now, office, case = given.session, given.now, given.office, given.case

    def submitted(item: Item, now: datetime) -> None:
        work.hand_in(session, office["handler"], item.id, offices.blob(session, now), "", now)
        work.submit(session, office["handler"], item.id, "已换", now)

    handler, section = office["handler"], office.units["section"]
    [first] = items.split(session, handler, case.id, ["食堂卫生"], now)
    [item] = items.split(session, handler, case.id, ["食堂卫生"], now, follows=first.id)
    assert oversights.times_back(session, case, item) == 2
    first.returns = 1  # as it would be, had it gone out
    assert oversights.times_back(session, case, item) == 3
    assert oversights.most_times_back(session, case) == 3
    first.returns = 0
    items.dispatch(session, handler, item.id, items.Dispatch(section, "请核查"), now)
    work.sign_for(session, handler, item.id, now)
    work.find(session, handler, item.id, work.Result("partly", "现场", section), now)
    submitted(item, now + timedelta(minutes=1))
    assert given.rows() == []
    returned = now + timedelta(minutes=2)
    check.return_item(session, office["reviewer"], item.id, "不清楚", returned)
    assert given.rows() == [("returns", 3, False)]
    submitted(item, now + timedelta(minutes=3))
    assert [one.held for one in to_check(session, scope_of(office["reviewer"]))] == [True]
    oversight = session.scalars(select(Oversight)).one()
    oversight.item_id = first.id  # it holds the successor of what it is about
    session.flush()
    assert [one.held for one in to_check(session, scope_of(office["reviewer"]))] == [True]
    assert waiting(session, office["reviewer"]).checks == 0
    with pytest.raises(MoveNotAllowed, match="上一级"):
        check.strike_off(session, office["reviewer"], item.id, "", now)
    given.looks("city")
    check.strike_off(session, office["reviewer"], item.id, "", now)
    assert item.state == "struck_off"


def test_what_waits_for_the_level_above_is_not_merged_away(given: Reopened) -> None:
    """Neither alone nor in a wave; others may still be merged into it, and it stays on its list."""
    given.comes_back()
    about, me = given.office.units["school"], given.office["handler"]
    other, _ = offices.report(given.session, given.now, unit=about)
    third, _ = offices.report(given.session, given.now, unit=about)
    for one in (other, third):
        triage.accept(given.session, me, one.id, given.now)

    def merges(case: Case, into: Case) -> None:
        merging.merge(given.session, me, case.id, into.number, "同一件事", given.now)

    with pytest.raises(MoveNotAllowed, match="等上一级"):
        merges(given.case, other)
    with pytest.raises(MoveNotAllowed) as wrong:
        gathering.gather(
            given.session, me, other.id, {given.case.number: given.case.head_n}, "同", given.now
        )
    assert given.case.number in wrong.value.told.values["number"]
    merges(third, given.case)
    assert given.turn_of() == {"city"}
    given.looks("city")
    merges(given.case, other)
    assert given.case.state == "merged"


def test_what_was_merged_before_that_was_refused_comes_back_to_the_level_above(
    given: Reopened,
) -> None:
    given.comes_back()
    about = given.office.units["school"]
    other, _ = offices.report(given.session, given.now, unit=about)
    me, [row] = given.office["handler"], oversights.asked(given.session, given.case.id)
    triage.accept(given.session, me, other.id, given.now)
    row.looked_by, row.looked_at, row.said = me.person, given.now, "以后再补"
    merging.merge(given.session, me, given.case.id, other.number, "同一件事", given.now)
    row.looked_by, row.looked_at, row.said = None, None, ""
    given.session.flush()
    assert given.turn_of() == set()
    given.now += timedelta(days=1)
    merging.unmerge(given.session, me, given.case.id, "不是一件事", given.now)
    assert given.turn_of() == {"city"}
    [clock] = clocks.alive(given.session, of_case(given.case), "oversee")
    assert clock.due == datetime(2026, 3, 9, 16, 0, tzinfo=UTC)  # the day is given back
