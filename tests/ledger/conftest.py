"""Databases that already hold the small office, for the machine's many short lives."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp

import pytest

from caseflow.db import Database
from tests import office as offices
from tests.ledger.world import populate
from tests.postgres import Postgres


@dataclass(frozen=True)
class Stage:
    """A migrated database with the office in it; nobody ever commits to it again.

    All lives share its engine, which remembers how to say each statement.
    """

    database: Database
    office: offices.Office


@pytest.fixture(scope="session")
def stage(quick: Path, sqlite_template: Path) -> Iterator[Stage]:
    """The stage of this test process, on SQLite."""
    file = Path(mkdtemp(dir=quick)) / "stage.db"  # a folder of tests may have one of its own
    file.write_bytes(sqlite_template.read_bytes())
    with a_stage(f"sqlite:///{file}") as stage:
        yield stage


@pytest.fixture(scope="session")
def postgres_stage(postgres: Postgres, postgres_template: str) -> Iterator[Stage]:
    """The stage of this test process, on PostgreSQL."""
    with postgres.copy(postgres_template) as url, a_stage(url) as stage:
        yield stage


@contextmanager
def a_stage(url: str) -> Iterator[Stage]:
    """Yield the stage that a migrated, empty database becomes."""
    database = Database(url)
    with database.transaction() as session:
        office = populate(session)
    yield Stage(database, office)
    database.close()
