"""The duty list: who is rung first, next and in reserve, in plain order.

The numbers are staff's own, so they lie sealed and are opened for whoever keeps the list, and for
the machine that has them rung.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from caseflow.crypto import blind
from caseflow.crypto.keys import KeyRing
from caseflow.errors import BadInput, MoveNotAllowed, NotFound
from caseflow.intake.call_tables import DutyLine
from caseflow.people.actor import Actor
from caseflow.people.permissions import OFFICE, may, require
from caseflow.people.tables import User

AT_MOST = 20
WRONG = "请填写能拨通的电话号码，分机不算"
KNOWN = "这个人已经在值班表上"
SOMEBODY = "请选择本办在岗的人"
FULL = "值班表最多 20 人，请先去掉不再值班的"
MOVED = "值班表刚被别人改过，请看过再改"


@dataclass(frozen=True)
class OnDuty:
    """One line of the list; `number` only where the reader keeps the list."""

    id: int
    user_id: int
    name: str
    active: bool
    set_at: datetime
    number: str = field(default="", repr=False)


def listed(session: Session, ring: KeyRing, actor: Actor) -> Sequence[OnDuty]:
    """Return the duty list of the actor's own area in its order. Raises NotPermitted."""
    require(actor, "duty.read")
    opens = may(actor, "duty.edit")
    return [
        OnDuty(
            id=line.id,
            user_id=user.id,
            name=user.name,
            active=user.active,
            set_at=line.set_at,
            number=_opened(ring, line) if opens else "",
        )
        for line, user in session.execute(_lines(actor.area))
    ]


def candidates(session: Session, actor: Actor) -> Sequence[User]:
    """Return who may be put on the list: active people of the office in the actor's own area."""
    on_it = select(DutyLine.user_id).where(DutyLine.area_code == actor.area)
    query = select(User).where(
        User.area_code == actor.area,
        User.role.in_(OFFICE),
        User.active.is_(True),
        User.id.not_in(on_it),
    )
    return session.scalars(query.order_by(User.name, User.id)).all()


def put_on(
    session: Session, ring: KeyRing, actor: Actor, user_id: int, number: str, now: datetime
) -> None:
    """Put somebody at the end of the list. Raises NotPermitted, BadInput."""
    require(actor, "duty.edit")
    lines = _locked(session, actor.area)
    wrong: dict[str, str] = {}
    if any(line.user_id == user_id for line in lines):
        wrong["user"] = KNOWN
    elif user_id not in {user.id for user in candidates(session, actor)}:
        wrong["user"] = SOMEBODY
    elif len(lines) >= AT_MOST:
        wrong["user"] = FULL
    if dialable(number) is None:
        wrong["number"] = WRONG
    if wrong:
        raise BadInput(wrong)
    line = DutyLine(
        area_code=actor.area,
        user_id=user_id,
        position=len(lines),
        sealed=b"",
        number_index="",
        set_by=actor.person,
        set_at=now,
    )
    _write(ring, line, number)
    session.add(line)


def change_number(
    session: Session, ring: KeyRing, actor: Actor, line_id: int, number: str, now: datetime
) -> None:
    """Ring somebody at another number from now on. Raises NotPermitted, NotFound, BadInput."""
    require(actor, "duty.edit")
    line = _one(_locked(session, actor.area), line_id)
    if dialable(number) is None:
        raise BadInput({f"number-{line_id}": WRONG})
    _write(ring, line, number)
    line.set_by, line.set_at = actor.person, now


def move(session: Session, actor: Actor, line_id: int, where: str, now: datetime) -> None:
    """Put a line `first`, or one place `up` or `down`. Raises NotPermitted, NotFound,
    MoveNotAllowed where it stands there already: somebody else moved it.
    """
    require(actor, "duty.edit")
    lines = _locked(session, actor.area)
    line = _one(lines, line_id)
    at = lines.index(line)
    to = {"first": 0, "up": at - 1, "down": at + 1}.get(where, -1)
    if not 0 <= to < len(lines) or to == at:
        raise MoveNotAllowed(MOVED)
    lines.insert(to, lines.pop(at))
    _count(lines)
    line.set_by, line.set_at = actor.person, now


def take_off(session: Session, actor: Actor, line_id: int) -> None:
    """Take somebody off the list. Raises NotPermitted, NotFound."""
    require(actor, "duty.edit")
    lines = _locked(session, actor.area)
    line = _one(lines, line_id)
    session.delete(line)
    _count([one for one in lines if one is not line])


def to_ring(session: Session, ring: KeyRing, area: str) -> Sequence[str]:
    """Return the numbers to ring, in order, in E.164 where they are whole: for the machine that
    rings them. Whoever left the office is passed over. No log may hold them.
    """
    rows = session.execute(_lines(area))
    return [_opened(ring, line) for line, user in rows if user.active]


def who(session: Session, ring: KeyRing, area: str, number: str) -> int | None:
    """Return whose line a number is, None where it is nobody's."""
    indexes = blind.phone_indexes(ring, number)
    query = select(DutyLine.user_id).where(
        DutyLine.area_code == area, DutyLine.number_index.in_(indexes)
    )
    return session.scalars(query.order_by(DutyLine.position).limit(1)).first() if indexes else None


def dialable(number: str) -> str | None:
    """Return a number as an exchange dials it, None where it is none."""
    return blind.normal_phone(number)


def _lines(area: str) -> Select[DutyLine, User]:
    query = select(DutyLine, User).join(User, User.id == DutyLine.user_id)
    return query.where(DutyLine.area_code == area).order_by(DutyLine.position, DutyLine.id)


def _locked(session: Session, area: str) -> list[DutyLine]:
    query = select(DutyLine).where(DutyLine.area_code == area)
    ordered = query.order_by(DutyLine.position, DutyLine.id)
    return list(session.scalars(ordered.with_for_update()).all())


def _one(lines: Sequence[DutyLine], line_id: int) -> DutyLine:
    line = next((one for one in lines if one.id == line_id), None)
    if line is None:
        raise NotFound("值班表上没有这一行")
    return line


def _count(lines: Sequence[DutyLine]) -> None:
    for position, line in enumerate(lines):
        line.position = position


def _write(ring: KeyRing, line: DutyLine, number: str) -> None:
    normal = dialable(number) or ""
    line.sealed = ring.seal(normal.encode(), _context(line))
    line.number_index = blind.phone_index(ring, normal) or ""


def _opened(ring: KeyRing, line: DutyLine) -> str:
    return ring.open(line.sealed, _context(line)).decode()


def _context(line: DutyLine) -> str:
    """Name the place a number is sealed for: it opens for no other person and no other area."""
    return f"duty_line:{line.area_code}:{line.user_id}"
