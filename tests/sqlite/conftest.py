"""What tests of the vault and the file store ask for: keys, a store, somebody who may look."""

from pathlib import Path

import pytest

from caseflow.adapters.file_store import LocalStore
from caseflow.crypto.keys import KeyRing
from caseflow.db import Database
from caseflow.people.tables import Area, User


@pytest.fixture
def ring(tmp_path: Path) -> KeyRing:
    """A ring of one fresh key; its file is `keys.json` in the test's folder."""
    return KeyRing.create(tmp_path / "keys.json")


@pytest.fixture
def store(tmp_path: Path, ring: KeyRing) -> LocalStore:
    """An empty file store."""
    return LocalStore(tmp_path / "files", ring)


@pytest.fixture
def user_id(database: Database) -> int:
    """Somebody who may look."""
    with database.transaction() as session:
        session.add(Area(code="430000", name="某省", level="province", province="430000"))
        session.flush()
        user = User(username="li", name="李", role="handler", area_code="430000", password_hash="x")
        session.add(user)
        session.flush()
        return user.id
