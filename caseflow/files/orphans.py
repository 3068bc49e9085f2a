"""Forgetting what nothing names any more: files whose form never came, and what crashes left.

Two days pass first. Whoever keeps the same content meanwhile gets a fresh row and a fresh file, and
both are looked at again at the very moment of forgetting, so that nothing that is named is lost.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import islice

from sqlalchemy import ColumnElement, delete, exists, select
from sqlalchemy.orm import Session

from caseflow.db import Base, Database
from caseflow.files.store import Store
from caseflow.files.tables import Blob

AGE = timedelta(days=2)
BATCH = 500


def forget(database: Database, store: Store, now: datetime) -> int:
    """Forget rows that nothing refers to, then files that no row names; return how many files.

    A second run finds nothing. One that is cut off is finished by the next.
    """
    before = now - AGE
    while database.run(lambda session: _rows(session, before)):
        pass
    store.clear_unfinished(before)
    return sum(_files(database, store, ids, before) for ids in _batches(store.ids(before)))


def _rows(session: Session, before: datetime) -> int:
    """Delete a batch of old rows that no row of any table refers to; return how many."""
    unnamed = [~_refers(column) for column in _references()]
    query = select(Blob.id).where(Blob.stored_at < before, *unnamed).order_by(Blob.id)
    ids = session.scalars(query.limit(BATCH).with_for_update(skip_locked=True)).all()
    session.execute(delete(Blob).where(Blob.id.in_(ids)))
    return len(ids)


def _references() -> list[ColumnElement[str]]:
    """Return every column of every table that names a blob: a new table is seen by itself."""
    target = Blob.__table__.c.id
    tables = Base.metadata.sorted_tables
    return [key.parent for table in tables for key in table.foreign_keys if key.column is target]


def _refers(column: ColumnElement[str]) -> ColumnElement[bool]:
    return exists().where(column == Blob.id)


def _files(database: Database, store: Store, ids: list[str], before: datetime) -> int:
    with database.read() as session:
        named = set(session.scalars(select(Blob.id).where(Blob.id.in_(ids))))
    return sum(store.forget(blob_id, before) for blob_id in ids if blob_id not in named)


def _batches(ids: Iterable[str]) -> Iterator[list[str]]:
    rest = iter(ids)
    while batch := list(islice(rest, BATCH)):
        yield batch
