"""Raw originals: the bytes as they came in, sealed before the channel is told yes (law 1).

Up to 64 KiB lie in the row, so that an ordinary mail or form needs no file; more goes to the file
store. A person sees them only with a reason and on the record.
"""

import secrets
from collections.abc import Iterator
from datetime import datetime
from io import BytesIO

from sqlalchemy import insert
from sqlalchemy.orm import Session

from caseflow.crypto.keys import KeyRing
from caseflow.errors import NotFound
from caseflow.files import blobs
from caseflow.files.store import Readable, Store
from caseflow.vault.reveals import checked_reason, record
from caseflow.vault.tables import Original

IN_ROW_BYTES = 64 * 1024


def keep_original(
    session: Session, ring: KeyRing, store: Store, content: bytes, now: datetime
) -> str:
    """Keep the bytes and return the id of the row. Raises Unavailable when the store is stopped."""
    return keep_original_stream(session, ring, store, BytesIO(content), now)


def keep_original_stream(
    session: Session, ring: KeyRing, store: Store, stream: Readable, now: datetime
) -> str:
    """Keep what a stream holds without ever holding more than a piece of it; return the row's id.

    The caller limits the size. Raises Unavailable when the store is stopped.
    """
    beginning = _beginning(stream)
    original_id = secrets.token_hex(16)
    if len(beginning) <= IN_ROW_BYTES:
        sealed: bytes | None = ring.seal(beginning, _context(original_id))
        blob_id, size = None, len(beginning)
    else:
        blob = blobs.keep(session, store, _Chained(beginning, stream), now)
        sealed, blob_id, size = None, blob.id, blob.size
    session.execute(
        insert(Original).values(
            id=original_id, sealed=sealed, blob_id=blob_id, size=size, received_at=now
        )
    )
    return original_id


def open_original(
    session: Session,
    ring: KeyRing,
    store: Store,
    original_id: str,
    user_id: int,
    reason: str,
    now: datetime,
) -> Iterator[bytes]:
    """Return the bytes in pieces for a person; who, when and why is written at once.

    The caller has checked the permission and sends nothing before the commit; the session is not
    needed to read on. Raises BadInput without a reason of four characters, NotFound, SealBroken
    or BlobBroken when the bytes were tampered with.
    """
    reason = checked_reason(reason)
    pieces = original_for_machine(session, ring, store, original_id)
    record(session, user_id, reason, now, original_id=original_id)
    return pieces


def original_for_machine(
    session: Session, ring: KeyRing, store: Store, original_id: str
) -> Iterator[bytes]:
    """Return the bytes in pieces for a parser that tries again, or for a backup.

    Writes no reveal: no page may show what this returns. Raises as `open_original` does.
    """
    row = session.get(Original, original_id)
    if row is None:
        raise NotFound("没有这份原件")
    if row.blob_id is not None:
        return blobs.chunks(session, store, row.blob_id)
    return iter([ring.open(row.sealed or b"", _context(row.id))])


class _Chained:
    """A stream that begins with bytes already read from it."""

    def __init__(self, beginning: bytes, rest: Readable) -> None:
        self._beginning = BytesIO(beginning)
        self._rest = rest

    def read(self, size: int, /) -> bytes:
        """Read what was read before first, then the rest."""
        return self._beginning.read(size) or self._rest.read(size)


def _beginning(stream: Readable) -> bytes:
    """Read one byte more than fits into a row, or to the end."""
    gathered = b""
    while len(gathered) <= IN_ROW_BYTES and (more := stream.read(IN_ROW_BYTES + 1 - len(gathered))):
        gathered += more
    return gathered


def _context(original_id: str) -> str:
    return f"original:{original_id}:sealed"
