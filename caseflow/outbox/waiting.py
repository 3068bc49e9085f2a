"""Which rows of the outbox wait, by how soon somebody should look: for whoever asks the workers.

Immediate is what is urgent; bulk is what is calm and waits for the morning, and for others to be
told of together with; all else are notices.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple, cast

from sqlalchemy import ColumnElement, func, select, text
from sqlalchemy.orm import Session

from caseflow.outbox.run import BATCH
from caseflow.outbox.tables import EVENT_OPEN, MESSAGE_OPEN, Event, Message
from caseflow.outbox.taking import due

IMMEDIATE, NOTICES, BULK = "immediate", "notices", "bulk"
WORKERS = 4
"""So many batches are named at once, for as many workers to begin with."""

Rows = type[Event] | type[Message]

_CLASSES: tuple[tuple[str, Rows, str, bool, bool | None], ...] = (
    (IMMEDIATE, Event, EVENT_OPEN, True, None),
    (IMMEDIATE, Message, MESSAGE_OPEN, True, None),
    (NOTICES, Event, EVENT_OPEN, False, None),
    (NOTICES, Message, MESSAGE_OPEN, False, False),
    (BULK, Message, MESSAGE_OPEN, False, True),
)
"""Of each class: queue, table, what is open, whether urgent, whether calm (None: no event is)."""


class Waiting(NamedTuple):
    """A row that is due: where somebody should be asked for it, and by what name."""

    queue: str
    name: str


def waiting(session: Session, now: datetime) -> Iterator[Waiting]:
    """Yield the row that is due first of each class, and each one a batch further on.

    Of what is calm nothing while there are notices enough: whoever works those off takes it along.
    A row in somebody's hands is due again when their lease has run out. A try that failed makes
    another name, so that the next is asked for when its time has come.
    """
    enough = False
    for queue, rows, is_open, urgent, calm in _CLASSES:
        if queue == BULK and enough:
            return  # what is calm would be looked for in all of the backlog, every second
        either = cast(type[Event], rows)  # of both tables `due` asks the same
        found = due(either, is_open, now, urgent).where(*_calm(calm)).limit(WORKERS * BATCH)
        ids = session.execute(found.with_only_columns(rows.id, rows.attempts)).all()
        enough = len(ids) == WORKERS * BATCH
        for row_id, attempts in ids[::BATCH]:
            yield Waiting(queue, f"{rows.__tablename__}-{row_id}-{attempts}")


def depths(session: Session) -> dict[str, int]:
    """Return how many rows are under way in each class, due or not."""
    found = dict.fromkeys((IMMEDIATE, NOTICES, BULK), 0)
    for queue, rows, is_open, urgent, calm in _CLASSES:
        query = select(func.count()).select_from(rows).where(text(is_open), rows.urgent == urgent)
        found[queue] += session.scalar(query.where(*_calm(calm))) or 0
    return found


def _calm(calm: bool | None) -> tuple[ColumnElement[bool], ...]:
    return () if calm is None else (Message.calm == calm,)
