"""Numbers that asked for no more text messages: kept by their blind index, until they ask for them.

Whoever asks is obeyed, whether we know the number or not: it tells nothing of anybody.
"""

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from caseflow.crypto import blind
from caseflow.crypto.keys import KeyRing
from caseflow.vault.tables import Identity, TextStop


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
