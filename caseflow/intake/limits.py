"""How often something may be tried, counted in the database so that every process counts alike.

Nobody's address is kept, not even hashed: what is counted is the thing tried and the whole door.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import case, delete
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from caseflow.crypto.keys import KeyRing
from caseflow.intake.tables import Tally


@dataclass(frozen=True)
class Limit:
    """At most `most` tries within `window`, which begins with the first of them."""

    name: str
    most: int
    window: timedelta


# Sixteen digits are 10^16 codes. Ten tries at one number and six hundred a minute at all of them
# leave a guesser of a whole year, with a hundred thousand open receipts, one chance in 300.
ONE_NUMBER = Limit("one number", 10, timedelta(minutes=15))
THE_DOOR = Limit("the door", 600, timedelta(minutes=1))


def tried(session: Session, ring: KeyRing, limit: Limit, what: str, now: datetime) -> bool:
    """Count one try and tell whether it is within the limit; one statement, whatever comes out."""
    add = (sqlite if session.get_bind().dialect.name == "sqlite" else postgresql).insert(Tally)
    over = Tally.until <= now
    query = (
        add.values(key=_key(ring, limit, what), n=1, until=now + limit.window)
        .on_conflict_do_update(
            index_elements=[Tally.key],
            set_={
                "n": case((over, 1), else_=Tally.n + 1),
                "until": case((over, now + limit.window), else_=Tally.until),
            },
        )
        .returning(Tally.n)
    )
    n: int = session.execute(query).scalar_one()
    return n <= limit.most


def forgive(session: Session, ring: KeyRing, limit: Limit, what: str) -> None:
    """Forget the tries at something: whoever knows the code may have mistyped it before."""
    session.execute(delete(Tally).where(Tally.key == _key(ring, limit, what)))


def forget(session: Session, now: datetime) -> None:
    """Drop the tallies whose time is over."""
    session.execute(delete(Tally).where(Tally.until <= now))


def _key(ring: KeyRing, limit: Limit, what: str) -> str:
    return ring.mac("limit", f"{limit.name}\n{what}".encode(), ring.oldest_key).hex()
