"""Takes the next row that is due, urgent ones first, leaving alone what another one has in hand."""

from datetime import datetime
from typing import TypeVar

from sqlalchemy import ColumnElement, Select, select, text
from sqlalchemy.orm import Session

from caseflow.outbox.tables import Event, Message

Row = TypeVar("Row", Event, Message)


def take_next(
    session: Session,
    rows: type[Row],
    is_open: str,
    now: datetime,
    *more: ColumnElement[bool],
    only_urgent: bool = False,
) -> Row | None:
    """Return the row that is due first, locked for this transaction, or None.

    `is_open` is the very condition of the partial index that the rows are read from.
    """
    for urgent in (True,) if only_urgent else (True, False):
        query = due(rows, is_open, now, urgent).where(*more).limit(1)
        row = session.scalars(query.with_for_update(skip_locked=True)).first()
        if row is not None:
            return row
    return None


def due(rows: type[Row], is_open: str, now: datetime, urgent: bool) -> Select[Row]:
    """Return the query for open rows due at `now`, in the order of the index: no sorting."""
    return (
        select(rows)
        .where(text(is_open), rows.urgent == urgent, rows.not_before <= now)
        .order_by(rows.not_before, rows.id)
    )
