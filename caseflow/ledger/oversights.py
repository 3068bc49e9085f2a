"""What was brought before the level above because it came back too often (提级督办): for verbs,
lists and pages.
"""

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, false, or_, select
from sqlalchemy.orm import Session, aliased

from caseflow.ledger.asker import HERE, said_of
from caseflow.ledger.literals import is_not_word
from caseflow.ledger.oversight_tables import Oversight
from caseflow.ledger.tables import Case
from caseflow.people.actor import Actor
from caseflow.people.permissions import LEADER, SUPERVISOR, may
from caseflow.people.tables import Recusal, User

TIMES = 3
"""So often sent back, or passed on without an owner, brings in the level above: it, and each time
after it. Two cities' rules of supervision ("sent back three times or passed on three times without
an owner: supervision one level up").
"""


def asked(session: Session, case_id: int) -> Sequence[Oversight]:
    """Return every time that the level above was brought into a case, oldest first."""
    query = select(Oversight).where(Oversight.case_id == case_id)
    return session.scalars(query.order_by(Oversight.id)).all()


def waiting(session: Session, case_id: int) -> Sequence[Oversight]:
    """Return those that nobody of the level above has looked into."""
    query = select(Oversight).where(Oversight.case_id == case_id, Oversight.looked_at.is_(None))
    return session.scalars(query.order_by(Oversight.id)).all()


def looks_into(actor: Actor) -> ColumnElement[bool]:
    """Return the condition on a case of the scope that it waits for this person to look into it.
    A merged case waits with the one that it was merged into, which has its own count.
    """
    waits = select(Oversight.case_id).where(Oversight.looked_at.is_(None))
    return and_(Case.id.in_(waits), is_not_word(Case.state, "merged"), oversees(actor))


def oversees(actor: Actor) -> ColumnElement[bool]:
    """Return the condition on a case of the scope that it is this person's to look into: the
    supervisor's of the level above, else its leader's, else those of the level above that. Where
    nobody stands above the office, it is its own leader's, and at last its supervisor's: never
    nobody's.
    """
    if not may(actor, "case.oversee"):
        return false()
    turns = (
        and_(stands(HERE), *(~_anybody(before, role) for before, role in _LINE[:n]))
        for n, (stands, role) in enumerate(_LINE)
        if role == actor.role
    )
    return or_(*turns)


def is_theirs(session: Session, actor: Actor, case: Case) -> bool:
    """Tell whether a case within their scope is somebody's to look into."""
    query = select(Case.id).where(Case.id == case.id, oversees(actor))
    return session.scalar(query, said_of(actor)) is not None


def _city(code: Any) -> ColumnElement[bool]:
    return and_(Case.county.is_not(None), Case.city == code)


def _province(code: Any) -> ColumnElement[bool]:
    return and_(Case.city.is_not(None), Case.province == code)


def _own(code: Any) -> ColumnElement[bool]:
    return or_(Case.area_code == code, Case.county == code)


_LINE: Sequence[tuple[Callable[[Any], ColumnElement[bool]], str]] = (
    *((_city, SUPERVISOR), (_city, LEADER), (_province, SUPERVISOR), (_province, LEADER)),
    *((_own, LEADER), (_own, SUPERVISOR)),
)
"""Of which area, and in which role, somebody looks into a case; the next where there is nobody."""


def _anybody(stands: Callable[[Any], ColumnElement[bool]], role: str) -> ColumnElement[bool]:
    """Return the condition that there is somebody like this who need not keep away."""
    person = aliased(User)
    away = exists().where(Recusal.user_id == person.id, Recusal.unit_id == Case.unit_id)
    there = exists().where(
        stands(person.area_code),
        person.role == role,
        person.active.is_(True),
        ~away.correlate_except(Recusal),
    )
    return there.correlate_except(person)
