"""Rows as both databases understand them: which tables there are, how a value is written down.

Tables and columns are asked of the database and not of the code, so that whoever has installed
newer code can still back up, and so that an office on SQLite can move to PostgreSQL.
"""

import base64
import json
import zlib
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import (
    Boolean,
    Connection,
    Date,
    DateTime,
    LargeBinary,
    Select,
    column,
    inspect,
    select,
)
from sqlalchemy import table as named
from sqlalchemy.sql.expression import TableClause
from sqlalchemy.types import NullType, TypeEngine

from caseflow.db import Moment
from caseflow.migrating import is_ours

BATCH = 500
BATCH_OF_BYTES = 50
"""Rows in one record; fewer of those that hold sealed bytes, which can be 64 KiB each."""

_LEFT_OUT = ("alembic_version", "lease", "rules_edition")

_KINDS: dict[str, TypeEngine[Any]] = {
    "moment": Moment(),
    "date": Date(),
    "bytes": LargeBinary(),
    "bool": Boolean(create_constraint=False),
    "": NullType(),
}
_FOUND: tuple[tuple[type[TypeEngine[Any]], str], ...] = (
    (DateTime, "moment"),
    (Date, "date"),
    (LargeBinary, "bytes"),
    (Boolean, "bool"),
)
_WRITTEN: dict[str, Callable[[Any], Any]] = {
    "moment": datetime.isoformat,
    "date": date.isoformat,
    "bytes": lambda value: base64.b64encode(value).decode(),
}
_READ: dict[str, Callable[[Any], Any]] = {
    "moment": datetime.fromisoformat,
    "date": date.fromisoformat,
    "bytes": base64.b64decode,
}


class Shape(NamedTuple):
    """A table: its name, and its columns with the kind of each (`_KINDS`)."""

    name: str
    columns: tuple[tuple[str, str], ...]

    @property
    def batch(self) -> int:
        """How many rows one record holds."""
        return BATCH_OF_BYTES if any(kind == "bytes" for _, kind in self.columns) else BATCH

    @property
    def clause(self) -> TableClause:
        """The table as statements name it."""
        return named(self.name, *(column(one, _KINDS[kind]) for one, kind in self.columns))

    @property
    def query(self) -> Select[Any]:
        """Every row, as the database likes to give them."""
        return select(*self.clause.c).execution_options(yield_per=self.batch)

    def converted(
        self, rows: Sequence[Sequence[Any]], how: dict[str, Callable[[Any], Any]]
    ) -> list[list[Any]]:
        """Return rows with every value written down, or read again."""
        ways = [(n, how[kind]) for n, (_, kind) in enumerate(self.columns) if kind in how]
        found = [list(row) for row in rows]
        for row in found:
            for n, way in ways:
                if row[n] is not None:
                    row[n] = way(row[n])
        return found


def tables(link: Connection) -> list[str]:
    """Return the names of our tables, those first that others refer to.

    What is made by hand for searching is left out: it is made anew from the reports. So is the
    revision, which the head of an archive says, whose turn it is, for those processes are gone,
    and by what a process knows the rules that it has read.
    """
    ordered = inspect(link).get_sorted_table_and_fkc_names()
    names = [name for name, _ in ordered if name and name not in _LEFT_OUT]
    return [name for name in names if is_ours(name, "table", None)]


def shape_of(link: Connection, name: str) -> Shape:
    """Return a table's columns as the database has them."""
    return Shape(
        name, tuple((one["name"], _kind(one["type"])) for one in inspect(link).get_columns(name))
    )


def _kind(found: TypeEngine[Any]) -> str:
    return next((kind for known, kind in _FOUND if isinstance(found, known)), "")


def packed(shape: Shape, rows: Sequence[Sequence[Any]]) -> bytes:
    """Return some rows as one record."""
    said = json.dumps(shape.converted(rows, _WRITTEN), ensure_ascii=False, separators=(",", ":"))
    return zlib.compress(said.encode("utf-8", "surrogatepass"), 1)


def unpacked(shape: Shape, body: bytes) -> list[dict[str, Any]]:
    """Return the rows of one record, ready to be inserted."""
    said = json.loads(zlib.decompress(body).decode("utf-8", "surrogatepass"))
    names = [name for name, _ in shape.columns]
    return [dict(zip(names, row, strict=True)) for row in shape.converted(said, _READ)]


def batches(link: Connection, shape: Shape) -> Iterator[list[Sequence[Any]]]:
    """Yield every row of a table in batches; the database gives them piece by piece."""
    with link.execute(shape.query) as found:
        for batch in found.partitions(shape.batch):
            yield list(batch)
