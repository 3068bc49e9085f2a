"""What administrators change is on the record: who, when, what, and what it was before."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, insert, select
from sqlalchemy.orm import Session

from caseflow.errors import NotFound
from caseflow.people.actor import Actor
from caseflow.people.office_tables import OfficeChange
from caseflow.people.tables import Area, User

PAGE = 20

CHANGES = {
    "account_created": "新建账号",
    "account_changed": "修改账号",
    "account_closed": "停用账号",
    "account_opened": "恢复账号",
    "account_unlocked": "解除锁定",
    "password_reset": "重设密码",
    "password_changed": "本人修改密码",
    "post_assigned": "调整岗位",
    "absence_entered": "登记外出",
    "absence_ended": "结束外出",
    "work_handed_over": "移交工作",
    "recusal_entered": "登记回避",
    "recusal_ended": "解除回避",
    "unit_created": "登记单位",
    "unit_changed": "修改单位",
    "unit_closed": "停用单位",
    "unit_opened": "恢复单位",
    "calendar_changed": "修改日历",
    "policy_changed": "修改时限规则",
    "policy_added": "新增时限规则",
    "policy_ended": "停用时限规则",
    "ladder_changed": "修改督办阶梯",
    "visit_demanded": "销号前须实地核查",
    "visit_lifted": "销号前不再须实地核查",
    "message_requeued": "重新发送消息",
    "message_discarded": "作废消息",
    "event_requeued": "重新处理事件",
    "event_discarded": "作废事件",
}
"""Word of the code: word of the screen."""


@dataclass(frozen=True)
class Noted:
    """One change with the names of who made it and whom it is about."""

    at: datetime
    what: str
    by: str
    about: str
    facts: Mapping[str, Any]


def note(
    session: Session,
    actor: Actor,
    what: str,
    now: datetime,
    facts: Mapping[str, Any] | None = None,
    *,
    user_id: int | None = None,
) -> None:
    """Write down one change; `facts` are ids and words of the house, never a password."""
    if what not in CHANGES:
        raise ValueError(what)
    session.flush()
    session.execute(
        insert(OfficeChange).values(
            at=now,
            by_id=actor.person,
            area_code=actor.area,
            what=what,
            user_id=user_id,
            facts=json.dumps(facts or {}, ensure_ascii=False, sort_keys=True),
        )
    )


def in_reach(actor: Actor) -> ColumnElement[bool]:
    """Return the SQL condition on `Area` for the subtree that somebody answers for."""
    column: ColumnElement[bool] = getattr(Area, actor.level) == actor.area
    return column


def person_in_reach(session: Session, actor: Actor, user_id: int) -> User:
    """Return an account of the actor's areas; raises NotFound for any other."""
    query = select(User).join(Area, Area.code == User.area_code)
    user = session.scalar(query.where(User.id == user_id, in_reach(actor)))
    if user is None:
        raise NotFound("没有这个账号")
    return user


def answers_for(session: Session, actor: Actor, area: str) -> bool:
    """Tell whether an area lies within what somebody answers for."""
    query = select(Area.code).where(Area.code == area, in_reach(actor))
    return session.scalar(query) is not None


def newest(session: Session, actor: Actor, user_id: int | None = None) -> Sequence[Noted]:
    """Return the last changes made in the actor's areas, or those about one account."""
    query = (
        select(OfficeChange, User.name)
        .join(User, User.id == OfficeChange.by_id)
        .join(Area, Area.code == OfficeChange.area_code)
    )
    # Whoever may open an account reads all of its story, also what a level above did to it.
    where = in_reach(actor) if user_id is None else OfficeChange.user_id == user_id
    rows = session.execute(query.where(where).order_by(OfficeChange.id.desc()).limit(PAGE)).all()
    ids = sorted({change.user_id for change, _ in rows if change.user_id})
    names = dict(session.execute(select(User.id, User.name).where(User.id.in_(ids))).all())
    return [
        Noted(
            change.at, change.what, by, names.get(change.user_id or 0, ""), json.loads(change.facts)
        )
        for change, by in rows
    ]
