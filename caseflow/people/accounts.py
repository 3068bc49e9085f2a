"""Signing in: the actor behind an account, passwords, lockout (argon2id, modest memory)."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from caseflow.db import Database
from caseflow.errors import NotFound
from caseflow.people.actor import Actor
from caseflow.people.tables import Area, Recusal, User

MAX_FAILED = 5
LOCKED_FOR = timedelta(minutes=15)

# 19 MiB and two passes, one at a time per process: a burst of logins must not eat the memory
# that the ledger needs. In one thread, since each thread that ever hashed would keep its 19 MiB.
_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_one_at_a_time = ThreadPoolExecutor(1, thread_name_prefix="password")
_NOBODY: list[str] = []


def hash_password(password: str) -> str:
    """Return the argon2id hash to keep for `password`."""
    return _one_at_a_time.submit(_hasher.hash, password).result()


def _matches(stored: str, password: str) -> bool:
    try:
        return _one_at_a_time.submit(_hasher.verify, stored, password).result()
    except (VerificationError, InvalidHashError):
        return False


def check_password(stored: str | None, password: str) -> bool:
    """Compare `password` with a stored hash; with None do the same work and say no."""
    if stored is not None:
        return _matches(stored, password)
    if not _NOBODY:
        _NOBODY.append(hash_password("nobody has this account"))
    _matches(_NOBODY[0], password)
    return False


def by_username(session: Session, username: str, *, lock: bool = False) -> User | None:
    """Return the active account of that name; with `lock`, one try after the other counts."""
    query = select(User).where(User.username == username, User.active.is_(True))
    return session.scalar(query.with_for_update(key_share=True) if lock else query)


def is_locked_out(user: User, now: datetime) -> bool:
    """Tell whether too many wrong passwords closed the account until a later moment."""
    return user.locked_until is not None and user.locked_until > now


def failed(user: User, now: datetime) -> None:
    """Count a wrong password; the fifth in a row locks the account for fifteen minutes."""
    user.failed_logins += 1
    if user.failed_logins >= MAX_FAILED:
        user.failed_logins = 0
        user.locked_until = now + LOCKED_FOR


def tried(user: User | None, stored: str | None, right: bool, now: datetime) -> bool:
    """Note a try at the password of an account, and tell whether it opens the account.

    `right` is what the comparison with `stored` said; what was reset meanwhile opens nothing.
    """
    if user is None or is_locked_out(user, now):
        return False
    if not right:
        failed(user, now)
        return False
    return user.password_hash == stored


def signed_in(user: User, now: datetime) -> None:
    """Forget failed tries and note the moment."""
    user.failed_logins = 0
    user.locked_until = None
    user.last_seen_at = now


def signed_out(session: Session, user_id: int) -> None:
    """End every session of the account: a desk's computer is shared, and a cookie can be kept."""
    user = session.get_one(User, user_id, with_for_update={"key_share": True})
    user.session_epoch += 1


@dataclass(frozen=True)
class Login:
    """Who is behind a session. `epoch`: sessions of an earlier one have ended.

    `told`: the password is one that an administrator knows.
    """

    id: int
    name: str
    active: bool
    epoch: int
    told: bool
    actor: Actor


_LOGIN = (
    select(
        *(User.id, User.name, User.active, User.session_epoch, User.password_told),
        *(User.role, User.area_code, User.unit_id),
        Area.level,
        Recusal.unit_id.label("recused"),
    )
    .join(Area, Area.code == User.area_code)
    .outerjoin(Recusal, Recusal.user_id == User.id)
    .where(User.id == bindparam("user"))
)


def login_of(session: Session, user_id: int) -> Login | None:
    """Return who signs in under an id; one statement, since every request asks."""
    rows = session.execute(_LOGIN, {"user": user_id}).all()
    if not rows:
        return None
    row = rows[0]
    actor = Actor(
        id=row.id,
        role=row.role,
        area=row.area_code,
        level=row.level,
        unit=row.unit_id,
        recused=frozenset(one.recused for one in rows if one.recused is not None),
    )
    return Login(row.id, row.name, row.active, row.session_epoch, row.password_told, actor)


def actor_of(session: Session, user: User) -> Actor:
    """Return the value that verbs take for this account."""
    found = login_of(session, user.id)
    if found is None:
        raise NotFound("没有这个账号")
    return found.actor


def enter(database: Database, username: str, password: str, now: datetime) -> Login | None:
    """Return who signs in with a name and a password, None for every way of being wrong.

    Compares outside any transaction (hashing is slow), then notes the outcome in one.
    """
    with database.read() as session:
        user = by_username(session, username)
        stored = user.password_hash if user and not is_locked_out(user, now) else None
    right = check_password(stored, password)

    def note(session: Session) -> Login | None:
        found = by_username(session, username, lock=True)
        if found is None or not tried(found, stored, right, now):
            return None
        signed_in(found, now)
        return login_of(session, found.id)

    return database.run(note)
