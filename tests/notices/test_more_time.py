"""Whom an application for more time goes to, and whom the decision: never nobody (延期)."""

from datetime import date, timedelta

import pytest

from caseflow.deadlines import clocks
from caseflow.errors import MoveNotAllowed
from caseflow.escalation.sweep import sweep
from caseflow.ledger.moves import extending, items, triage, work
from caseflow.ledger.moves.record import of_item
from caseflow.ledger.tables import Case, Item
from caseflow.people.accounts import actor_of
from caseflow.people.tables import Recusal, User
from tests.notices.desk import Desk, desk

__all__ = ["desk"]

WHY = "检测报告要十个工作日"
CASE_UNTIL, ITEM_UNTIL = date(2026, 3, 24), date(2026, 3, 19)


def extended(desk: Desk, to: str = "school", who: str = "school") -> tuple[Case, Item]:
    """A case with room in it, and its one item signed for."""
    case, item = desk.dispatched(to=to)
    desk.by(work.sign_for, who, item.id)
    desk.by(extending.extend_case, "handler", case.id, CASE_UNTIL, WHY)
    desk.by(extending.grant_case, "leader", case.id, "")
    return case, item


def asks(desk: Desk, who: str, item: Item) -> set[str]:
    return desk.by(extending.extend, who, item.id, ITEM_UNTIL, WHY)


def test_a_supervisor_who_asks_is_not_the_one_to_decide(desk: Desk) -> None:
    case, item = extended(desk)
    assert asks(desk, "supervisor", item) == {"extension > city"}
    other, _ = desk.case(reach="")
    desk.by(triage.accept, "handler", other.id)
    told = desk.by(extending.extend_case, "supervisor", other.id, CASE_UNTIL, WHY)
    assert told == {"extension > leader"}
    assert case.id != other.id


def test_where_the_post_is_vacant_an_item_goes_to_somebody_who_can_decide(desk: Desk) -> None:
    _, item = extended(desk)
    desk.session.get_one(User, desk.office["supervisor"].person).active = False
    assert asks(desk, "school", item) == {"extension > city"}


def test_whoever_keeps_away_from_the_unit_is_not_asked_to_decide(desk: Desk) -> None:
    _, item = extended(desk)
    boss, school = desk.office["supervisor"].person, desk.office.units["school"]
    desk.session.add(Recusal(user_id=boss, unit_id=school, reason="亲属", since=desk.now))
    assert asks(desk, "school", item) == {"extension > city"}


def test_the_holder_learns_of_its_new_day_whoever_asked(desk: Desk) -> None:
    _, item = extended(desk)
    asks(desk, "handler", item)
    told = desk.by(extending.grant, "supervisor", item.id, "")
    assert told == {"granted > handler", "granted > school"}


def replaced(desk: Desk, item: Item) -> None:
    """Send another inspector."""
    successor = User(
        username="inspector2",
        name="测试inspector2",
        role="inspector",
        area_code="430503",
        password_hash="!",
        email="inspector2@office.example",
    )
    desk.session.add(successor)
    desk.session.flush()
    desk.office.actors["inspector2"] = actor_of(desk.session, successor)
    desk.by(items.reassign, "supervisor", item.id, successor.id, "调岗")


@pytest.mark.parametrize(("to", "who"), [("section", "inspector"), ("school", "school")])
def test_nobody_is_answered_for_what_the_one_before_asked(desk: Desk, to: str, who: str) -> None:
    _, item = extended(desk, to, who)
    asks(desk, who, item)
    replaced(desk, item)
    assert [clock.name for clock in clocks.alive(desk.session, of_item(item))] == ["verify"]
    with pytest.raises(MoveNotAllowed, match="没有等待审批"):
        desk.by(extending.refuse, "supervisor", item.id, "来得及")
    assert asks(desk, "inspector2", item) == {"extension > supervisor"}


def test_what_the_office_asked_for_waits_on_whoever_has_it(desk: Desk) -> None:
    _, item = extended(desk, "section", "inspector")
    asks(desk, "handler", item)
    replaced(desk, item)
    assert desk.by(extending.refuse, "supervisor", item.id, "来得及") == {"not_granted > handler"}


@pytest.mark.parametrize("hours", [13, 40])
def test_an_undecided_application_climbs_to_those_who_decide(desk: Desk, hours: int) -> None:
    """A reminder before the working day is over, and again once it is."""
    case, item = desk.dispatched()
    desk.by(work.sign_for, "school", item.id)
    desk.by(extending.extend_case, "handler", case.id, CASE_UNTIL, WHY)
    while sweep(desk.session, desk.now + timedelta(hours=hours)):
        pass
    assert desk.told() == {"rung > supervisor"}
