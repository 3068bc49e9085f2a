"""Somebody wants no more mail from us: by the button of their mail program, or in so many words.

It holds for who proves it like a party to a case (`thread`): by one of our own messages, which
nobody can make up, and from the address that it went to. Nobody can end the mail of somebody else.
What is owed stays owed: the handler is told to use another way.
"""

import re
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from caseflow.crypto import blind
from caseflow.crypto.message_ids import SHAPE, proven
from caseflow.intake.channels.mailbox.quoted import fold
from caseflow.intake.filters import thread
from caseflow.intake.filters.letter import Aside, Letter
from caseflow.intake.rooms import Rooms
from caseflow.ledger.moves import losing
from caseflow.ledger.report_tables import Report
from caseflow.outbox.tables import Message
from caseflow.vault import stops

REASON = "要求不再收邮件"
SETTLED = "已停发邮件；办件承办人已获通知"
_BUTTON = re.compile(rf"\s*STOP\s+({SHAPE.pattern})\s*", re.IGNORECASE)
_WORDS = frozenset(("STOP", "UNSUBSCRIBE", "退订", "退訂", "不要再发邮件"))  # not said
_ENDS = " \t\r\n。.！!“”\"'"  # not said


def check(session: Session, rooms: Rooms, letter: Letter, now: datetime) -> Letter | Aside:
    """Send no more mail to whoever asks for that and nothing else."""
    said = _asked(letter)
    message_id = proven(rooms.ring, said) if said else None
    message = message_id and session.scalar(select(Message).where(Message.message_id == message_id))
    if not message or not message.recipient.startswith("report:"):
        return letter
    report = session.get_one(Report, int(message.recipient.partition(":")[2]))
    address = letter.report.contact.email
    if not thread.is_party(session, rooms, report, address):
        return letter
    index = blind.email_index(rooms.ring, address)
    if index and stops.stop_mail(session, index, now):
        losing.stopped(session, report, now)
    return Aside(REASON, SETTLED, message.case_id)


def _asked(letter: Letter) -> str:
    """Return the id of the message that makes somebody ask; nothing where the letter says more."""
    button = _BUTTON.fullmatch(letter.report.subject)
    if button:
        return button[1].lower()
    own = fold(letter.report.text, letter.report.subject).own.strip(_ENDS).upper()
    answers = letter.parsed.threads.answers
    return answers[0] if answers and own in _WORDS else ""
