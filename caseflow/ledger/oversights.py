"""What was brought before the level above because it came back too often (提级督办): for verbs,
lists and pages.
"""

from collections.abc import Callable, Collection, Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, false, or_, select, tuple_
from sqlalchemy.orm import Session, aliased

from caseflow.errors import MoveNotAllowed
from caseflow.ledger.asker import HERE, said_of
from caseflow.ledger.literals import is_not_word
from caseflow.ledger.oversight_tables import Oversight
from caseflow.ledger.tables import Case, Item
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


def unlooked(session: Session, cases: Collection[int]) -> frozenset[int]:
    """Return which of these cases wait for the level above."""
    query = select(Oversight.case_id).where(
        Oversight.case_id.in_(cases), Oversight.looked_at.is_(None)
    )
    return frozenset(session.scalars(query))


NOT_MERGED = "多次退回，正等上一级写明督办意见，之后才能并入别的办件"


def require_none_waits(session: Session, case: Case) -> None:
    """Raise MoveNotAllowed while the level above has not looked into something of a case: merged,
    it would stand on nobody's list.
    """
    if waiting(session, case.id):
        raise MoveNotAllowed(NOT_MERGED)


# How often


def line_of(session: Session, item: Item) -> Sequence[Item]:
    """Return an item and, newest first, those that it succeeds."""
    line = [item]
    while line[-1].follows is not None:
        line.append(session.get_one(Item, line[-1].follows))
    return line


def times_back(session: Session, case: Case, item: Item) -> int:
    """Return how often what an item is about came back in all: it and those that it succeeds were
    returned, or their whole matter was taken up again.
    """
    return case.reopened + sum(one.returns for one in line_of(session, item))


def most_times_back(session: Session, case: Case) -> int:
    """Return how often the item of a case that came back most often did; a case without items
    comes back by being taken up again.
    """
    known = session.scalars(select(Item).where(Item.case_id == case.id)).all()
    if not any(one.returns for one in known):
        return case.reopened
    return max(times_back(session, case, one) for one in known)


# Until somebody above has looked into it


HELD = "多次退回，须等上一级写明督办意见后才能销号"


def holding(session: Session, case: Case, items: Collection[Item]) -> frozenset[int]:
    """Return the ids of the items that nobody strikes off before the level above has looked into
    what came back too often: it was the item, one that it succeeds, or the whole case.
    """
    rows = waiting(session, case.id) if items else ()
    if not rows:
        return frozenset()
    about = {row.item_id for row in rows}
    return frozenset(
        item.id
        for item in items
        if None in about or about & {one.id for one in line_of(session, item)}
    )


def held() -> ColumnElement[bool]:
    """Return `holding` as a condition on a case joined with its items, for the counting of many."""
    waits = select(Oversight.case_id, Oversight.item_id).where(Oversight.looked_at.is_(None))
    line = waits.where(Oversight.item_id.is_not(None)).cte("held", recursive=True, nesting=True)
    after = aliased(Item)
    # Successors are looked for in their case: it has an index, and what they succeed is there.
    next_one = and_(after.case_id == line.c.case_id, after.follows == line.c.item_id)
    line = line.union(select(line.c.case_id, after.id).join(after, next_one))
    whole = select(Oversight.case_id).where(
        Oversight.looked_at.is_(None), Oversight.item_id.is_(None)
    )
    return or_(
        tuple_(Case.id, Item.id).in_(select(line.c.case_id, line.c.item_id)), Case.id.in_(whole)
    )


def require_looked_into(session: Session, case: Case, item: Item) -> None:
    """Raise MoveNotAllowed while the level above has not looked into what came back too often."""
    if holding(session, case, [item]):
        raise MoveNotAllowed(HELD)


# Who looks into it


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


def of_whom(session: Session, case: Case) -> tuple[str, str] | None:
    """Return of which area, and in which role, somebody looks into a case: see `oversees`."""
    for stands, role in _LINE:
        away = exists().where(Recusal.user_id == User.id, Recusal.unit_id == Case.unit_id)
        query = (
            select(User.area_code)
            .join(Case, stands(User.area_code))
            .where(
                *(Case.id == case.id, User.role == role, User.active.is_(True)),
                ~away.correlate_except(Recusal),
            )
        )
        area = session.scalar(query.limit(1))
        if area is not None:
            return area, role
    return None


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
