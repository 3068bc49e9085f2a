"""Handing the shift over (交接班): what one shift leaves to the next in words.

Matters stand in the ledger; here is what does not: who promised to ring again, which line is dead,
whom to expect at the window. A note may name people, so it lies sealed. It stays on every desk of
the office until somebody says that it is done.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from caseflow.crypto.keys import KeyRing
from caseflow.errors import BadInput, MoveNotAllowed, NotFound, Told
from caseflow.intake.tables import ShiftNote
from caseflow.people import names
from caseflow.people.actor import Actor

LONGEST = 1000
MANY = 50
LATELY = 20


@dataclass(frozen=True, repr=False)
class Note:
    """One note, opened for a colleague; `done_by` and `done_at` say who saw to it, and when."""

    id: int
    text: str
    by: str
    at: datetime
    done_by: str
    done_at: datetime | None


def leave(session: Session, ring: KeyRing, actor: Actor, text: str, now: datetime) -> None:
    """Leave a note to whoever sits at the office's desk next. Raises BadInput."""
    said = text.strip()
    if not said:
        raise BadInput({"text": "请填写这一项"})
    if len(said) > LONGEST:
        raise BadInput({"text": Told("最多 %(n)d 字", n=LONGEST)})
    note = ShiftNote(area_code=actor.area, user_id=actor.person, sealed=b"", at=now)
    session.add(note)
    session.flush()
    note.sealed = ring.seal(said.encode(), _context(note.id))


def settle(session: Session, actor: Actor, note_id: int, now: datetime) -> None:
    """Say that a note is done. Raises NotFound, and MoveNotAllowed when somebody said so before."""
    query = select(ShiftNote).where(ShiftNote.id == note_id, ShiftNote.area_code == actor.area)
    note = session.scalar(query.with_for_update())
    if note is None:
        raise NotFound("没有这条交接")
    if note.done_at is not None:
        raise MoveNotAllowed("这一条已经有人划掉了")
    note.done_by, note.done_at = actor.person, now


def waiting(session: Session, ring: KeyRing, area: str) -> list[Note]:
    """Return the notes of an office that nobody saw to yet, newest first."""
    return _notes(session, ring, area, ShiftNote.done_at.is_(None), MANY)


def settled(session: Session, ring: KeyRing, area: str) -> list[Note]:
    """Return the notes of an office that were seen to last."""
    return _notes(session, ring, area, ShiftNote.done_at.is_not(None), LATELY)


def _notes(
    session: Session, ring: KeyRing, area: str, which: ColumnElement[bool], limit: int
) -> list[Note]:
    query = select(ShiftNote).where(ShiftNote.area_code == area, which)
    rows: Sequence[ShiftNote] = session.scalars(
        query.order_by(ShiftNote.id.desc()).limit(limit)
    ).all()
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
