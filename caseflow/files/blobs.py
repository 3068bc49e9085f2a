"""Blobs: the bytes lie in the store first, then the row names them (engine 5).

A crash in between leaves bytes that no row names and that nobody can read; never the opposite.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import Any

from sqlalchemy import case, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from caseflow.errors import NotFound
from caseflow.files.sniff import sniff
from caseflow.files.store import Readable, Store, StoredBlob
from caseflow.files.streams import Heard
from caseflow.files.tables import MANY, Blob


@dataclass(frozen=True)
class Looked:
    """What was found when a file was looked at (`files.accepting`): why it is held back, what an
    archive holds, and how a picture looks without what the camera noted.
    """

    held: str = ""
    about: str = ""
    copy: "Put | None" = None


@dataclass(frozen=True)
class Put:
    """Bytes that lie in the store and have no row yet. `looked`: nothing for what no door hands
    out, such as an original of the vault.
    """

    stored: StoredBlob
    media_type: str
    looked: Looked | None = None


def put(store: Store, content: bytes | Readable) -> Put:
    """Put bytes or a stream into the store, before any transaction: writing takes its time, and
    on SQLite nobody else could write meanwhile. `name` gives them their row.

    The stream is read once, in pieces. Raises Unavailable when the store is stopped.
    """
    heard = Heard(BytesIO(content) if isinstance(content, bytes) else content)
    stored = store.put(heard)
    return Put(stored, sniff(heard.head).media_type)


def keep(session: Session, store: Store, content: bytes | Readable, now: datetime) -> Blob:
    """Put small content and name it at once: for what must be one step. Raises as `put` does."""
    return name(session, put(store, content), now)


def name(session: Session, lies: Put, now: datetime) -> Blob:
    """Return the row of what lies in the store; the same content has one row and one file."""
    stored = lies.stored
    values = {
        "id": stored.id,
        "sha256": stored.sha256,
        "size": stored.size,
        "media_type": lies.media_type,
        "key_id": stored.key_id,
        "stored_at": now,
        "held": "",
        "about": "",
        "scan": "unscanned",
        "scan_tries": 0,
        "scan_found": "",
        "scan_db": "",
    }
    # Another transaction may be keeping the same bytes at this moment, or forgetting them: the
    # second one waits. A row that is there is fresh again, and sealed by the key of this moment.
    anew: dict[str, Any] = {"stored_at": now, "key_id": stored.key_id}
    if lies.looked is not None:
        found = looked(session, lies.looked, now)
        values |= {**found, "scan_due": now}
        unscanned = case((Blob.scan == "unscanned", now))
        held = case((Blob.held == MANY, MANY), else_=found["held"])
        anew |= {**found, "held": held, "scan_due": func.coalesce(Blob.scan_due, unscanned)}
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    upsert = insert(Blob).values(values).on_conflict_do_update(index_elements=["id"], set_=anew)
    session.execute(upsert)
    query = select(Blob).where(Blob.id == stored.id).execution_options(populate_existing=True)
    return session.scalars(query).one()


def looked(session: Session, found: Looked, now: datetime) -> dict[str, str | None]:
    """Return what a row says of a file that was looked at; its copy has a row of its own then."""
    shown = name(session, found.copy, now).id if found.copy else None
    return {"held": found.held, "about": found.about, "shown_id": shown}


def chunks(session: Session, store: Store, blob_id: str) -> Iterator[bytes]:
    """Return the content in pieces. Raises NotFound without a row, BlobBroken without sound bytes.

    The session is not needed once this has returned.
    """
    if session.scalar(select(Blob.id).where(Blob.id == blob_id)) is None:
        raise NotFound("没有这个文件")
    return store.open(blob_id)


def read(session: Session, store: Store, blob_id: str) -> bytes:
    """Return the whole content; for small files only, `chunks` for the rest."""
    return b"".join(chunks(session, store, blob_id))
