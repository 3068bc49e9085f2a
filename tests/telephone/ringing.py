"""What an exchange tells, for tests that go past its hook."""

from datetime import datetime
from pathlib import Path

from sqlalchemy import select

from caseflow.adapters.file_store import LocalStore
from caseflow.crypto.keys import KeyRing
from caseflow.db import Database
from caseflow.deadlines.tables import Clock
from caseflow.intake import calls
from caseflow.intake.call_tables import Call
from caseflow.intake.calls import Told
from caseflow.intake.rooms import Rooms
from tests import office as offices
from tests.office import DISTRICT, Office

CALLER = "139 1234 5678"
OTHER_CALLER = "0739-5322222"


class Exchange:
    """An office whose telephone rings."""

    def __init__(self, database: Database, folder: Path, now: datetime) -> None:
        ring = KeyRing.create(folder / "keys.json")
        self.rooms = Rooms(database, ring, LocalStore(folder / "files", ring), DISTRICT)
        self.now = now
        with database.transaction() as session:
            self.office: Office = offices.make(session)

    def tell(
        self, call: str, what: str, at: datetime | None = None, number: str = CALLER, line: str = ""
    ) -> Call:
        """Tell one thing of a call and return its record."""
        told = Told("generic", call, what, at, number, line)
        ring, now = self.rooms.ring, self.now
        with self.rooms.database.transaction() as session:
            session.expire_on_commit = False
            return calls.take(session, ring, DISTRICT, told, now)

    def call(self, name: str) -> Call:
        """Return a call's record."""
        with self.rooms.database.read() as session:
            return session.scalars(select(Call).where(Call.provider_id == name)).one()

    def owed(self) -> dict[str, str]:
        """Return the calls with a clock, and how it stands."""
        with self.rooms.database.read() as session:
            query = select(Call.provider_id, Clock.state).join(Clock, Clock.call_id == Call.id)
            return dict(session.execute(query).all())
