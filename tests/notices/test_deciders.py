"""What is to be decided goes to whoever may decide it, and is urged there (回避, 指定承办)."""

from datetime import date

from sqlalchemy import select, update

from caseflow.deadlines.tables import Clock
from caseflow.escalation.sweep import sweep
from caseflow.ledger.moves import check, closing, extending, objecting, withdrawing, work
from caseflow.ledger.moves.heard import Heard
from caseflow.ledger.tables import Item
from caseflow.people.tables import Post, Recusal, User
from tests import office as offices
from tests.notices.desk import Desk, desk

__all__ = ["desk"]

WHY = "不归我们管"


def keeps_away(desk: Desk, name: str, unit: str = "school") -> None:
    person, away = desk.office[name].person, desk.office.units[unit]
    desk.session.add(Recusal(user_id=person, unit_id=away, reason="亲属", since=desk.now))
    desk.session.flush()


def objected(desk: Desk, item: Item, often: int = 1) -> set[str]:
    """Let the school object so often, and return who was told of the last one."""
    desk.told()
    told = desk.by(objecting.object_to, "school", item.id, WHY)
    for _ in range(often - 1):
        desk.by(objecting.reject_objection, "supervisor", item.id, "归你校")
        told = desk.by(objecting.object_to, "school", item.id, WHY)
    return told


def urged(desk: Desk, name: str) -> list[set[str]]:
    """Let the promise of that name alone climb its ladder; return whom each rung was told."""
    still = {"next_rung_at": None, "next_rung": None}
    desk.session.execute(update(Clock).where(Clock.name != name).values(still))
    running = (Clock.name == name, Clock.state == "running")
    clock = desk.session.scalars(select(Clock).where(*running)).one()
    found = []
    while clock.next_rung_at is not None:
        desk.now = max(desk.now, clock.next_rung_at)
        sweep(desk.session, desk.now)
        found.append(desk.told())
    return found


def test_an_objection_goes_past_whoever_keeps_away_from_the_unit_that_objects(desk: Desk) -> None:
    """The case is about no unit, so the supervisor sees it, and yet may not judge what it says."""
    _, item = desk.dispatched()
    keeps_away(desk, "supervisor")
    assert objected(desk, item) == {"objection > city"}
    assert urged(desk, "decide") == [
        {"rung > city"},
        {"rung > city"},
        {"rung > leader"},
        {"rung > city"},
    ]


def test_a_leader_who_keeps_away_is_not_told_that_a_decision_is_late(desk: Desk) -> None:
    _, item = desk.dispatched()
    keeps_away(desk, "leader")
    assert objected(desk, item) == {"objection > supervisor"}
    assert urged(desk, "decide") == [{"rung > supervisor"}] * 3 + [{"rung > city"}]


def test_the_second_objection_is_urged_where_it_is_decided(desk: Desk) -> None:
    _, item = desk.dispatched()
    assert objected(desk, item, 2) == {"designate > leader"}
    assert urged(desk, "decide") == [{"rung > leader"}] * 3 + [{"rung > city"}]


def test_more_time_that_a_supervisor_asks_for_is_urged_with_the_leader(desk: Desk) -> None:
    case, _ = desk.dispatched()
    until = date(2026, 3, 24)
    assert desk.by(extending.extend_case, "supervisor", case.id, until, WHY) >= {
        "extension > leader"
    }
    assert urged(desk, "decide") == [{"rung > leader"}] * 3 + [{"rung > city"}]


def test_more_time_for_an_item_is_urged_past_whoever_keeps_away(desk: Desk) -> None:
    case, item = desk.dispatched()
    desk.by(work.sign_for, "school", item.id)
    desk.by(extending.extend_case, "handler", case.id, date(2026, 3, 24), WHY)
    desk.by(extending.grant_case, "leader", case.id, "")
    keeps_away(desk, "supervisor")
    told = desk.by(extending.extend, "school", item.id, date(2026, 3, 19), WHY)
    assert told == {"extension > city"}
    assert urged(desk, "decide")[:2] == [{"rung > city"}] * 2


def test_a_request_to_withdraw_is_urged_past_whoever_keeps_away(desk: Desk) -> None:
    _, item = desk.dispatched()
    keeps_away(desk, "supervisor")
    assert desk.by(withdrawing.withdraw, "handler", item.id, "重复") >= {"withdrawal > leader"}
    assert urged(desk, "consent") == [{"rung > leader"}] * 3 + [{"rung > city"}]


def test_an_unsatisfied_reporter_is_urged_with_those_who_decide(desk: Desk) -> None:
    case, item = desk.submitted()
    case.call_back = True
    desk.by(check.strike_off, "reviewer", item.id, "清楚")
    report = offices.first_report(desk.session, case)
    desk.by(closing.reply, "handler", case.id, report.id, "已办", "telephone")
    desk.session.get_one(User, desk.office["supervisor"].person).active = False
    heard = Heard(reached=True, solved=False, satisfied=False, words="没有改")
    assert desk.by(closing.call_back, "operator", case.id, heard) == {"unsatisfied > city"}
    assert urged(desk, "call_back")[:2] == [{"rung > city"}] * 2


def test_where_no_leader_may_designate_the_level_above_is_asked(desk: Desk) -> None:
    _, item = desk.dispatched()
    keeps_away(desk, "leader")
    assert objected(desk, item, 2) == {"designate > city"}
    assert urged(desk, "decide") == [{"rung > city"}] * 4


def test_where_nobody_may_designate_those_who_can_name_a_leader_are_told(desk: Desk) -> None:
    _, item = desk.dispatched()
    for name in ("leader", "city"):
        desk.session.get_one(User, desk.office[name].person).active = False
    assert objected(desk, item, 2) == {"designate > administrator"}


def test_who_decides_without_a_post_is_asked_before_administrators_are(desk: Desk) -> None:
    desk.session.execute(update(Post).where(Post.duty == "leader").values(user_id=None))
    _, item = desk.dispatched()
    assert objected(desk, item, 2) == {"designate > leader"}
