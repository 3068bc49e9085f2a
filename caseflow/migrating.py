"""Brings a database to the tables this code expects, and tells whether it is there already.

Alembic is driven from here; there is no alembic.ini. `caseflow up` asks `is_current` first, which
reads one row and the first lines of the migration files, because loading Alembic takes longer
than everything else at a second start.
"""

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Engine, inspect, text
from sqlalchemy.exc import OperationalError

from caseflow import clock
from caseflow.db import WRITE, Database

if TYPE_CHECKING:
    from alembic.config import Config

MIGRATIONS = Path(__file__).resolve().parent.parent / "migrations"

GATE = "case_file"
"""What nearly everybody at work takes in hand: once nobody has it, the others soon wait for it."""
LOCK_MS = 4_000
"""So long a migration waits for a table, and everybody else behind it. Whoever waits for the gate
and has something in hand that is wanted here is ended by PostgreSQL after a second, as a deadlock:
what was to be written begins anew by itself (`db.run`), and a page asks to come back.
"""
TRIES, PAUSE_SECONDS = 60, 1.0
"""Some minutes in all: a backup that reads every table may be under way."""
_IN_THE_WAY = ("55P03", "40P01")

# Two processes that start together take turns; any number will do that nobody else uses.
_TURN = 430503

_REVISION = re.compile(r'^(down_revision|revision)\b.*?=\s*(?:"([^"]+)"|None)\s*$', re.MULTILINE)


def head() -> str:
    """Return the newest revision on file. Raises RuntimeError unless there is exactly one."""
    before = known()
    newest = set(before) - set(before.values())
    if len(newest) != 1:
        raise RuntimeError(f"the migrations need one newest revision, not {sorted(newest)}")
    return newest.pop()


def known() -> dict[str, str]:
    """Return every revision on file, and which one it follows ("" for the first)."""
    found = {}
    for file in (MIGRATIONS / "versions").glob("*.py"):
        names = dict(_REVISION.findall(file.read_text(encoding="utf-8")))
        found[names["revision"]] = names["down_revision"]
    return found


def current_revision(where: str | Engine) -> str | None:
    """Return the revision the database is at, or None for one that was never migrated."""
    with _engine(where) as engine, engine.connect().execution_options(**{WRITE: False}) as link:
        if not inspect(link).has_table("alembic_version"):
            return None
        found: str | None = link.scalar(text("SELECT version_num FROM alembic_version"))
        return found


def is_current(where: str | Engine) -> bool:
    """Tell, without loading Alembic, whether `upgrade` would have nothing to do."""
    return current_revision(where) == head()


def upgrade(where: str | Engine, revision: str = "head") -> None:
    """Run every migration up to `revision` in one transaction, all of them or none.

    The office may be at work meanwhile, and waits: where a table is in somebody's hands for too
    long, everything is let go of and begun anew. Raises what the database raises after `TRIES` of
    that, or for anything else.
    """
    with _engine(where) as engine:
        for tries_left in reversed(range(TRIES)):
            try:
                _upgrade(engine, revision)
            except OperationalError as error:
                if not tries_left or getattr(error.orig, "sqlstate", None) not in _IN_THE_WAY:
                    raise
            else:
                break
            clock.sleep(PAUSE_SECONDS)


def _upgrade(engine: Engine, revision: str) -> None:
    from alembic import command  # loading it takes longer than asking whether it is needed

    with _turn(engine) as connection:
        if engine.dialect.name != "sqlite":
            connection.execute(text(f"SET LOCAL lock_timeout = {LOCK_MS}"))
            if inspect(connection).has_table(GATE):
                connection.execute(text(f"LOCK TABLE {GATE} IN ACCESS EXCLUSIVE MODE"))
        command.upgrade(_config(connection), revision)


def upgrade_within(connection: Connection, revision: str) -> None:
    """Run every migration up to `revision` in the transaction of somebody who goes on with it.

    The database must be empty: what points at what is not looked at before that one ends.
    """
    from alembic import command

    if connection.dialect.name != "sqlite":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _TURN})
    command.upgrade(_config(connection), revision)


def downgrade(where: str | Engine, revision: str) -> None:
    """Take migrations back until the database is at `revision` ("base" for empty)."""
    from alembic import command

    with _engine(where) as engine, _turn(engine) as connection:
        command.downgrade(_config(connection), revision)


def differences(where: str | Engine) -> list[Any]:
    """Return what the tables in the code have and the database has not, or the other way round."""
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    from caseflow.tables import metadata

    options = {"compare_type": True, "include_name": is_ours}
    with _engine(where) as engine, engine.connect().execution_options(**{WRITE: False}) as link:
        context = MigrationContext.configure(link, opts=options)
        return list(compare_metadata(context, metadata))


def is_ours(name: str | None, kind: str, _parents: Any) -> bool:
    """Tell whether a table found in a database is one that the code should declare.

    Full-text tables (and the shadow tables SQLite keeps for them) are made by hand in migrations.
    """
    return kind != "table" or name is None or not name.startswith("search_")


def revise(why: str) -> None:
    """Write the next migration file from what the models have and the migrations lack."""
    import tempfile

    from alembic import command

    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/draft.db"
        if any((MIGRATIONS / "versions").glob("*.py")):
            upgrade(url)
        number = 1 + len(list((MIGRATIONS / "versions").glob("*.py")))
        with _engine(url) as engine, _turn(engine) as connection:
            command.revision(_config(connection), why, autogenerate=True, rev_id=f"{number:04d}")


@contextmanager
def _engine(where: str | Engine) -> Iterator[Engine]:
    if isinstance(where, Engine):
        yield where
        return
    database = Database(where)
    try:
        yield database.engine
    finally:
        database.close()


@contextmanager
def _turn(engine: Engine) -> Iterator[Connection]:
    """Yield a connection in a transaction that no other migrating process can be in.

    SQLite rebuilds a table to change it, so foreign keys are off meanwhile (which must be said
    before the transaction begins) and checked as a whole at the end.
    """
    sqlite = engine.dialect.name == "sqlite"
    with engine.connect() as connection:
        driver = connection.connection.driver_connection
        if sqlite and driver is not None:
            driver.execute("PRAGMA foreign_keys=OFF")
        try:
            with connection.begin():
                if not sqlite:
                    connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _TURN})
                yield connection
                if sqlite:
                    _refuse_orphans(connection)
        finally:
            if sqlite and driver is not None:
                driver.execute("PRAGMA foreign_keys=ON")


def _refuse_orphans(connection: Connection) -> None:
    orphans = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchmany(5)
    if orphans:
        raise RuntimeError(f"a migration leaves rows that point at nothing: {orphans}")


def _config(connection: Connection) -> "Config":
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


if __name__ == "__main__":
    revise(" ".join(sys.argv[1:]))
