"""Makes a backup, also while the office works.

The order is the proof. One snapshot of the database is opened first and read as it was at that
moment, however long that takes. A file is in the store before the commit that names it
(`files.blobs`), so whatever the snapshot names lies there; files are named by their content and are
never changed. The one thing that could go is a file that nothing names any more: forgetting takes
its turn with us by a lease that stands before the snapshot is opened (`unhindered`).
"""

import os
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.orm import Session

from caseflow import clock
from caseflow.backup import archive, rows
from caseflow.backup.archive import BackupRefused, Writer
from caseflow.db import Database
from caseflow.files.store import BlobBroken
from caseflow.intake.rooms import Rooms
from caseflow.outbox import lease

LEASE = "backup"
LEASE_SECONDS = 900.0
RENEW_SECONDS = 60.0

_FILES = text("SELECT id, sha256 FROM blob ORDER BY id").execution_options(yield_per=500)


@dataclass(frozen=True)
class Taken:
    """What a backup holds. `size`: bytes of the archive."""

    size: int
    cases: int
    rows: int
    files: int
    mark: str

    @property
    def line(self) -> str:
        """Return it in one line."""
        return (
            f"{self.cases} cases {self.rows} rows {self.files} files"
            f" {self.size / 1e6:.1f} MB keys {self.mark}"
        )


def unhindered(session: Session, now: datetime) -> bool:
    """Tell whether no backup is under way; none begins before this transaction has ended.

    Whoever forgets files asks in the very transaction that takes their rows away.
    """
    free = lease.hold(session, LEASE, "forgetting", now, LEASE_SECONDS)
    if free:  # held until the transaction ends, by its lock, and over at once for everybody else
        lease.let_go(session, LEASE, "forgetting", now)
    return free


def take(rooms: Rooms, path: Path) -> Taken:
    """Write a backup of the office to `path`, a file that is not there yet.

    Raises BackupRefused with the reason, and leaves no file then: another backup is under way, a
    stored file is missing or damaged, the database was never migrated, the disk is full.
    """
    writer = Writer(path, rooms.ring)
    try:
        turn = _Turn(rooms.database)
        try:
            counted = _write(rooms, writer, turn.keep)
            size = writer.finish()
        finally:
            turn.end()
    except OSError as error:
        raise BackupRefused(f"{path} cannot be written: {error.strerror}") from error
    finally:
        with suppress(OSError):
            writer.abandon()
    total = sum(n for name, n in counted.items() if name)
    return Taken(size, counted["case_file"], total, counted[""], archive.mark_of(rooms.ring))


def named(path: Path, now: datetime) -> Path:
    """Return the file to write: `path`, or in a folder the one that the moment (UTC) names."""
    return path / f"caseflow-{now:%Y%m%dT%H%M%SZ}.backup" if path.is_dir() else path


def thin_out(folder: Path, keep: int) -> None:
    """Remove all but the `keep` newest of the backups that `named` named."""
    for old in sorted(folder.glob("caseflow-*.backup"))[:-keep]:
        old.unlink()


class _Turn:
    """The lease that keeps files from being forgotten, renewed while it is needed."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._holder = f"backup {os.getpid()} {clock.monotonic()}"
        if not self._hold():
            raise BackupRefused("another backup is under way")

    def _hold(self) -> bool:
        self._held = clock.monotonic()
        return self._database.run(
            lambda session: lease.hold(session, LEASE, self._holder, clock.now(), LEASE_SECONDS)
        )

    def keep(self) -> None:
        """Hold on; to be called every now and then."""
        if clock.monotonic() - self._held > RENEW_SECONDS and not self._hold():
            raise BackupRefused("the backup stood still for too long; make it again")

    def end(self) -> None:
        """Let files be forgotten again."""
        self._database.run(lambda session: lease.let_go(session, LEASE, self._holder, clock.now()))


def _write(rooms: Rooms, writer: Writer, keep: Callable[[], None]) -> Counter[str]:
    """Write everything; return how many rows each table has, and how many files under ''."""
    counted: Counter[str] = Counter()
    with rooms.database.read(snapshot=True) as session:
        link = session.connection()
        names = rows.tables(link)
        if "case_file" not in names:
            raise BackupRefused("the database has no tables: there is nothing to back up")
        revision = link.scalar(text("SELECT version_num FROM alembic_version"))
        writer.say(
            archive.HEAD,
            {"revision": revision, "at": clock.now().isoformat(), "area": rooms.area},
        )
        for name in names:
            shape = rows.shape_of(link, name)
            writer.say(archive.TABLE, [shape.name, shape.columns])
            for batch in rows.batches(link, shape):
                writer.write(archive.ROWS, rows.packed(shape, batch))
                counted[name] += len(batch)
                keep()
        with session.execute(_FILES) as found:
            for blob_id, sha256 in found:
                writer.say(archive.FILE, [blob_id, sha256])
                _write_file(rooms, writer, blob_id, keep)
                counted[""] += 1
        writer.say(archive.END, counted)
    return counted


def _write_file(rooms: Rooms, writer: Writer, blob_id: str, keep: Callable[[], None]) -> None:
    try:
        for piece in rooms.store.open(blob_id):
            writer.write(archive.DATA, piece)
            keep()
    except BlobBroken as error:
        raise BackupRefused(
            f"the file {blob_id} is missing or damaged in the store (`caseflow doctor --laws` names"
            " all that are missing); a backup without it would hide that"
        ) from error
