"""Turns events into messages: one transaction for each event, or none of it happened."""

import logging
from datetime import datetime
from uuid import uuid4

from sqlalchemy.orm import Session

from caseflow.db import Database
from caseflow.outbox.failures import describe
from caseflow.outbox.handlers import Draft, Rules, Waking, at_any_hour
from caseflow.outbox.patience import Patience
from caseflow.outbox.tables import EVENT_OPEN, SUBJECT_LENGTH, Event, Message
from caseflow.outbox.taking import take_next

log = logging.getLogger(__name__)


def expand(
    database: Database,
    rules: Rules,
    now: datetime,
    limit: int,
    patience: Patience | None = None,
    waking: Waking = at_any_hour,
    *,
    only_urgent: bool = False,
) -> int:
    """Write the messages of up to `limit` open events; return how many events were taken up.

    `rules` runs in the transaction that marks the event, and has no other effect than what it
    returns. An event whose rules raise is put off, and is dead after `patience.event_tries`.
    What is calm is due when people are awake (`waking`). A second run at the same time takes other
    events; of two drafts of one rule to one recipient the first counts. Raises what the database
    raises.
    """
    patience = patience or Patience()
    done = 0
    while done < limit and _expand_next(database, rules, now, patience, waking, only_urgent):
        done += 1
    return done


def _expand_next(
    database: Database,
    rules: Rules,
    now: datetime,
    patience: Patience,
    waking: Waking,
    only_urgent: bool,
) -> bool:
    taken: list[int] = []

    def take(session: Session) -> bool:
        event = take_next(session, Event, EVENT_OPEN, now, only_urgent=only_urgent)
        if event is not None:
            taken.append(event.id)
            _take(session, event, rules, now, waking(now))
        return event is not None

    try:
        return database.run(take)
    except Exception as error:
        if not taken:
            raise
        event_id, problem = taken[-1], describe(error)
        log.error("event %d could not be expanded: %s", event_id, problem)
        database.run(lambda session: _put_off(session, event_id, problem, now, patience))
        return True


def _take(session: Session, event: Event, rules: Rules, now: datetime, awake: datetime) -> None:
    drafts: dict[tuple[str, str], Draft] = {}
    for draft in rules(session, event):
        drafts.setdefault((draft.rule, draft.recipient), draft)
    session.add_all(_message(event, draft, now, awake) for draft in drafts.values())
    event.expanded_at = now
    event.error = None


def _message(event: Event, draft: Draft, now: datetime, awake: datetime) -> Message:
    urgent = draft.urgent or event.urgent
    calm = draft.calm and not urgent
    return Message(
        event_id=event.id,
        case_id=event.case_id,
        rule=draft.rule,
        recipient=draft.recipient,
        way=draft.way,
        locale=draft.locale,
        subject=draft.subject[:SUBJECT_LENGTH],
        text=draft.text,
        urgent=urgent,
        calm=calm,
        message_id=uuid4().hex,
        created_at=now,
        not_before=awake if calm else now,
    )


def _put_off(
    session: Session, event_id: int, problem: str, now: datetime, patience: Patience
) -> None:
    event = session.get_one(Event, event_id, with_for_update=True)
    if event.expanded_at is not None:
        return  # somebody else's rules did not fail meanwhile
    event.attempts += 1
    event.error = problem
    event.not_before = now + patience.wait(f"event {event.id}", event.attempts)
    if event.attempts >= patience.event_tries:
        event.dead_at = now
