"""Where something happened, as typed at a desk: areas and units within the operator's reach.

Unlike the public's list (`places`) it ends at the scope of whoever types, and a name need not be
typed to its end.
"""

import re
from collections import Counter
from collections.abc import Sequence

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from caseflow.people.scope import Scope
from caseflow.people.tables import Area, Unit

MANY_UNITS = 500  # more than a list can offer; the rest is found by typing the name


_LABEL = re.compile(r"(?P<name>.+)[(（](?P<area>\d{6,12})[)）]")


def _within(scope: Scope) -> ColumnElement[bool]:
    inside: ColumnElement[bool] = getattr(Area, scope.level) == scope.code
    return inside


def areas(session: Session, scope: Scope) -> Sequence[tuple[str, str]]:
    """Return (code, name) of the areas of the scope's subtree, its own first."""
    query = select(Area.code, Area.name).where(_within(scope))
    return [(code, name) for code, name in session.execute(query.order_by(Area.code))]


def unit_names(session: Session, scope: Scope) -> Sequence[str]:
    """Return what one types for the active units in the scope's subtree, at most `MANY_UNITS`."""
    query = select(Unit.name, Unit.area_code).join(Area, Area.code == Unit.area_code)
    query = query.where(_within(scope), Unit.active.is_(True)).order_by(Unit.name, Unit.id)
    return labels([(name, area) for name, area in session.execute(query.limit(MANY_UNITS))])


def labels(units: Sequence[tuple[str, str]]) -> list[str]:
    """Return what one types for units of a name and area; those of one name carry the area."""
    often = Counter(name for name, _ in units)
    return [name if often[name] == 1 else f"{name} ({area})" for name, area in units]


def find_unit(session: Session, scope: Scope, typed: str) -> Unit | None:
    """Return the unit of that name, or the only one whose name holds what was typed."""
    found = units_like(session, scope, typed, 2)
    return found[0] if len(found) == 1 else None


def units_like(session: Session, scope: Scope, typed: str, limit: int) -> Sequence[Unit]:
    """Return the units of exactly that name or label; where there is none, those whose names
    hold it.
    """
    words = "".join(typed.split())
    if not words:
        return ()
    bare = func.replace(Unit.name, " ", "")
    query = select(Unit).join(Area, Area.code == Unit.area_code)
    query = query.where(_within(scope), Unit.active.is_(True)).order_by(Unit.name, Unit.id)
    exact = bare == words
    if label := _LABEL.fullmatch(words):
        exact |= (bare == label["name"]) & (Unit.area_code == label["area"])
    part = query.where(bare.contains(words, autoescape=True))
    return (
        session.scalars(query.where(exact).limit(limit)).all()
        or session.scalars(part.limit(limit)).all()
    )
