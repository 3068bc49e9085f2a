"""Who is away and who stands in (外出、代理): entered from day to day, over by itself.

Nothing runs when an absence begins or ends: each question names a moment and is answered from the
days. Whoever is away still signs in and works; messages and choices look for somebody present.
Whether a stand-in may touch a matter is looked at case by case: somebody recused gets nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import and_, bindparam, select
from sqlalchemy.orm import Session, aliased

from caseflow.clock import local
from caseflow.errors import BadInput, MoveNotAllowed, NotFound, Told
from caseflow.people.actor import Actor
from caseflow.people.office_changes import note, person_in_reach
from caseflow.people.permissions import (
    ADMINISTRATOR,
    AUDITOR,
    HANDLER,
    INSPECTOR,
    LEADER,
    OPERATOR,
    REVIEWER,
    SUPERVISOR,
    UNIT,
    require,
)
from caseflow.people.tables import Absence, User

LONGEST = 366
"""So many days at most: whoever is away for longer hands over."""

# Who may do what somebody does. An inspector's place is taken by those of the office who may act
# for any holder of an item and see the case; another inspector is given the item itself.
_ABLE: Mapping[str, tuple[str, ...]] = {
    OPERATOR: (OPERATOR, HANDLER, SUPERVISOR),
    HANDLER: (HANDLER, SUPERVISOR),
    INSPECTOR: (HANDLER, SUPERVISOR),
    REVIEWER: (REVIEWER, SUPERVISOR),
    SUPERVISOR: (SUPERVISOR, LEADER),
    LEADER: (LEADER, SUPERVISOR),
    UNIT: (UNIT,),
    AUDITOR: (AUDITOR,),
    ADMINISTRATOR: (ADMINISTRATOR,),
}


@dataclass(frozen=True)
class Away:
    """One absence as a page shows it: `current` where it runs at the moment asked about.

    `user`, `stand_in`: names; empty where they are known, or nobody stands in.
    """

    id: int
    user: str
    stand_in: str
    first_day: date
    last_day: date
    current: bool


_RUNS = and_(
    Absence.first_day <= bindparam("today"),
    Absence.last_day >= bindparam("today"),
    Absence.ended_at.is_(None),
)
_THERE = aliased(User)
_RUNNING = (
    select(Absence, User.name, _THERE.id, _THERE.name)
    .join(User, User.id == Absence.user_id)
    .outerjoin(_THERE, and_(_THERE.id == Absence.stand_in_id, _THERE.active.is_(True)))
    .where(_RUNS)
)
_AWAY = (
    select(Absence.user_id, User.id)
    .outerjoin(User, and_(User.id == Absence.stand_in_id, User.active.is_(True)))
    .where(_RUNS)
)


def away(session: Session, now: datetime) -> Mapping[int, int | None]:
    """Return who is away at a moment, by id, and who stands in: somebody who is there, following
    those who stand in for one another; None where nobody is.
    """
    today = {"today": local(now).date()}
    entered: dict[int, int | None] = dict(session.execute(_AWAY, today).all())
    return {user_id: _present(entered, user_id) for user_id in entered}


def _present(entered: Mapping[int, int | None], user_id: int) -> int | None:
    seen: set[int] = set()
    here: int | None = user_id
    while here is not None and here in entered:
        if here in seen:
            return None
        seen.add(here)
        here = entered[here]
    return here


def stood_in_for(session: Session, user_id: int, now: datetime) -> Sequence[User]:
    """Return the people whose place somebody takes at a moment, by name."""
    ids = [one for one, instead in away(session, now).items() if instead == user_id]
    query = select(User).where(User.id.in_(ids)).order_by(User.name, User.id)
    return session.scalars(query).all() if ids else []


def of(session: Session, user_id: int, now: datetime) -> Sequence[Away]:
    """Return the absences of a person that run or are to come, the first first."""
    today = local(now).date()
    query = (
        select(Absence, User.name)
        .outerjoin(User, User.id == Absence.stand_in_id)
        .where(Absence.user_id == user_id, Absence.ended_at.is_(None), Absence.last_day >= today)
        .order_by(Absence.first_day)
    )
    return [
        Away(one.id, "", name or "", one.first_day, one.last_day, one.first_day <= today)
        for one, name in session.execute(query)
    ]


def running(session: Session, now: datetime) -> Mapping[int, Away]:
    """Return the absences that run at a moment, by whose they are; `stand_in`: who is there."""
    rows = session.execute(_RUNNING, {"today": local(now).date()}).all()
    entered = {one.user_id: stand_in for one, _, stand_in, _ in rows}
    names = {stand_in or 0: name or "" for _, _, stand_in, name in rows}
    return {
        one.user_id: Away(
            one.id,
            name,
            names.get(_present(entered, one.user_id) or 0, ""),
            one.first_day,
            one.last_day,
            True,
        )
        for one, name, _, _ in rows
    }


def candidates(session: Session, user: User) -> Sequence[User]:
    """Return who may stand in for somebody: active, of the same office or unit, able to do it."""
    query = select(User).where(
        User.active.is_(True),
        User.id != user.id,
        User.role.in_(_ABLE[user.role]),
        User.unit_id == user.unit_id if user.role == UNIT else User.area_code == user.area_code,
    )
    return session.scalars(query.order_by(User.name, User.id)).all()


def enter(
    session: Session,
    actor: Actor,
    user_id: int,
    days: tuple[date | None, date | None],
    stand_in_id: int | None,
    now: datetime,
) -> Absence:
    """Say that somebody, or the actor, is away from the first of two days to the last.

    Nobody is sent away backwards in time. Raises NotPermitted, NotFound, BadInput.
    """
    user = _whose(session, actor, user_id)
    wrong = {**_wrong_days(days, now), **_wrong_stand_in(session, user, days, stand_in_id)}
    if not wrong and _overlapping(session, user.id, days):
        wrong["first_day"] = "这几天已经登记过外出，请先结束原来的"
    first, last = days
    if wrong or first is None or last is None:
        raise BadInput(wrong)
    made = Absence(
        user_id=user.id,
        stand_in_id=stand_in_id,
        first_day=first,
        last_day=last,
        by_id=actor.person,
        entered_at=now,
    )
    session.add(made)
    note(session, actor, "absence_entered", now, _facts(made), user_id=user.id)
    return made


def end(session: Session, actor: Actor, user_id: int, absence_id: int, now: datetime) -> None:
    """End an absence before its last day, or call it off; raises MoveNotAllowed once it is over."""
    user = _whose(session, actor, user_id)
    row = session.get(Absence, absence_id, with_for_update=True)
    if row is None or row.user_id != user.id:
        raise NotFound("没有这次外出")
    if row.ended_at is not None or row.last_day < local(now).date():
        raise MoveNotAllowed("这次外出已经结束")
    row.ended_at = now
    note(session, actor, "absence_ended", now, _facts(row), user_id=user.id)


def _whose(session: Session, actor: Actor, user_id: int) -> User:
    """Return the account, locked: of two who enter days for it the second sees the first's."""
    if actor.id == user_id:
        user = session.get_one(User, user_id)
    else:
        require(actor, "people.send_away")
        user = person_in_reach(session, actor, user_id)
    session.refresh(user, with_for_update={"key_share": True})
    if not user.active:
        raise MoveNotAllowed("这个账号已经停用")
    return user


def _wrong_days(days: tuple[date | None, date | None], now: datetime) -> dict[str, str]:
    first, last = days
    today = local(now).date()
    if first is None or first < today:
        return {"first_day": "请填写今天或以后的一天"}
    if last is None or last < first:
        return {"last_day": "不能早于第一天"}
    if last - first >= timedelta(days=LONGEST):
        return {"last_day": Told("最多 %(n)d 天；更久的请移交工作", n=LONGEST)}
    return {}


def _wrong_stand_in(
    session: Session, user: User, days: tuple[date | None, date | None], stand_in_id: int | None
) -> dict[str, str]:
    able = {one.id for one in candidates(session, user)}
    if stand_in_id is None:
        return {"stand_in": "请选择代理人"} if able else {}
    if stand_in_id not in able:
        return {"stand_in": "请从列表中选择"}
    if _overlapping(session, stand_in_id, days):
        return {"stand_in": "这位同事那几天也外出，请另选"}
    return {}


def _overlapping(session: Session, user_id: int, days: tuple[date | None, date | None]) -> bool:
    first, last = days
    if first is None or last is None:
        return False
    query = select(Absence.id).where(
        Absence.user_id == user_id,
        Absence.ended_at.is_(None),
        Absence.first_day <= last,
        Absence.last_day >= first,
    )
    return session.scalar(query.limit(1)) is not None


def _facts(row: Absence) -> dict[str, object]:
    return {
        "first": row.first_day.isoformat(),
        "last": row.last_day.isoformat(),
        "stand_in": row.stand_in_id,
    }
