"""Accounts of the office and of units: made, changed, closed and unlocked by an administrator.

Nobody changes their own account here, nobody touches one outside their areas, and everything is
on the record. What a person has in hand is the ledger's to say; the edge names it beforehand.
"""

import re
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from caseflow.errors import BadInput, MoveNotAllowed, NotPermitted
from caseflow.people import absences
from caseflow.people.accounts import actor_of
from caseflow.people.actor import Actor
from caseflow.people.office_changes import in_reach, note, person_in_reach
from caseflow.people.permissions import ADMINISTRATOR, ROLES, SUPERVISOR, UNIT, require
from caseflow.people.tables import Area, Unit, User

_USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{2,59}")
EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_LONGEST_NAME, _LONGEST_EMAIL = 60, 200
# No letters or digits that are mistaken for one another when read aloud or copied from paper.
_SIGNS = "abcdefghjkmnpqrstuvwxyz23456789"
_GROUPS, _GROUP = 4, 4


@dataclass(frozen=True)
class Account:
    """What an administrator types for an account; `unit_id` only for people of units."""

    name: str
    role: str
    area: str
    unit_id: int | None = None
    email: str = ""


def fresh_password() -> str:
    """Return a password to be told once: four groups of four, some 79 bits."""
    groups = ("".join(secrets.choice(_SIGNS) for _ in range(_GROUP)) for _ in range(_GROUPS))
    return "-".join(groups)


def create(
    session: Session, actor: Actor, username: str, account: Account, stored: str, now: datetime
) -> User:
    """Make an account with the password hash `stored`. Raises NotPermitted, BadInput."""
    require(actor, "people.edit")
    user = _made(session, actor, username, account, stored)
    note(session, actor, "account_created", now, _facts(user), user_id=user.id)
    return user


def first_administrator(
    session: Session, area: str, username: str, name: str, stored: str, now: datetime
) -> User:
    """Make an administrator of an area for whoever has a shell on the machine. Raises BadInput.

    The way into an office where nobody has an account yet, or whose administrators are all gone.
    """
    nobody = Actor(id=None, role=ADMINISTRATOR, area=area, level=session.get_one(Area, area).level)
    user = _made(session, nobody, username, Account(name, ADMINISTRATOR, area), stored)
    itself = actor_of(session, user)
    note(session, itself, "account_created", now, _facts(user), user_id=user.id)
    return user


def _made(session: Session, actor: Actor, username: str, account: Account, stored: str) -> User:
    wrong = _wrong(session, actor, account)
    if not _USERNAME.fullmatch(username):
        wrong["username"] = "登录名用小写字母、数字、点、横线，3 至 60 位"
    elif session.scalar(select(User.id).where(User.username == username)) is not None:
        wrong["username"] = "这个登录名已经有人用了"
    if wrong:
        raise BadInput(wrong)
    user = User(username=username, password_hash=stored, password_told=True, **_columns(account))
    try:
        with session.begin_nested():
            session.add(user)
    except IntegrityError as error:  # somebody else took the name a moment ago
        raise BadInput({"username": "这个登录名已经有人用了"}) from error
    return user


def change(session: Session, actor: Actor, user_id: int, account: Account, now: datetime) -> User:
    """Change an account; another role, area or unit ends its sessions. Raises as `create` does."""
    user = somebody_else(session, actor, user_id)
    wrong = _wrong(session, actor, account)
    if wrong:
        raise BadInput(wrong)
    if moves_away(user, account):
        _not_the_last(session, user, now)
    before = _facts(user)
    columns = _columns(account)
    if any(getattr(user, name) != columns[name] for name in ("role", "area_code", "unit_id")):
        user.session_epoch += 1
    for name, value in columns.items():
        setattr(user, name, value)
    after = _facts(user)
    if after != before:
        facts = {"before": _only(before, after), "after": _only(after, before)}
        note(session, actor, "account_changed", now, facts, user_id=user.id)
    return user


def moves_away(user: User, account: Account) -> bool:
    """Tell whether a change takes the person away from what they have in hand."""
    return (user.role, user.area_code, user.unit_id) != (
        account.role,
        account.area,
        account.unit_id if account.role == UNIT else None,
    )


def close(session: Session, actor: Actor, user_id: int, now: datetime) -> User:
    """Close an account: its sessions end, its posts count as vacant. Raises MoveNotAllowed."""
    user = somebody_else(session, actor, user_id)
    if not user.active:
        raise MoveNotAllowed("这个账号已经停用")
    _not_the_last(session, user, now)
    user.active = False
    user.session_epoch += 1
    note(session, actor, "account_closed", now, user_id=user.id)
    return user


def _not_the_last(session: Session, user: User, now: datetime) -> None:
    """Raise MoveNotAllowed where nobody else of the office decides and assigns: what is asked for
    would wait, and what falls to nobody would stay there. Whoever is away counts as nobody, for
    the one who leaves may be who stands in.

    The others are locked, so that two who leave at once do not each count on the other. An account
    that must be shut this minute gets a new password.
    """
    if not user.active or user.role != SUPERVISOR:
        return
    others = select(User).where(
        User.id != user.id,
        User.area_code == user.area_code,
        User.role == SUPERVISOR,
        User.active,
    )
    found = session.scalars(others.order_by(User.id).with_for_update(key_share=True)).all()
    away = absences.away(session, now)
    if not found:
        raise MoveNotAllowed("这是本级唯一的督办负责人：请先设另一位，再停用或调整这个账号")
    if all(other.id in away for other in found):
        raise MoveNotAllowed("本级其他督办负责人都在外出：请先设另一位，或结束其外出")


def reopen(session: Session, actor: Actor, user_id: int, now: datetime) -> User:
    """Let a closed account be used again, with the password it had. Raises MoveNotAllowed."""
    user = somebody_else(session, actor, user_id)
    if user.active:
        raise MoveNotAllowed("这个账号正在使用")
    user.active = True
    note(session, actor, "account_opened", now, user_id=user.id)
    return user


def reset_password(
    session: Session, actor: Actor, user_id: int, stored: str, now: datetime
) -> User:
    """Give an account the password hash `stored`; its sessions end and a lock is lifted."""
    user = somebody_else(session, actor, user_id)
    user.password_hash, user.password_told = stored, True
    user.session_epoch += 1
    user.failed_logins, user.locked_until = 0, None
    note(session, actor, "password_reset", now, user_id=user.id)
    return user


def unlock(session: Session, actor: Actor, user_id: int, now: datetime) -> User:
    """Lift the lock that wrong passwords set."""
    user = somebody_else(session, actor, user_id)
    user.failed_logins, user.locked_until = 0, None
    note(session, actor, "account_unlocked", now, user_id=user.id)
    return user


def somebody_else(session: Session, actor: Actor, user_id: int) -> User:
    """Return somebody else's account, locked; raises NotPermitted for one's own."""
    require(actor, "people.edit")
    user = person_in_reach(session, actor, user_id)
    if user.id == actor.id:
        raise NotPermitted("自己的账号由另一位管理员修改")
    session.refresh(user, with_for_update=True)
    return user


def _wrong(session: Session, actor: Actor, account: Account) -> dict[str, str]:
    """Return what is wrong with what was typed, by field."""
    wrong = {}
    if not 0 < len(account.name) <= _LONGEST_NAME:
        wrong["name"] = "请填写姓名，最多 60 字"
    if account.role not in ROLES:
        wrong["role"] = "请选择岗位角色"
    query = select(Area.code).where(Area.code == account.area, in_reach(actor))
    if session.scalar(query) is None:
        wrong["area"] = "请选择辖区"
    if account.email and not (
        EMAIL.fullmatch(account.email) and len(account.email) <= _LONGEST_EMAIL
    ):
        wrong["email"] = "邮箱的写法不对"
    if account.role == UNIT:
        hold = {"read": True, "key_share": True}  # nobody closes it meanwhile
        unit = session.get(Unit, account.unit_id, with_for_update=hold) if account.unit_id else None
        # A school of a responsibility district may have its account in the county.
        within = unit is not None and account.area in session.get_one(Area, unit.area_code).path
        if unit is None or not unit.active or not within:
            wrong["unit"] = "请选择这个辖区里的单位"
    return wrong


def _columns(account: Account) -> dict[str, object]:
    plain = asdict(account)
    return {
        "name": plain["name"],
        "role": plain["role"],
        "area_code": plain["area"],
        "unit_id": plain["unit_id"] if account.role == UNIT else None,
        "email": plain["email"] or None,
    }


def _facts(user: User) -> dict[str, object]:
    return {
        "username": user.username,
        "name": user.name,
        "role": user.role,
        "area": user.area_code,
        "unit": user.unit_id,
        "email": user.email,
    }


def _only(these: Mapping[str, object], those: Mapping[str, object]) -> dict[str, object]:
    return {name: value for name, value in these.items() if value != those[name]}
