"""Who is told of documents that wait: whoever may judge or sign them, and first."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from caseflow.deadlines.tables import Clock
from caseflow.escalation import answers, orders
from caseflow.escalation.sweep import sweep
from caseflow.escalation.tables import Order
from caseflow.people.tables import Recusal, User
from tests.notices.desk import Desk, desk

__all__ = ["desk"]

DAY = timedelta(days=1)


def drafted(desk: Desk, kind: str = "supervision_order") -> Order:
    """Leave an item alone until its document is drafted."""
    desk.dispatched()
    query = select(Order).where(Order.kind == kind).order_by(Order.id).limit(1)
    while (order := desk.session.scalar(query)) is None:
        passes(desk)
    desk.told()
    return order


def passes(desk: Desk, days: int = 1) -> set[str]:
    desk.now += days * DAY
    while sweep(desk.session, desk.now):
        pass
    return desk.told()


def keeps_away(desk: Desk, who: str, unit: str = "school") -> None:
    person, about = desk.office[who].person, desk.office.units[unit]
    desk.session.add(Recusal(user_id=person, unit_id=about, reason="亲属", since=desk.now))
    desk.session.flush()


def answered(desk: Desk, by: str, kind: str = "supervision_order") -> Order:
    """Let a document be issued by somebody, alone of all, and answered by the school."""
    order = drafted(desk, kind)
    desk.by(orders.issue, by, order.id, order.text)
    for other in desk.session.scalars(select(Order).where(Order.state == "draft")).all():
        orders.cancel(desk.session, desk.office["city"], other.id, "不需要", desk.now)
    others = Clock.order_id.is_distinct_from(order.id)
    idle = {"state": "stopped", "next_rung": None, "next_rung_at": None}
    desk.session.execute(update(Clock).where(others).values(idle))
    desk.told()
    return order


@pytest.mark.parametrize(
    ("issued_by", "first"),
    [("supervisor", "supervisor"), ("leader", "supervisor"), ("city", "city")],
)
def test_an_answer_is_told_first_to_whoever_judges_it(
    desk: Desk, issued_by: str, first: str
) -> None:
    order = answered(desk, issued_by)
    assert desk.by(answers.answer, "school", order.id, "已办") == {f"order_answered > {first}"}


def test_its_check_climbs_within_the_office_that_judges(desk: Desk) -> None:
    order = answered(desk, "city")
    desk.by(answers.answer, "school", order.id, "已办")
    told = [one for _ in range(14) for one in passes(desk)]
    assert told[:2] == ["rung > city"] * 2
    assert set(told[2:]) <= {"rung > city", "rung > administrator"}, "nobody serves above the city"


def test_whoever_wrote_an_answer_down_is_not_asked_to_judge_it(desk: Desk) -> None:
    order = answered(desk, "supervisor")
    told = desk.by(answers.answer, "supervisor", order.id, "来电：已办")
    assert told == {"order_answered > leader"}


def test_nor_who_must_keep_away_from_its_unit(desk: Desk) -> None:
    order = answered(desk, "supervisor")
    keeps_away(desk, "supervisor")
    assert desk.by(answers.answer, "school", order.id, "已办") == {"order_answered > leader"}
    desk.by(answers.send_back, "leader", order.id, "不清楚")
    keeps_away(desk, "leader")
    told = desk.by(answers.answer, "school", order.id, "已办")
    assert told == {"order_answered > administrator"}


def test_a_draft_of_the_level_above_urges_nobody_below(desk: Desk) -> None:
    order = drafted(desk, "listed")
    for other in desk.session.scalars(select(Order).where(Order.id != order.id)).all():
        orders.cancel(desk.session, desk.office["city"], other.id, "不需要", desk.now)
    desk.told()
    told = {one for _ in range(4) for one in passes(desk) if one.startswith("rung")}
    assert told == {"rung > city"}


def test_a_draft_is_not_its_editors_to_sign(desk: Desk) -> None:
    order = drafted(desk)
    desk.session.get_one(User, desk.office["handler"].person).active = False
    orders.edit(desk.session, desk.office["supervisor"], order.id, "全部改写", desk.now)
    told = {one for _ in range(2) for one in passes(desk) if one.startswith("rung")}
    assert "rung > supervisor" not in told
    assert "rung > leader" in told


def test_a_draft_about_a_unit_is_announced_to_nobody_who_keeps_away_from_it(desk: Desk) -> None:
    keeps_away(desk, "supervisor")
    case, _ = desk.dispatched()
    assert case.unit_id is None
    told = {one for _ in range(4) for one in passes(desk) if one.startswith("sign")}
    assert told == {"sign > leader"}
