"""What every test can ask for: a fresh database, a server, a fixed moment. And what none may do."""

import gc
import os
import re
import shutil
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.engine import Engine

from caseflow.db import Database
from caseflow.migrating import upgrade
from tests.alone import sitecustomize
from tests.postgres import Kept, Postgres, start_postgres
from tests.servers import STRANGE_ZONE, quick_folder, start_redis

pytest_plugins = ["tests.browsers"]

# Nothing may lean on the zone of the machine or on settings of whoever runs the tests.
os.environ["TZ"] = STRANGE_ZONE
time.tzset()
for _name in [name for name in os.environ if name.startswith("CASEFLOW_")]:
    del os.environ[_name]

# Importing the guard guards this process; the programs that tests start load it by this path.
os.environ["PYTHONPATH"] = str(Path(sitecustomize.__file__).parent)


def pytest_collection_finish() -> None:
    """Let the collector pass over what was imported: it stays, and looking at it again and again
    takes a fifteenth of the time of all tests.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 50, 100)


# Time


@pytest.fixture
def now() -> datetime:
    """Tuesday 3 March 2026, 10:00 in Shanghai: a plain working morning."""
    return datetime(2026, 3, 3, 2, 0, tzinfo=UTC)


# Databases


@pytest.fixture(scope="session")
def quick() -> Iterator[Path]:
    """A folder in memory, where a commit need not wait for a disk."""
    folder = quick_folder("caseflow-sqlite-")
    yield folder
    shutil.rmtree(folder)


_BY_COMMA = re.compile(r"FROM \w+(?: AS \w+)?, \w+")


@event.listens_for(Engine, "before_cursor_execute")
def joins_by_name(
    _link: object, _cursor: object, statement: str, _said: object, context: Any, _many: bool
) -> None:
    """No statement of ours lists two tables with a comma: it is a part that was to speak of the row
    around it and speaks of every row. SQLite takes the first of them; PostgreSQL, once there are
    two, refuses.
    """
    if context.compiled and not context.is_text and _BY_COMMA.search(statement):
        raise AssertionError(statement)


@pytest.fixture(scope="session")
def sqlite_template(quick: Path) -> Path:
    """A migrated, empty SQLite file to copy."""
    file = quick / "template.db"
    upgrade(f"sqlite:///{file}")
    return file


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """The PostgreSQL server of this test process, started when a test first asks."""
    server = start_postgres()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def postgres_template(postgres: Postgres) -> Iterator[str]:
    """A migrated, empty PostgreSQL database to copy."""
    name = postgres.make_template(upgrade)
    yield name
    postgres.drop(name)


@pytest.fixture(scope="session")
def sqlite_again(quick: Path) -> Iterator[Database]:
    """One database object for many fresh files: its engine remembers how each statement is said."""
    folder = quick / "again"
    folder.mkdir()
    database = Database(f"sqlite:///{folder}/caseflow.db")
    yield database
    database.close()


@pytest.fixture
def sqlite_url(sqlite_again: Database, sqlite_template: Path) -> Iterator[str]:
    """The address of a fresh migrated SQLite file."""
    file = Path(sqlite_again.url.removeprefix("sqlite:///"))
    shutil.copyfile(sqlite_template, file)
    yield sqlite_again.url
    sqlite_again.close()
    for left in file.parent.iterdir():
        left.unlink()


@pytest.fixture(scope="session")
def postgres_kept(postgres: Postgres, postgres_template: str) -> Iterator[Kept]:
    """The database of this test process that one test after another has for itself."""
    kept = Kept(postgres, postgres_template, f"caseflow_{os.getpid()}_kept")
    yield kept
    kept.close()


@pytest.fixture(scope="session")
def postgres_again(postgres_kept: Kept) -> Iterator[Database]:
    """One database object for many tests, for the same reason as `sqlite_again`."""
    database = Database(postgres_kept.url)
    yield database
    database.close()


@pytest.fixture
def postgres_url(postgres_kept: Kept, postgres_again: Database) -> str:
    """The address of a fresh migrated PostgreSQL database."""
    if not postgres_kept.wiped():
        postgres_again.close()
        postgres_kept.renew()
    return postgres_kept.url


@pytest.fixture
def sqlite_database(sqlite_again: Database, sqlite_url: str) -> Database:
    """A fresh migrated database on SQLite."""
    return sqlite_again


@pytest.fixture
def postgres_database(postgres_again: Database, postgres_url: str) -> Database:
    """A fresh migrated database on PostgreSQL."""
    return postgres_again


@pytest.fixture(
    params=[
        pytest.param("sqlite", id="sqlite"),
        pytest.param("postgresql", id="postgresql", marks=pytest.mark.postgresql),
    ]
)
def database_url(request: pytest.FixtureRequest) -> str:
    """The address of a fresh migrated database, once on each kind of server."""
    name = {"sqlite": "sqlite_url", "postgresql": "postgres_url"}[request.param]
    url: str = request.getfixturevalue(name)
    return url


@pytest.fixture
def database(request: pytest.FixtureRequest, database_url: str) -> Database:
    """A fresh migrated database, once on each kind of server."""
    kind = "sqlite" if database_url.startswith("sqlite") else "postgres"
    again: Database = request.getfixturevalue(f"{kind}_again")
    return again


# Redis


@pytest.fixture(scope="session")
def redis_server() -> Iterator[str]:
    """The Redis of this test process, started when a test first asks (or TEST_REDIS_URL)."""
    given = os.environ.get("TEST_REDIS_URL")
    if given:
        yield given
        return
    with start_redis() as server:
        yield server.url


@pytest.fixture
def redis_url(redis_server: str) -> str:
    """The address of an empty Redis."""
    import redis

    with redis.Redis.from_url(redis_server) as client:
        client.flushall()
    return redis_server


# Groups


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what needs a server by what it asks for, so that no test can forget its mark."""
    for item in items:
        asked = set(getattr(item, "fixturenames", ()))
        if asked & {"postgres", "postgres_url", "postgres_template", "postgres_database"}:
            item.add_marker(pytest.mark.postgresql)
        if asked & {"redis_server", "redis_url"}:
            item.add_marker(pytest.mark.redis)
