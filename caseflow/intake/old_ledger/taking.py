"""Taking a checked ledger over: every row sealed, written and on the record, or none.

The file is read once more, some thousand rows at a time, so that no more than these are ever held.
"""

import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from sqlalchemy.orm import Session

from caseflow.errors import BadInput, MoveNotAllowed
from caseflow.intake.old_ledger import checking, rows
from caseflow.intake.old_ledger.checking import Reader
from caseflow.intake.old_ledger.rows import Row
from caseflow.intake.report import Contact
from caseflow.intake.rooms import Rooms
from caseflow.ledger.history import canonical
from caseflow.ledger.import_tables import LedgerImport
from caseflow.ledger.moves.importing import OldCase, Takeover
from caseflow.ledger.moves.opening import CALLED_BACK
from caseflow.people.tables import Unit
from caseflow.vault import identities, originals
from caseflow.vault.identities import sorted_ways

BATCH = 2000
_PLACE = 200


@dataclass
class Taking:
    """One import under way, in the caller's transaction."""

    session: Session
    rooms: Rooms
    reader: Reader
    of: LedgerImport
    now: datetime

    def __post_init__(self) -> None:
        self._areas: dict[int, str] = {}

    def all(self) -> None:
        """Take over every row. Raises BadInput where one is wrong or not settled: then none is."""
        takeover = Takeover(self.session, self.reader.actor, self.of, self.now)
        found = self._sound()
        while some := list(islice(found, BATCH)):
            fresh = self._fresh(some)
            takeover.take(self._sealed(fresh))
            self.of.rows += len(fresh)
            self.of.closed += sum(1 for row, _ in fresh if row.state == "closed")
            self.reader.heard(self.of.rows)
            self.session.flush()
            self.session.expunge_all()
            self.of = self.session.get_one(LedgerImport, self.of.id)
            takeover.of = self.of
            takeover.areas.clear()
        if not self.of.rows:
            raise BadInput({"file": "没有可以导入的行：都是以前导入过的"})

    def _sound(self) -> Iterator[tuple[Row, str]]:
        for _, row, mark, wrong in self.reader.read():
            if wrong or self.reader.unsettled:
                raise MoveNotAllowed("有的行有问题，一行也没有导入；请重新核对")
            if row is not None:
                yield row, mark

    def _fresh(self, some: Sequence[tuple[Row, str]]) -> list[tuple[Row, str]]:
        """Leave out what came in before; a number that is known with other words stops it all."""
        marks, numbers = checking.known(self.session, self.of.area_code, some, self.of.id)
        fresh = [(row, mark) for row, mark in some if mark not in marks]
        if any(row.number in numbers for row, _ in fresh if row.number):
            raise MoveNotAllowed("有的行有问题，一行也没有导入；请重新核对")
        return fresh

    def _sealed(self, some: Sequence[tuple[Row, str]]) -> list[OldCase]:
        people, raws, made = [], [], []
        for row, mark in some:
            contact = Contact(name=row.name, phone=row.phone, address=row.address)
            identity = None
            if contact:
                identity = secrets.token_hex(16)
                people.append((identity, contact))
            original = secrets.token_hex(16)
            whole = canonical(dict(row.said) | rows.identity_of(row))
            raws.append((original, whole.encode()))
            made.append(self._old(row, mark, original, identity, contact))
        identities.keep_many(self.session, self.rooms.ring, people, self.now)
        originals.keep_many(self.session, self.rooms.ring, self.rooms.store, raws, self.now)
        return made

    def _old(
        self, row: Row, mark: str, original: str, identity: str | None, contact: Contact
    ) -> OldCase:
        _, unit = self.reader.register.find(row.unit)
        called_back = row.kind in CALLED_BACK and "phone" in sorted_ways(contact)
        return OldCase(
            n=row.n,
            area=self._area(unit),
            state=row.state,
            kind=row.kind,
            received_at=row.received_at,
            text=row.text,
            original_id=original,
            fingerprint=mark,
            said=canonical(dict(row.said)),
            number=row.number,
            subject=row.subject,
            category=row.category,
            unit_id=unit,
            place="" if unit else row.unit[:_PLACE],
            identity_id=identity,
            called_back=called_back,
            due=row.due,
            closed_at=row.closed_at,
        )

    def _area(self, unit: int | None) -> str:
        """Return the area that a row counts in: its unit's, else the office's own."""
        if unit is None:
            return self.of.area_code
        if unit not in self._areas:
            self._areas[unit] = self.session.get_one(Unit, unit).area_code
        return self._areas[unit]
