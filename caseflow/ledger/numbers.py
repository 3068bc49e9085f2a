"""Numbers without gaps: the counter row is taken inside the transaction that uses the number.

Whoever rolls back gives the number back; whoever comes second waits (design §2).
"""

from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import bindparam
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session
from sqlalchemy.sql.dml import ReturningInsert

from caseflow.clock import local
from caseflow.ledger.tables import Counter


def take(session: Session, area: str, period: str) -> int:
    """Return the next number of an area and period (YYYYMMDD for reports, YYYY for cases)."""
    return take_many(session, area, period, 1)


def take_many(session: Session, area: str, period: str, n: int) -> int:
    """Take the next `n` numbers of an area and period at once; return the last of them."""
    values = {"area_code": area, "period": period, "value": n}
    value: int = session.execute(_next(session.get_bind().dialect.name), values).scalar_one()
    return value


@lru_cache(maxsize=2)
def _next(dialect: str) -> ReturningInsert[int]:
    add = (sqlite if dialect == "sqlite" else postgresql).insert(Counter)
    named: dict[str, Any] = {key: bindparam(key) for key in ("area_code", "period", "value")}
    add = add.values(named)
    upsert = add.on_conflict_do_update(
        index_elements=[Counter.area_code, Counter.period],
        set_={"value": Counter.value + add.excluded.value},
    )
    query: ReturningInsert[int] = upsert.returning(Counter.value)
    return query


def day_of(moment: datetime) -> str:
    """Return the Shanghai day that a report number counts in."""
    return f"{local(moment):%Y%m%d}"


def year_of(moment: datetime) -> int:
    """Return the Shanghai year that a case number counts in."""
    return local(moment).year
