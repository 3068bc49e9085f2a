"""Who holds a duty now: an empty post is passed over to the next one up, never to nobody.

So is the post of somebody who is away and for whom nobody stands in.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from caseflow.people import absences
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


Away = Mapping[int, int | None]
"""Who is away, and who stands in (`absences.away`)."""
NOBODY: Away = {}


def holder(
    session: Session, duty: str, area: str, unit: int | None = None, *, now: datetime
) -> list[User]:
    """Return whoever must be told for `duty` in an area (or unit), going up where it is vacant.

    Walks from duty to duty and then from area to area above; the administrators of the whole
    office are the last resort, so the answer is empty only in an office without people. Whoever
    is away is passed over, unless everybody is.
    """
    away = absences.away(session, now)
    found = _way_up(session, duty, area, unit, away)
    if not found and away:
        found = _way_up(session, duty, area, unit, NOBODY)
    return found or present(_administrators(session), away)


def present(users: Sequence[User], away: Collection[int]) -> list[User]:
    """Return those of some people who are not away; everybody where nobody is there."""
    return [user for user in users if user.id not in away] or list(users)


def _administrators(session: Session) -> Sequence[User]:
    return session.scalars(select(User).where(User.role == "administrator", User.active)).all()


def _way_up(session: Session, duty: str, area: str, unit: int | None, away: Away) -> list[User]:
    if duty == "level_above":
        duty, area = "supervisor", _above(session, area)
    here: str | None = area
    while here:
        found = _climb(session, duty, here, unit, away)
        if found:
            return found
        row = session.get_one(Area, here)
        # A responsibility district has no office of its own: its county's people hold the duty.
        duty, here = duty if row.level == "district" else "supervisor", row.parent_code
    return []


def _above(session: Session, area: str) -> str:
    """Return the next higher area that has an office; the top stays with itself."""
    row = session.get_one(Area, area)
    above = row.city if row.level in ("county", "district") else row.province
    return above or area


def _climb(session: Session, duty: str, area: str, unit: int | None, away: Away) -> list[User]:
    step: str | None = duty
    while step and step != "level_above":
        people = _holders(session, step, area, unit if step in _OF_UNIT else None, away)
        if people:
            return people
        step = _UP.get(step)
    return []


def _holders(session: Session, duty: str, area: str, unit: int | None, away: Away) -> list[User]:
    if duty in _OF_UNIT:
        if unit is None:
            return []
        where = [Post.unit_id == unit]
    else:
        where = [Post.area_code == area, Post.unit_id.is_(None)]
    rows: Sequence[Post] = session.scalars(select(Post).where(Post.duty == duty, *where)).all()
    people = []
    for row in rows:
        known = (session.get(User, one) for one in in_turn(row.user_id, row.deputy_id, away))
        people += [serving] if (serving := acting(known, area, unit, away)) else []
    return people


def heads(session: Session, unit: int, now: datetime) -> list[User]:
    """Return who serves as responsible person of a unit (单位负责人) now; nobody goes up."""
    area = session.get_one(Unit, unit).area_code
    return _holders(session, "unit_head", area, unit, absences.away(session, now))


def in_turn(user_id: int | None, deputy_id: int | None, away: Away) -> list[int]:
    """Return who may serve in a post, the first first: its holder, its deputy, then whoever stands
    in for one of them.
    """
    own = [one for one in (user_id, deputy_id) if one is not None]
    return own + [instead for one in own if (instead := away.get(one)) is not None]


def acting(known: Iterable[User | None], area: str, unit: int | None, away: Away) -> User | None:
    """Return the first of some people, in turn, who is there and may serve; None where nobody."""
    there = (user for user in known if user is not None and user.id not in away)
    return next((user for user in there if serves(user, area, unit)), None)


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
