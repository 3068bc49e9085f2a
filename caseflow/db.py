"""Sessions and the one place that commits (design law 3, engine 1-5).

`Database.read()` and `Database.transaction()` are the only ways to a session. On SQLite the
driver's own transaction handling is off: a read begins with BEGIN and can never become a write,
a write begins with BEGIN IMMEDIATE behind one first-come lock per process. On PostgreSQL both
run READ COMMITTED, reads as READ ONLY.
"""

import logging
import sqlite3
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar

from sqlalchemy import (
    Connection,
    DateTime,
    Engine,
    MetaData,
    create_engine,
    event,
)
from sqlalchemy.engine import Dialect
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.types import TypeDecorator

from caseflow.errors import Unavailable

T = TypeVar("T")
log = logging.getLogger(__name__)

WRITE = "caseflow_write"
RETRIES = 3
BUSY_MS = 30_000
STATEMENTS = 500
"""That a connection keeps planned or compiled: more than all pages of the console ask."""
_SERIALIZATION, _DEADLOCK = "40001", "40P01"
# SQLSTATE classes: connection, resources, an operator at work, the system itself; and a deadlock,
# which a read has only with a migration.
_DOWN = ("08", "53", "57", "58", _DEADLOCK)
_SQLITE_DOWN = ("locked", "disk", "unable to open", "readonly")


class Base(DeclarativeBase):
    """All tables; constraint names are fixed so that migrations can name them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class Moment(TypeDecorator[datetime]):
    """An aware moment, stored in UTC on both databases; a naive one is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Turn an aware moment into UTC; SQLite gets it without zone so that text sorts."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a time zone")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        """Give every moment back aware and in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


COPY = "caseflow_copy"


@dataclass(frozen=True)
class Copied:
    """What a statement `COPY … FROM STDIN` of PostgreSQL takes, by its execution option `COPY`: the
    types of the columns, and the rows. Told so, it fails as every other statement does.
    """

    kinds: Sequence[str]
    rows: Iterable[tuple[Any, ...]]


class FairLock:
    """A first-come, first-served lock: a busy form desk must not starve the sweep."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._waiting: deque[threading.Lock] = deque()
        self._held = False

    def acquire(self, timeout: float) -> bool:
        """Wait up to `timeout` seconds for the turn; False when it did not come."""
        with self._guard:
            if not self._held:
                self._held = True
                return True
            ticket = threading.Lock()
            ticket.acquire()
            self._waiting.append(ticket)
        if ticket.acquire(timeout=timeout):
            return True
        with self._guard:
            if ticket in self._waiting:
                self._waiting.remove(ticket)
                return False
        return True  # the turn came while we were giving up

    def release(self) -> None:
        """Hand the turn to whoever waited longest."""
        with self._guard:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._held = False


class Database:
    """One database and the only two ways to a session on it."""

    def __init__(self, url: str, busy_ms: int = BUSY_MS) -> None:
        self.url = url
        self.busy_ms = busy_ms
        self.is_sqlite = url.startswith("sqlite")
        self._write_lock = FairLock()
        self.engine: Engine = _sqlite(url, busy_ms) if self.is_sqlite else _postgresql(url)

    @contextmanager
    def read(self, *, snapshot: bool = False) -> Iterator[Session]:
        """Yield a session that can only read.

        With `snapshot` all its statements see one moment, as on SQLite they always do. It ends with
        a commit of nothing: after a rollback the driver forgets which statements PostgreSQL has
        planned already, and planning those of a work list takes longer than carrying them out.
        """
        options: dict[str, Any] = {WRITE: False, "postgresql_readonly": True}
        if snapshot and not self.is_sqlite:
            options["isolation_level"] = "REPEATABLE READ"
        with (
            self.engine.connect().execution_options(**options) as connection,
            Session(bind=connection, autoflush=False) as session,
        ):
            yield session
            _end_of_reading(connection)

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """Yield a session that is committed at the end, or rolled back when anything is raised.

        Raises Unavailable when SQLite's write lock did not come in time.
        """
        with (
            self._turn(),
            self.engine.connect().execution_options(**{WRITE: True}) as connection,
            Session(bind=connection) as session,
        ):
            try:
                yield session
                session.commit()
            except BaseException:
                session.rollback()
                raise

    def run(self, work: Callable[[Session], T]) -> T:
        """Run `work` in a transaction of its own, again when the database asks for it.

        A deadlock or serialization failure rolls everything back and starts anew, three times;
        `work` must therefore have no effect outside the session. Raises Unavailable after that,
        and where the database cannot be reached or written.
        """
        for _ in range(RETRIES):
            try:
                with self.transaction() as session:
                    return work(session)
            except (DBAPIError, PoolTimeout) as error:
                if _worth_another_try(error):
                    continue
                if is_down(error):
                    raise Unavailable("系统暂时不能保存，请过几分钟再试") from error
                raise
        raise Unavailable("系统繁忙，请稍后再试")

    def close(self) -> None:
        """Let go of every connection."""
        self.engine.dispose()

    @contextmanager
    def _turn(self) -> Iterator[None]:
        if not self.is_sqlite:
            yield
            return
        if not self._write_lock.acquire(self.busy_ms / 1000):
            raise Unavailable("系统繁忙，请稍后再试")
        try:
            yield
        finally:
            self._write_lock.release()


def _end_of_reading(connection: Connection) -> None:
    """End a read. What it asked for is there: that the database went away since is for whoever asks
    next, and a page that is made already is not to become an error.
    """
    try:
        connection.commit()
    except DBAPIError as error:
        if not is_down(error):
            raise
        log.warning("the database went away at the end of a read")
        connection.invalidate()


def plan_once(session: Session) -> None:
    """Let PostgreSQL plan each statement of this transaction once for all that it is asked with.

    For lists and counts, whose words are literals (`ledger.literals`): planning them takes longer
    than carrying them out. Not for a search, which is found by another way for each word.
    """
    if session.get_bind().dialect.name == "postgresql" and "planned" not in session.info:
        session.info["planned"] = True
        session.connection().exec_driver_sql("SET LOCAL plan_cache_mode = force_generic_plan")


def _worth_another_try(error: BaseException) -> bool:
    state = getattr(getattr(error, "orig", None), "sqlstate", None)
    return state in (_SERIALIZATION, _DEADLOCK)


def is_down(error: BaseException) -> bool:
    """Tell whether an error says that the database is out of order, rather than what was asked.

    Nobody answers, its disk is full, another process holds SQLite's write lock.
    """
    if isinstance(error, PoolTimeout):
        return True
    if not isinstance(error, OperationalError | InterfaceError):
        return False
    if isinstance(error.orig, sqlite3.Error):
        return any(word in str(error.orig) for word in _SQLITE_DOWN)
    state = getattr(error.orig, "sqlstate", None)
    return state is None or state.startswith(_DOWN)


def _postgresql(url: str) -> Engine:
    from psycopg import RawCursor, RawServerCursor  # an office on SQLite has no use for it

    if url.startswith(("postgres://", "postgresql://")):
        url = "postgresql+psycopg://" + url.split("://", 1)[1]
    engine = create_engine(
        url,
        isolation_level="READ COMMITTED",
        pool_pre_ping=True,
        pool_size=10,
        # As PostgreSQL reads it: the driver need not read each statement and say it anew.
        paramstyle="numeric_dollar",
        # Compiling the count of what waits for somebody takes the server 250 ms, counting it 5; and
        # starting another process to help with it takes longer than it helps.
        connect_args={"options": "-c jit=off -c max_parallel_workers_per_gather=0"},
        hide_parameters=True,  # what people wrote must not reach a log by an error
    )

    @event.listens_for(engine, "connect")
    def prepare(driver_connection: Any, _record: Any) -> None:
        driver_connection.prepared_max = STATEMENTS
        # Planned once for a connection from the second time on, not from the sixth: what the large
        # counts ask takes longer to plan than to carry out.
        driver_connection.prepare_threshold = 1
        driver_connection.cursor_factory = RawCursor
        driver_connection.server_cursor_factory = RawServerCursor  # what streams, by `yield_per`

    @event.listens_for(engine, "do_execute")
    def carry_out(cursor: Any, statement: str, _said: Any, context: Any) -> bool:
        told: Copied | None = context.execution_options.get(COPY)
        if told is not None:
            with cursor.copy(statement) as copy:
                copy.set_types(told.kinds)
                for row in told.rows:
                    copy.write_row(row)
        return told is not None

    return engine


def _sqlite(url: str, busy_ms: int) -> Engine:
    more = {"timeout": busy_ms / 1000, "cached_statements": STATEMENTS}
    engine = create_engine(url, connect_args=more, hide_parameters=True)

    @event.listens_for(engine, "connect")
    def prepare(driver_connection: Any, _record: Any) -> None:
        driver_connection.isolation_level = None  # we say BEGIN ourselves
        cursor = driver_connection.cursor()
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get(WRITE, True)
        if connection.info.get(WRITE) != writes:
            connection.exec_driver_sql(f"PRAGMA query_only={'OFF' if writes else 'ON'}")
            connection.info[WRITE] = writes
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine
