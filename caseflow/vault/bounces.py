"""An address that takes no mail any more, or a number no text message, wherever it was given."""

from datetime import datetime

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from caseflow.vault.tables import Identity


def email_bounced(session: Session, identity_id: str, now: datetime) -> bool:
    """Let the address be no way to its owner, in every contact that gave it; tell whether it was.

    A later contact from there finds it usable again: whoever writes from it can be written to.
    """
    row = session.get_one(Identity, identity_id)
    same = [Identity.email_index == row.email_index] if row.email_index else []
    lost = _without(session, identity_id, same, "email")
    for one in lost:
        one.bounced_at = now
    return bool(lost)


def number_gone(session: Session, identity_id: str, now: datetime) -> bool:
    """Let text messages be no way to the owner of a number, in every contact that gave it; tell
    whether they were. It may still be called.
    """
    row = session.get_one(Identity, identity_id)
    same = [Identity.phone_index == row.phone_index] if row.phone_index else []
    lost = _without(session, identity_id, same, "text")
    for one in lost:
        one.unreachable_at = now
    return bool(lost)


def _without(
    session: Session, identity_id: str, same: list[ColumnElement[bool]], way: str
) -> list[Identity]:
    """Take a way from an identity and those that gave the same; return those that had it."""
    found = session.scalars(select(Identity).where(or_(Identity.id == identity_id, *same))).all()
    had = [one for one in found if way in one.can_be_reached.split(",")]
    for one in had:
        ways = one.can_be_reached.split(",")
        one.can_be_reached = ",".join(left for left in ways if left not in ("", way))
    return had
