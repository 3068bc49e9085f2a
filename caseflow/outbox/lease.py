"""Lets one process at a time do what two of them would do twice (the scheduler's ticks)."""

from datetime import datetime, timedelta

from sqlalchemy import or_, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from caseflow.outbox.tables import Lease


def hold(session: Session, name: str, holder: str, now: datetime, seconds: float) -> bool:
    """Take or keep the lease `name` until `seconds` from `now`; False when another one has it."""
    until = now + timedelta(seconds=seconds)
    taken = session.execute(
        update(Lease)
        .where(Lease.name == name, or_(Lease.holder == holder, Lease.until <= now))
        .values(holder=holder, until=until)
        .returning(Lease.name)
        .execution_options(synchronize_session=False)
    ).first()
    if taken:
        return True
    if session.get(Lease, name):
        return False
    try:
        with session.begin_nested():
            session.add(Lease(name=name, holder=holder, until=until))
    except IntegrityError:
        return False  # somebody was quicker
    return True


def let_go(session: Session, name: str, holder: str, now: datetime) -> None:
    """End our own lease `name`, so that the next holder need not wait for it to run out."""
    session.execute(
        update(Lease)
        .where(Lease.name == name, Lease.holder == holder)
        .values(until=now)
        .execution_options(synchronize_session=False)
    )
