"""Raw originals on both databases: sealed in the row or in the store, opened with a reason."""

from datetime import datetime
from io import BytesIO

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from caseflow.adapters.file_store import LocalStore
from caseflow.crypto.keys import KeyRing, SealBroken
from caseflow.db import Database
from caseflow.errors import BadInput, NotFound
from caseflow.files.store import BlobBroken
from caseflow.vault import originals
from caseflow.vault.tables import Original, Reveal

REASON = "核对原始来件"


@pytest.mark.parametrize("size", [0, 1, 65_536, 65_537, 300_000])
def test_an_original_comes_back_and_leaves_a_line(
    database: Database, ring: KeyRing, store: LocalStore, user_id: int, now: datetime, size: int
) -> None:
    content = bytes(n % 251 for n in range(size))
    with database.transaction() as session:
        original_id = originals.keep_original(session, ring, store, content, now)
    with database.transaction() as session:
        pieces = originals.open_original(session, ring, store, original_id, user_id, REASON, now)
    assert b"".join(pieces) == content
    with database.read() as session:
        row = session.get_one(Original, original_id)
        assert (row.size, row.received_at) == (size, now)
        assert (row.sealed is None) == (size > originals.IN_ROW_BYTES)
        assert session.scalars(select(Reveal.original_id)).all() == [original_id]


def test_opening_an_original_needs_a_reason(
    database: Database, ring: KeyRing, store: LocalStore, user_id: int, now: datetime
) -> None:
    with database.transaction() as session:
        original_id = originals.keep_original(session, ring, store, b"raw", now)
    with pytest.raises(BadInput), database.transaction() as session:
        originals.open_original(session, ring, store, original_id, user_id, "看看", now)
    with pytest.raises(NotFound), database.transaction() as session:
        originals.open_original(session, ring, store, "0" * 32, user_id, REASON, now)


def test_a_stream_that_gives_little_at_a_time_is_kept_whole(
    database: Database, ring: KeyRing, store: LocalStore, now: datetime
) -> None:
    class Dripping(BytesIO):
        """A pipe: gives at most a thousand bytes whatever is asked for."""

        def read(self, size: int | None = -1, /) -> bytes:
            return super().read(min(size or 0, 1000))

    content = bytes(n % 251 for n in range(300_000))
    with database.transaction() as session:
        lies = [originals.put_original(store, Dripping(one)) for one in (content[:5000], content)]
        small, large = (originals.keep_original(session, ring, store, one, now) for one in lies)
    with database.read() as session:
        for original_id, expected in ((small, content[:5000]), (large, content)):
            pieces = originals.original_for_machine(session, ring, store, original_id)
            assert b"".join(pieces) == expected


def test_an_original_in_the_row_cannot_be_read_or_moved(
    database: Database, ring: KeyRing, store: LocalStore, now: datetime
) -> None:
    with database.transaction() as session:
        first = originals.keep_original(session, ring, store, "举报内容".encode(), now)
        second = originals.keep_original(session, ring, store, b"other", now)
    with database.transaction() as session:
        sealed = session.scalar(select(Original.sealed).where(Original.id == first)) or b""
        assert "举报内容".encode() not in sealed
        session.execute(update(Original).where(Original.id == second).values(sealed=sealed))
    with database.read() as session, pytest.raises(SealBroken):
        originals.original_for_machine(session, ring, store, second)


def test_a_lost_file_of_an_original_is_said_at_once(
    database: Database, ring: KeyRing, store: LocalStore, user_id: int, now: datetime
) -> None:
    with database.transaction() as session:
        original_id = originals.keep_original(session, ring, store, bytes(100_000), now)
    for file in store.root.rglob("*"):
        if file.is_file():
            file.unlink()
    with pytest.raises(BlobBroken), database.transaction() as session:
        originals.open_original(session, ring, store, original_id, user_id, REASON, now)


def test_an_original_lies_in_exactly_one_place(database: Database, now: datetime) -> None:
    with pytest.raises(IntegrityError), database.transaction() as session:
        session.add(Original(id="x", sealed=None, blob_id=None, size=0, received_at=now))
