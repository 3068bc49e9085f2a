"""Lets one process at a time do what two of them would do twice (the scheduler's ticks).

And keeps when each job that comes round came to its end last, as a lease that is over: no other
table is about processes rather than about the office.
"""

from datetime import datetime, timedelta

from sqlalchemy import or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from caseflow.outbox.tables import Lease

ASTRAY = timedelta(minutes=1)
"""So far the clocks of two machines may differ before a lease counts as one of another time."""


def hold(session: Session, name: str, holder: str, now: datetime, seconds: float) -> bool:
    """Take or keep the lease `name` until `seconds` from `now`; False when another one has it.

    A lease that ends later than any could, had it been taken now, is from before the clock was put
    back. Its holder may be gone, and nobody else could take over for as long as that was.
    """
    until = now + timedelta(seconds=seconds)
    over = or_(Lease.until <= now, Lease.until > until + ASTRAY)
    taken = session.execute(
        update(Lease)
        .where(Lease.name == name, or_(Lease.holder == holder, over))
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


_RAN = "ran "
NOTED_SECONDS = 30.0
"""So seldom is it noted: the outbox is looked into every two seconds."""


def note_run(session: Session, name: str, now: datetime) -> None:
    """Put down that the job `name` came to its end."""
    hold(session, f"{_RAN}{name}", "", now, 0)


def ran(session: Session) -> dict[str, datetime]:
    """Return when each job came to its end last, by its name; to NOTED_SECONDS."""
    query = select(Lease.name, Lease.until).where(Lease.name.startswith(_RAN))
    return {name.removeprefix(_RAN): until for name, until in session.execute(query)}
