"""Handing the shift over (交接班): what one shift leaves to the next in words.

Matters stand in the ledger; here is what does not: who promised to ring again, which line is dead,
whom to expect at the window. A note may name people, so it lies sealed. It stays on every desk of
the office until somebody says that it is done.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from caseflow.crypto.keys import KeyRing
from caseflow.errors import BadInput, MoveNotAllowed, NotFound, Told
from caseflow.intake.tables import ShiftNote
from caseflow.people import names
from caseflow.people.actor import Actor

LONGEST = 1000
MANY = 50
LATELY = 20
USED = "这一张先前已经留过话，那一条没有变。现在写的还没有留下：是另一条，请再按一次。"


@dataclass(frozen=True, repr=False)
class Note:
    """One note, opened for a colleague; `done_by` and `done_at` say who saw to it, and when."""

    id: int
    text: str
    by: str
    at: datetime
    done_by: str
    done_at: datetime | None


def leave(
    session: Session,
    ring: KeyRing,
    actor: Actor,
    text: str,
    now: datetime,
    *,
    nonce: str | None = None,
) -> None:
    """Leave a note to whoever sits at the office's desk next; a form sent twice leaves it once.

    Raises BadInput, also for other words in a form that left its note before.
    """
    said = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    if not said:
        raise BadInput({"text": "请填写这一项"})
    if len(said) > LONGEST:
        raise BadInput({"text": Told("最多 %(n)d 字", n=LONGEST)})
    note = _new(session, actor, nonce, now)
    if note is not None:
        note.sealed = ring.seal(said.encode(), _context(note.id))
        return
    query = select(ShiftNote).where(ShiftNote.user_id == actor.person, ShiftNote.nonce == nonce)
    before = session.scalars(query).one()
    if ring.open(before.sealed, _context(before.id)).decode() != said:
        raise BadInput({"text": USED})


def _new(session: Session, actor: Actor, nonce: str | None, now: datetime) -> ShiftNote | None:
    """Return a new note; None where this form left one, be it at this very moment."""
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    row = {"area_code": actor.area, "user_id": actor.person, "nonce": nonce, "at": now}
    once = insert(ShiftNote).values(**row, sealed=b"").on_conflict_do_nothing()
    made = session.scalar(once.returning(ShiftNote.id))
    return session.get_one(ShiftNote, made) if made is not None else None


def settle(session: Session, actor: Actor, note_id: int, now: datetime) -> None:
    """Say that a note is done. Raises NotFound, and MoveNotAllowed when somebody said so before."""
    query = select(ShiftNote).where(ShiftNote.id == note_id, ShiftNote.area_code == actor.area)
    note = session.scalar(query.with_for_update())
    if note is None:
        raise NotFound("没有这条交接")
    if note.done_at is not None:
        raise MoveNotAllowed("这一条已经有人划掉了")
    note.done_by, note.done_at = actor.person, now


def waiting(session: Session, ring: KeyRing, area: str, after: int = 0) -> list[Note]:
    """Return the first `MANY` notes of an office that nobody saw to yet, after one of them; what
    waits longest comes first, or it would be the one that no desk shows.
    """
    query = select(ShiftNote).where(_waits(area, after)).order_by(ShiftNote.id).limit(MANY)
    return _opened(session, ring, session.scalars(query).all())


def count(session: Session, area: str, after: int = 0) -> int:
    """Return how many notes of an office nobody saw to yet, after one of them."""
    query = select(func.count()).select_from(ShiftNote).where(_waits(area, after))
    return session.scalar(query) or 0


def _waits(area: str, after: int) -> ColumnElement[bool]:
    return and_(ShiftNote.area_code == area, ShiftNote.id > after, ShiftNote.done_at.is_(None))


def settled(session: Session, ring: KeyRing, area: str) -> list[Note]:
    """Return the notes of an office that were seen to last."""
    query = select(ShiftNote).where(ShiftNote.area_code == area, ShiftNote.done_at.is_not(None))
    newest = session.scalars(query.order_by(ShiftNote.id.desc()).limit(LATELY)).all()
    return _opened(session, ring, newest)


def _opened(session: Session, ring: KeyRing, rows: Sequence[ShiftNote]) -> list[Note]:
    people = names.users(session, {x for row in rows for x in (row.user_id, row.done_by) if x})
    return [
        Note(
            id=row.id,
            text=ring.open(row.sealed, _context(row.id)).decode(),
            by=people[row.user_id],
            at=row.at,
            done_by=people.get(row.done_by or 0, ""),
            done_at=row.done_at,
        )
        for row in rows
    ]


def _context(note_id: int) -> str:
    """Name the place a note is sealed for: it opens in no other's place."""
    return f"shift_note:{note_id}"
