"""What an operator has typed and not yet saved: sealed, restored after a reload, gone once saved.

A shared computer must keep nothing of a call, so drafts lie here and not in the browser. A draft
may arrive after its own report was saved (the browser sends the last words while it leaves the
page); such a one is refused, or the same call would be offered again.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, delete, exists, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from caseflow.crypto.keys import KeyRing
from caseflow.intake.channels.desk import CHANNELS
from caseflow.intake.tables import Draft
from caseflow.ledger.report_tables import Report

MANY = 5


@dataclass(frozen=True, repr=False)
class Kept:
    """A draft, opened for whoever wrote it. Holds a caller's words and number: never logged."""

    nonce: str
    channel: str
    form: Mapping[str, str]
    saved_at: datetime

    def __repr__(self) -> str:
        """Keep the caller out of every traceback and log line."""
        return f"Kept({self.nonce})"


def save(
    session: Session,
    ring: KeyRing,
    user_id: int,
    nonce: str,
    channel: str,
    form: Mapping[str, str],
    now: datetime,
) -> bool:
    """Keep the words typed so far, in place of the earlier ones; False when already saved."""
    if session.scalar(select(Report.id).where(_of(nonce)).limit(1)) is not None:
        return False
    words = json.dumps({"channel": channel, "form": dict(form)}, ensure_ascii=False)
    sealed = ring.seal(words.encode(), _context(user_id, nonce))
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    row = {"user_id": user_id, "nonce": nonce, "sealed": sealed, "saved_at": now}
    # Two tabs, or the last words on leaving, may write the same draft at the same moment.
    session.execute(
        insert(Draft)
        .values(row)
        .on_conflict_do_update(
            index_elements=["user_id", "nonce"], set_={"sealed": sealed, "saved_at": now}
        )
    )
    return True


def find(session: Session, ring: KeyRing, user_id: int, nonce: str) -> Kept | None:
    """Return one's own draft, None when there is none or its report was saved."""
    query = select(Draft).where(Draft.user_id == user_id, Draft.nonce == nonce, _unsaved())
    row = session.scalar(query)
    return _opened(ring, row) if row else None


def waiting(session: Session, ring: KeyRing, user_id: int) -> Sequence[Kept]:
    """Return one's own drafts, newest first, at most `MANY`."""
    query = select(Draft).where(Draft.user_id == user_id, _unsaved())
    rows = session.scalars(query.order_by(Draft.saved_at.desc(), Draft.id.desc()).limit(MANY))
    return [_opened(ring, row) for row in rows]


def count(session: Session, user_id: int) -> int:
    """Return how many drafts somebody left: they are sealed for that person alone."""
    query = select(func.count()).select_from(Draft).where(Draft.user_id == user_id, _unsaved())
    return session.scalar(query) or 0


def drop(session: Session, user_id: int, nonce: str) -> None:
    """Forget a draft: it was saved, or thrown away."""
    session.execute(delete(Draft).where(Draft.user_id == user_id, Draft.nonce == nonce))


def _of(nonce: str) -> ColumnElement[bool]:
    return (Report.channel.in_(CHANNELS)) & (Report.channel_key == nonce)


def _unsaved() -> ColumnElement[bool]:
    return ~exists().where(Report.channel.in_(CHANNELS), Report.channel_key == Draft.nonce)


def _opened(ring: KeyRing, row: Draft) -> Kept:
    held = json.loads(ring.open(row.sealed, _context(row.user_id, row.nonce)))
    return Kept(row.nonce, held["channel"], held["form"], row.saved_at)


def _context(user_id: int, nonce: str) -> str:
    """Name the place a draft is sealed for: it opens for no other person and no other nonce."""
    return f"draft:{user_id}:{nonce}"
