"""The outbox page: what did not get through, and what a person does about it."""

from datetime import datetime

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from caseflow.errors import MoveNotAllowed, NotFound
from caseflow.outbox.tables import (
    EVENT_DEAD,
    MESSAGE_FOLDED,
    MESSAGE_OPEN,
    MESSAGE_STUCK,
    Attempt,
    Event,
    Message,
)
from caseflow.outbox.within import Within, everywhere

PAGE = 50


def stuck_messages(
    session: Session, before: int | None = None, limit: int = PAGE, within: Within = everywhere
) -> list[Message]:
    """Return dead and withheld messages, newest first, those with an id under `before`."""
    query = select(Message).where(text(MESSAGE_STUCK), within(Message.case_id))
    if before is not None:
        query = query.where(Message.id < before)
    return list(session.scalars(query.order_by(Message.id.desc()).limit(limit)))


def waiting_messages(
    session: Session, limit: int = PAGE, within: Within = everywhere
) -> list[Message]:
    """Return messages that are pending or claimed, in the order they will be taken."""
    query = select(Message).where(text(MESSAGE_OPEN), within(Message.case_id))
    order = (Message.urgent.desc(), Message.not_before, Message.id)
    return list(session.scalars(query.order_by(*order).limit(limit)))


def dead_events(
    session: Session, before: int | None = None, limit: int = PAGE, within: Within = everywhere
) -> list[Event]:
    """Return events whose rules failed for good, newest first."""
    query = select(Event).where(text(EVENT_DEAD), within(Event.case_id))
    if before is not None:
        query = query.where(Event.id < before)
    return list(session.scalars(query.order_by(Event.id.desc()).limit(limit)))


def attempts(session: Session, message_id: int) -> list[Attempt]:
    """Return every try at sending a message, oldest first."""
    query = select(Attempt).where(Attempt.message_id == message_id)
    return list(session.scalars(query.order_by(Attempt.id)))


def parts(session: Session, message_id: int, within: Within = everywhere) -> list[Message]:
    """Return the first messages whose words went out in this one; none where it is no summary."""
    query = select(Message).where(text(MESSAGE_FOLDED), Message.summary_id == message_id)
    return list(
        session.scalars(query.where(within(Message.case_id)).order_by(Message.id).limit(PAGE))
    )


def requeue(session: Session, message_id: int, now: datetime) -> Message:
    """Let a dead, withheld or discarded message be tried again from `now`, as if never tried.

    Its message id and its count of possible repeats stay. Raises NotFound, and MoveNotAllowed for
    one that is under way or sent.
    """
    message = _message(session, message_id)
    if message.state not in ("dead", "withheld", "discarded"):
        raise MoveNotAllowed("只有未送达的消息可以重新发送")
    message.state, message.reason, message.owed = "pending", None, False
    message.attempts, message.not_before, message.requeued_at = 0, now, now
    return message


def discard(session: Session, message_id: int, now: datetime) -> Message:
    """Let a dead or withheld message go for good; it leaves the page and stays in the table.

    Raises NotFound, and MoveNotAllowed for one that is in any other state.
    """
    message = _message(session, message_id)
    if message.state not in ("dead", "withheld"):
        raise MoveNotAllowed("只有未送达的消息可以作废")
    message.state, message.owed, message.not_before = "discarded", False, now
    return message


def requeue_event(session: Session, event_id: int, now: datetime) -> Event:
    """Let a dead event's rules be tried again from `now`. Raises NotFound, MoveNotAllowed."""
    event = _dead_event(session, event_id)
    event.dead_at, event.attempts, event.not_before = None, 0, now
    return event


def discard_event(session: Session, event_id: int, now: datetime) -> Event:
    """Let a dead event go: nobody will be told of it. Raises NotFound, MoveNotAllowed."""
    event = _dead_event(session, event_id)
    event.expanded_at = now
    return event


def _message(session: Session, message_id: int) -> Message:
    message = session.get(Message, message_id, with_for_update=True)
    if message is None:
        raise NotFound("没有这条消息")
    return message


def _dead_event(session: Session, event_id: int) -> Event:
    event = session.get(Event, event_id, with_for_update=True)
    if event is None:
        raise NotFound("没有这条事件")
    if event.dead_at is None or event.expanded_at is not None:
        raise MoveNotAllowed("这条事件没有失败")
    return event
