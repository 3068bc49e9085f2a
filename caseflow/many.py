"""Many values and many rows, each in one statement.

A statement for each row costs a journey to PostgreSQL and back, and most of its work goes into
beginning and ending it; a statement for each number of values is read and planned for each.
"""

import json
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from itertools import repeat
from operator import itemgetter
from typing import Any

from sqlalchemy import (
    ARRAY,
    JSON,
    Boolean,
    ColumnElement,
    Insert,
    Integer,
    Table,
    Text,
    Update,
    bindparam,
    cast,
    column,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.engine import Dialect
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value
from sqlalchemy.schema import ColumnDefault
from sqlalchemy.sql import TableValuedAlias
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeDecorator, TypeEngine

from caseflow.db import COPY, Base, Copied


class Several(TypeDecorator[Collection[Any]]):
    """Several values as one parameter: an array on PostgreSQL, JSON on SQLite."""

    impl = Text
    cache_ok = True

    def __init__(self, of: type[TypeEngine[Any]]) -> None:
        """Hold values of the type `of`."""
        super().__init__()
        self.of = of

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Return what the database takes."""
        array = dialect.name == "postgresql"
        return dialect.type_descriptor(ARRAY(self.of()) if array else Text())

    def process_bind_param(self, value: Collection[Any] | None, dialect: Dialect) -> Any:
        """Turn the values into what the database takes."""
        values = list(value or ())
        return values if dialect.name == "postgresql" else json.dumps(values)


class _OneOf(FunctionElement[bool]):
    """`one_of`, said as each database understands it."""

    type = Boolean()
    inherit_cache = True

    def self_group(self, against: Any = None) -> Any:  # noqa: ARG002 - the library names it
        """Return itself: it is a condition, and no value that would have to be compared with true.

        The library would say `… = 1` to SQLite, which then finds the column by no index.
        """
        return self


@compiles(_OneOf, "postgresql")
def _one_of_array(element: _OneOf, compiler: Any, **more: Any) -> str:
    column, values = (compiler.process(part, **more) for part in element.clauses)
    return f"{column} = ANY ({values})"


@compiles(_OneOf, "sqlite")
def _one_of_json(element: _OneOf, compiler: Any, **more: Any) -> str:
    column, values = element.clauses
    rows = func.json_each(values).table_valued("value")
    return str(compiler.process(column.in_(select(rows.c.value)), **more))


def one_of(column: Any, name: str, of: type[TypeEngine[Any]] = Integer) -> ColumnElement[bool]:
    """Return the condition that a column holds one of the values of the parameter `name`.

    Unlike `in_` it is the same statement for any number of values, one as well as a thousand: it is
    said once, read once by the driver and planned once by the database. `of`: the column's type.
    """
    return _OneOf(column, bindparam(name, type_=Several(of)))


def add_many(session: Session, into: type[Base], rows: Sequence[dict[str, Any]]) -> None:
    """Insert rows of one table, all with the same columns, in their order.

    PostgreSQL takes them as one statement with one parameter, which the driver need not take apart;
    hundreds it copies in, which costs it and us a third. Sent row by row, most of the time goes
    into beginning and ending each.
    """
    if not rows:
        return
    with session.no_autoflush:  # what else the transaction has to write goes with its end
        if len(rows) >= COPIED:
            _driven_in(session, into, rows)
        elif session.get_bind().dialect.name == "postgresql":
            session.execute(_from_json(into, tuple(rows[0])), {"rows": _compact(rows)})
        else:
            # By the table: by its class, rows are parted by which of their values are none.
            session.execute(insert(Base.metadata.tables[into.__tablename__]), rows)


COPIED = 200
"""From so many rows on they go to the driver as it takes them, past the library."""


def _driven_in(session: Session, into: type[Base], rows: Sequence[dict[str, Any]]) -> None:
    link = session.connection()
    way = _way_in(into, tuple(rows[0]), link.dialect)
    columns: list[Iterable[Any]] = [
        map(told, map(itemgetter(name), rows)) if told else map(itemgetter(name), rows)
        for name, told in way.said
    ]
    values = zip(*columns, *map(repeat, way.filled), strict=False)
    if link.dialect.name == "postgresql":
        copied = {COPY: Copied(way.kinds, values)}
        link.exec_driver_sql(way.statement, execution_options=copied)
    else:
        link.exec_driver_sql(way.statement, list(values))


@dataclass(frozen=True)
class _Way:
    """How many rows of a table go in: which columns they say, and what makes of each value what the
    driver takes; the values of columns that no row says; the types of all columns.
    """

    statement: str
    said: Sequence[tuple[str, Callable[[Any], Any] | None]]
    filled: Sequence[Any]
    kinds: Sequence[str]


@lru_cache(maxsize=64)
def _way_in(into: type[Base], names: tuple[str, ...], dialect: Dialect) -> _Way:
    table = Base.metadata.tables[into.__tablename__]
    unsaid = {
        each.name: each.default.arg
        for each in table.columns
        if each.name not in names
        and isinstance(each.default, ColumnDefault)
        and each.default.is_scalar
    }
    columns = [table.c[name] for name in (*names, *unsaid)]
    to = ", ".join(f'"{each.name}"' for each in columns)
    tellers: list[Callable[[Any], Any] | None] = [None] * len(columns)
    if dialect.name == "postgresql":  # the driver knows moments and bytes itself
        statement = f'COPY "{table.name}" ({to}) FROM STDIN (FORMAT binary)'
    else:
        marks = ", ".join("?" * len(columns))
        statement = f'INSERT INTO "{table.name}" ({to}) VALUES ({marks})'  # noqa: S608 - our names
        tellers = [each.type.dialect_impl(dialect).bind_processor(dialect) for each in columns]
    filled = [
        told(value) if told else value
        for told, value in zip(tellers[len(names) :], unsaid.values(), strict=True)
    ]
    kinds = (each.type.compile(dialect=dialect).partition("(")[0].lower() for each in columns)
    return _Way(statement, list(zip(names, tellers, strict=False)), filled, list(kinds))


def _as_json(value: datetime | bytes) -> str:
    return rf"\x{value.hex()}" if isinstance(value, bytes) else value.isoformat()


_compact = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=_as_json).encode


@lru_cache(maxsize=64)
def _from_json(into: type[Base], names: tuple[str, ...]) -> Insert:
    table = Base.metadata.tables[into.__tablename__]
    rows = _rows_of_json(table, names)
    return insert(table).from_select(names, select(*(rows.c[name] for name in names)))


def change_many(session: Session, things: Sequence[Base], names: tuple[str, ...]) -> None:
    """Write some columns of many loaded rows of one table, as they are now: one statement.

    They hold words, numbers and moments. On SQLite, where a statement costs no journey, they go
    with the end of the transaction, as does whatever else was changed of these rows.
    """
    if not things or session.get_bind().dialect.name != "postgresql":
        return
    rows = [{name: getattr(thing, name) for name in ("id", *names)} for thing in things]
    said = {"rows": _compact(rows)}
    with session.no_autoflush:
        session.execute(_changed_by_json(type(things[0]), names), said)
    for thing, row in zip(things, rows, strict=True):
        for name in names:
            set_committed_value(thing, name, row[name])


@lru_cache(maxsize=16)
def _changed_by_json(kind: type[Base], names: tuple[str, ...]) -> Update:
    table = Base.metadata.tables[kind.__tablename__]
    rows = _rows_of_json(table, ("id", *names))
    changed = {name: rows.c[name] for name in names}
    return update(table).values(changed).where(table.c.id == rows.c.id)


def _rows_of_json(table: Table, names: tuple[str, ...]) -> TableValuedAlias:
    typed = [column(name, table.c[name].type) for name in names]
    given = func.json_to_recordset(cast(bindparam("rows", type_=Text), JSON))
    return given.table_valued(*typed).render_derived(with_types=True)
