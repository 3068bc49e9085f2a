"""Where the rows of the bench go: in bulk and past the guards, as each database takes them best.

An item begins as a draft, say the guards; ours were struck off long ago. A batch is there whole,
its number too, or not at all.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import psycopg
from sqlalchemy import Table, insert
from sqlalchemy.orm import Session
from sqlalchemy.sql.schema import ScalarElementColumnDefault

from caseflow.db import Base, Database
from caseflow.ledger.search import index_many, terms

_NUMBERS = "CREATE TABLE IF NOT EXISTS bench_batch (n int PRIMARY KEY)"


@dataclass
class Batch:
    """Rows by table, in the order in which they depend on one another, and what goes on from there.

    `said`: the texts of reports, by id. `seqs`: the last number given by area and period; `ids`:
    the last id of each table.
    """

    n: int
    rows: Mapping[type[Base], Sequence[Mapping[str, Any]]]
    said: Sequence[tuple[int, str]]
    seqs: Mapping[tuple[str, str], int]
    ids: Mapping[str, int]


class Ledger(Protocol):
    """A database that the demo office was made in."""

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Return what a query finds."""

    def there(self) -> set[int]:
        """Return the numbers of the batches that were put in already."""

    def put(self, batch: Batch) -> None:
        """Add a batch in one transaction."""

    def finish(self) -> None:
        """Let the planner know what is there, as it would after some days of work."""


class OnPostgreSQL:
    """A ledger on PostgreSQL: rows are copied in."""

    def __init__(self, link: "psycopg.Connection[Any]") -> None:
        self._link = link
        link.execute("SET session_replication_role = replica")
        link.execute(_NUMBERS)
        link.commit()

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """See Ledger."""
        return self._link.execute(query).fetchall()

    def there(self) -> set[int]:
        """See Ledger."""
        return {n for (n,) in self.rows("SELECT n FROM bench_batch")}

    def put(self, batch: Batch) -> None:
        """See Ledger."""
        with self._link.cursor() as cursor:
            for table, rows in batch.rows.items():
                _copy(cursor, table.__tablename__, _whole(table, rows))
            found = ((one, _quoted(text)) for one, text in batch.said)
            _copy(cursor, "search_report", ({"report_id": a, "terms": b} for a, b in found))
        for (area, period), value in batch.seqs.items():
            self._link.execute(f"{_COUNTED} VALUES (%s, %s, %s) {_ON}", (area, period, value))
        for name, last in batch.ids.items():
            self._link.execute("SELECT setval(pg_get_serial_sequence(%s, 'id'), %s)", (name, last))
        self._link.execute("INSERT INTO bench_batch VALUES (%s)", (batch.n,))
        self._link.commit()

    def finish(self) -> None:
        """See Ledger."""
        self._link.commit()
        self._link.autocommit = True
        self._link.execute("VACUUM (ANALYZE)")
        self._link.autocommit = False


class OnSQLite:
    """A ledger on SQLite: a batch goes in between taking the guards off and putting them back."""

    def __init__(self, database: Database) -> None:
        self._database = database
        with database.transaction() as session:
            _say(session, _NUMBERS)

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """See Ledger."""
        with self._database.read() as session:
            return [tuple(row) for row in _say(session, query)]

    def there(self) -> set[int]:
        """See Ledger."""
        return {n for (n,) in self.rows("SELECT n FROM bench_batch")}

    def put(self, batch: Batch) -> None:
        """See Ledger."""
        with self._database.transaction() as session:
            guards = list(_say(session, _GUARDS))
            for name, _ in guards:
                _say(session, f"DROP TRIGGER {name}")
            for table, rows in batch.rows.items():
                session.execute(insert(_table(table)), list(_whole(table, rows)))
            index_many(session, batch.said)
            for (area, period), value in batch.seqs.items():
                _say(session, f"{_COUNTED} VALUES (?, ?, ?) {_ON}", (area, period, value))
            _say(session, "INSERT INTO bench_batch VALUES (?)", (batch.n,))
            for _, guard in guards:
                _say(session, guard)

    def finish(self) -> None:
        """See Ledger."""
        with self._database.transaction() as session:
            _say(session, "ANALYZE")


_COUNTED = "INSERT INTO counter (area_code, period, value)"
_ON = "ON CONFLICT (area_code, period) DO UPDATE SET value = excluded.value"
_GUARDS = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' ORDER BY rowid"


def _say(session: Session, statement: str, said: tuple[Any, ...] = ()) -> Any:
    return session.connection().exec_driver_sql(statement, said)


def _table(model: type[Base]) -> Table:
    return Base.metadata.tables[model.__tablename__]


def _quoted(text: str) -> str:
    return " ".join(f"'{term}'" for term in sorted(terms(text)))


def _copy(cursor: "psycopg.Cursor[Any]", name: str, rows: Iterable[Mapping[str, Any]]) -> None:
    found = iter(rows)
    first = next(found, None)
    if first is None:
        return
    columns = ", ".join(f'"{column}"' for column in first)
    with cursor.copy(f"COPY {name} ({columns}) FROM STDIN") as copy:
        copy.write_row(tuple(first.values()))
        for row in found:
            copy.write_row(tuple(row.values()))


def _whole(table: type[Base], rows: Sequence[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    """Yield the rows with one and the same columns, and the defaults that the model gives."""
    given = {
        column.name: column.default.arg
        for column in _table(table).columns
        if isinstance(column.default, ScalarElementColumnDefault)
    }
    names = {name: None for row in rows for name in row}
    for row in rows:
        yield {name: row.get(name) for name in names} | {
            name: value for name, value in given.items() if name not in row
        }
