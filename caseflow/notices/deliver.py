"""Where a message goes at the moment of sending, and what the ledger notes of its end."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from caseflow.crypto import blind, receipts
from caseflow.crypto.keys import KeyRing
from caseflow.ledger.moves import closing, notice, reporting_back
from caseflow.ledger.report_tables import Report
from caseflow.notices import back_letter, sms_fates, unreachable
from caseflow.notices.render import CODE
from caseflow.outbox.handlers import Complete, Resolve
from caseflow.outbox.tables import Event, Message
from caseflow.outbox.transport import PermanentFailure
from caseflow.people.tables import Unit, User
from caseflow.refs import grouped
from caseflow.vault.identities import address_for
from caseflow.vault.stops import is_stopped, wants_no_mail

TEXT = "sms"
"""The way of a message that is sent as a text."""


def user_ref(user_id: int) -> str:
    """Return the reference of a user: what a message row holds in place of an address."""
    return f"user:{user_id}"


def user_of(recipient: str) -> int:
    """Return the id of the user that a reference names."""
    return int(recipient.partition(":")[2])


def report_ref(report_id: int) -> str:
    """Return the reference of whoever sent a report."""
    return f"report:{report_id}"


def resolver(ring: KeyRing, own: str = "") -> Resolve:
    """Return the function that finds addresses; identities are opened with `ring`.

    `own`: the address that messages leave from. Nothing is sent to a reporter there, nor to any
    office's public address: it would come back as a report.
    """

    def resolve(session: Session, recipient: str, way: str) -> str | None:
        """Return the address, or None when there is none. Raises ValueError on a strange one."""
        sort, _, number = recipient.partition(":")
        if sort == "user":
            return _of_user(session, int(number), way)
        if sort == "report":
            report = session.get_one(Report, int(number))
            if report.identity_id is None:
                return None
            if way == TEXT:
                return _number(session, ring, report.identity_id)
            found = address_for(session, ring, report.identity_id, way)
            if found and wants_no_mail(session, ring, found):
                return None
            return None if found and _is_ours(session, found, own) else found
        if sort == "back":
            office = back_letter.address(session, ring, int(number))
            return None if office and _is_ours(session, office, own) else office
        raise ValueError(f"no such recipient: {sort}")

    return resolve


def completer(ring: KeyRing) -> Complete:
    """Return the function that puts the query code into a receipt as it is sent.

    The code is derived anew; nobody keeps it.
    """

    def complete(session: Session, recipient: str, text: str) -> str:
        """Raises PermanentFailure for a code that would open nothing: a key of ours is gone."""
        if CODE not in text:
            return text
        report = session.get_one(Report, int(recipient.partition(":")[2]))
        code = receipts.derive(ring, report.channel, report.channel_key).code
        kept, key = report.receipt_hash, report.receipt_key
        if not (kept and key and receipts.matches(ring, report.number, code, kept, key)):
            raise PermanentFailure("the receipt has no code")
        return text.replace(CODE, grouped(code))

    return complete


def _number(session: Session, ring: KeyRing, identity_id: str) -> str | None:
    """Return the number that text messages go to; None where it takes none, or wants none."""
    found = address_for(session, ring, identity_id, "phone")
    if found is None or not blind.takes_texts(found) or is_stopped(session, ring, found):
        return None
    return found


def _is_ours(session: Session, address: str, own: str) -> bool:
    if address.lower() == own.lower():
        return True
    query = select(Unit.id).where(Unit.kind == "office", func.lower(Unit.email) == address.lower())
    return session.scalar(query.limit(1)) is not None


def _of_user(session: Session, user_id: int, way: str) -> str | None:
    user = session.get_one(User, user_id)
    return user.email or None if way == "email" and user.active else None


def sent(session: Session, message: Message, now: datetime) -> None:
    """The channel took a message: a decision was told, a reply was delivered."""
    if message.way == TEXT and sms_fates.failed_already(session, message, now):
        return
    if message.rule in ("decision", "extended", "two_numbers"):
        written = session.get_one(Event, message.event_id).at
        notice.told(session, int(message.recipient.partition(":")[2]), now, written=written)
    elif message.rule == "reply":
        closing.delivered(session, unreachable.reply_of(session, message), now)
    elif message.rule == "report_back":
        reporting_back.delivered(session, *unreachable.back_of(session, message), now)


def failed(session: Session, message: Message, now: datetime) -> None:
    """A message was given up or had no address: a reply then stays owed, and the case says so."""
    unreachable.lost(session, message, now)
