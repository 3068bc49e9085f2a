"""Where something happened, as typed at a desk: areas and units within the operator's reach.

Unlike the public's list (`places`) it ends at the scope of whoever types, and a name need not be
typed to its end.
"""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from caseflow.people.scope import Scope
from caseflow.people.tables import Area, Unit

MANY_UNITS = 500  # more than a list can offer; the rest is found by typing the name


def _within(scope: Scope) -> ColumnElement[bool]:
    inside: ColumnElement[bool] = getattr(Area, scope.level) == scope.code
    return inside


def areas(session: Session, scope: Scope) -> Sequence[tuple[str, str]]:
    """Return (code, name) of the areas of the scope's subtree, its own first."""
    query = select(Area.code, Area.name).where(_within(scope))
    return [(code, name) for code, name in session.execute(query.order_by(Area.code))]


def unit_names(session: Session, scope: Scope) -> Sequence[str]:
    """Return the names of active units in the scope's subtree, at most `MANY_UNITS`."""
    query = select(Unit.name).join(Area, Area.code == Unit.area_code)
    query = query.where(_within(scope), Unit.active.is_(True)).order_by(Unit.name)
    return session.scalars(query.limit(MANY_UNITS)).all()


def find_unit(session: Session, scope: Scope, typed: str) -> Unit | None:
    """Return the unit of that name, or the only one whose name holds what was typed."""
    found = units_like(session, scope, typed, 2)
    return found[0] if len(found) == 1 else None


def units_like(session: Session, scope: Scope, typed: str, limit: int) -> Sequence[Unit]:
    """Return the units of exactly that name; where there is none, those whose names hold it."""
    words = "".join(typed.split())
    if not words:
        return ()
    bare = func.replace(Unit.name, " ", "")
    query = select(Unit).join(Area, Area.code == Unit.area_code)
    query = query.where(_within(scope), Unit.active.is_(True)).order_by(Unit.name, Unit.id)
    exact = session.scalars(query.where(bare == words).limit(limit)).all()
    part = query.where(bare.contains(words, autoescape=True))
    return exact or session.scalars(part.limit(limit)).all()
