"""An address that takes no more mail: it is no way to its reporter from then on, and whoever
handles the case learns of it.
"""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from caseflow.ledger.moves import closing, losing, reporting_back
from caseflow.ledger.report_tables import Report
from caseflow.outbox.events import body_of
from caseflow.outbox.sending import NO_ADDRESS
from caseflow.outbox.tables import Attempt, Event, Message
from caseflow.vault.bounces import email_bounced, number_gone
from caseflow.vault.stops import heeded

BOUNCED = "bounced"
NO_NUMBER = "no such number"
UNDELIVERED = "undelivered"
_TEXT = "sms"
_REFUSED = ("SMTP 5", "Twilio ", "gateway ")
_RECIPIENT = ": recipient"


def bounced(
    session: Session, message: Message, status: str, now: datetime, *, permanent: bool
) -> None:
    """Write down that a message came back; where it is for good, it counts as not sent.

    The caller has locked the message. The same bounce twice is noted once more and changes nothing.
    """
    note = f"{BOUNCED} {status}"
    session.add(Attempt(message_id=message.id, at=now, ok=False, note=note))
    if not permanent or message.state != "sent":
        return
    message.state, message.reason = "dead", note
    lost(session, message, now)


def not_delivered(session: Session, message: Message, now: datetime, *, permanent: bool) -> None:
    """Write down that a text message that was handed over did not reach its number; `permanent`:
    nor will any other. The caller has locked the message.
    """
    note = NO_NUMBER if permanent else UNDELIVERED
    session.add(Attempt(message_id=message.id, at=now, ok=False, note=note))
    message.state, message.reason = "dead", note
    lost(session, message, now)


def lost(session: Session, message: Message, now: datetime) -> None:
    """Note a message that was given up, and its address where that was why."""
    if message.rule == "reply":
        closing.undeliverable(session, reply_of(session, message), now)
    if message.rule == "report_back":
        reporting_back.undelivered(session, *back_of(session, message), now)
    if not message.recipient.startswith("report:"):
        return
    report = session.get_one(Report, int(message.recipient.partition(":")[2]))
    if message.way != _TEXT and message.reason == NO_ADDRESS and report.identity_id is not None:
        if heeded(session, report.identity_id):
            losing.stopped(session, report, now)
        return
    if not is_final(message.reason):
        return
    gone = number_gone if message.way == _TEXT else email_bounced
    if report.identity_id is None or not gone(session, report.identity_id, now):
        return
    if message.rule != "reply":
        losing.lost(session, report, now)


def is_final(reason: str | None) -> bool:
    """Tell whether a message was given up because its address takes none."""
    said = reason or ""
    refused = said.startswith(_REFUSED) and said.endswith(_RECIPIENT)
    return refused or said.startswith((BOUNCED, NO_NUMBER))


def back_of(session: Session, message: Message) -> tuple[int, datetime]:
    """Return the id of the report back that a message brings, and when that was sent."""
    event = session.get_one(Event, message.event_id)
    return int(body_of(event)["back"]), event.at


def sent_again(session: Session, case_id: int) -> dict[int, datetime]:
    """Return the replies of a case that did not arrive and were sent again, and of which no word
    has come since: when each was.
    """
    query = select(Message.requeued_at, Event).join(Event, Event.id == Message.event_id)
    under_way = (Message.state.in_(("pending", "claimed")), Message.requeued_at.is_not(None))
    query = query.where(Message.case_id == case_id, Message.rule == "reply", *under_way)
    rows = session.execute(query).all()
    return {int(body_of(event)["reply"]): at for at, event in rows if at is not None}


def reply_of(session: Session, message: Message) -> int:
    """Return the id of the reply that a message brings."""
    return int(body_of(session.get_one(Event, message.event_id))["reply"])
