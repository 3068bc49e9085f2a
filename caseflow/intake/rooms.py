"""What every door needs at hand: the database, the keys, the file store, the office's own area."""

from dataclasses import dataclass

from caseflow.crypto.keys import KeyRing
from caseflow.db import Database
from caseflow.files.store import Store


@dataclass(frozen=True)
class Rooms:
    """One process's database, key ring and file store; `area`: the office's own area code."""

    database: Database
    ring: KeyRing
    store: Store
    area: str
