"""Who works here, as the people page lists them: within one's areas, the office before units."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, or_, select, tuple_
from sqlalchemy.orm import Session

from caseflow.people.actor import Actor
from caseflow.people.office_changes import in_reach
from caseflow.people.tables import Area, Unit, User

PAGE = 50


@dataclass(frozen=True)
class Filters:
    """What the list is narrowed by; empty means all. `state`: active, closed, or all."""

    words: str = ""
    role: str = ""
    state: str = "active"


@dataclass(frozen=True)
class Listed:
    """One account with its area and unit."""

    user: User
    area: Area
    unit: Unit | None

    @property
    def place(self) -> tuple[int, int]:
        """Where a keyset page ends with this one."""
        return self.user.unit_id or 0, self.user.id


def staff(
    session: Session, actor: Actor, filters: Filters, after: tuple[int, int] | None = None
) -> Sequence[Listed]:
    """Return PAGE accounts and one more when others follow; the office's own come first."""
    unit = func.coalesce(User.unit_id, 0)
    query = (
        select(User, Area, Unit)
        .join(Area, Area.code == User.area_code)
        .outerjoin(Unit, Unit.id == User.unit_id)
        .where(in_reach(actor))
    )
    if filters.words:
        columns = (User.name, User.username, Unit.name)
        named = [column.contains(filters.words, autoescape=True) for column in columns]
        query = query.where(or_(*named))
    if filters.role:
        query = query.where(User.role == filters.role)
    if filters.state in ("active", "closed"):
        query = query.where(User.active.is_(filters.state == "active"))
    if after is not None:
        query = query.where(tuple_(unit, User.id) > tuple_(*after))
    rows = session.execute(query.order_by(unit, User.id).limit(PAGE + 1))
    return [Listed(*row) for row in rows]


def areas(session: Session, actor: Actor) -> Sequence[Area]:
    """Return the areas that an account may belong to: those in which somebody works already, the
    actor's own, and its responsibility districts."""
    worked = select(User.area_code).distinct()
    query = select(Area).where(
        in_reach(actor),
        or_(Area.code == actor.area, Area.parent_code == actor.area, Area.code.in_(worked)),
    )
    return session.scalars(query.order_by(Area.code)).all()


def units(session: Session, actor: Actor) -> Sequence[Unit]:
    """Return the active units of the actor's areas, by name."""
    query = select(Unit).join(Area, Area.code == Unit.area_code)
    query = query.where(in_reach(actor), Unit.active.is_(True))
    return session.scalars(query.order_by(Unit.name, Unit.id)).all()
