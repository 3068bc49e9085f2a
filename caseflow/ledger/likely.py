"""Which cases another one may be about the same matter as, for whoever would merge it (并案)."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from caseflow.ledger.mergers import ALIKE
from caseflow.ledger.queries import visible
from caseflow.ledger.states import TAKES_IN
from caseflow.ledger.tables import Case
from caseflow.people.scope import Scope

SHOWN = 20


def candidates(session: Session, scope: Scope, case: Case) -> Sequence[Case]:
    """Return cases that this one may be merged into, about the same unit or none, newest first."""
    kinds = ALIKE if case.kind in ALIKE else (case.kind,)
    states = TAKES_IN if case.state == "received" else TAKES_IN[1:]
    query = select(Case).where(
        visible(scope), Case.kind.in_(kinds), Case.state.in_(states), Case.id != case.id
    )
    query = query.where(Case.reviews.is_(None))  # nothing is found out there
    query = query.where(Case.bound_for.is_(None))  # what waits for another office takes nothing in
    for column in (Case.province, Case.city, Case.county, Case.unit_id):
        value = getattr(case, column.key)  # compared so that an index serves (engine 14)
        query = query.where(column == value if value is not None else column.is_(None))
    same_first = (Case.category != case.category) if case.category else Case.category.is_not(None)
    return session.scalars(query.order_by(same_first, Case.id.desc()).limit(SHOWN)).all()
