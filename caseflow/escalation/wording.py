"""What a drafted document says: the failure to act, and nothing of the allegation.

A unit that reads it must learn no more than its item already told (trade.md, "Two things never to
mix"). The proposal of accountability is not for the unit at all: it goes to whoever decides, and
says what is known, by the number under which the unit and the office speak of the item.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from caseflow.clock import local
from caseflow.deadlines.ladder import Action
from caseflow.deadlines.policies import ClockName
from caseflow.deadlines.rules import rules_of
from caseflow.deadlines.tables import Clock
from caseflow.escalation.order_states import OUT
from caseflow.escalation.tables import Order
from caseflow.ledger.holding import reference
from caseflow.ledger.tables import Item
from caseflow.people.tables import Unit
from caseflow.words import ACTIONS, CLOCKS

# Who decides whether accountability is started: nobody that this software knows as a user.
DECIDES = "教育督导委员会"


@dataclass(frozen=True)
class Late:
    """What a document is about. `unit_id`: the unit that is late, None while an inspector is."""

    clock: Clock
    item_id: int | None
    unit_id: int | None


def wording(session: Session, kind: str, late: Late, now: datetime) -> str:
    """Return the text of a fresh draft."""
    unit = session.get_one(Unit, late.unit_id).name if late.unit_id else ""
    if kind == Action.accountability:
        return _proposal(session, unit, late, now)
    whom = f"{unit}：\n" if unit else ""
    why = "和逾期原因" if late.clock.due <= now else ""  # not said
    return (
        f"{ACTIONS[kind]}\n{whom}"
        f"你单位{_what(session, late)}，{_standing(session, late, now)}。\n"
        f"{_demand(kind)}，并在期限内书面报告办理情况{why}。"
    )


# What a document asks for beyond doing the work; everything else is its name's.
_AT_ONCE = "请接到本件后立即办理"  # not said
_DEMANDS = {
    Action.interview: f"请单位负责人按通知的时间和地点到场说明，{_AT_ONCE[1:]}",
    Action.listed: f"现由上一级挂牌督办，{_AT_ONCE}，办结并经核实后摘牌",
    Action.rectification: "现责令限期整改，请立即整改，逐项说明整改措施",  # not said
    Action.raised: f"现提级督办，由上一级教育督导机构直接督办，{_AT_ONCE}",
}


def _demand(kind: str) -> str:
    return _DEMANDS.get(Action(kind), _AT_ONCE)


def _standing(session: Session, late: Late, now: datetime) -> str:
    """Say how a matter stands, as its unit knows it already: no reason of the office's own, and
    nothing of other reports (design law 9).
    """
    if late.clock.due <= now:
        return f"{_overdue(session, late.clock, now)}，仍未{_missing(late)}"  # not said
    due = _day(rules_of(session).calendar.due_day(late.clock.due))
    return f"{_returned(session, late)}{_limit(late.clock)}为{due}"


def _returned(session: Session, late: Late) -> str:
    item = session.get(Item, late.item_id) if late.item_id else None
    return f"已被退回{item.returns}次，" if item is not None and item.returns else ""  # not said


def _proposal(session: Session, unit: str, late: Late, now: datetime) -> str:
    papers = "；".join(f"{ACTIONS[one.kind]}（{_sign(one)}）" for one in _issued(session, late))
    before = f"已签发：{papers}。" if papers else "没有签发过督办文书。"  # not said
    who = unit or "责任督学"  # not said
    facts = "以上是逾期未办的事实。" if late.clock.due <= now else "以上是办理的事实。"  # not said
    return (
        f"{ACTIONS[Action.accountability]}\n{DECIDES}：\n"
        f"{who}{_what(session, late)}，{_standing(session, late, now)}。\n"
        f"截至{_today(session, now)}，就这一事项{before}\n"
        f"{facts}是否启动问责，请按规定程序调查核实、听取该单位意见后决定；"
        "决定之前，本件不发给该单位。"
    )


def _what(session: Session, late: Late) -> str:
    """Say what is late: the item; or, where a promise about it ran out, the document about that,
    for the item itself may be signed for, and in time.
    """
    if late.clock.order_id is None:
        does = "协办" if late.clock.name == ClockName.assist else "承办"  # not said
        return f"{does}的{_which(late)}"
    order = session.get_one(Order, late.clock.order_id)
    return f"就{_which(late)}收到的{ACTIONS[order.kind]}（{_sign(order)}）"  # not said


def _missing(late: Late) -> str:
    """Say what was not done by then."""
    if late.clock.order_id is None:
        return "完成"  # not said
    return "签收" if late.clock.name == ClockName.sign_for else "答复"  # not said


def _which(late: Late) -> str:
    """Return the item as unit and office call it; the unit has read the number before."""
    return f"事项{reference(late.item_id)}" if late.item_id else "事项"  # not said


def _issued(session: Session, late: Late) -> Sequence[Order]:
    """Return what the unit was sent about the item before, oldest first."""
    if late.unit_id is None or late.item_id is None:
        return ()
    query = select(Order).where(
        Order.item_id == late.item_id, Order.unit_id == late.unit_id, Order.state.in_(OUT)
    )
    return session.scalars(query.order_by(Order.issued_at, Order.id)).all()


def _sign(order: Order) -> str:
    number = order.number or ""
    return f"{number}，{_day(local(order.issued_at).date())}" if order.issued_at else number


def _overdue(session: Session, clock: Clock, now: datetime) -> str:
    calendar = rules_of(session).calendar
    due = calendar.due_day(clock.due)
    late = calendar.working_days_between(due, calendar.local_day(now))
    today = _today(session, now)
    return f"{_limit(clock)}为{_day(due)}，截至{today}已逾期{late}个工作日"


def _limit(clock: Clock) -> str:
    """Return what a limit is called beside what it is about."""
    return "答复期限" if clock.name == ClockName.answer else CLOCKS[clock.name]  # not said


def _today(session: Session, now: datetime) -> str:
    return _day(rules_of(session).calendar.local_day(now))


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"  # not said
