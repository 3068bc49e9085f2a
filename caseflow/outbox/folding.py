"""Many messages to one person at once become one: after a standstill, or in the morning.

Only what may wait (`calm`) is folded, and only what nobody has tried to send yet. What came of it
may wait too: refused in the evening, it is not tried in the night. It is never folded again.
"""

from datetime import datetime
from functools import partial
from uuid import uuid4

from sqlalchemy import ColumnElement, and_, false, func, select, text
from sqlalchemy.orm import Session

from caseflow.db import Database
from caseflow.outbox.handlers import Summarise
from caseflow.outbox.tables import MESSAGE_OPEN, SUBJECT_LENGTH, Message

SUMMARY = "summary-"
"""What the rule of a summary begins with; the last message that is in it follows."""

MANY = 5
"""So many at once are not read one by one any more."""


def fold(database: Database, summarise: Summarise, now: datetime) -> int:
    """Write a summary for everybody for whom `MANY` messages or more are due; return how many.

    Each in a transaction of its own. A second run at the same time folds other messages, and what
    is folded is `sent` as far as the outbox goes: its summary is what goes out.
    """
    with database.read() as session:
        query = select(Message.recipient).where(_foldable(now)).group_by(Message.recipient)
        waiting = session.scalars(query.having(func.count() >= MANY)).all()
    return sum(database.run(partial(_fold, summarise, to, now)) for to in waiting)


def _foldable(now: datetime) -> ColumnElement[bool]:
    untried = and_(Message.state == "pending", Message.attempts == 0, Message.repeats == 0)
    due = and_(text(MESSAGE_OPEN), Message.urgent == false(), Message.not_before <= now)
    single = Message.rule.not_like(f"{SUMMARY}%")
    return and_(due, untried, single, Message.calm.is_(True))


def _fold(summarise: Summarise, recipient: str, now: datetime, session: Session) -> int:
    query = select(Message).where(_foldable(now), Message.recipient == recipient)
    found = session.scalars(query.order_by(Message.id).with_for_update(skip_locked=True)).all()
    if len(found) < MANY:
        return 0  # somebody else was quicker
    draft = summarise(session, recipient, found)
    summary = Message(
        event_id=found[-1].event_id,
        rule=f"{SUMMARY}{found[-1].id}",
        recipient=recipient,
        way=draft.way,
        locale=draft.locale,
        subject=draft.subject[:SUBJECT_LENGTH],
        text=draft.text,
        calm=True,
        message_id=uuid4().hex,
        created_at=min(one.created_at for one in found),
        not_before=now,
    )
    session.add(summary)
    session.flush()
    for one in found:
        one.state, one.sent_at, one.summary_id = "sent", now, summary.id
    return 1
