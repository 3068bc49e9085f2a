"""What may wait waits for the morning also when it was due by day and could not go.

The mail server was away in the evening, a worker died with it in hand, the office stood still: in
the night such a message is due, and whom it is for sleeps.
"""

from datetime import datetime
from functools import partial

from sqlalchemy import false, select, text, update
from sqlalchemy.orm import Session

from caseflow.db import Database
from caseflow.outbox.handlers import Waking
from caseflow.outbox.tables import MESSAGE_OPEN, Message

BATCH = 500
"""So many at once: they are locked, and whoever sends passes them by."""


def is_night(waking: Waking, now: datetime) -> bool:
    """Tell whether nobody may be disturbed at `now`; `waking`: the first moment when they may."""
    return waking(now) > now


def put_off(database: Database, waking: Waking, now: datetime) -> int:
    """Let what is calm and due in the night be due in the morning; return how many that were.

    A claim that ran out stays one, and is counted when it is taken up again. A second run at the
    same time puts off others. By day it does nothing. Raises what the database raises.
    """
    if not is_night(waking, now):
        return 0
    done = 0
    while ids := _due(database, now):
        moved = database.run(partial(_put_off, ids, waking(now), now))
        done += moved
        if not moved:
            break  # somebody else has them in hand
    return done


def _due(database: Database, now: datetime) -> list[int]:
    """Return some that would be sent now. Only read: mostly there are none."""
    with database.read() as session:
        due = (Message.urgent == false(), Message.not_before <= now, Message.calm.is_(True))
        query = select(Message.id).where(text(MESSAGE_OPEN), *due).order_by(Message.id)
        return list(session.scalars(query.limit(BATCH)))


def _put_off(ids: list[int], morning: datetime, now: datetime, session: Session) -> int:
    still = (text(MESSAGE_OPEN), Message.not_before <= now, Message.id.in_(ids))
    query = select(Message.id).where(*still).order_by(Message.id)
    free = session.scalars(query.with_for_update(skip_locked=True)).all()
    session.execute(update(Message).where(Message.id.in_(free)).values(not_before=morning))
    return len(free)
