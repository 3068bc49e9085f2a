"""What is known already while somebody is speaking: earlier cases of the number and of the unit.

The number is compared blindly: it tells which cases, never who. Nothing outside the operator's
scope is found, and a matter of a unit that they are recused from is not either.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from caseflow.crypto.keys import KeyRing
from caseflow.deadlines.tables import Clock
from caseflow.ledger.queries import visible
from caseflow.ledger.report_tables import Report
from caseflow.ledger.tables import Case
from caseflow.people.scope import Scope
from caseflow.vault.identities import find_by_phone

RECENT = timedelta(days=90)
MANY = 8


@dataclass(frozen=True)
class Earlier:
    """An earlier case with the clock that ends first, None when nothing runs."""

    case: Case
    clock: Clock | None


@dataclass(frozen=True)
class Known:
    """Earlier cases of the same number, and those of the same unit within 90 days."""

    by_number: Sequence[Earlier] = ()
    by_unit: Sequence[Earlier] = ()


def look_up(
    session: Session,
    ring: KeyRing,
    scope: Scope,
    now: datetime,
    *,
    phone: str = "",
    unit_id: int | None = None,
    category: str = "",
) -> Known:
    """Return what is known: at most `MANY` of each, newest first, the same category before."""
    numbered = _by_number(session, ring, scope, phone)
    of_unit = _by_unit(session, scope, unit_id, category, now)
    clocks = _soonest(session, {case.id for case in (*numbered, *of_unit)})
    seen = {case.id for case in numbered}
    return Known(
        [Earlier(case, clocks.get(case.id)) for case in numbered],
        [Earlier(case, clocks.get(case.id)) for case in of_unit if case.id not in seen],
    )


def _by_number(session: Session, ring: KeyRing, scope: Scope, phone: str) -> Sequence[Case]:
    identities = find_by_phone(session, ring, phone) if phone.strip() else []
    if not identities:
        return ()
    theirs = select(Report.case_id).where(Report.identity_id.in_(identities))
    query = select(Case).where(visible(scope), Case.id.in_(theirs))
    return session.scalars(query.order_by(Case.id.desc()).limit(MANY)).all()


def _by_unit(
    session: Session, scope: Scope, unit_id: int | None, category: str, now: datetime
) -> Sequence[Case]:
    if unit_id is None:
        return ()
    query = select(Case).where(
        visible(scope), Case.unit_id == unit_id, Case.opened_at >= now - RECENT
    )
    same_first = func.coalesce(Case.category, "") != category
    return session.scalars(query.order_by(same_first, Case.id.desc()).limit(MANY)).all()


def _soonest(session: Session, cases: set[int]) -> dict[int, Clock]:
    if not cases:
        return {}
    query = select(Clock).where(Clock.root_case_id.in_(cases), Clock.state == "running")
    found: dict[int, Clock] = {}
    for clock in session.scalars(query.order_by(Clock.due.desc(), Clock.id.desc())):
        if clock.root_case_id is not None:
            found[clock.root_case_id] = clock
    return found
