"""Numbers without gaps: the counter row is taken inside the transaction that uses the number.

Whoever rolls back gives the number back; whoever comes second waits (design §2).
"""

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session
from sqlalchemy.sql.dml import ReturningInsert

from caseflow.clock import local
from caseflow.ledger.tables import Counter

Place = tuple[str, str]
"""Where numbers are counted: an area, and a period (YYYYMMDD for reports, YYYY for cases)."""


def take(session: Session, area: str, period: str) -> int:
    """Return the next number of an area and period."""
    return take_many(session, {(area, period): 1})[area, period]


def take_many(session: Session, wanted: Mapping[Place, int]) -> dict[Place, int]:
    """Take so many numbers of each area and period at once; return the last of each.

    They are taken in the order of their places, so that two who take several never wait for one
    another.
    """
    values = [
        {"area_code": area, "period": period, "value": n}
        for (area, period), n in sorted(wanted.items())
    ]
    taken = session.execute(_next(session.get_bind().dialect.name), values)
    return {(area, period): value for area, period, value in taken}


@lru_cache(maxsize=2)
def _next(dialect: str) -> ReturningInsert[str, str, int]:
    add = (sqlite if dialect == "sqlite" else postgresql).insert(Counter.__table__)
    upsert = add.on_conflict_do_update(
        index_elements=[Counter.area_code, Counter.period],
        set_={"value": Counter.value + add.excluded.value},
    )
    query: ReturningInsert[str, str, int] = upsert.returning(
        Counter.area_code, Counter.period, Counter.value
    )
    return query


def day_of(moment: datetime) -> str:
    """Return the Shanghai day that a report number counts in."""
    day = local(moment)
    return f"{day.year:04}{day.month:02}{day.day:02}"


def year_of(moment: datetime) -> int:
    """Return the Shanghai year that a case number counts in."""
    return local(moment).year
