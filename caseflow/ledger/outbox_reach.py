"""Whose dead letters somebody sees: those of cases in their areas (design law 11).

An administrator reads no case; that a message about its number did not get through they may know.
"""

from collections.abc import Collection

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from caseflow.ledger.queries import visible
from caseflow.ledger.tables import Case
from caseflow.outbox.within import Within
from caseflow.people.actor import Actor
from caseflow.people.office_changes import answers_for
from caseflow.people.scope import Scope


def within(session: Session, actor: Actor, office: str) -> Within:
    """Return the condition that finds what belongs to cases in the actor's areas.

    Matters of no case (quarantine) are of the area `office`.
    """
    no_case = answers_for(session, actor, office)

    def condition(case_id: InstrumentedAttribute[int | None]) -> ColumnElement[bool]:
        # Asked of the few rows of the outbox one by one, for which the offset is there: PostgreSQL
        # would walk every case of the area, up to the newest ones that they are about.
        one = select(Case.id).where(Case.id == case_id, _visible(actor)).correlate_except(Case)
        theirs = one.offset(0).exists()
        return or_(theirs, case_id.is_(None)) if no_case else theirs

    return condition


def case_numbers(
    session: Session, actor: Actor, case_ids: Collection[int | None], office: str
) -> dict[int | None, str]:
    """Return the numbers of those cases that lie within the actor's areas, by id.

    None stands for matters of no case (quarantine), which are of the area `office`; it is among
    the keys where that lies within the actor's areas.
    """
    ids = sorted(one for one in case_ids if one is not None)
    query = select(Case.id, Case.number).where(Case.id.in_(ids), _visible(actor))
    found: dict[int | None, str] = dict(session.execute(query).all())
    if answers_for(session, actor, office):
        found[None] = ""
    return found


def _visible(actor: Actor) -> ColumnElement[bool]:
    return visible(Scope("area", level=actor.level, code=actor.area, recused=actor.recused))
