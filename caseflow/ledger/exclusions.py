"""What is left out of the figures, or was asked to be (考核剔除). For verbs, pages and figures.

At most one application waits for a case, and at most one exclusion lasts. A case can be left out
once it is over, and only then: before that nobody knows what it would be left out of.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, and_, bindparam, select, update
from sqlalchemy.orm import Session

from caseflow.deadlines import clocks
from caseflow.deadlines.policies import ClockName
from caseflow.ledger import proposals
from caseflow.ledger.application_tables import Exclusion
from caseflow.ledger.tables import Case

REASONS = ("repeated", "unreasonable", "not_ours", "other")
"""Why a case may be left out: malicious repetition, an unreasonable demand, nothing that the office
answers for, and whatever else is written out. The hotlines' rules of assessment name these.
"""
LASTS = and_(Exclusion.outcome == "approved", Exclusion.lifted_at.is_(None))

_LAPSE = (
    update(Exclusion)
    .where(Exclusion.case_id == bindparam("case"), Exclusion.outcome.is_(None))
    .values(outcome="lapsed", decided_at=bindparam("now"))
)


def asked(session: Session, case_id: int) -> Sequence[Exclusion]:
    """Return every application to leave a case out, oldest first."""
    query = select(Exclusion).where(Exclusion.case_id == case_id)
    return session.scalars(query.order_by(Exclusion.id)).all()


def undecided(known: Iterable[Exclusion]) -> Exclusion | None:
    """Return the application that waits for its decision."""
    return next((row for row in known if row.outcome is None), None)


def lasting(known: Iterable[Exclusion]) -> Exclusion | None:
    """Return by which decision a case is left out now."""
    return next((row for row in known if row.outcome == "approved" and row.lifted_at is None), None)


def of_case() -> ColumnElement[bool]:
    """Return the condition that an exclusion is the one by which a case is left out."""
    return and_(Exclusion.case_id == Case.id, LASTS)


def lapse(session: Session, case: Case, now: datetime) -> None:
    """Let an application be over without anybody's decision: the matter is handled again."""
    session.execute(_LAPSE, {"case": case.id, "now": now})
    clocks.stop(session, proposals.of(case), now, ClockName.consent)
