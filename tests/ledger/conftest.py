"""A database file that already holds the small office, for the machine's many short lives."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from caseflow.db import Database
from tests import office as offices
from tests.ledger.world import populate


@dataclass(frozen=True)
class Stage:
    """A migrated SQLite database with the office in it; nobody ever commits to it again.

    All lives share its engine, which remembers how to say each statement.
    """

    database: Database
    office: offices.Office


@pytest.fixture(scope="session")
def stage(quick: Path, sqlite_template: Path) -> Iterator[Stage]:
    """The stage of this test process."""
    file = quick / "stage.db"
    file.write_bytes(sqlite_template.read_bytes())
    database = Database(f"sqlite:///{file}")
    with database.transaction() as session:
        office = populate(session)
    yield Stage(database, office)
    database.close()
