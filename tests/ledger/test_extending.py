"""More time (延期): how far, how often, by whom, and what else moves with it."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from caseflow.db import Database
from caseflow.deadlines import clocks, recalendar
from caseflow.deadlines.recalendar import Change
from caseflow.deadlines.rules import forget, rules_of
from caseflow.deadlines.tables import Clock, Pause, PolicyRow
from caseflow.errors import BadInput, MoveNotAllowed, NotPermitted
from caseflow.ledger import extensions
from caseflow.ledger.application_tables import Extension
from caseflow.ledger.extensions import Room
from caseflow.ledger.moves import asking, extending, items, triage, work
from caseflow.ledger.moves.items import Dispatch
from caseflow.ledger.moves.record import of_item, whole
from caseflow.ledger.moves.work import Result
from caseflow.ledger.tables import Item
from tests import office as offices

WHY = "检测报告要十个工作日"


class Matter:
    """A complaint of Tuesday 3 March 2026 whose one item the school verifies.

    Due: the case on 17 March, the item on the 13th.
    """

    def __init__(self, session: Session, now: datetime, **more: object) -> None:
        self.session, self.now = session, now
        self.office = offices.make(session)
        self.case, self.report = offices.report(session, now, reach="email", **more)
        handler = self.office["handler"]
        triage.accept(session, handler, self.case.id, now)
        [self.item] = items.split(session, handler, self.case.id, ["水质"], now)
        given = Dispatch(self.office.units["school"], "请核查水质")
        items.dispatch(session, handler, self.item.id, given, now)
        work.sign_for(session, self.office["school"], self.item.id, now)

    def passes(self, **time: float) -> None:
        self.now += timedelta(**time)

    def room(self, item: Item | None) -> Room:
        alive = clocks.alive(self.session, whole(self.case))
        known = extensions.asked(self.session, self.case.id)
        return extensions.room(rules_of(self.session), alive, known, item, self.now)

    def asks(self, until: date | None, who: str = "school", grounds: str = WHY) -> None:
        me = self.office[who]
        extending.extend(self.session, me, self.item.id, until, grounds, self.now)

    def asks_for_case(self, until: date | None, who: str = "handler", consent: str = "") -> None:
        extending.extend_case(
            self.session, self.office[who], self.case.id, until, WHY, self.now, consent=consent
        )

    def grants(self, who: str = "supervisor") -> None:
        extending.grant(self.session, self.office[who], self.item.id, "", self.now)

    def grants_case(self, who: str = "leader") -> None:
        extending.grant_case(self.session, self.office[who], self.case.id, "", self.now)

    def due(self, name: str) -> datetime:
        alive = clocks.alive(self.session, whole(self.case), name)
        return alive[0].due

    def outcomes(self) -> list[str | None]:
        return list(self.session.scalars(select(Extension.outcome).order_by(Extension.id)))


@pytest.fixture
def matter(database: Database, now: datetime) -> Iterator[Matter]:
    with database.transaction() as session:
        yield Matter(session, now)


def end_of(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 16, tzinfo=UTC)


def test_a_case_is_extended_with_every_reply_and_its_items_stay(matter: Matter) -> None:
    verify, old = matter.due("verify"), matter.due("resolve")
    assert old == end_of(date(2026, 3, 17))
    matter.asks_for_case(date(2026, 3, 24))
    assert matter.due("resolve") == old  # nothing moves before somebody decided
    assert matter.due("decide") == end_of(date(2026, 3, 4))
    matter.passes(hours=2)
    matter.grants_case()
    assert matter.due("resolve") == matter.due("reply") == end_of(date(2026, 3, 24))
    assert matter.due("verify") == verify
    assert matter.case.next_due == verify
    assert clocks.alive(matter.session, whole(matter.case), "decide") == []
    before = matter.session.scalars(
        select(Clock).where(Clock.name == "resolve", Clock.state == "superseded")
    ).one()
    assert (before.due, before.ended_at) == (old, matter.now)


def test_an_item_is_extended_within_its_case_and_moves_nothing_else(matter: Matter) -> None:
    assert "先申请办件延期" in matter.room(matter.item).why_not
    matter.asks_for_case(date(2026, 3, 24))
    matter.grants_case()
    room = matter.room(matter.item)
    assert (room.first, room.last) == (date(2026, 3, 16), date(2026, 3, 20))
    resolve = matter.due("resolve")
    matter.asks(date(2026, 3, 20))
    matter.grants()
    assert matter.due("verify") == end_of(date(2026, 3, 20))
    assert matter.due("resolve") == resolve
    assert matter.outcomes() == ["granted", "granted"]
    assert matter.room(matter.item).why_not == "已经延期过，不能再延"
    assert matter.room(None).why_not == "已经延期过，不能再延"


@pytest.mark.parametrize(
    ("until", "told"),
    [
        (None, "请选择延期到哪一天"),
        (date(2026, 3, 17), "可以延期到"),
        (date(2026, 4, 1), "可以延期到"),
        (date(2026, 3, 21), "请选择工作日"),
    ],
)
def test_the_day_must_be_a_working_day_within_the_policy(
    matter: Matter, until: date | None, told: str
) -> None:
    with pytest.raises(BadInput) as wrong:
        matter.asks_for_case(until)
    assert set(wrong.value.fields) == {"until"}
    assert told in wrong.value.fields["until"]
    assert matter.outcomes() == []


# Ten working days, and ten more: over Spring Festival (16 to 23 February; the 14th and the 28th are
# worked), over Mid-Autumn (25 September) and National Day (1 to 7 October; 10 October is worked).
@pytest.mark.parametrize(
    ("begin", "due", "last"),
    [
        ("2026-02-03T02:00", date(2026, 2, 24), date(2026, 3, 9)),
        ("2026-09-21T02:00", date(2026, 10, 12), date(2026, 10, 26)),
    ],
)
def test_the_last_day_is_counted_in_working_days(
    database: Database, begin: str, due: date, last: date
) -> None:
    with database.transaction() as session:
        matter = Matter(session, datetime.fromisoformat(begin).replace(tzinfo=UTC))
        assert matter.due("resolve") == end_of(due)
        assert matter.room(None).last == last


def test_it_is_asked_before_the_due_moment_and_granted_even_after_it(matter: Matter) -> None:
    matter.now = matter.due("resolve") - timedelta(microseconds=1)
    matter.asks_for_case(date(2026, 3, 24))
    matter.passes(days=1)
    matter.grants_case()
    assert matter.due("resolve") == end_of(date(2026, 3, 24))
    matter.now = matter.due("resolve")
    assert matter.room(None).why_not == "期限已过，不能再申请延期"
    with pytest.raises(MoveNotAllowed, match="期限已过"):
        matter.asks_for_case(date(2026, 3, 31))


def test_a_day_that_has_passed_is_not_given_any_more(matter: Matter) -> None:
    matter.asks_for_case(date(2026, 3, 18))
    matter.now = end_of(date(2026, 3, 18))
    with pytest.raises(MoveNotAllowed, match="日期已过"):
        matter.grants_case()
    leader = matter.office["leader"]
    extending.refuse_case(matter.session, leader, matter.case.id, "已过", matter.now)


def test_a_day_that_became_a_day_off_is_not_given_any_more(matter: Matter) -> None:
    matter.asks_for_case(date(2026, 3, 24))
    change = Change({date(2026, 3, 24): False})
    recalendar.write(matter.session, change, matter.office["administrator"].person, matter.now)
    with pytest.raises(MoveNotAllowed, match="已不是工作日"):
        matter.grants_case()
    leader = matter.office["leader"]
    extending.refuse_case(matter.session, leader, matter.case.id, "改期", matter.now)
    matter.asks_for_case(date(2026, 3, 25))
    matter.grants_case()


def test_nobody_decides_on_what_they_asked_for(matter: Matter) -> None:
    matter.asks_for_case(date(2026, 3, 24), "supervisor")
    with pytest.raises(NotPermitted, match="另一人"):
        matter.grants_case("supervisor")
    with pytest.raises(NotPermitted, match="另一人"):
        extending.refuse_case(
            matter.session, matter.office["supervisor"], matter.case.id, "不同意", matter.now
        )
    with pytest.raises(NotPermitted):
        matter.grants_case("handler")
    matter.grants_case("city")


def test_one_application_waits_at_a_time_and_a_refused_one_counts_for_nothing(
    matter: Matter,
) -> None:
    matter.asks_for_case(date(2026, 3, 24))
    with pytest.raises(MoveNotAllowed, match="等待审批"):
        matter.asks_for_case(date(2026, 3, 25))
    due = matter.due("resolve")
    leader = matter.office["leader"]
    with pytest.raises(BadInput):
        extending.refuse_case(matter.session, leader, matter.case.id, " ", matter.now)
    extending.refuse_case(matter.session, leader, matter.case.id, "来得及", matter.now)
    assert matter.due("resolve") == due
    matter.asks_for_case(date(2026, 3, 19))
    matter.grants_case()
    assert matter.outcomes() == ["refused", "granted"]


def test_who_set_the_day_must_have_agreed(database: Database, now: datetime) -> None:
    with database.transaction() as session:
        matter = Matter(session, now, imposed_due=end_of(date(2026, 3, 12)))
        with pytest.raises(BadInput) as wrong:
            matter.asks_for_case(date(2026, 3, 16))
        assert set(wrong.value.fields) == {"consent"}
        matter.asks_for_case(date(2026, 3, 16), consent="市12345 王工 3月3日来电同意")
        matter.grants_case()
        assert matter.due("resolve") == end_of(date(2026, 3, 16))


def test_what_is_handed_in_needs_no_more_time(matter: Matter) -> None:
    matter.asks_for_case(date(2026, 3, 24))
    matter.grants_case()
    matter.asks(date(2026, 3, 17))
    blob = offices.blob(matter.session, matter.now)
    school = matter.office["school"]
    work.hand_in(matter.session, school, matter.item.id, blob, "图", matter.now)
    result = Result("unsubstantiated", "合格")
    work.find(matter.session, school, matter.item.id, result, matter.now)
    assert matter.outcomes() == ["granted", "lapsed"]
    alive = clocks.alive(matter.session, of_item(matter.item))
    assert [clock.name for clock in alive] == ["check"]
    with pytest.raises(MoveNotAllowed, match="没有等待审批"):
        matter.grants()


def test_what_is_declined_needs_no_more_time(matter: Matter) -> None:
    matter.asks_for_case(date(2026, 3, 24))
    triage.decline(
        matter.session, matter.office["supervisor"], matter.case.id, "不属于", matter.now
    )
    assert matter.outcomes() == ["lapsed"]
    assert "decide" not in {one.name for one in clocks.alive(matter.session, whole(matter.case))}


def test_days_that_stood_still_come_on_top(matter: Matter) -> None:
    matter.asks_for_case(date(2026, 3, 24))
    handler = matter.office["handler"]
    asking.ask(matter.session, handler, matter.case.id, matter.report.id, "哪一天？", matter.now)
    matter.grants_case()
    [paused] = clocks.alive(matter.session, whole(matter.case), "resolve")
    assert paused.state == "paused"
    assert matter.session.scalars(
        select(Pause.id).where(Pause.clock_id == paused.id, Pause.ended_at.is_(None))
    ).one()
    matter.passes(days=2)
    asking.resume(matter.session, handler, matter.case.id, matter.now)
    assert matter.due("resolve") == end_of(date(2026, 3, 26))


def test_a_promise_whose_policy_knows_no_extension_has_none(matter: Matter) -> None:
    matter.session.execute(update(PolicyRow).values(extendable_times=0))
    forget(matter.session)
    assert matter.room(None).why_not == "这一时限不能延期"
    with pytest.raises(MoveNotAllowed, match="不能延期"):
        matter.asks_for_case(date(2026, 3, 24))
