"""What became of a text message: its provider tells, in any order and as often as it likes.

What is final stays. A number that takes no text messages is no way to its reporter any more, as an
address that bounces is none; one that is only switched off may be tried with the next message.
"""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from caseflow.crypto.keys import KeyRing
from caseflow.crypto.message_ids import proven
from caseflow.notices import unreachable
from caseflow.notices.sms_tables import FATES, FINAL, TextSent
from caseflow.outbox.tables import Message

FAILED = ("undelivered", "failed")
_RANK = {fate: FATES.index(fate) for fate in FATES}
# Twilio's codes for a number that will never take one: unknown, a landline, blocked, opted out.
NEVER = frozenset({21211, 21610, 21614, 30004, 30005, 30006})


def told(
    session: Session,
    ring: KeyRing,
    said_id: str,
    fate: str,
    now: datetime,
    *,
    code: str = "",
    never: bool = False,
) -> None:
    """Note the fate of the message that `said_id` proves to be ours; any other tells nothing.

    `code`: why it failed, in digits; `never`: the number takes none at all. Words that no provider
    of ours uses are passed over.
    """
    message_id = proven(ring, said_id)
    if message_id is None or fate not in _RANK:
        return
    query = select(Message).where(Message.message_id == message_id)
    message = session.scalars(query.with_for_update()).first()
    sent = session.get(TextSent, message.id) if message else None
    if message is None or sent is None:
        return
    session.refresh(sent)
    if sent.fate in FINAL or _RANK[fate] <= _RANK[sent.fate]:
        return
    sent.fate, sent.at = fate, now
    if fate in FAILED:
        number = int(code) if code.isascii() and code.isdecimal() and len(code) <= 6 else 0
        sent.never = never or number in NEVER
        if message.state == "sent":
            unreachable.not_delivered(session, message, now, permanent=sent.never)


def failed_already(session: Session, message: Message, now: datetime) -> bool:
    """Tell whether a message that was handed over just now is known to have failed: its provider
    may be quicker to say so than we are to write down that it took it. That is then noted.
    """
    sent = session.get(TextSent, message.id)
    if sent is None or sent.fate not in FAILED:
        return False
    unreachable.not_delivered(session, message, now, permanent=sent.never)
    return True
