"""Senders whose mail or text messages were spam: they are kept, listed and answered by nobody.

The list belongs to an office; an entry is an address, a telephone number, or a whole domain where
that is nobody's but the sender's own. They are kept sealed and found blindly.
"""

from collections.abc import Callable, Sequence
from datetime import datetime

from sqlalchemy import bindparam, or_, select, update
from sqlalchemy.orm import Session

from caseflow.crypto import blind
from caseflow.crypto.keys import KeyRing
from caseflow.intake.filters.letter import Aside, Letter
from caseflow.intake.mail_tables import Blocked
from caseflow.intake.rooms import Rooms

REASON = "发件人在拦截名单中"
SETTLED = "按拦截名单处理，未登记、未答复"
_MAINLAND = (
    "qq.com foxmail.com vip.qq.com 163.com 126.com yeah.net vip.163.com 188.com sina.com sina.cn "
    "sohu.com 139.com 189.cn wo.cn 21cn.com aliyun.com tom.com"
)
_ABROAD = (
    "gmail.com outlook.com hotmail.com live.com live.cn msn.com yahoo.com yahoo.com.cn yahoo.cn "
    "icloud.com me.com proton.me protonmail.com gmx.com mail.com"
)
SHARED = frozenset(f"{_MAINLAND} {_ABROAD}".split())
"""Domains at which anybody may have an address: never blocked as a whole."""


_HOLDS = select(Blocked.id).where(
    or_(Blocked.index == bindparam("address"), Blocked.index == bindparam("domain")),
    Blocked.area_code == bindparam("area"),
    Blocked.lifted_at.is_(None),
)


def check(session: Session, rooms: Rooms, letter: Letter, _now: datetime) -> Letter | Aside:
    """Set aside what comes from a blocked sender, unless it is proven to belong to a case."""
    keys = indexes(rooms.ring, letter.report.contact.email)
    if letter.report.belongs_to or not keys:
        return letter
    entry = _entry(session, rooms, keys)
    return letter if entry is None else _caught(session, entry)


def of_number(
    session: Session, rooms: Rooms, number: str, belongs: Callable[[], bool]
) -> Aside | None:
    """Return why a text message of this number (in normal form) is set aside, None where it is not.

    `belongs`: it is proven to belong to a case; asked of a blocked number only.
    """
    index = index_of(rooms.ring, number)
    entry = _entry(session, rooms, [index, index])
    return None if entry is None or belongs() else _caught(session, entry)


def _entry(session: Session, rooms: Rooms, keys: Sequence[str]) -> int | None:
    said = {"address": keys[0], "domain": keys[1], "area": rooms.area}
    return session.scalars(_HOLDS, said).first()


def _caught(session: Session, entry: int) -> Aside:
    session.execute(
        update(Blocked)
        .where(Blocked.id == entry)
        .values(caught=Blocked.caught + 1)
        .execution_options(synchronize_session=False)
    )
    return Aside(REASON, SETTLED)


def indexes(ring: KeyRing, address: str) -> list[str]:
    """Return the keyed hashes of an address and of its domain; none where it is no address."""
    normal = blind.normal_email(address)
    if normal is None:
        return []
    return [index_of(ring, normal), index_of(ring, f"@{normal.rpartition('@')[2]}")]


def index_of(ring: KeyRing, what: str) -> str:
    """Return the keyed hash of an address or number in normal form, or of `@` and a domain."""
    return ring.mac("blocked", what.encode(), ring.oldest_key).hex()
