"""Names for what a page shows by id, and whom or what a form lets one choose: one query each."""

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import Integer, Select, String, bindparam, or_, select
from sqlalchemy.orm import Session

from caseflow.many import one_of
from caseflow.people.tables import Area, Recusal, Unit, User

# Said once: nearly every page asks them.
_USERS = select(User.id, User.name).where(one_of(User.id, "ids"))
_UNITS = select(Unit).where(one_of(Unit.id, "ids"))
_AREAS = select(Area.code, Area.name).where(one_of(Area.code, "ids", String))


def users(session: Session, ids: Collection[int]) -> Mapping[int, str]:
    """Return the names of people by id, also of those who left."""
    return dict(session.execute(_USERS, {"ids": sorted(ids)}).all())


def units(session: Session, ids: Collection[int]) -> Mapping[int, Unit]:
    """Return units by id, also those that are closed."""
    return {unit.id: unit for unit in session.scalars(_UNITS, {"ids": sorted(ids)})}


def areas(session: Session, codes: Collection[str]) -> Mapping[str, str]:
    """Return the names of areas by code."""
    return dict(session.execute(_AREAS, {"ids": sorted(codes)}).all())


def units_near(session: Session, area: Area) -> Sequence[Unit]:
    """Return the active units of the county around an area, and those of the levels above.

    Above the county, all of the area's own subtree.
    """
    level = "county" if area.county else area.level
    return session.scalars(_NEAR[level], {"code": getattr(area, level), "path": area.path}).all()


def _near(level: str) -> Select[Unit]:
    wide = getattr(Area, level) == bindparam("code", type_=String)
    here = or_(wide, one_of(Area.code, "path", String))
    query = select(Unit).join(Area, Area.code == Unit.area_code)
    return query.where(Unit.active.is_(True), here).order_by(Unit.name, Unit.id)


_NEAR = {level: _near(level) for level in ("district", "county", "city", "province")}


def people_near(
    session: Session, area: Area, roles: Sequence[str], about: int | None
) -> Sequence[User]:
    """Return the active people of some roles who answer for an area or a level above it.

    `about`: the unit that the matter is about; whoever must not touch it (回避) is left out.
    """
    said = {"roles": list(roles), "path": area.path, "about": about}
    return session.scalars(_PEOPLE, said).all()


_PEOPLE = (
    select(User)
    .where(
        User.active.is_(True),
        one_of(User.role, "roles", String),
        one_of(User.area_code, "path", String),
        User.id.not_in(
            select(Recusal.user_id).where(Recusal.unit_id == bindparam("about", type_=Integer))
        ),
    )
    .order_by(User.name, User.id)
)
