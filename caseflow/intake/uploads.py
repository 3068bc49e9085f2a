"""Files that came with a form, kept before the form is judged: an error elsewhere loses none.

They wait under the form's own number for two hours, encrypted, and are offered again on the page
that tells the error. Nothing is dropped silently: what cannot be taken is named.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import BinaryIO

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from caseflow.files import blobs
from caseflow.files.blobs import Looked, Put
from caseflow.files.names import safe_name
from caseflow.files.tables import MANY, Blob
from caseflow.intake.report import IncomingFile
from caseflow.intake.rooms import Rooms
from caseflow.intake.tables import Upload

LAST = timedelta(hours=2)


@dataclass(frozen=True, repr=False)
class Sent:
    """A file as the form brought it; `size` in bytes."""

    name: str
    stream: BinaryIO
    size: int


@dataclass(frozen=True)
class Allowed:
    """How large one file (bytes) and how many may be."""

    size: int
    number: int


@dataclass(frozen=True, repr=False)
class Kept:
    """A file that waits for its form."""

    token: str
    name: str
    size: int
    blob_id: str

    def incoming(self) -> IncomingFile:
        """Return it as a part of a report."""
        return IncomingFile(self.name, blob_id=self.blob_id)


@dataclass(frozen=True)
class Sifted:
    """What can be taken of the files sent, and the names of what cannot, by reason."""

    good: tuple[Sent, ...] = ()
    empty: tuple[str, ...] = ()
    too_large: tuple[str, ...] = ()
    too_many: tuple[str, ...] = ()


def sift(sent: Sequence[Sent], already: int, allowed: Allowed) -> Sifted:
    """Part the files into those that can be taken and those that are told by name. Pure.

    `already`: how many files of an earlier try come too.
    """
    empty = tuple(file.name for file in sent if not file.size)
    too_large = tuple(file.name for file in sent if file.size > allowed.size)
    fitting = [file for file in sent if 0 < file.size <= allowed.size]
    room = max(0, allowed.number - already)
    too_many = tuple(file.name for file in fitting[room:])
    return Sifted(tuple(fitting[:room]), empty, too_large, too_many)


def put(rooms: Rooms, sent: Sequence[Sent]) -> list[tuple[str, Put]]:
    """Put files into the store, each under the name it may have. Raises Unavailable."""
    lie = []
    for file in sent:
        file.stream.seek(0)
        lie.append((safe_name(file.name), rooms.accept(file.stream)))
    return lie


def keep(
    session: Session, rooms: Rooms, key: str, lie: Sequence[tuple[str, Put]], now: datetime
) -> list[str]:
    """Keep files that lie in the store under a form's key and return their tokens."""
    named = [(name, blobs.name(session, one, now).id) for name, one in lie]
    return _wait(session, rooms, key, named, now)


def hold_for_many(lies: Put) -> Put:
    """Return a file that goes to many cases and tells each of the others: it is held back there."""
    looked = lies.looked or Looked()
    return replace(lies, looked=replace(looked, held=looked.held or MANY))


def renew(session: Session, key: str, now: datetime) -> None:
    """Let the files of a form wait from now on: somebody is still at it."""
    alive = update(Upload).where(Upload.nonce == key, Upload.uploaded_at > now - LAST)
    session.execute(alive.values(uploaded_at=now))


def carry_over(
    session: Session, rooms: Rooms, key: str, kept: Sequence[Kept], now: datetime
) -> list[str]:
    """Let files wait for another form too and return their tokens there."""
    return _wait(session, rooms, key, [(file.name, file.blob_id) for file in kept], now)


def _wait(
    session: Session, rooms: Rooms, key: str, named: Sequence[tuple[str, str]], now: datetime
) -> list[str]:
    rows = [
        Upload(
            nonce=key,
            blob_id=blob_id,
            name=rooms.ring.seal(name.encode(), _context(key)),
            uploaded_at=now,
        )
        for name, blob_id in named
    ]
    session.add_all(rows)
    session.flush()
    return [str(row.id) for row in rows]


def waiting(
    session: Session, rooms: Rooms, key: str, tokens: Collection[str] | None, now: datetime
) -> list[Kept]:
    """Return the files of that form with these tokens, or all of them, oldest first."""
    query = (
        select(Upload.id, Upload.name, Upload.blob_id, Blob.size)
        .join(Blob, Blob.id == Upload.blob_id)
        .where(Upload.nonce == key, Upload.uploaded_at > now - LAST)
        .order_by(Upload.id)
    )
    rows = [row for row in session.execute(query) if tokens is None or str(row.id) in tokens]
    names = [rooms.ring.open(row.name, _context(key)).decode() for row in rows]
    return [
        Kept(str(row.id), name, row.size, row.blob_id)
        for row, name in zip(rows, names, strict=True)
    ]


def once(kept: Sequence[Kept]) -> list[Kept]:
    """Return every file once: a form sent twice brings the same ones again."""
    return list({(file.name, file.blob_id): file for file in reversed(kept)}.values())[::-1]


def expire(session: Session, now: datetime) -> None:
    """Forget the files whose form never came."""
    session.execute(delete(Upload).where(Upload.uploaded_at <= now - LAST))


def _context(key: str) -> str:
    return f"upload:{key}:name"
