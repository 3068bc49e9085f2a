"""The office as the public reads it: its name and how to reach it, from its own unit's row."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from caseflow.people.tables import Unit


@dataclass(frozen=True)
class OfficeCard:
    """Name and ways to reach the office; every field may be empty in a new installation."""

    name: str = ""
    phone: str = ""
    email: str = ""
    address: str = ""
    window_hours: str = ""

    @property
    def short_name(self) -> str:
        """The name without the word office, for a narrow bar."""
        return self.name.removesuffix("办公室")  # not said


def office_of(session: Session, area: str) -> Unit | None:
    """Return the unit that is the office of an area: the oldest one of that kind."""
    query = select(Unit).where(Unit.area_code == area, Unit.kind == "office", Unit.active)
    return session.scalars(query.order_by(Unit.id).limit(1)).first()


def card_of(session: Session, area: str) -> OfficeCard:
    """Return what the public reads of an area's office."""
    unit = office_of(session, area)
    if unit is None:
        return OfficeCard()
    return OfficeCard(unit.name, unit.phone, unit.email, unit.address, unit.hours)
