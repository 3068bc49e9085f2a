"""How somebody of a world hands over a case, and how somebody leaves."""

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import select

from caseflow.ledger.moves import handing, triage
from caseflow.ledger.moves.handing import Handing
from caseflow.ledger.states import ENDS
from caseflow.ledger.tables import Case
from caseflow.people.actor import Actor
from caseflow.people.tables import User
from tests.office import DISTRICT

if TYPE_CHECKING:
    from tests.ledger.world import World


def leaver() -> User:
    """Return somebody who is not in office unless `leaves` needs them."""
    user = User(username="leaver", name="测试leaver", role="handler", area_code=DISTRICT)
    user.password_hash, user.active = "!", False
    return user


def hands_over(world: "World", me: Actor, case: Case, luck: int, at: datetime) -> None:
    """Whoever has the case, or verifies an item of it, hands that over to anybody."""
    given = Handing(case.id, world.somebody(luck), world.inspector(luck))
    mine = [one.inspector_id for one in world.items() if one.case_id == case.id]
    giver = [one for one in (case.handler_id, *mine) if one is not None]
    who = world.somebody(luck + 1) if luck % 5 == 4 or not giver else giver[luck % len(giver)]
    handing.hand_over(world.session, me, who, given, "外出", at)


def leaves(world: "World", case: Case, at: datetime) -> None:
    """Somebody comes, is given the case, and leaves the office; of a case that is over whoever has
    it is gone for a moment.
    """
    if case.state in ENDS and case.handler_id is not None:
        person = world.session.get_one(User, case.handler_id)
        person.active = False
        handing.fall_back(world.session, case, world.office["over_all"], at)
        person.active = True
        return
    leaver = world.session.scalars(select(User).where(User.username == "leaver")).one()
    leaver.active = True
    triage.assign(world.session, world.office["supervisor"], case.id, leaver.id, at)
    leaver.active = False
    handing.left_behind(world.session, world.office["over_all"], leaver.id, at)
