"""What is known of assisting units (协办): for verbs and pages.

An assisting unit is no holder of the item (`queries.held`): it reads the text written for it, what
it answered and its own files, and nothing else. What it may know is decided here, as `holding` does
for a lead; and so is what a lead may know of it.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.orm import Session

from caseflow.deadlines.policies import ClockName
from caseflow.deadlines.tables import Clock
from caseflow.errors import NotFound
from caseflow.files.tables import Blob
from caseflow.ledger.assistance_tables import Assistance
from caseflow.ledger.at_work import at_work
from caseflow.ledger.tables import Case, Evidence, Finding, Item
from caseflow.people.scope import Scope
from caseflow.people.tables import Unit

AT_ONCE = 100
IS_OPEN = and_(Assistance.answered_at.is_(None), Assistance.released_at.is_(None))
"""In SQL: the unit still owes an answer."""
STANDS = Assistance.released_at.is_(None)
"""In SQL: the unit assists, or did; it was not released."""


@dataclass(frozen=True)
class Asked:
    """What a unit was asked, as its page shows it. `owed`: it can answer now; `stopped`: what it
    was asked for is not wanted any more, or not now. `clock`: its promise, while that runs.
    """

    row: Assistance
    owed: bool
    stopped: bool
    clock: Clock | None


@dataclass(frozen=True)
class Beside:
    """An assisting unit as the lead reads it: its name, and its answer where the office shared it;
    never what it was sent, nor its files. `owes`: it has not answered.
    """

    name: str
    answer: str
    at: datetime | None
    owes: bool


def unanswered(session: Session, item_id: int) -> Sequence[Assistance]:
    """Return what units were asked about an item and have not answered, oldest first."""
    query = select(Assistance).where(Assistance.item_id == item_id, IS_OPEN)
    return session.scalars(query.order_by(Assistance.id)).all()


def of_unit(session: Session, item_id: int, unit_id: int | None) -> Assistance | None:
    """Return what a unit was asked about an item and has not answered."""
    return next((one for one in unanswered(session, item_id) if one.unit_id == unit_id), None)


def of_case(session: Session, case_id: int) -> Sequence[Assistance]:
    """Return everything that units were asked in a case, oldest first."""
    query = select(Assistance).join(Item, Item.id == Assistance.item_id)
    return session.scalars(query.where(Item.case_id == case_id).order_by(Assistance.id)).all()


def of_items(session: Session, item_ids: Collection[int]) -> Sequence[Assistance]:
    """Return everything that units were asked about some items, oldest first."""
    query = select(Assistance).where(Assistance.item_id.in_(item_ids))
    return session.scalars(query.order_by(Assistance.id)).all()


def answered(session: Session, item_id: int) -> Sequence[Assistance]:
    """Return what units have answered about an item, oldest first."""
    query = select(Assistance).where(
        Assistance.item_id == item_id, Assistance.answered_at.is_not(None)
    )
    return session.scalars(query.order_by(Assistance.id)).all()


def files(session: Session, assistance_id: int) -> list[tuple[Evidence, Blob]]:
    """Return what came with an answer, for whoever may read that; in the order it came."""
    query = select(Evidence, Blob).join(Blob, Blob.id == Evidence.blob_id)
    query = query.where(Evidence.assistance_id == assistance_id).order_by(Evidence.id)
    return [(row[0], row[1]) for row in session.execute(query)]


def promise(session: Session, row: Assistance) -> Clock:
    """Return the promise of an assisting unit as it stands: by a changed rule, or after the case
    stood still, another one follows the first.
    """
    return promises(session, [row])[row.id]


def promises(session: Session, rows: Sequence[Assistance]) -> dict[int, Clock]:
    """Return the promises of several as they stand, by the id of what was asked; one statement."""
    items = {row.item_id for row in rows}
    query = select(Clock).where(Clock.item_id.in_(items), Clock.name == ClockName.assist)
    known = session.scalars(query).all() if items else []
    by_id = {clock.id: clock for clock in known}
    after = {clock.follows: clock.id for clock in known if clock.follows}
    found = {}
    for row in rows:
        last = row.clock_id
        while last in after:
            last = after[last]
        found[row.id] = by_id[last]
    return found


def by_clock(session: Session, clock: Clock) -> Assistance | None:
    """Return whose promise a clock is: the other way round than `promise`."""
    while clock.follows is not None:
        clock = session.get_one(Clock, clock.follows)
    return session.scalar(select(Assistance).where(Assistance.clock_id == clock.id))


def assists(session: Session, item_id: int, unit_id: int | None) -> bool:
    """Tell whether a unit assists with an item, or did until it had answered."""
    theirs = (Assistance.item_id == item_id, Assistance.unit_id == unit_id, STANDS)
    return session.scalar(select(Assistance.id).where(*theirs).limit(1)) is not None


# What a unit reads


def _theirs(scope: Scope) -> ColumnElement[bool]:
    far = [or_(Case.unit_id.is_(None), Case.unit_id.not_in(scope.recused))] if scope.recused else []
    return and_(Assistance.unit_id == scope.unit, *far)


def to_unit(session: Session, scope: Scope) -> list[Asked]:
    """Return what a unit was asked, newest first; nothing for whoever is of no unit."""
    if scope.unit is None or scope.reach != "holder":
        return []
    return _asked(session, _of(scope).order_by(Assistance.id.desc()).limit(AT_ONCE))


def one(session: Session, scope: Scope, assistance_id: int) -> Asked:
    """Return one of those; raises NotFound, the same for anybody else's."""
    if scope.unit is not None and scope.reach == "holder":
        for found in _asked(session, _of(scope).where(Assistance.id == assistance_id)):
            return found
    raise NotFound("没有这个协办事项")


def _of(scope: Scope) -> Select[Assistance, Case]:
    query = select(Assistance, Case).join(Item, Item.id == Assistance.item_id)
    return query.join(Case, Case.id == Item.case_id).where(_theirs(scope))


def _asked(session: Session, query: Select[Assistance, Case]) -> list[Asked]:
    rows = [(row, at_work(case)) for row, case in session.execute(query)]
    running = promises(session, [row for row, there in rows if row.is_open and there])
    return [
        Asked(
            row,
            owed=row.is_open and there,
            stopped=row.answered_at is None and not (row.is_open and there),
            clock=running.get(row.id),
        )
        for row, there in rows
    ]


def file(session: Session, scope: Scope, evidence_id: int) -> tuple[int, Blob] | None:
    """Return the place among the files of an answer, counted from 1, and the blob of one that the
    unit sent itself; None for what came with no such answer. Raises NotFound for anybody else's.
    """
    known = session.get(Evidence, evidence_id)
    if known is None or known.assistance_id is None:
        return None
    asked = one(session, scope, known.assistance_id)
    mine = enumerate(files(session, asked.row.id), 1)
    return next((place, blob) for place, (each, blob) in mine if each.id == evidence_id)


# What the lead reads


def beside(session: Session, item: Item, *, verifies: bool, rectifies: bool) -> list[Beside]:
    """Return the assisting units that a lead knows of.

    Who only verifies an item learns nothing of what was asked after the finding, nor who only puts
    it right of what was asked before: in a tip that is the unit reported.
    """
    query = select(Assistance, Unit.name).join(Unit, Unit.id == Assistance.unit_id)
    query = query.where(Assistance.item_id == item.id, STANDS).order_by(Assistance.id)
    rows = session.execute(query).all()
    since = _found_at(session, item) if rows and item.finding else None
    return [
        Beside(
            name,
            row.answer if row.shared_at else "",
            row.answered_at if row.shared_at else None,
            owes=row.is_open,
        )
        for row, name in rows
        if (rectifies if since is not None and row.asked_at >= since else verifies)
    ]


def _found_at(session: Session, item: Item) -> datetime | None:
    query = select(Finding.at).where(Finding.item_id == item.id).order_by(Finding.id.desc())
    return session.scalar(query.limit(1))
