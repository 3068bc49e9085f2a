"""Tokens of machines: made, shown once, revoked, and known again without telling how nearly."""

import hashlib
import hmac
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from caseflow.errors import BadInput, NotFound
from caseflow.people.tables import Area
from caseflow.people.token_tables import AccessToken

ROLES = ("exchange",)
_FORM = re.compile(r"cft_(?P<id>\d{1,9})_(?P<secret>[A-Za-z0-9_-]{43})")
_NONE = hashlib.sha256(b"").hexdigest()


@dataclass(frozen=True)
class Bearer:
    """A machine that was let in: in whose name, for which area."""

    id: int
    sender: str
    area: str


def create(session: Session, *, name: str, role: str, sender: str, area: str, now: datetime) -> str:
    """Make a token and return it: nobody can read it again. Raises BadInput."""
    wrong = {}
    if role not in ROLES:
        wrong["role"] = "没有这种权限"
    if not sender.strip() or len(sender.strip()) > 120:
        wrong["sender"] = "请写明来文机关，最多 120 字"
    if not name.strip() or len(name.strip()) > 60:
        wrong["name"] = "请写明用途，最多 60 字"
    if session.get(Area, area) is None:
        wrong["area"] = "没有这个区域"
    if wrong:
        raise BadInput(wrong)
    secret = secrets.token_urlsafe(32)
    row = AccessToken(
        name=name.strip(), role=role, sender=sender.strip(), area_code=area, created_at=now
    )
    row.digest = _digest(secret)
    session.add(row)
    session.flush()
    return f"cft_{row.id}_{secret}"


def revoke(session: Session, token_id: int, now: datetime) -> None:
    """Let a token in no more. Raises NotFound."""
    row = session.get(AccessToken, token_id)
    if row is None:
        raise NotFound("没有这个令牌")
    row.revoked_at = row.revoked_at or now


def every(session: Session) -> Sequence[AccessToken]:
    """Return all tokens there ever were, oldest first."""
    return session.scalars(select(AccessToken).order_by(AccessToken.id)).all()


def bearer(session: Session, shown: str, role: str) -> Bearer | None:
    """Return who shows a token; None for one that is unknown, revoked, or for something else.

    The secret is compared in constant time, also where there is nothing to compare it with.
    """
    found = _FORM.fullmatch(shown)
    row = session.get(AccessToken, int(found["id"])) if found else None
    secret = found["secret"] if found else ""
    same = hmac.compare_digest(_digest(secret), row.digest if row else _NONE)
    if row is None or not same or row.revoked_at is not None or row.role != role:
        return None
    return Bearer(row.id, row.sender, row.area_code)


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
