"""How often something may go wrong, counted in the database so that every process counts alike.

Nobody's address is kept, not even hashed: what is counted is the whole door.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import case, delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from caseflow.crypto.keys import KeyRing
from caseflow.intake.tables import Tally


@dataclass(frozen=True)
class Limit:
    """At most `most` within `window`, which begins with the first of them."""

    name: str
    most: int
    window: timedelta


# Sixteen digits are 10^16 codes: six hundred wrong pairs a minute, a whole year long, open a report
# with a chance of one in thirty million. No limit stands on a single number: numbers can be
# guessed, and whoever wanted to keep a reporter from the answer would only have to use it up.
THE_DOOR = Limit("the door", 600, timedelta(minutes=1))


def is_open(session: Session, ring: KeyRing, limit: Limit, now: datetime) -> bool:
    """Tell whether the limit leaves room for one more; one statement, and nothing is counted."""
    return opens_at(session, ring, limit, now) <= now


def opens_at(session: Session, ring: KeyRing, limit: Limit, now: datetime) -> datetime:
    """Return from when on the limit leaves room for one more, `now` where it does; one statement,
    and nothing is counted.
    """
    used_up = Tally.n >= limit.most, Tally.until > now
    query = select(Tally.until).where(Tally.key == _key(ring, limit), *used_up)
    return session.scalar(query) or now


def count(session: Session, ring: KeyRing, limit: Limit, now: datetime) -> None:
    """Count one; one statement."""
    add = (sqlite if session.get_bind().dialect.name == "sqlite" else postgresql).insert(Tally)
    over, until = Tally.until <= now, now + limit.window
    session.execute(
        add.values(key=_key(ring, limit), n=1, until=until).on_conflict_do_update(
            index_elements=[Tally.key],
            set_={
                "n": case((over, 1), else_=Tally.n + 1),
                "until": case((over, until), else_=Tally.until),
            },
        )
    )


def forget(session: Session, now: datetime) -> None:
    """Drop the tallies whose time is over."""
    session.execute(delete(Tally).where(Tally.until <= now))


def _key(ring: KeyRing, limit: Limit) -> str:
    return ring.mac("limit", limit.name.encode(), ring.oldest_key).hex()
