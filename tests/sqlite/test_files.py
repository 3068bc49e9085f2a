"""Blobs on both databases: one row and one file for the same content, whoever keeps it when."""

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from hashlib import sha256
from io import BytesIO
from pathlib import Path

import pytest
from sqlalchemy import func, select

from caseflow.adapters.file_store import LocalStore
from caseflow.crypto.keys import KeyRing
from caseflow.crypto.stream import CHUNK
from caseflow.db import Database
from caseflow.errors import NotFound, Unavailable
from caseflow.files import blobs
from caseflow.files.tables import Blob
from tests.sqlite.test_file_store import content_of, files

PNG = b"\x89PNG\r\n\x1a\n" + bytes(100)


def test_the_same_content_has_one_row_and_one_file(
    database: Database, store: LocalStore, now: datetime
) -> None:
    with database.transaction() as session:
        first = blobs.keep(session, store, PNG, now).id
    with database.transaction() as session:
        again = blobs.keep(session, store, BytesIO(PNG), now + timedelta(days=1))
        # Put again it is fresh again: nobody may be forgetting it at this moment.
        assert (again.id, again.stored_at) == (first, now + timedelta(days=1))
    with database.read() as session:
        blob = session.scalars(select(Blob)).one()
        assert (blob.media_type, blob.size) == ("image/png", len(PNG))
        assert blob.sha256 == sha256(PNG).hexdigest()
        assert blobs.read(session, store, first) == PNG
    assert len(files(store)) == 1


def test_kept_again_after_a_rotation_the_row_names_the_new_key(
    database: Database, store: LocalStore, tmp_path: Path, now: datetime
) -> None:
    with database.transaction() as session:
        assert blobs.keep(session, store, PNG, now).key_id == "k1"
    rotated = LocalStore(store.root, KeyRing.rotate(tmp_path / "keys.json"))
    with database.transaction() as session:
        blobs.keep(session, rotated, PNG, now)
    with database.read() as session:
        assert session.scalars(select(Blob.key_id)).all() == ["k2"]


def test_a_row_rolled_back_leaves_bytes_that_nobody_can_read_through_the_ledger(
    database: Database, store: LocalStore, now: datetime
) -> None:
    with database.transaction() as session:
        kept = blobs.keep(session, store, PNG, now).id
        session.rollback()
    assert content_of(store, kept) == PNG
    with database.read() as session, pytest.raises(NotFound):
        blobs.read(session, store, kept)


def test_a_stopped_store_leaves_no_row(
    database: Database, store: LocalStore, now: datetime
) -> None:
    store.root.rename(store.root.with_name("gone"))
    with pytest.raises(Unavailable), database.transaction() as session:
        blobs.keep(session, store, PNG, now)
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(Blob)) == 0


def test_two_transactions_keeping_the_same_bytes_make_one_row(
    database: Database, store: LocalStore, now: datetime
) -> None:
    def keep(_: int) -> str:
        with database.transaction() as session:
            return blobs.keep(session, store, PNG, now).id

    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(keep, range(8)))) == 1
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(Blob)) == 1


def test_chunks_can_be_read_after_the_session_ended(
    database: Database, store: LocalStore, now: datetime
) -> None:
    content = os.urandom(2 * CHUNK)
    with database.transaction() as session:
        blob_id = blobs.keep(session, store, content, now).id
    with database.read() as session:
        pieces: Iterator[bytes] = blobs.chunks(session, store, blob_id)
    assert b"".join(pieces) == content
