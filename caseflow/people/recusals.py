"""Who keeps away from which unit (回避): entered and ended by an administrator, on the record.

A person neither sees nor touches a matter about a unit they are recused from (`scope`). Being
recused from a school means its branches too: each unit below it gets a row of its own.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from caseflow.errors import BadInput, MoveNotAllowed
from caseflow.people import staff
from caseflow.people.actor import Actor
from caseflow.people.office_changes import in_reach, note
from caseflow.people.tables import Area, Recusal, Unit

LONGEST_REASON = 200


@dataclass(frozen=True)
class Kept:
    """One unit that somebody keeps away from, why, and since when."""

    unit_id: int
    unit: str
    reason: str
    since: datetime


def of(session: Session, user_id: int) -> Sequence[Kept]:
    """Return the units that a person keeps away from, the oldest first."""
    query = select(Recusal.unit_id, Unit.name, Recusal.reason, Recusal.since)
    query = query.join(Unit, Unit.id == Recusal.unit_id).where(Recusal.user_id == user_id)
    return [Kept(*row) for row in session.execute(query.order_by(Recusal.id))]


def add(
    session: Session, actor: Actor, user_id: int, unit_id: int | None, reason: str, now: datetime
) -> int:
    """Keep a person away from a unit and those it manages; return how many were not so yet.

    Raises NotPermitted, NotFound, BadInput.
    """
    user = staff.somebody_else(session, actor, user_id)
    known = select(Unit).join(Area, Area.code == Unit.area_code).where(in_reach(actor))
    unit = session.scalar(known.where(Unit.id == unit_id))
    wrong = {}
    if unit is None:
        wrong["away_from"] = "请选择要回避的单位"
    if not 0 < len(reason) <= LONGEST_REASON:
        wrong["why"] = "请填写回避理由，最多 200 字"
    if unit is None or wrong:
        raise BadInput(wrong)
    kept = {one.unit_id for one in of(session, user.id)}
    fresh = [one for one in with_those_below(session, unit.id) if one not in kept]
    for one in fresh:
        session.add(Recusal(user_id=user.id, unit_id=one, reason=reason, since=now))
    if fresh:
        note(session, actor, "recusal_entered", now, {"unit": unit.id}, user_id=user.id)
    return len(fresh)


def follow(session: Session, actor: Actor, unit_id: int, now: datetime) -> None:
    """Keep people away from a unit, and those below it, who keep away from one above it: a branch
    that is entered or moved later is the school's branch too.
    """
    higher = _above(session, unit_id)
    query = select(Recusal).where(Recusal.unit_id.in_(higher)).order_by(Recusal.id)
    for known in session.scalars(query).all():
        kept = {one.unit_id for one in of(session, known.user_id)}
        fresh = [one for one in with_those_below(session, unit_id) if one not in kept]
        for one in fresh:
            row = Recusal(user_id=known.user_id, unit_id=one, reason=known.reason, since=now)
            session.add(row)
        if fresh:
            note(session, actor, "recusal_entered", now, {"unit": unit_id}, user_id=known.user_id)


def _above(session: Session, unit_id: int) -> list[int]:
    found: list[int] = []
    step = session.get_one(Unit, unit_id).managed_by
    while step is not None and step not in found:
        found.append(step)
        step = session.get_one(Unit, step).managed_by
    return found


def end(session: Session, actor: Actor, user_id: int, unit_id: int | None, now: datetime) -> None:
    """Let a person see and touch matters about a unit again. Raises MoveNotAllowed."""
    user = staff.somebody_else(session, actor, user_id)
    query = select(Recusal).where(Recusal.user_id == user.id, Recusal.unit_id == unit_id)
    rows = session.scalars(query).all()
    if not rows:
        raise MoveNotAllowed("这项回避已经解除")
    for row in rows:
        session.delete(row)
    note(session, actor, "recusal_ended", now, {"unit": unit_id}, user_id=user.id)


def with_those_below(session: Session, unit_id: int) -> list[int]:
    """Return a unit and every unit below it, level by level; one statement a level."""
    found, level = [unit_id], [unit_id]
    while level:
        query = select(Unit.id).where(Unit.managed_by.in_(level), Unit.id.not_in(found))
        level = list(session.scalars(query.order_by(Unit.id)))
        found += level
    return found
