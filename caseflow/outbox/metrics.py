"""Figures of the outbox, for its page and for /metrics; all from small partial indexes."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, case, func, select, text
from sqlalchemy.orm import Session

from caseflow.outbox.tables import (
    EVENT_DEAD,
    EVENT_OPEN,
    MESSAGE_OPEN,
    MESSAGE_OWED,
    MESSAGE_REPEATED,
    MESSAGE_STUCK,
    Event,
    Message,
)
from caseflow.outbox.within import Within, everywhere


@dataclass(frozen=True)
class Figures:
    """`pending`: events and messages under way; `oldest_age`: seconds since the oldest of them.

    `possible_repeats`: claims that ran out and were taken again, each a message that may have
    arrived twice. `owed`: messages settled whose note in the ledger still fails.
    """

    pending: int
    oldest_age: float
    dead: int
    dead_events: int
    withheld: int
    possible_repeats: int
    owed: int


def figures(session: Session, now: datetime, within: Within = everywhere) -> Figures:
    """Return the outbox's figures at `now`."""
    events, first_event = _under_way(session, Event, Event.at.expression, EVENT_OPEN, within)
    messages, first_message = _under_way(session, Message, _WAITS_SINCE, MESSAGE_OPEN, within)
    here = within(Message.case_id)
    by_state = select(Message.state, func.count()).where(text(MESSAGE_STUCK), here)
    stuck = dict(session.execute(by_state.group_by(Message.state)).all())
    repeats = select(func.coalesce(func.sum(Message.repeats), 0))
    starts = [moment for moment in (first_event, first_message) if moment is not None]
    return Figures(
        pending=events + messages,
        oldest_age=max(0.0, (now - min(starts)).total_seconds()) if starts else 0.0,
        dead=stuck.get("dead", 0),
        dead_events=_count(session, Event, EVENT_DEAD, within),
        withheld=stuck.get("withheld", 0),
        possible_repeats=session.scalar(repeats.where(text(MESSAGE_REPEATED), here)) or 0,
        owed=_count(session, Message, MESSAGE_OWED, within),
    )


# What waits for the morning is not late before it.
_WAITS_SINCE = case(
    (and_(Message.calm, Message.attempts == 0), Message.not_before), else_=Message.created_at
)


def _under_way(
    session: Session,
    table: type[Event] | type[Message],
    since: ColumnElement[datetime],
    where: str,
    within: Within,
) -> tuple[int, datetime | None]:
    query = select(func.count(), func.min(since)).where(text(where), within(table.case_id))
    count, first = session.execute(query).one()
    return count, first


def _count(session: Session, table: type[Event] | type[Message], where: str, within: Within) -> int:
    query = select(func.count()).select_from(table).where(text(where), within(table.case_id))
    return session.scalar(query) or 0
