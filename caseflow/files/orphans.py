"""Forgetting what nothing names any more: files whose form never came.

Two days pass first. Whoever keeps the same content meanwhile gets a fresh row and a fresh file, and
both are looked at again at the very moment of forgetting, so that nothing that is named is lost.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, exists, select
from sqlalchemy.orm import Session, aliased

from caseflow.db import Base, Database
from caseflow.files.store import Store
from caseflow.files.tables import Blob

AGE = timedelta(days=2)
BATCH = 500


def forget(
    database: Database,
    store: Store,
    now: datetime,
    may: Callable[[Session, datetime], bool] = lambda _session, _now: True,
) -> int:
    """Forget rows that nothing refers to, and the files they named; return how many files.

    `may` is asked in each transaction that takes rows away: while a backup is made, none is.

    A second run finds nothing. Only what a row of this very database named is ever removed: beside
    an empty or an older database the store stays whole. What a crash left without a row stays too.
    """
    before, gone = now - AGE, 0
    while ids := database.run(lambda session: _rows(session, before) if may(session, now) else []):
        gone += sum(store.forget(blob_id, before) for blob_id in ids)
    store.clear_unfinished(before)
    return gone


def _rows(session: Session, before: datetime) -> list[str]:
    """Delete a batch of old rows that no row of any table refers to; return their ids."""
    unnamed = [~_refers(column) for column in _references()]
    query = select(Blob.id).where(Blob.stored_at < before, *unnamed).order_by(Blob.id)
    ids = list(session.scalars(query.limit(BATCH).with_for_update(skip_locked=True)))
    session.execute(delete(Blob).where(Blob.id.in_(ids)))
    return ids


def _references() -> list[ColumnElement[str]]:
    """Return every column of every table that names a blob: a new table is seen by itself."""
    target = Blob.__table__.c.id
    tables = Base.metadata.sorted_tables
    return [key.parent for table in tables for key in table.foreign_keys if key.column is target]


def _refers(column: ColumnElement[str]) -> ColumnElement[bool]:
    if column is Blob.__table__.c.shown_id:  # a copy stays while the picture does
        picture = aliased(Blob)
        return exists().where(picture.shown_id == Blob.id)
    return exists().where(column == Blob.id)
