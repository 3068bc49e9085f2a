"""A file store that notices when somebody has to wait for its writing."""

from pathlib import Path

from sqlalchemy import text

from caseflow.adapters.file_store import LocalStore
from caseflow.crypto.keys import KeyRing
from caseflow.db import Database
from caseflow.files.store import Readable, StoredBlob


class WritesApart(LocalStore):
    """Refuses to write while a transaction goes on in which nobody else could (SQLite)."""

    def __init__(self, root: Path, ring: KeyRing, database: Database) -> None:
        super().__init__(root, ring)
        self._url = database.url
        self.puts = 0

    def put(self, content: bytes | Readable, /) -> StoredBlob:
        """Put it, once somebody else could write."""
        other = Database(self._url, busy_ms=0)
        with other.transaction() as session:
            session.execute(text("SELECT 1"))  # raises where another holds the write lock
        other.close()
        self.puts += 1
        return super().put(content)
