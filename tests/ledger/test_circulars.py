"""What a circular is drafted from, what it says, and what it never says."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import event, select, text

from caseflow.clock import Period
from caseflow.db import Database
from caseflow.deadlines import clocks
from caseflow.errors import BadInput, MoveNotAllowed, NotPermitted
from caseflow.escalation import orders
from caseflow.escalation import reading as papers
from caseflow.ledger import assistances
from caseflow.ledger.moves import assisting, items, naming, objecting, transferring, work
from caseflow.ledger.moves.transferring import Transfer
from caseflow.ledger.tables import Case
from caseflow.people.scope import scope_of
from caseflow.people.tables import Unit
from caseflow.publishing import circulars, drafting, reading
from caseflow.publishing.tables import Circular
from caseflow.words import CATEGORIES
from tests.ledger.late import DAY, MARCH, MATTER, ORDERED, Late, late_office

SAID = "经查，有学校食堂没有按规定留样，现予通报。"


@pytest.fixture
def late(database: Database, now: datetime) -> Iterator[Late]:
    with late_office(database, now) as made:
        yield made


def counted(late: Late, circular: Circular) -> dict[str, tuple[int, int, int, int]]:
    """Return what a circular counted of each unit: items, cases, days, rung."""
    rows = reading.whole(late.session, scope_of(late.office["leader"]), circular.id).units
    return {name: (row.items, row.cases, row.days, row.rung) for row, name in rows}


# What a draft says


def test_a_draft_says_who_was_late_with_how_many_and_how_long(late: Late) -> None:
    circular = late.draft()
    # Due on Wednesday 4 March, not signed for on Friday 13 March: seven working days.
    assert counted(late, circular) == {"测试academy": (3, 3, 7, 4), "测试school": (2, 1, 7, 4)}
    assert "1．测试academy：3件，最长逾期7个工作日，督办升至第4级。" in circular.text
    assert "2．测试school：2件" in circular.text
    assert "测试academy：3件" in circular.public_text
    assert (circular.state, circular.number, circular.drafted_by) == (
        "drafted",
        None,
        late.office["supervisor"].person,
    )


def test_in_public_nobody_is_named_for_a_few_matters(late: Late) -> None:
    """Two items of one case are one matter: the school could be known by it (law 10)."""
    circular = late.draft()
    assert "测试school" in circular.text
    assert "测试school" not in circular.public_text
    assert "另有个别单位" in circular.public_text
    for typed in ("测试school", "测试 school", "测试\nschool", "测试ｓｃｈｏｏｌ"):
        with pytest.raises(BadInput, match="测试school"):
            circulars.edit(
                late.session,
                late.office["supervisor"],
                circular.id,
                circular.text,
                circular.public_text + f"{typed}也有逾期。",
                late.now,
            )


def test_a_name_that_begins_like_anothers_is_still_its_own(late: Late) -> None:
    circular, me = late.draft(), late.office["supervisor"]
    academy = late.session.get_one(Unit, late.office.units["academy"])
    academy.name = "测试school东校区"
    for said, wrong in (("测试school东校区3件", False), ("测试school、测试school东校区", True)):
        args = (late.session, me, circular.id, circular.text, said, late.now)
        if not wrong:
            assert circulars.edit(*args).public_text == said
            continue
        with pytest.raises(BadInput, match="“测试school”"):
            circulars.edit(*args)


def test_a_draft_says_nothing_of_what_it_is_about(late: Late) -> None:
    circular = late.draft()
    cases = late.session.scalars(select(Case)).all()
    for said in (circular.text, circular.public_text):
        for secret in (MATTER, ORDERED, "食堂周三的菜里有虫", *CATEGORIES.values()):
            assert secret not in said
        for case in cases:
            assert case.number not in said
        assert "举报" not in said
        assert "问责" not in said


def test_of_a_tip_only_whoever_was_told_of_it_is_late(late: Late) -> None:
    """The unit reported is not in it, nor the section while an inspector verifies in person."""
    school = late.office.units["school"]
    before = counted(late, late.draft())
    _, [item] = late.case("section", kind="tip", unit=school)
    late.case("section", inspector=True, kind="tip", unit=late.office.units["branch"])
    late.passes()
    after = counted(late, late.draft())
    assert {name: after[name] for name in before} == before
    assert after["测试section"][:2] == (1, 1)
    items.reassign(
        late.session,
        late.office["supervisor"],
        item.id,
        late.office["inspector"].person,
        "改由责任督学核查",
        late.now,
    )
    assert counted(late, late.draft()) == before, "it has nothing to do with it any more"


def test_a_tip_about_whoever_verifies_it_counts_against_nobody(late: Late) -> None:
    """Nobody can name the verifying unit; where a row says so all the same, it is not told."""
    before = counted(late, late.draft())
    case, _ = late.case("branch", kind="tip")
    with pytest.raises(BadInput):
        naming.name_unit(
            late.session,
            late.office["handler"],
            case.id,
            late.office.units["school"],
            "来件所述",
            late.begin,
        )
    case.unit_id = late.office.units["school"]
    late.passes()
    assert counted(late, late.draft()) == before


def test_what_was_kept_or_taken_away_or_due_elsewhen_is_not_late(late: Late) -> None:
    before = counted(late, late.draft())
    _, [kept] = late.case("branch")
    school = late.office["branch"]
    work.sign_for(late.session, school, kept.id, late.begin + timedelta(hours=1))
    assert counted(late, late.draft()) == before, "verify is due later than the period"
    february = Period(date(2026, 2, 1), date(2026, 2, 28))
    with pytest.raises(BadInput, match="没有单位逾期"):
        drafting.draft_lateness(late.session, late.office["supervisor"], february, late.now)
    with pytest.raises(BadInput, match="没有单位逾期"):
        drafting.draft_lateness(late.session, late.office["stranger"], MARCH, late.now)


def test_what_was_kept_too_late_is_late_by_as_long_as_it_took(late: Late) -> None:
    _, [item] = late.case("branch")
    work.sign_for(late.session, late.office["branch"], item.id, late.begin + 3 * DAY)
    late.passes()
    assert counted(late, late.draft())["测试branch"][:3] == (1, 1, 2)


def test_a_unit_beside_the_lead_is_late_with_its_own_answer(late: Late) -> None:
    """Also by a promise that took the place of its first; not once it was released."""
    session, me, to = late.session, late.office["handler"], late.office.units["academy"]
    late.passes()
    items_, cases, *_ = counted(late, late.draft())["测试academy"]
    _, [item, other] = late.case("school", "school")
    for one in (item, other):
        assisting.ask_assistance(session, me, one.id, to, "请供明细", late.begin)
    row = assistances.of_unit(session, item.id, to)
    assert row is not None
    first = assistances.promise(session, row)
    clocks.supersede(session, first, first.due, late.begin + timedelta(hours=1))
    assisting.release_assistance(session, me, other.id, to, "不用了", late.begin)
    late.passes()
    assert counted(late, late.draft())["测试academy"][:2] == (items_ + 1, cases + 1)
    academy = late.office["academy"]
    assisting.answer_assistance(session, academy, item.id, "明细如下", late.now)
    assert counted(late, late.draft())["测试academy"][0] == items_ + 1, "answered too late"


def test_who_rectifies_too_late_is_late_and_not_who_verified(late: Late) -> None:
    _, [item] = late.case("section")
    me, at = late.office["handler"], late.begin + timedelta(hours=1)
    work.sign_for(late.session, me, item.id, at)
    result = work.Result("substantiated", "现场属实", late.office.units["branch"], "请整改")
    work.find(late.session, me, item.id, result, at)
    late.passes()
    found = counted(late, late.draft())
    assert found["测试branch"][:2] == (1, 1)
    assert "测试section" not in found


def test_what_somebody_else_had_before_counts_against_neither(late: Late) -> None:
    """The branch signed too late for what was never its own to do; the section has it since."""
    before = counted(late, late.draft())
    _, [item] = late.case("branch")
    branch, boss = late.office["branch"], late.office["supervisor"]
    work.sign_for(late.session, branch, item.id, late.begin + 3 * DAY)
    objecting.object_to(late.session, branch, item.id, "不归我们管", late.begin + 4 * DAY)
    order = items.Dispatch(late.office.units["section"], ORDERED, none_listed=True)
    objecting.dispatch_anew(late.session, boss, item.id, order, late.now)
    assert counted(late, late.draft()) == before


@pytest.mark.parametrize(("first", "last", "days"), [(1, 13, 0), (5, 10, 10), (1, 3, 10)], ids=str)
def test_what_is_due_later_or_was_due_elsewhen_is_not_late(
    late: Late, first: int, last: int, days: int
) -> None:
    """Everything was due on 4 and 12 March; on the first day nothing had run out yet."""
    period = Period(date(2026, 3, first), date(2026, 3, last))
    me, at = late.office["supervisor"], late.begin + timedelta(hours=1) + days * DAY
    with pytest.raises(BadInput, match="没有单位逾期"):
        drafting.draft_lateness(late.session, me, period, at)


def test_what_ends_at_midnight_ran_out_on_the_day_that_it_ends(late: Late) -> None:
    day = Period(date(2026, 3, 4), date(2026, 3, 4))
    found = drafting.lateness_of(late.session, late.office["supervisor"], day, late.now)
    assert [one.items for one in found.units] == [3, 2]


def test_an_order_left_unanswered_is_late_in_its_own_period(late: Late) -> None:
    [row, *_] = papers.orders(late.session, scope_of(late.office["city"]), "draft")
    orders.issue(late.session, late.office["leader"], row.order.id, row.order.text, late.now)
    period, later = Period(date(2026, 3, 16), date(2026, 3, 24)), late.now + 11 * DAY
    circular = drafting.draft_lateness(late.session, late.office["supervisor"], period, later)
    assert row.unit is not None
    assert [(name, n[:3]) for name, n in counted(late, circular).items()] == [
        (row.unit.name, (1, 1, 6))
    ]
    with pytest.raises(BadInput, match="没有单位逾期"):
        drafting.draft_lateness(late.session, late.office["stranger"], period, later)


def test_an_order_left_unanswered_is_the_units_lateness_of_the_same_item(late: Late) -> None:

    [order, *_] = papers.orders(late.session, scope_of(late.office["city"]), "draft")
    before = counted(late, late.draft())
    document = order.order
    orders.issue(late.session, late.office["leader"], document.id, document.text, late.now)
    later = late.now + 20 * DAY
    wide = Period(MARCH.first, later.date())
    circular = drafting.draft_lateness(late.session, late.office["supervisor"], wide, later)
    after = counted(late, circular)
    assert {name: row[:2] for name, row in after.items()} == {
        name: row[:2] for name, row in before.items()
    }


@pytest.mark.parametrize(
    ("first", "last", "field"),
    [
        (None, date(2026, 3, 1), "first"),
        (date(2026, 3, 2), date(2026, 3, 1), "first"),
        (date(2026, 3, 1), date(2026, 3, 14), "last"),
        (date(2025, 3, 12), date(2026, 3, 13), "first"),
    ],
)
def test_a_period_is_over_and_no_longer_than_a_year(
    first: date | None, last: date, field: str
) -> None:
    with pytest.raises(BadInput) as wrong:
        drafting.check_period(first, last, date(2026, 3, 13))
    assert set(wrong.value.fields) == {field}


def test_drafting_asks_as_often_whatever_there_is(late: Late) -> None:
    asked: list[str] = []
    engine = late.session.get_bind()
    event.listen(engine, "before_cursor_execute", lambda *said: asked.append(said[2]))
    me = late.office["supervisor"]
    drafting.lateness_of(late.session, me, MARCH, late.now)
    few = len(asked)
    for unit in ("branch", "section", "academy"):
        late.case(unit)
    late.passes()
    asked.clear()
    drafting.lateness_of(late.session, me, MARCH, late.now)
    assert len(asked) == few <= 4


# Problems need a finding


def test_a_problem_is_stated_only_with_a_finding(late: Late) -> None:
    me = late.office["supervisor"]
    proven, refuted = late.found(), late.found(result="unsubstantiated")
    _, [open_item] = late.case("branch")
    elsewhere = late.found()
    transferring.statutory(late.session, me, elsewhere.id, Transfer("公安", "案"), late.now)
    offered = {one.item.id for one in drafting.problems_of(late.session, me, MARCH)}
    assert offered == {proven.id}
    for wrong in ([refuted.id], [elsewhere.id], [open_item.id], [proven.id, open_item.id], []):
        with pytest.raises(BadInput, match="核查结论"):
            drafting.draft_problem(late.session, me, MARCH, wrong, SAID, late.now)
    with pytest.raises(BadInput, match="请填写"):
        drafting.draft_problem(late.session, me, MARCH, [proven.id], " ", late.now)
    stranger = late.office["stranger"]
    with pytest.raises(BadInput, match="核查结论"):
        drafting.draft_problem(late.session, stranger, MARCH, [proven.id], SAID, late.now)
    circular = drafting.draft_problem(late.session, me, MARCH, [proven.id], SAID, late.now)
    assert (circular.kind, circular.text, circular.public_text) == ("problem", SAID, SAID)


def test_a_problem_whose_finding_is_gone_goes_no_further(late: Late) -> None:
    item = late.found()
    me = late.office["supervisor"]
    circular = drafting.draft_problem(late.session, me, MARCH, [item.id], SAID, late.now)
    late.checked(circular)
    item.finding = "unsubstantiated"
    with pytest.raises(MoveNotAllowed, match="核查结论"):
        circulars.issue(late.session, late.office["leader"], circular.id, late.now)
    item.finding = "substantiated"
    circulars.issue(late.session, late.office["leader"], circular.id, late.now)
    item.finding = "unsubstantiated"
    with pytest.raises(MoveNotAllowed, match="核查结论"):
        circulars.publish(late.session, late.office["leader"], circular.id, late.now)
    circular = drafting.draft_problem(late.session, me, MARCH, [late.found().id], SAID, late.now)
    late.session.execute(text("UPDATE item SET finding = 'unverifiable' WHERE finding IS NOT NULL"))
    with pytest.raises(MoveNotAllowed, match="核查结论"):
        late.checked(circular)


def test_a_problem_is_no_business_of_whoever_must_keep_away_from_who_was_reported(
    late: Late,
) -> None:
    """The school was reported, the academy put it right: who is recused from the school is out."""
    item = late.found("academy")
    late.session.get_one(Case, item.case_id).unit_id = late.office.units["school"]
    boss, away = late.office["supervisor"], frozenset({late.office.units["school"]})
    recused = replace(boss, recused=away)
    assert drafting.problems_of(late.session, recused, MARCH) == []
    with pytest.raises(NotPermitted, match="回避"):
        drafting.draft_problem(late.session, recused, MARCH, [item.id], SAID, late.now)
    circular = drafting.draft_problem(late.session, boss, MARCH, [item.id], SAID, late.now)
    assert set(counted(late, circular)) == {"测试academy"}
    assert reading.circulars(late.session, scope_of(recused)) == []


@pytest.mark.parametrize(
    "said",
    [
        "见430503-2026-000042号办件",
        "来件430503—20260303—0007",
        "联系人13800138000",
        "查询码1234 5678 9012 3456",
        "身份证43050319900101123x",
        "　",
    ],
)
def test_no_text_tells_one_matter_or_person_from_all_others(late: Late, said: str) -> None:
    circular, me = late.draft(), late.office["supervisor"]
    for texts in ((said, circular.public_text), (circular.text, said)):
        with pytest.raises(BadInput):
            circulars.edit(late.session, me, circular.id, *texts, late.now)
