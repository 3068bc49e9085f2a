"""Many rows at once: ids and numbers taken in blocks, rows written in one go.

PostgreSQL takes them by COPY, SQLite by one prepared statement; both write the same rows (engine
10). The rows of one table have the same columns.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Table, func, insert, select, text
from sqlalchemy.orm import Session
from sqlalchemy.sql.schema import ScalarElementColumnDefault

from caseflow.db import Base

Rows = Sequence[Mapping[str, Any]]


def is_postgresql(session: Session) -> bool:
    """Tell which of the two databases it is."""
    return session.get_bind().dialect.name == "postgresql"


def ids(session: Session, table: type[Base], n: int) -> list[int]:
    """Return the next `n` ids of a table, which nobody else gets."""
    if not is_postgresql(session):  # whoever writes holds the lock until the end
        column = table.__table__.c.id
        last = session.scalar(select(func.coalesce(func.max(column), 0))) or 0
        return list(range(last + 1, last + n + 1))
    query = text("SELECT nextval(pg_get_serial_sequence(:name, 'id')) FROM generate_series(1, :n)")
    return list(session.scalars(query, {"name": table.__tablename__, "n": n}))


def write(session: Session, table: type[Base], rows: Rows) -> None:
    """Write rows of a table; columns that they leave out get their plain defaults."""
    if not rows:
        return
    known = table.__table__
    assert isinstance(known, Table)
    if not is_postgresql(session):
        session.execute(insert(known), list(rows))
        return
    defaults = _defaults(known, rows[0])
    copy(session, known.name, [{**defaults, **row} for row in rows])


def _defaults(table: Table, given: Mapping[str, Any]) -> dict[str, Any]:
    return {
        column.name: column.default.arg
        for column in table.columns
        if isinstance(column.default, ScalarElementColumnDefault) and column.name not in given
    }


def copy(session: Session, name: str, rows: Rows) -> None:
    """Write rows by PostgreSQL's own way."""
    columns = list(rows[0])
    named = ", ".join(f'"{column}"' for column in columns)
    link: Any = session.connection().connection
    with link.cursor() as cursor, cursor.copy(f"COPY {name} ({named}) FROM STDIN") as sink:
        for row in rows:
            sink.write_row([row[column] for column in columns])
