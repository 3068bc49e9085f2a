"""Whom a message goes to where the first one asked must keep away, or must be asked again."""

from datetime import timedelta

from sqlalchemy import select

from caseflow.escalation.sweep import sweep
from caseflow.ledger.moves import closing, items, triage, urgency, work
from caseflow.ledger.moves.urgency import DangerCard
from caseflow.ledger.tables import Item
from caseflow.people.tables import Recusal, User
from tests.notices.desk import Desk, desk

__all__ = ["desk"]


def test_a_second_look_that_only_the_decider_could_take_goes_one_up(desk: Desk) -> None:
    unit = desk.office.units["school"]
    desk.session.add(
        Recusal(user_id=desk.office["reviewer"].person, unit_id=unit, reason="亲属", since=desk.now)
    )
    case, _ = desk.case(reach="", unit=unit)
    told = desk.by(triage.decline, "supervisor", case.id, "不属于受理范围")
    assert told == {"second_look > leader"}


def test_where_everybody_keeps_away_administrators_are_told(desk: Desk) -> None:
    unit = desk.office.units["school"]
    for name in ("reviewer", "leader", "city"):
        desk.session.add(
            Recusal(user_id=desk.office[name].person, unit_id=unit, reason="亲属", since=desk.now)
        )
    case, _ = desk.case(reach="", unit=unit)
    told = desk.by(triage.decline, "supervisor", case.id, "不属于受理范围")
    assert told == {"second_look > administrator"}


def test_the_holder_of_unfinished_work_is_urged_again_after_a_reopening(desk: Desk) -> None:
    case, _ = desk.case(unit=desk.office.units["school"])
    desk.by(triage.accept, "handler", case.id)
    desk.by(items.split, "handler", case.id, ["甲", "乙"])
    first, second = desk.session.scalars(select(Item).where(Item.case_id == case.id)).all()
    given = items.Dispatch(desk.office.units["academy"], "请核查")
    desk.by(lambda s, me, now: items.dispatch(s, me, first.id, given, now), "handler")
    desk.by(triage.decline, "supervisor", case.id, "不属于")
    desk.by(closing.reopen, "supervisor", case.id, "仍由我办理")
    desk.by(lambda s, me, now: items.dispatch(s, me, second.id, given, now), "handler")
    work.sign_for(desk.session, desk.office["academy"], second.id, desk.now)
    desk.watch.forget()
    while sweep(desk.session, desk.now + timedelta(days=1, hours=12)):
        pass
    assert "rung > academy" in desk.told(), "the unit has not signed for the first item"


def test_a_reason_goes_up_past_whoever_gave_it(desk: Desk) -> None:
    """The supervisor's post is vacant, and the leader cannot sign their own reason."""
    desk.session.get_one(User, desk.office["supervisor"].person).active = False
    case, _ = desk.case(urgent=True)
    card = DangerCard(police_called=False, leader_told=True, reason="双方已分开")
    assert desk.by(urgency.acknowledge, "leader", case.id, card) == {"countersign > city"}
