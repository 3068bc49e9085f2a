"""Brings a backup into an empty place: all of it, or nothing.

Rows go in within one transaction, files into a folder of their own that takes its name only when
everything was there and every file had the content that its name and its row say. Guards in the
database that would refuse rows in an order that is not that of the moves stand aside meanwhile;
what one row says of another is checked by the database all the same.
"""

import shutil
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, insert, inspect, text
from sqlalchemy.orm import Session

from caseflow import migrating
from caseflow.backup import archive, rows
from caseflow.backup.archive import BackupRefused, Record
from caseflow.crypto.keys import KeyRing
from caseflow.db import Database
from caseflow.files.store import Store
from caseflow.ledger import search

MakeStore = Callable[[Path], Store]


@dataclass
class Restored:
    """What came back; `revision` is the migration that it was made at."""

    revision: str
    at: str = ""
    counted: Counter[str] = field(default_factory=Counter)

    @property
    def line(self) -> str:
        """Return it in one line."""
        total = sum(n for name, n in self.counted.items() if name)
        files = self.counted[""]
        return f"{self.counted['case_file']} cases {total} rows {files} files as of {self.at}"


def check(path: Path, ring: KeyRing) -> Restored:
    """Read a backup to its end without restoring it. Raises BackupRefused."""
    return _Reading(_Nowhere()).run(archive.records(path, ring))


def restore(
    path: Path, ring: KeyRing, database: Database, folder: Path, make_store: MakeStore
) -> Restored:
    """Bring the backup at `path` into an empty database and an empty store at `folder`.

    Afterwards the database is at the newest migration. Raises BackupRefused with the reason; then
    nothing of it is there.
    """
    arriving = folder.with_name(f"{folder.name}.arriving")
    if folder.exists() and any(one.is_file() for one in folder.rglob("*")):
        raise BackupRefused(f"{folder} holds files: a backup is restored into an empty place only")
    found = archive.records(path, ring)
    with (
        _sqlite_gone_again(database),
        _named_at_last(arriving, folder) as name_it,
        database.transaction() as session,
    ):
        done = _Reading(_Place(session, make_store(arriving))).run(found)
        name_it()
    if done.revision != migrating.head():
        migrating.upgrade(database.engine)
    return done


@contextmanager
def _named_at_last(arriving: Path, folder: Path) -> Iterator[Callable[[], None]]:
    """Yield what gives the arriving folder its name; where it comes to nothing, neither is left."""
    waste = [arriving]

    def name_it() -> None:
        shutil.rmtree(folder, ignore_errors=True)  # holds no file
        arriving.rename(folder)
        waste.append(folder)

    shutil.rmtree(arriving, ignore_errors=True)
    try:
        yield name_it
    except BaseException:
        for one in waste:
            shutil.rmtree(one, ignore_errors=True)
        raise


@contextmanager
def _sqlite_gone_again(database: Database) -> Iterator[None]:
    """Take away a database file that was made for nothing."""
    file = Path(database.url.removeprefix("sqlite:///")) if database.is_sqlite else None
    if file is None or file.exists():
        yield
        return
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        yield
    except BaseException:
        database.close()
        for end in ("", "-wal", "-shm"):
            file.with_name(file.name + end).unlink(missing_ok=True)
        raise


class _Nowhere:
    """Takes everything and keeps nothing."""

    def begin(self, revision: str) -> None:
        """Begin."""

    def rows(self, shape: rows.Shape, batch: list[dict[str, Any]]) -> None:
        """Take some rows."""

    def file(self, said: tuple[str, str], pieces: "_Pieces") -> None:  # noqa: ARG002
        """Take a file; `said`: its name and the SHA-256 of its content."""
        while pieces.read(archive.LONGEST):
            pass

    def end(self, counted: Counter[str]) -> None:
        """End."""


class _Place(_Nowhere):
    """An empty database and an empty store."""

    def __init__(self, session: Session, store: Store) -> None:
        self._session, self._store = session, store
        self._link = session.connection()
        self._guards = guards_of(self._link)

    def begin(self, revision: str) -> None:
        """Make the tables as they were. Raises BackupRefused where there is something."""
        known = migrating.known()
        if revision not in known:
            raise BackupRefused(
                f"the backup is of migration {revision}, which this code does not know (it goes to"
                f" {migrating.head()}): install the version that made it, or a newer one"
            )
        if inspect(self._link).get_table_names():
            raise BackupRefused(
                "the database has tables: a backup is restored into an empty one only"
                " (and `caseflow init` is not called before)"
            )
        migrating.upgrade_within(self._link, revision)
        self._guards.aside()

    def rows(self, shape: rows.Shape, batch: list[dict[str, Any]]) -> None:
        """Put some rows into their table."""
        self._link.execute(insert(shape.clause), batch)

    def file(self, said: tuple[str, str], pieces: "_Pieces") -> None:
        """Put a file into the store and hold what lies there against its name and its row."""
        name, digest = said
        lies = self._store.put(pieces)
        query = text("SELECT sha256 FROM blob WHERE id = :id")
        if (lies.id, lies.sha256) != (name, digest) or (
            self._link.scalar(query, {"id": name}) != digest
        ):
            raise BackupRefused(f"the file {name} has another content than its row says")
        sealed = text("UPDATE blob SET key_id = :key WHERE id = :id AND key_id <> :key")
        self._link.execute(sealed, {"key": lies.key_id, "id": name})

    def end(self, counted: Counter[str]) -> None:
        """Put the guards back, and make searchable what there is."""
        blobs = self._link.scalar(text("SELECT count(*) FROM blob"))
        if blobs != counted[""]:
            raise BackupRefused(f"the database names {blobs} files, and {counted['']} came")
        self._guards.back()
        said = text("SELECT id, subject, text, place FROM report ORDER BY id")
        with self._link.execute(said.execution_options(yield_per=rows.BATCH)) as found:
            for batch in found.partitions():
                for report_id, *words in batch:
                    search.index(self._session, report_id, "\n".join(words))


class _Pieces:
    """The content of one file, as the records bring it."""

    def __init__(self, reading: "_Reading") -> None:
        self._reading = reading
        self._rest = b""

    def read(self, size: int, /) -> bytes:
        """Return up to `size` bytes, none at the end."""
        if not self._rest:
            self._rest = self._reading.piece()
        taken, self._rest = self._rest[:size], self._rest[size:]
        return taken


class _Reading:
    """Goes through the records of an archive and hands each to a place."""

    def __init__(self, place: _Nowhere) -> None:
        self._place = place
        self._records: Iterator[Record] = iter(())
        self._next: Record | None = None

    def run(self, records: Iterator[Record]) -> Restored:
        """Read all there is. Raises BackupRefused where something is left out."""
        self._records = records
        self._advance()
        head = self._take(archive.HEAD).said
        self._place.begin(head["revision"])
        done = Restored(head["revision"], head["at"])
        while self._is(archive.TABLE):
            self._table(done)
        while self._is(archive.FILE):
            name, digest = self._take(archive.FILE).said
            self._place.file((name, digest), _Pieces(self))
            done.counted[""] += 1
        told = Counter(self._take(archive.END).said)
        if told != done.counted or self._next is not None:
            raise BackupRefused("the backup does not hold what its end says")
        self._place.end(done.counted)
        return done

    def _table(self, done: Restored) -> None:
        name, columns = self._take(archive.TABLE).said
        shape = rows.Shape(name, tuple((one, kind) for one, kind in columns))
        while self._is(archive.ROWS):
            batch = rows.unpacked(shape, self._take(archive.ROWS).body)
            self._place.rows(shape, batch)
            done.counted[name] += len(batch)

    def piece(self) -> bytes:
        """Return the next piece of the file at hand, nothing at its end."""
        while self._is(archive.DATA):
            if body := self._take(archive.DATA).body:
                return body
        return b""

    def _is(self, kind: bytes) -> bool:
        return self._next is not None and self._next.kind == kind

    def _take(self, kind: bytes) -> Record:
        found = self._next
        if found is None or found.kind != kind:
            raise BackupRefused("the backup is not written as this version reads it")
        self._advance()
        return found

    def _advance(self) -> None:
        self._next = next(self._records, None)


def guards_of(link: Connection) -> "_Guards":
    """Return what stands aside in a transaction that brings rows in any order."""
    return _SqliteGuards(link) if link.dialect.name == "sqlite" else _PostgresGuards(link)


class _Guards(ABC):
    """What refuses rows in an order that is not that of the moves."""

    def __init__(self, link: Connection) -> None:
        self._link = link
        self._back: list[str] = []

    @abstractmethod
    def aside(self) -> None:
        """Let rows in."""

    def back(self) -> None:
        """Guard again; raises what the database raises where a row points at nothing."""
        for statement in self._back:
            self._link.exec_driver_sql(statement)


class _SqliteGuards(_Guards):
    def aside(self) -> None:
        """Triggers are dropped, and made again word for word; references are checked at the end."""
        self._link.exec_driver_sql("PRAGMA defer_foreign_keys=ON")
        triggers = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
        for name, made in self._link.exec_driver_sql(triggers).all():
            self._link.exec_driver_sql(f'DROP TRIGGER "{name}"')
            self._back.append(made)

    def back(self) -> None:
        """Guard again, and refuse what points at nothing: by name, as the commit would not."""
        super().back()
        if self._link.exec_driver_sql("PRAGMA foreign_key_check").first():
            raise BackupRefused("a row of the backup refers to one that is not in it")


class _PostgresGuards(_Guards):
    _OF_ITSELF = """SELECT conrelid::regclass::text, conname FROM pg_constraint
        WHERE contype = 'f' AND connamespace = 'public'::regnamespace AND conrelid = confrelid"""
    _COUNTED = """SELECT pg_get_serial_sequence(quote_ident(table_name), column_name),
        quote_ident(table_name), quote_ident(column_name) FROM information_schema.columns
        WHERE table_schema = 'public' AND column_default LIKE 'nextval(%%'"""

    def aside(self) -> None:
        """Only who owns the tables can: the role that migrates."""
        for name in rows.tables(self._link):
            self._link.exec_driver_sql(f'ALTER TABLE "{name}" DISABLE TRIGGER USER')
            self._back.append(f'ALTER TABLE "{name}" ENABLE TRIGGER USER')
        for name, key in self._link.exec_driver_sql(self._OF_ITSELF).all():
            alter = f'ALTER TABLE {name} ALTER CONSTRAINT "{key}"'
            self._link.exec_driver_sql(f"{alter} DEFERRABLE INITIALLY DEFERRED")
            self._back.append(f"{alter} NOT DEFERRABLE")

    def back(self) -> None:
        """Check what waited, guard again, and let the next row have the next number."""
        self._link.exec_driver_sql("SET CONSTRAINTS ALL IMMEDIATE")
        super().back()
        for sequence, table, name in self._link.exec_driver_sql(self._COUNTED).all():
            last = f"max({name})) FROM {table} HAVING count(*) > 0"
            self._link.exec_driver_sql(f"SELECT setval('{sequence}', {last}")
