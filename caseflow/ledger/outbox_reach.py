"""Whose dead letters somebody sees: those of cases in their areas (design law 11).

An administrator reads no case; that a message about its number did not get through they may know.
"""

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from caseflow.ledger.queries import visible
from caseflow.ledger.tables import Case
from caseflow.people.actor import Actor
from caseflow.people.office_changes import in_reach
from caseflow.people.scope import Scope
from caseflow.people.tables import Area


def case_numbers(
    session: Session, actor: Actor, case_ids: Collection[int | None], office: str
) -> dict[int | None, str]:
    """Return the numbers of those cases that lie within the actor's areas, by id.

    None stands for matters of no case (quarantine), which are of the area `office`; it is among
    the keys where that lies within the actor's areas.
    """
    scope = Scope("area", level=actor.level, code=actor.area, recused=actor.recused)
    ids = sorted(one for one in case_ids if one is not None)
    query = select(Case.id, Case.number).where(Case.id.in_(ids), visible(scope))
    found: dict[int | None, str] = dict(session.execute(query).all())
    if session.scalar(select(Area.code).where(Area.code == office, in_reach(actor))):
        found[None] = ""
    return found
