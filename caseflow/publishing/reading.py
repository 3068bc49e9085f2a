"""Reading circulars within somebody's scope: the list, one of them with all that belongs to it."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, false, func, select
from sqlalchemy.orm import Session

from caseflow.errors import NotFound
from caseflow.ledger.tables import Case, Item
from caseflow.people import names
from caseflow.people.actor import Actor
from caseflow.people.permissions import may
from caseflow.people.scope import Scope
from caseflow.people.tables import Area, Unit
from caseflow.publishing import circular_gate, circular_record, waiting
from caseflow.publishing.circular_gate import Standing
from caseflow.publishing.tables import (
    Circular,
    CircularEntry,
    CircularItem,
    CircularUnit,
    Correction,
)

PAGE = 25


def visible(scope: Scope) -> ColumnElement[bool]:
    """Return the SQL condition on `Circular` for what a scope covers: those of offices in the area,
    but for such as name a unit that the reader must keep away from.
    """
    if scope.reach != "area":
        return false()
    areas = select(Area.code).where(getattr(Area, scope.level) == scope.code)
    inside = Circular.area_code.in_(areas)
    if not scope.recused:
        return inside
    named = select(CircularUnit.circular_id).where(CircularUnit.unit_id.in_(scope.recused))
    return inside & Circular.id.not_in(named)


@dataclass(frozen=True)
class Row:
    """A circular in the list: of which office's area, how many units it names, who wrote it, and
    who wrote the correction that waits (None: none does).
    """

    circular: Circular
    area: str
    units: int
    writers: frozenset[int] = frozenset()
    corrects: int | None = None

    @property
    def step(self) -> str:
        """The permission of whoever it waits for, empty where it waits for nobody."""
        if self.corrects is not None:
            return "circular.publish"
        circular = self.circular
        return waiting.NEXT.get((circular.state, bool(circular.returned_for)), "")

    def is_mine(self, actor: Actor) -> bool:
        """Tell of one what `waiting.mine` counts: whoever keeps away does not read the list of it.

        What came back is for whoever wrote it, among others, to change.
        """
        apart = {self.corrects} if self.corrects is not None else self.writers
        here = self.circular.area_code == actor.area
        free = self.step == "circular.draft" or actor.id not in apart
        return here and bool(self.step) and may(actor, self.step) and free


def circulars(session: Session, scope: Scope, before: int | None = None) -> Sequence[Row]:
    """Return a page of circulars, newest first, and one more where others follow; by keyset."""
    units = (
        select(func.count())
        .where(CircularUnit.circular_id == Circular.id, CircularUnit.items > 0)
        .correlate(Circular)
        .scalar_subquery()
    )
    query = select(Circular, Area.name, units).join(Area, Area.code == Circular.area_code)
    query = query.where(visible(scope))
    if before is not None:
        query = query.where(Circular.id < before)
    rows = session.execute(query.order_by(Circular.id.desc()).limit(PAGE + 1)).all()
    ids = [row[0].id for row in rows]
    wrote = select(CircularEntry.circular_id, CircularEntry.user_id).where(
        CircularEntry.circular_id.in_(ids), CircularEntry.verb.in_(circular_record.WRITES)
    )
    writers: dict[int, set[int]] = {}
    for circular_id, user_id in session.execute(wrote):
        writers.setdefault(circular_id, set()).add(user_id)
    waits = select(Correction.circular_id, Correction.drafted_by).where(
        Correction.circular_id.in_(ids), Correction.outcome.is_(None)
    )
    corrects = dict(session.execute(waits).all())
    return [
        Row(one, area, units, frozenset(writers.get(one.id, ())), corrects.get(one.id))
        for one, area, units in rows
    ]


@dataclass(frozen=True)
class Whole:
    """A circular with all that its page shows.

    `units`: what was counted of each, by name; `items`: number of the case and of the item, with
    what was found; `people`: names by id.
    """

    standing: Standing
    units: Sequence[tuple[CircularUnit, str]]
    items: Sequence[tuple[str, int, str | None, str]]
    corrections: Sequence[Correction]
    entries: Sequence[CircularEntry]
    people: dict[int, str]

    @property
    def circular(self) -> Circular:
        """The row itself."""
        return self.standing.circular


def one(session: Session, scope: Scope, circular_id: int) -> Circular:
    """Return a circular within the scope; raises NotFound, also for one outside it."""
    query = select(Circular).where(Circular.id == circular_id, visible(scope))
    circular = session.scalar(query)
    if circular is None:
        raise NotFound("没有这份通报，或不在您的辖区内")
    return circular


def whole(session: Session, scope: Scope, circular_id: int) -> Whole:
    """Return a circular with what its page shows; a fixed number of statements. Raises NotFound."""
    circular = one(session, scope, circular_id)
    told = circular_record.entries(session, circular)
    corrections = _corrections(session, circular)
    people = {one.user_id for one in told}
    known = names.users(session, people)
    standing = circular_gate.standing(session, circular, told)
    return Whole(
        standing,
        _units(session, circular),
        _items(session, circular),
        corrections,
        told,
        dict(known),
    )


def _units(session: Session, circular: Circular) -> Sequence[tuple[CircularUnit, str]]:
    query = select(CircularUnit, Unit.name).join(Unit, Unit.id == CircularUnit.unit_id)
    query = query.where(CircularUnit.circular_id == circular.id, CircularUnit.items > 0)
    order = (CircularUnit.items.desc(), CircularUnit.days.desc(), CircularUnit.unit_id)
    return [(row, name) for row, name in session.execute(query.order_by(*order))]


def _items(session: Session, circular: Circular) -> Sequence[tuple[str, int, str | None, str]]:
    query = (
        select(Case.number, Item.n, Item.finding, Item.state)
        .join(Item, Item.case_id == Case.id)
        .join(CircularItem, CircularItem.item_id == Item.id)
        .where(CircularItem.circular_id == circular.id)
    )
    rows = session.execute(query.order_by(Case.number, Item.n))
    return [(number, n, finding, state) for number, n, finding, state in rows]


def _corrections(session: Session, circular: Circular) -> Sequence[Correction]:
    query = select(Correction).where(Correction.circular_id == circular.id)
    return session.scalars(query.order_by(Correction.id)).all()


def published_corrections(session: Session, circular: Circular) -> Sequence[Correction]:
    """Return the corrections that are public beside a circular, oldest first."""
    return [one for one in _corrections(session, circular) if one.outcome == "published"]
