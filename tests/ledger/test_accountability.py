"""The file of inquiry: its steps in their order, each by whom it is for, none left out."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from caseflow.db import Database
from caseflow.deadlines import rules
from caseflow.errors import BadInput, MoveNotAllowed, NotFound, NotPermitted
from caseflow.escalation import (
    accountability,
    accountability_gate,
    accountability_laws,
    accountability_reading,
    accountability_record,
    answers,
    orders,
)
from caseflow.escalation.accountability_states import WAY
from caseflow.escalation.sweep import sweep
from caseflow.escalation.tables import Order
from caseflow.ledger.history_tables import Entry
from caseflow.ledger.tables import Case
from caseflow.outbox.tables import Event
from caseflow.people.scope import scope_of
from caseflow.people.tables import Recusal
from tests import office as offices
from tests.ledger.inquiries import DAY, SAID, Kept, actor_away, add_city, kept, proposed
from tests.ledger.late import Late


@pytest.fixture
def city(database: Database, now: datetime) -> Iterator[Kept]:
    with kept(database, now) as made:
        yield made


def broken_laws(session: Session) -> list[str]:
    return [one for query in accountability_laws.broken() for one in session.scalars(query)]


# Opening


def test_a_file_is_opened_for_what_was_issued_by_whoever_issued_it_once(
    database: Database, now: datetime
) -> None:
    with database.transaction() as session:
        office = offices.make(session)
        add_city(session, office)
        order, then = proposed(session, office, now)
        school = office.units["school"]
        assert (order.unit_id, order.late_unit_id) == (None, school)
        Late(session, office, then).case("school")
        then += 4 * DAY
        while sweep(session, then):
            pass
        draft = session.scalars(select(Order).where(Order.state == "draft").limit(1)).one()
        for other, refusal, why in (
            (draft, MoveNotAllowed, "签发后"),
            (order, NotPermitted, "签发建议"),
        ):
            who = "city" if other is draft else "leader"
            with pytest.raises(refusal, match=why):
                accountability.open_file(session, office[who], other.id, then)
        for who in ("handler", "auditor", "city"):
            actor = actor_away(office[who], school) if who == "city" else office[who]
            with pytest.raises(NotPermitted):
                accountability.open_file(session, actor, order.id, then)
        file = accountability.open_file(session, office["city_leader"], order.id, then)
        assert (file.state, file.unit_id, file.area_code) == ("opened", school, offices.CITY)
        with pytest.raises(MoveNotAllowed, match="已经建立"):
            accountability.open_file(session, office["city"], order.id, then)


def test_no_file_is_opened_for_a_draft_a_cancelled_or_a_lifted_proposal(
    database: Database, now: datetime
) -> None:
    with database.transaction() as session:
        office = offices.make(session)
        order, then = proposed(session, office, now)
        answers.lift(session, office["city"], order.id, "已经办妥", then)
        with pytest.raises(MoveNotAllowed, match="签发后"):
            accountability.open_file(session, office["city"], order.id, then)


# Its steps


def test_a_file_goes_through_its_steps_each_on_record(city: Kept) -> None:
    file = city.on_the_way("decision_served")
    assert (file.state, file.outcome) == ("served", "interview")
    assert file.decided_by == city.office["city_leader"].person
    for move, state in (
        ("decision_review_asked", "reviewing"),
        ("decision_review_answered", "reviewed"),
        ("decision_appealed", "appealing"),
        ("decision_appeal_answered", "appealed"),
        ("file_closed", "closed"),
    ):
        city.now += DAY
        assert city.take(move).state == state
    steps = accountability_record.steps(city.session, file)
    assert [one.verb for one in steps][:7] == ["file_opened", *WAY]
    assert [one.n for one in steps] == list(range(1, 13))
    assert steps[1].people == "张三"
    assert list(accountability_record.misfits(city.session)) == []
    assert broken_laws(city.session) == []


def test_no_step_is_left_out_and_none_is_taken_twice(city: Kept) -> None:
    city.open()
    for n, move in enumerate(WAY):
        for other in {*SAID} - {move, "file_discontinued"}:
            with pytest.raises(MoveNotAllowed):
                city.take(other)
        city.now += 14 * DAY
        city.take(move)
        assert city.file.head_n == n + 2


def test_it_is_discontinued_with_a_reason_before_the_decision_and_not_after_it(city: Kept) -> None:
    city.on_the_way("consultation_recorded")
    with pytest.raises(BadInput):
        city.take("file_discontinued", text=" ")
    with city.session.begin_nested() as planned:
        assert city.take("file_discontinued").state == "discontinued"
        assert broken_laws(city.session) == []
        planned.rollback()
    city.session.refresh(city.file)
    city.take("decision_made")
    with pytest.raises(MoveNotAllowed):
        city.take("file_discontinued")


def test_a_step_says_what_it_asks_for_and_everything_missing_at_once(city: Kept) -> None:
    city.open()
    with pytest.raises(BadInput) as wrong:
        city.take("inquiry_recorded", day=None, text=" ", people=" ")
    assert set(wrong.value.fields) == {"day", "text", "accounts"}
    with pytest.raises(BadInput) as wrong:
        city.take("inquiry_recorded", accounts=[city.office["handler"].person])  # of the district
    assert set(wrong.value.fields) == {"accounts"}
    city.on_the_way("notice_served")
    with pytest.raises(BadInput) as wrong:
        city.take("hearing_recorded", choice="")
    assert "choice" in wrong.value.fields


def test_a_day_is_neither_to_come_nor_before_the_step_before_it(city: Kept) -> None:
    issued = city.today
    city.now += 3 * DAY
    city.open()
    for day, why in ((issued - DAY, "上一步"), (city.today + DAY, "今天")):
        with pytest.raises(BadInput, match=why):
            city.take("inquiry_recorded", day=day)
    city.take("inquiry_recorded", day=issued)  # it may be older than its file, not than its reason
    city.take("notice_served", day=city.today)
    with pytest.raises(BadInput, match="上一步"):
        city.take("hearing_recorded", day=city.today - DAY, choice="waived")


def test_the_unit_has_its_days_before_it_is_heard(city: Kept) -> None:
    """Issued on Sunday 12 April 2026; noticed on the 14th, heard from the 21st on."""
    city.on_the_way("notice_served")
    assert (city.today, city.file.until) == (date(2026, 4, 14), date(2026, 4, 21))
    city.now += 6 * DAY
    with pytest.raises(BadInput, match="2026-04-21"):
        city.take("hearing_recorded")
    with pytest.raises(BadInput, match="还可以陈述"):
        city.take("hearing_recorded", choice="silent")
    for choice in ("early", "waived"):
        with city.session.begin_nested() as tried:
            assert city.take("hearing_recorded", choice=choice).state == "heard"
            tried.rollback()
        city.session.expire_all()
    city.now += DAY
    with pytest.raises(BadInput, match="还可以陈述"):
        city.take("hearing_recorded", choice="silent")
    city.now += DAY
    step = city.take("hearing_recorded", choice="silent")
    assert (step.state, step.until) == ("heard", None)


def test_the_days_are_those_of_the_rules_in_force(city: Kept) -> None:
    city.session.execute(text("UPDATE policy SET amount = 2 WHERE clock = 'hearing'"))
    rules.forget(city.session)
    city.on_the_way("notice_served")
    assert city.file.until == date(2026, 4, 16)


# Who may


def test_whoever_inquired_does_not_decide(city: Kept) -> None:
    city.open()
    leader = city.office["city_leader"]
    with pytest.raises(BadInput, match="同名"):
        city.take("inquiry_recorded", people="李四、测试 city_leader")
    city.take("inquiry_recorded", accounts=[leader.person])
    [_, inquiry] = accountability_record.steps(city.session, city.file)
    assert inquiry.people == "测试city_leader、张三"
    for move in WAY[1:4]:
        city.now += 14 * DAY
        city.take(move)
    with pytest.raises(NotPermitted, match="参加或登记了核实"):
        city.take("decision_made")
    city.office.actors["other"] = replace(leader, id=city.office["city_second"].person)
    assert city.take("decision_made", "other").state == "decided"


def test_whoever_must_keep_away_does_not_inquire_by_account_nor_by_name(city: Kept) -> None:
    """From the unit that is late, or from the one that its case is about."""
    city.open()
    s, second = city.session, city.office["city_second"]
    s.get_one(Case, city.file.case_id).unit_id = city.office.units["academy"]
    for unit in ("school", "academy"):
        away = Recusal(
            user_id=second.person, unit_id=city.office.units[unit], reason="亲属", since=city.now
        )
        s.add(away)
        s.flush()
        assert second.person not in {one.id for one in accountability.colleagues(s, city.file)}
        with pytest.raises(BadInput, match="没有这位工作人员"):
            city.take("inquiry_recorded", accounts=[second.person])
        with pytest.raises(BadInput, match="须回避"):
            city.take("inquiry_recorded", people="测试city_second")
        s.delete(away)
    s.flush()
    city.take("inquiry_recorded", accounts=[second.person])


def test_whoever_put_the_inquiry_on_record_does_not_decide(city: Kept) -> None:
    city.open()
    city.take("inquiry_recorded", "city_leader")
    city.take("notice_served")
    city.take("hearing_recorded", choice="waived")
    city.take("consultation_recorded")
    with pytest.raises(NotPermitted, match="参加或登记了核实"):
        city.take("decision_made")


def test_only_a_leader_decides_and_another_one_answers_the_review(city: Kept) -> None:
    city.on_the_way("consultation_recorded")
    with pytest.raises(NotPermitted, match="岗位"):
        city.take("decision_made", "city_second")
    city.take("decision_made")
    city.take("decision_served")
    city.take("decision_review_asked")
    with pytest.raises(NotPermitted, match="由您作出"):
        city.take("decision_review_answered", "city_leader")
    assert city.take("decision_review_answered").state == "reviewed"


def test_no_other_office_and_nobody_who_must_keep_away_reads_or_acts(city: Kept) -> None:
    city.open()
    school, case = city.file.unit_id, city.session.get_one(Case, city.file.case_id)
    auditor = replace(city.office["auditor"], area=offices.CITY, level="city")
    for who in (city.office["city_second"], auditor):
        scope = scope_of(who)
        [row] = accountability_reading.open_files(city.session, scope)
        assert (row.file.id, row.unit) == (city.file.id, "测试school")
    reported = city.office.units["academy"]
    case.unit_id = reported
    city.session.flush()
    city.office.actors |= {
        "away": actor_away(city.office["city"], school),
        "apart": actor_away(city.office["city"], reported),
        "below": replace(city.office["supervisor"], id=city.office["city_second"].person),
    }
    for who, why in (("away", "回避"), ("apart", "回避"), ("below", "一级")):
        with pytest.raises(NotPermitted, match=why):
            city.take("inquiry_recorded", who)
    for who in ("away", "apart", "below", "auditor", "leader", "stranger", "school"):
        scope = scope_of(city.office[who])
        assert accountability_reading.open_files(city.session, scope) == []
        assert accountability_reading.of_order(city.session, scope, city.order.id) is None
        with pytest.raises(NotFound):
            accountability_reading.whole(city.session, scope, city.file.id)
    auditors = accountability_gate.offers(
        auditor, accountability_gate.standing(city.session, city.file), city.today
    )
    assert auditors == []


def test_a_form_that_is_too_late_changes_nothing(city: Kept) -> None:
    file = city.open()
    city.take("inquiry_recorded")
    said = replace(SAID["notice_served"], day=city.today)
    with pytest.raises(MoveNotAllowed, match="刚有变动"):
        accountability.take(
            city.session, city.office["city"], file.id, "notice_served", said, city.now, seen=1
        )


# Remedies


def test_a_file_stays_open_while_the_unit_can_ask_for_a_remedy(city: Kept) -> None:
    """Served on Saturday 25 April 2026: thirty days end on Monday the 25th of May."""
    file = city.on_the_way("decision_served")
    assert (city.today, file.until) == (date(2026, 4, 25), date(2026, 5, 25))
    city.now += 30 * DAY
    with pytest.raises(MoveNotAllowed, match="还没有满"):
        city.take("file_closed")
    city.now += DAY
    with pytest.raises(BadInput, match="2026-05-25"):
        city.take("decision_review_asked")
    with city.session.begin_nested() as tried:
        assert city.take("file_closed").state == "closed"
        tried.rollback()
    city.session.expire_all()
    asked = city.take("decision_review_asked", day=date(2026, 5, 25))  # on paper, in time
    assert asked.until == date(2026, 6, 24)
    city.now += 60 * DAY  # late, and to be recorded all the same
    answered = city.take("decision_review_answered")
    assert (city.today, answered.until) == (date(2026, 7, 25), date(2026, 8, 10))  # off: the 9th
    with pytest.raises(MoveNotAllowed, match="还没有满"):
        city.take("file_closed")
    appealed = city.take("decision_appealed")
    assert appealed.until is not None
    assert (appealed.until - city.today).days in range(60, 63)  # a day off rolls on


def test_a_unit_may_appeal_without_a_review_in_fewer_days(city: Kept) -> None:
    """Served on Saturday 25 April 2026: fifteen days end on Monday the 11th of May."""
    city.on_the_way("decision_served")
    city.now += 20 * DAY
    with pytest.raises(BadInput, match="2026-05-11"):
        city.take("decision_appealed")
    appealed = city.take("decision_appealed", day=date(2026, 5, 11))
    assert (appealed.state, appealed.until) == ("appealing", date(2026, 7, 10))
    assert city.take("decision_appeal_answered").state == "appealed"
    assert broken_laws(city.session) == []
    assert city.take("file_closed").state == "closed"


def test_where_nothing_was_imposed_nothing_is_waited_for(city: Kept) -> None:
    city.on_the_way("consultation_recorded")
    city.take("decision_made", choice="none")
    city.take("decision_served")
    with pytest.raises(MoveNotAllowed, match="没有对单位作出处理"):
        city.take("decision_review_asked")
    with pytest.raises(MoveNotAllowed, match="没有对单位作出处理"):
        city.take("decision_appealed")
    assert city.take("file_closed").state == "closed"


def test_a_decision_that_a_review_revoked_is_not_appealed(city: Kept) -> None:
    city.on_the_way("decision_served")
    city.take("decision_review_asked")
    city.take("decision_review_answered", choice="revoked")
    with pytest.raises(MoveNotAllowed, match="没有对单位作出处理"):
        city.take("decision_appealed")
    assert city.take("file_closed").state == "closed"


# Nothing by itself, nothing outside


def test_time_takes_no_step_and_the_ledger_says_nothing_of_it(city: Kept) -> None:
    before = [city.session.scalar(select(func.count(one.id))) for one in (Entry, Event)]
    file = city.on_the_way("decision_served")
    now = [city.session.scalar(select(func.count(one.id))) for one in (Entry, Event)]
    assert now == before, "neither the case's history nor a message tells of it"
    n = file.head_n
    city.now += 90 * DAY
    while sweep(city.session, city.now):
        pass
    city.session.refresh(file)
    assert (file.head_n, file.state) == (n, "served")


def test_an_order_left_unanswered_names_whom_it_went_to(database: Database, now: datetime) -> None:
    with database.transaction() as session:
        office = offices.make(session)
        late = Late(session, office, now)
        late.case("school")
        for days, kind in ((3, "supervision_order"), (60, "accountability")):
            while sweep(session, now + days * DAY):
                pass
            drafts = select(Order).where(Order.kind == kind).order_by(Order.id)
            order = session.scalars(drafts).first()
            assert order is not None
            if days == 3:
                orders.issue(session, office["supervisor"], order.id, order.text, now + 3 * DAY)
        both = session.scalars(select(Order).where(Order.kind == "accountability")).all()
        assert len(both) == 2, "of the item, and of what was issued about it"
        assert {one.late_unit_id for one in both} == {office.units["school"]}
        assert {one.unit_id for one in both} == {None}
