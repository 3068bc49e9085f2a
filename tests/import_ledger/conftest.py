"""An office with a register of schools, and a desk at which ledgers are taken over."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TypeVar

import pytest
from sqlalchemy.orm import Session

from caseflow.adapters.file_store import LocalStore
from caseflow.adapters.workbook import Workbooks
from caseflow.crypto.keys import KeyRing
from caseflow.db import Database
from caseflow.intake.old_ledger.desk import Desk, choices_of, found_of, of
from caseflow.intake.old_ledger.progress import Progress
from caseflow.intake.old_ledger.rows import Choices
from caseflow.intake.rooms import Rooms
from caseflow.ledger.import_tables import LedgerImport
from caseflow.people.actor import Actor
from caseflow.people.tables import Unit
from tests import office as offices
from tests.import_ledger.messy import SCHOOLS
from tests.office import DISTRICT

T = TypeVar("T")


@dataclass
class Place:
    """The desk, who stands at it, and the moment."""

    desk: Desk
    office: offices.Office
    units: dict[str, int]
    now: datetime

    @property
    def actor(self) -> Actor:
        """The supervisor."""
        return self.office["supervisor"]

    @property
    def database(self) -> Database:
        """The database of the office."""
        return self.desk.rooms.database

    def ask(self, work: Callable[[Session], T]) -> T:
        """Look something up."""
        with self.database.read() as session:
            return work(session)

    def begin(self, content: bytes, name: str = "台账.xlsx") -> int:
        """Upload a file."""
        return self.desk.begin(self.actor, name, content, self.now)

    def settle(self, import_id: int, **choices: object) -> dict[str, object]:
        """Accept the columns as guessed, but for what is said, and return what the check found."""
        known = self.ask(lambda s: choices_of(of(s, self.actor, import_id)))
        settled = Choices(**(vars(known) | choices))  # type: ignore[arg-type]
        self.desk.settle(self.actor, import_id, settled, self.now)
        return self.found(import_id)

    def found(self, import_id: int) -> dict[str, object]:
        """Return what the check found."""
        return self.ask(lambda s: found_of(of(s, self.actor, import_id)))

    def state(self, import_id: int) -> str:
        """Return how far an import is."""
        return self.ask(lambda s: s.get_one(LedgerImport, import_id).state)

    def take(self, content: bytes, **choices: object) -> int:
        """Upload, settle and confirm in one; return the id of the import."""
        one = self.begin(content)
        self.settle(one, **choices)
        self.desk.confirm(self.actor, one, self.now)
        return one


@pytest.fixture
def place(database: Database, tmp_path: Path, now: datetime) -> Place:
    """An office, once on each kind of database."""
    ring = KeyRing.create(tmp_path / "keys.json")
    rooms = Rooms(database, ring, LocalStore(tmp_path / "files", ring), DISTRICT)
    with database.transaction() as session:
        office = offices.make(session)
        units = {}
        for name in SCHOOLS:
            unit = Unit(area_code=DISTRICT, name=name, kind="school", active=True)
            session.add(unit)
            session.flush()
            units[name] = unit.id
    return Place(Desk(rooms, Workbooks(), Progress(tmp_path / "progress")), office, units, now)
