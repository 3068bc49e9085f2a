"""Ids for many rows at once, for whoever writes rows that name one another (`many.add_many`)."""

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from caseflow.db import Base


def ids(session: Session, table: type[Base], n: int) -> list[int]:
    """Return the next `n` ids of a table, which nobody else gets."""
    if session.get_bind().dialect.name == "sqlite":  # whoever writes holds the lock until the end
        column = table.__table__.c.id
        last = session.scalar(select(func.coalesce(func.max(column), 0))) or 0
        return list(range(last + 1, last + n + 1))
    query = text("SELECT nextval(pg_get_serial_sequence(:name, 'id')) FROM generate_series(1, :n)")
    return list(session.scalars(query, {"name": table.__tablename__, "n": n}))
