"""The check list: submitted items of a scope, the check that is due first at the top."""

from dataclasses import dataclass

from sqlalchemy import func, literal, select, tuple_
from sqlalchemy.orm import Session, aliased

from caseflow.db import Moment
from caseflow.deadlines.tables import Clock
from caseflow.ledger import checkers, oversights, queries
from caseflow.ledger.at_work import AT_WORK
from caseflow.ledger.checkers import Eyes
from caseflow.ledger.tables import Case, Evidence, Item
from caseflow.people.scope import Scope
from caseflow.people.tables import Area, Unit

PAGE = 25


@dataclass(frozen=True)
class ToCheck:
    """One submitted item with what its row shows; `evidence` counts its files; `held`: the level
    above looks into it before anybody strikes it off.
    """

    case: Case
    item: Item
    clock: Clock
    area: Area
    unit: Unit | None
    evidence: int
    eyes: Eyes
    held: bool


def to_check(
    session: Session,
    scope: Scope,
    after: queries.Place | None = None,
    limit: int = PAGE,
) -> list[ToCheck]:
    """Return the items that wait for their check, those of an instructed case first; keyset pages
    by rank, due moment and item.
    """
    worked_by = func.coalesce(Item.rectifying_unit_id, Item.verifying_unit_id)
    worker = aliased(Unit)
    query = (
        select(Case, Item, Clock, Area, worker, oversights.held())
        .join(Item, Item.case_id == Case.id)
        .join(Clock, (Clock.item_id == Item.id) & (Clock.name == "check"))
        .join(Area, Area.code == Case.area_code)
        .outerjoin(worker, worker.id == worked_by)
        .where(
            queries.visible(scope),
            AT_WORK,
            Item.state == "submitted",
            Clock.state == "running",
        )
    )
    if after is not None:
        place = tuple_(literal(after.rank), literal(after.next_due, Moment), literal(after.id))
        query = query.where(tuple_(Case.rank, Clock.due, Item.id) > place)
    rows = session.execute(query.order_by(Case.rank, Clock.due, Item.id).limit(limit)).all()
    eyes = checkers.eyes(session, [(row[3], row[0], row[1]) for row in rows])
    files = _files(session, [row[1].id for row in rows])
    return [
        ToCheck(case, item, clock, area, unit, files.get(item.id, 0), eyes[item.id], held)
        for case, item, clock, area, unit, held in rows
    ]


def _files(session: Session, item_ids: list[int]) -> dict[int, int]:
    query = select(Evidence.item_id, func.count()).where(Evidence.item_id.in_(item_ids))
    return dict(session.execute(query.group_by(Evidence.item_id)).all())
