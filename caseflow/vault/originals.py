"""Raw originals: the bytes as they came in, sealed before the channel is told yes (law 1).

Up to 64 KiB lie in the row, so that an ordinary mail or form needs no file; more goes to the file
store. A person sees them only with a reason and on the record.
"""

import secrets
from collections.abc import Iterator, Sequence
from datetime import datetime
from io import BytesIO

from sqlalchemy import insert
from sqlalchemy.orm import Session

from caseflow.crypto.keys import KeyRing
from caseflow.errors import NotFound
from caseflow.files import blobs
from caseflow.files.blobs import Put
from caseflow.files.store import Readable, Store
from caseflow.files.streams import Chained, beginning
from caseflow.many import add_many
from caseflow.vault.reveals import checked_reason, record
from caseflow.vault.tables import Original

IN_ROW_BYTES = 64 * 1024


def put_original(store: Store, content: bytes | Readable) -> bytes | Put:
    """Return what fits into the row as it is; put what does not into the store, before any
    transaction: writing takes its time, and on SQLite nobody else could write meanwhile.

    No more than a piece of a stream is ever held; the caller limits the size. Raises Unavailable
    when the store is stopped.
    """
    if isinstance(content, bytes) and len(content) <= IN_ROW_BYTES:
        return content
    stream = BytesIO(content) if isinstance(content, bytes) else content
    begun = beginning(stream, IN_ROW_BYTES + 1)
    if len(begun) <= IN_ROW_BYTES:
        return begun
    return blobs.put(store, Chained(begun, stream))


def keep_original(
    session: Session, ring: KeyRing, store: Store, content: bytes | Put, now: datetime
) -> str:
    """Keep the bytes, or what `put_original` made of them, and return the id of the row.

    Raises Unavailable when the store is stopped.
    """
    lies = put_original(store, content) if isinstance(content, bytes) else content
    original_id = secrets.token_hex(16)
    sealed: bytes | None = None
    blob_id: str | None = None
    if isinstance(lies, Put):
        blob = blobs.name(session, lies, now)
        blob_id, size = blob.id, blob.size
    else:
        sealed, size = ring.seal(lies, _context(original_id)), len(lies)
    session.execute(
        insert(Original).values(
            id=original_id, sealed=sealed, blob_id=blob_id, size=size, received_at=now
        )
    )
    return original_id


def keep_many(
    session: Session,
    ring: KeyRing,
    store: Store,
    raws: Sequence[tuple[str, bytes]],
    now: datetime,
) -> None:
    """Keep the bytes of many, each under an id that the caller made at random; one statement for
    all that fit into their rows. Raises Unavailable when the store is stopped.
    """
    rows = []
    for original_id, content in raws:
        lies = put_original(store, content)
        blob = blobs.name(session, lies, now).id if isinstance(lies, Put) else None
        sealed = None if isinstance(lies, Put) else ring.seal(lies, _context(original_id))
        kept = {"sealed": sealed, "blob_id": blob, "size": len(content), "received_at": now}
        rows.append({"id": original_id, **kept})
    add_many(session, Original, rows)


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


def _context(original_id: str) -> str:
    return f"original:{original_id}:sealed"
