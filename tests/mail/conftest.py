"""What tests of the mail door ask for: an office to take mail in, and a real mail server."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from caseflow.adapters.file_store import LocalStore
from caseflow.adapters.pictures import Pillow
from caseflow.crypto.keys import KeyRing
from caseflow.db import Database
from caseflow.intake.rooms import Rooms
from caseflow.setup import load_rules
from tests.mail.dovecot import Account, Dovecot, start_dovecot

AREA = "430503"


def office(database: Database, folder: Path) -> Rooms:
    """Return the rooms of an office with divisions and rules, its keys and files in `folder`."""
    database.run(load_rules)
    ring = KeyRing.create(folder / "keys.json")
    return Rooms(database, ring, LocalStore(folder / "files", ring), AREA, Pillow())


@pytest.fixture
def rooms(database: Database, tmp_path: Path) -> Rooms:
    """An office, once on each kind of database."""
    return office(database, tmp_path)


@pytest.fixture
def sqlite_rooms(sqlite_database: Database, tmp_path: Path) -> Rooms:
    """An office on SQLite, where the database plays no part."""
    return office(sqlite_database, tmp_path)


@pytest.fixture
def postgres_rooms(postgres_database: Database, tmp_path: Path) -> Rooms:
    """An office on PostgreSQL."""
    return office(postgres_database, tmp_path)


@pytest.fixture(scope="session")
def dovecot() -> Iterator[Dovecot]:
    """The mail server of this test process."""
    with start_dovecot() as server:
        yield server


@pytest.fixture
def account(dovecot: Dovecot) -> Account:
    """A fresh, empty mailbox on it."""
    return dovecot.fresh_account()
