"""Numbers that asked for no more text messages, addresses that asked for no more mail: kept by
their blind index, until they ask for them, or something is written from there.

Whoever asks is obeyed, whether we know the number or not: it tells nothing of anybody.
"""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from caseflow.crypto import blind
from caseflow.crypto.keys import KeyRing
from caseflow.vault.tables import Identity, MailStop, TextStop


def stop(session: Session, ring: KeyRing, number: str, now: datetime) -> None:
    """Send no more text messages to a number; twice is once."""
    insert = (sqlite if session.get_bind().dialect.name == "sqlite" else postgresql).insert
    values = {"index": blind.phone_index(ring, number), "since": now}
    session.execute(insert(TextStop).values(values).on_conflict_do_nothing())
    _reached(session, ring, number, by_text=False)


def start(session: Session, ring: KeyRing, number: str) -> None:
    """Let a number be sent text messages again."""
    session.execute(delete(TextStop).where(TextStop.index == blind.phone_index(ring, number)))
    _reached(session, ring, number, by_text=True)


def _reached(session: Session, ring: KeyRing, number: str, *, by_text: bool) -> None:
    """Let text messages be a way to whoever gave this number, or none."""
    index = blind.phone_index(ring, number)
    for one in session.scalars(select(Identity).where(Identity.phone_index == index)):
        ways = [way for way in one.can_be_reached.split(",") if way and way != "text"]
        one.can_be_reached = ",".join([*ways, "text"] if by_text else ways)
        one.unreachable_at = None if by_text else one.unreachable_at


def is_stopped(session: Session, ring: KeyRing, number: str) -> bool:
    """Tell whether a number must not be sent any."""
    index = blind.phone_index(ring, number)
    return session.scalar(select(TextStop.index).where(TextStop.index == index)) is not None


def stop_mail(session: Session, index: str, now: datetime) -> bool:
    """Send no more mail to an address, known by its blind index; tell whether it was a way to
    anybody until now.
    """
    insert = (sqlite if session.get_bind().dialect.name == "sqlite" else postgresql).insert
    session.execute(insert(MailStop).values(index=index, since=now).on_conflict_do_nothing())
    return _without_mail(session, Identity.email_index == index)


def start_mail(session: Session, index: str, known: Iterable[Identity]) -> None:
    """Let an address, known by its blind index, be sent mail again: something was written from it.

    `known`: the identities of the matter that it was proven to be about. What was stopped for any
    other stays stopped: whoever else reads the mailbox can write from it as well.
    """
    session.execute(delete(MailStop).where(MailStop.index == index))
    for one in known:
        if one.email_index == index and one.bounced_at is None:
            ways = [way for way in one.can_be_reached.split(",") if way not in ("", "email")]
            one.can_be_reached = ",".join(["email", *ways])


def wants_no_mail(session: Session, ring: KeyRing, address: str) -> bool:
    """Tell whether an address must not be sent any."""
    index = blind.email_index(ring, address)
    return session.scalar(select(MailStop.index).where(MailStop.index == index)) is not None


def heeded(session: Session, identity_id: str) -> bool:
    """Let mail be no way to an identity whose address was given again after it had asked for none;
    tell whether that was so, and it was a way until now.
    """
    stopped = select(MailStop.index)
    return _without_mail(session, Identity.id == identity_id, Identity.email_index.in_(stopped))


def _without_mail(session: Session, *which: ColumnElement[bool]) -> bool:
    found = session.scalars(select(Identity).where(*which)).all()
    had = [one for one in found if "email" in one.can_be_reached.split(",")]
    for one in had:
        ways = one.can_be_reached.split(",")
        one.can_be_reached = ",".join(way for way in ways if way not in ("", "email"))
    return bool(had)
