"""Cases on their way to another office of the ledger (移送): for verbs and for pages.

A case belongs to one office at every moment: to the one that passed it on until the other signs.
Offices hand a case up to one above them or down to one below, and never to one beside them: who
would decide between equals stands above both.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, exists, or_, select, true
from sqlalchemy.orm import Session

from caseflow import refs
from caseflow.errors import NotFound
from caseflow.ledger.asker import bound_here, said_of
from caseflow.ledger.moves import naming
from caseflow.ledger.report_tables import Passage, Report
from caseflow.ledger.tables import Case
from caseflow.people.actor import Actor
from caseflow.people.permissions import CASEWORK
from caseflow.people.posts import manages
from caseflow.people.scope import Scope
from caseflow.people.tables import Area, Recusal, Unit, User

SENT_BACK = 2
"""After so many times between two offices the one above has decided."""


def office(case: Case) -> str:
    """Return the area whose office has a case: a responsibility district has none itself."""
    return case.county if case.district and case.county else case.area_code


def of_case(session: Session, case_id: int) -> Sequence[Passage]:
    """Return every time that a case was passed on, oldest first."""
    query = select(Passage).where(Passage.case_id == case_id)
    return session.scalars(query.order_by(Passage.id)).all()


def waiting(session: Session, case_id: int) -> Passage | None:
    """Return what waits for another office's signature, of one case."""
    query = select(Passage).where(Passage.case_id == case_id, Passage.outcome.is_(None))
    return session.scalar(query)


def is_disputed(known: Iterable[Passage], one: str, other: str) -> bool:
    """Tell whether two offices sent a case back to one another often enough, since anybody last
    signed for it, that the one above decides.
    """
    times = 0
    for row in known:
        if row.outcome == "received":
            times = 0
        elif row.outcome == "sent_back" and {row.from_area, row.to_area} == {one, other}:
            times += 1
    return times >= SENT_BACK


# Where to


def offices(session: Session, case: Case) -> Sequence[Area]:
    """Return the areas above and below whose office may get a case: somebody there could sign for
    it who need not keep away, and it is not about that office or a unit that it answers to.
    """
    here = session.get_one(Area, office(case))
    near = or_(Area.code.in_(here.path), getattr(Area, here.level) == here.code)
    elsewhere = (Area.code != here.code, Area.level != "district")
    query = select(Area).where(near, *elsewhere, _is_staffed(case)).order_by(Area.code)
    found = session.scalars(query).all()
    about = naming.shield(session, case).units
    theirs = _units(session, [area.code for area in found]) if about else []
    barred = {one.area_code for one in theirs if any(manages(session, n, one.id) for n in about)}
    return [area for area in found if area.code not in barred]


def _is_staffed(case: Case) -> ColumnElement[bool]:
    away = exists().where(Recusal.user_id == User.id, Recusal.unit_id == case.unit_id)
    free = true() if case.unit_id is None else ~away.correlate_except(Recusal)
    here = (User.area_code == Area.code, User.role.in_(CASEWORK), User.active.is_(True))
    return exists().where(*here, free).correlate_except(User)


def _units(session: Session, codes: Collection[str]) -> Sequence[Unit]:
    """Return the units that are the offices of some areas, the one that answers for it first."""
    query = select(Unit).where(Unit.area_code.in_(codes), Unit.kind == "office", Unit.active)
    return session.scalars(query.order_by(Unit.id)).all()


def names(session: Session, codes: Collection[str]) -> Mapping[str, str]:
    """Return what the offices of some areas are called; by their area where no unit is entered."""
    found = dict(session.execute(select(Area.code, Area.name).where(Area.code.in_(codes))).all())
    for unit in reversed(_units(session, codes)):
        found[unit.area_code] = unit.name
    return found


# Before somebody signs


def case_to_receive(session: Session, actor: Actor, number: str) -> Case:
    """Return a case that waits for somebody's office; raises NotFound for every other one."""
    query = select(Case).where(Case.number == number, bound_here(actor))
    case = session.scalar(query, said_of(actor))
    if case is None:
        raise NotFound("没有等待本办签收的这个办件")
    return case


# After somebody signed


@dataclass(frozen=True)
class Gone:
    """What an office may still know of a case that it passed on: its number, whose it is now, where
    it stands, and since when it is theirs.
    """

    number: str
    office: str
    state: str
    since: datetime | None


def gone(session: Session, scope: Scope, typed: str) -> Gone | None:
    """Return where a case went that lay in a scope and does not any more, by its whole number or
    that of a report: for whoever is asked by its reporter.
    """
    number = refs.plain(typed.strip())
    which: ColumnElement[bool] = Case.number == number
    if refs.parse_report(number):
        which = Case.id.in_(select(Report.case_id).where(Report.number == number))
    elif not refs.parse_case(number):
        return None
    query = select(Case, Passage.ended_at).join(Passage, Passage.case_id == Case.id)
    query = query.where(which, Passage.outcome == "received", _left(scope))
    row = session.execute(query.order_by(Passage.id.desc()).limit(1)).first()
    if row is None:
        return None
    case, at = row
    where = office(case)
    return Gone(case.number, names(session, [where])[where], case.state, at)


def _left(scope: Scope) -> ColumnElement[bool]:
    """Return the condition that a case lay in a scope, was signed for elsewhere, and lies outside;
    nobody learns of a unit that they must keep away from.
    """
    was = (
        select(Passage.case_id)
        .join(Area, Area.code == Passage.from_area)
        .where(Passage.outcome == "received", getattr(Area, scope.level) == scope.code)
    )
    outside: ColumnElement[bool] = getattr(Case, scope.level).is_distinct_from(scope.code)
    free = or_(Case.unit_id.is_(None), Case.unit_id.not_in(scope.recused))
    return outside & Case.id.in_(was) & free
