"""Where something may have happened: what the forms of the public and of the desk offer.

The list is the same for everybody and whatever was ever reported (design law 10).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import String, bindparam, or_, select
from sqlalchemy.orm import Session

from caseflow.intake.channels.webform import Choices
from caseflow.ledger.literals import among
from caseflow.people.tables import Area, Unit

REPORTABLE = ("school", "kindergarten", "institution")


@dataclass(frozen=True)
class Place:
    """A unit on offer; `area` is the code of its area, which begins with its parent's."""

    id: int
    name: str
    area: str


@dataclass(frozen=True)
class Places:
    """Areas as (code, name) and units, each in the order of the list."""

    areas: Sequence[tuple[str, str]]
    units: Sequence[Place]

    def choices(self) -> Choices:
        """Return what the form's parser compares with."""
        return Choices(
            frozenset(code for code, _ in self.areas), {unit.id: unit.area for unit in self.units}
        )


def offered(session: Session, office: str) -> Places:
    """Return the areas right below the office's own and the units anywhere in it; two statements.

    An office without areas below offers its own.
    """
    rows = session.execute(_AREAS, {"office": office}).all()
    below = [(code, name) for code, name, parent in rows if parent == office]
    units = session.execute(_UNITS, {"office": office})
    return Places(below or [(code, name) for code, name, _ in rows], [Place(*row) for row in units])


# Said once: every form of the public asks them.
_OFFICE = bindparam("office", type_=String)
_AREAS = (
    select(Area.code, Area.name, Area.parent_code)
    .where((Area.code == _OFFICE) | (Area.parent_code == _OFFICE))
    .order_by(Area.code)
)
_UNITS = (
    select(Unit.id, Unit.name, Unit.area_code)
    .join(Area, Area.code == Unit.area_code)
    .where(
        or_(*(level == _OFFICE for level in (Area.district, Area.county, Area.city, Area.province)))
    )
    .where(Unit.active, among(Unit.kind, REPORTABLE))
    .order_by(Unit.area_code, Unit.name)
)
