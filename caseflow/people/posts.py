"""Who holds a duty now: an empty post is passed over to the next one up, never to nobody."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from caseflow.people.permissions import OFFICE
from caseflow.people.tables import Area, Post, Unit, User

# The way up when a post is vacant. `level_above` is the supervisor of the next higher area.
_UP = {
    "unit_handler": "unit_head",
    "unit_head": "office_handler",
    "assignee": "shift_leader",
    "shift_leader": "office_handler",
    "office_handler": "supervisor",
    "supervisor": "leader",
    "leader": "level_above",
}
_OF_UNIT = ("unit_handler", "unit_head")


def holder(session: Session, duty: str, area: str, unit: int | None = None) -> list[User]:
    """Return whoever must be told for `duty` in an area (or unit), going up where it is vacant.

    Walks from duty to duty and then from area to area above; the administrators of the whole
    office are the last resort, so the answer is empty only in an office without people.
    """
    if duty == "level_above":
        duty, area = "supervisor", _above(session, area)
    here: str | None = area
    while here:
        found = _climb(session, duty, here, unit)
        if found:
            return found
        row = session.get_one(Area, here)
        # A responsibility district has no office of its own: its county's people hold the duty.
        duty, here = duty if row.level == "district" else "supervisor", row.parent_code
    return list(session.scalars(select(User).where(User.role == "administrator", User.active)))


def _above(session: Session, area: str) -> str:
    """Return the next higher area that has an office; the top stays with itself."""
    row = session.get_one(Area, area)
    above = row.city if row.level in ("county", "district") else row.province
    return above or area


def _climb(session: Session, duty: str, area: str, unit: int | None) -> list[User]:
    step: str | None = duty
    while step and step != "level_above":
        people = _holders(session, step, area, unit if step in _OF_UNIT else None)
        if people:
            return people
        step = _UP.get(step)
    return []


def _holders(session: Session, duty: str, area: str, unit: int | None) -> list[User]:
    if duty in _OF_UNIT:
        if unit is None:
            return []
        where = [Post.unit_id == unit]
    else:
        where = [Post.area_code == area, Post.unit_id.is_(None)]
    rows: Sequence[Post] = session.scalars(select(Post).where(Post.duty == duty, *where)).all()
    people = []
    for row in rows:
        for user_id in (row.user_id, row.deputy_id):
            user = session.get(User, user_id) if user_id else None
            if user and serves(user, area, unit):
                people.append(user)
                break
    return people


def serves(user: User, area: str, unit: int | None) -> bool:
    """Tell whether somebody may serve in a post of an area (or unit): the account may have changed.

    Somebody who went over to a school must not be told of what is reported about it.
    """
    if unit is not None:
        return user.active and user.unit_id == unit
    return user.active and user.role in OFFICE and user.area_code == area


def manages(session: Session, manager: int, unit: int) -> bool:
    """Tell whether `manager` stands above `unit` in the chain of management (or is it)."""
    here: int | None = unit
    seen: set[int] = set()
    while here is not None and here not in seen:
        if here == manager:
            return True
        seen.add(here)
        here = session.get_one(Unit, here).managed_by
    return False
