"""What is known of visits (实地核查), and where one is demanded: for verbs and pages."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session

from caseflow.deadlines.defaults import IN_FORCE_FROM
from caseflow.errors import BadInput, MoveNotAllowed, NotFound
from caseflow.ledger import queries
from caseflow.ledger.tables import Case, Evidence, Item
from caseflow.ledger.visit_tables import Visit, VisitDemand, Visitor
from caseflow.people import office_changes
from caseflow.people.actor import Actor
from caseflow.people.permissions import require
from caseflow.people.scope import Scope
from caseflow.words import CATEGORIES

SHIPPED = ("food", "safety")
"""Categories in which a new office begins with the demand: what is eaten and what is safe shows on
the spot only. An office that exists already decides itself.
"""
LACKING = "这一类别须先有实地核查记录（两人以上到场），才能销号"

UNVISITED = exists().where(
    VisitDemand.category == Case.category,
    VisitDemand.since <= Item.struck_off_at,
    or_(VisitDemand.ended_at.is_(None), VisitDemand.ended_at > Item.struck_off_at),
).correlate(Case, Item) & ~exists().where(
    Visit.item_id == Item.id, Visit.recorded_at <= Item.struck_off_at
).correlate(Item)
"""In SQL, of a case and an item of it struck off: a visit was demanded then, and there was none."""


@dataclass(frozen=True)
class Visited:
    """A visit with who went, in the order named, and how many pictures were taken."""

    row: Visit
    names: Sequence[str]
    pictures: int


def load(session: Session) -> None:
    """Let a new office begin with what is shipped; nothing where somebody decided before."""
    if session.scalar(select(VisitDemand.id).limit(1)) is None:
        session.add_all(VisitDemand(category=one, since=IN_FORCE_FROM) for one in SHIPPED)
        session.flush()


def demanding(session: Session) -> Mapping[str, datetime]:
    """Return the categories that demand a visit now, and since when."""
    query = select(VisitDemand.category, VisitDemand.since).where(VisitDemand.ended_at.is_(None))
    return dict(session.execute(query).all())


def demand(session: Session, actor: Actor, categories: Collection[str], now: datetime) -> None:
    """Say which categories demand a visit from now on; the record keeps who changed which."""
    require(actor, "policy.edit")
    if not set(categories) <= set(CATEGORIES):
        raise BadInput({"categories": "没有这个类别，请从列表中选择"})
    holds = select(VisitDemand).where(VisitDemand.ended_at.is_(None)).with_for_update()
    known = {row.category: row for row in session.scalars(holds)}
    for gone in sorted(set(known) - set(categories)):
        known[gone].ended_at = now
        office_changes.note(session, actor, "visit_lifted", now, {"category": gone})
    for new in sorted(set(categories) - set(known)):
        session.add(VisitDemand(category=new, since=now))
        office_changes.note(session, actor, "visit_demanded", now, {"category": new})
    session.flush()


def lacking(session: Session, case: Case, items: Collection[Item]) -> frozenset[int]:
    """Return the ids of the items that cannot be struck off before somebody went and looked."""
    if not items or case.category is None:
        return frozenset()
    held = (VisitDemand.category == case.category, VisitDemand.ended_at.is_(None))
    if session.scalar(select(VisitDemand.id).where(*held)) is None:
        return frozenset()
    ids = [item.id for item in items]
    return frozenset(ids) - set(
        session.scalars(select(Visit.item_id).where(Visit.item_id.in_(ids)))
    )


def require_visited(session: Session, case: Case, item: Item) -> None:
    """Raise MoveNotAllowed where the category of a case demands a visit and there was none."""
    if lacking(session, case, [item]):
        raise MoveNotAllowed(LACKING)


def of_ids(session: Session, ids: Collection[int]) -> list[Visited]:
    """Return these visits, oldest first."""
    query = select(Visit).where(Visit.id.in_(ids)).order_by(Visit.id)
    return _with_people(session, session.scalars(query).all())


def of_item(session: Session, item_id: int) -> list[Visited]:
    """Return the visits of an item, oldest first."""
    query = select(Visit).where(Visit.item_id == item_id).order_by(Visit.id)
    return _with_people(session, session.scalars(query).all())


def in_scope(session: Session, scope: Scope, visit_id: int) -> tuple[Case, Item, Visited]:
    """Return a visit within somebody's scope, with its case and item. Raises NotFound."""
    row = session.get(Visit, visit_id)
    if row is None:
        raise NotFound("没有这份实地核查记录")
    case, item = queries.item_in_scope(session, scope, row.item_id)
    return case, item, _with_people(session, [row])[0]


def _with_people(session: Session, rows: Sequence[Visit]) -> list[Visited]:
    if not rows:
        return []
    ids = [row.id for row in rows]
    names: dict[int, list[str]] = {row.id: [] for row in rows}
    went = select(Visitor).where(Visitor.visit_id.in_(ids)).order_by(Visitor.visit_id, Visitor.n)
    for one in session.scalars(went):
        names[one.visit_id].append(one.name)
    shown = select(Evidence.visit_id).where(Evidence.visit_id.in_(ids))
    pictures = list(session.scalars(shown))
    return [Visited(row, names[row.id], pictures.count(row.id)) for row in rows]
