"""What was asked of shelving a case, and what a shelved one waits for: for verbs and pages."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from sqlalchemy import (
    Date,
    Integer,
    bindparam,
    column,
    delete,
    exists,
    select,
    table,
    update,
)
from sqlalchemy.orm import Session

from caseflow.deadlines.policies import ClockName
from caseflow.deadlines.rules import rules_of
from caseflow.deadlines.tables import Clock
from caseflow.ledger.moves.record import matter_of
from caseflow.ledger.shelving_tables import Milestone, ShelvedClock, Shelving
from caseflow.ledger.tables import Case

MOST = 3
"""How many milestones a form asks for."""

_ASKED = select(Shelving).where(Shelving.case_id == bindparam("case")).order_by(Shelving.id)
_MILESTONES = (
    select(Milestone)
    .join(Shelving, Shelving.id == Milestone.shelving_id)
    .where(Shelving.case_id == bindparam("case"))
    .order_by(Milestone.until, Milestone.id)
)
# Documents stand above this room: their table is written to by name.
_DOCUMENT = table("supervision_order", column("id", Integer), column("answer_by", Date))
LASTS = exists().where(
    Shelving.case_id == Case.id, Shelving.outcome == "approved", Shelving.ended_at.is_(None)
)
"""In SQL: a case is on the books as shelved."""


def asked(session: Session, case_id: int) -> Sequence[Shelving]:
    """Return every application to shelve a case, oldest first."""
    return session.scalars(_ASKED, {"case": case_id}).all()


def undecided(known: Iterable[Shelving]) -> Shelving | None:
    """Return the application that waits for its decision."""
    return next((row for row in known if row.outcome is None), None)


def lasting(known: Iterable[Shelving]) -> Shelving | None:
    """Return by which application a case is shelved now."""
    rows = (row for row in known if row.outcome == "approved" and row.ended_at is None)
    return next(rows, None)


def milestones(session: Session, case_id: int) -> Sequence[Milestone]:
    """Return the milestones of all applications of a case, by what comes first."""
    return session.scalars(_MILESTONES, {"case": case_id}).all()


def of(known: Iterable[Milestone], row: Shelving) -> list[Milestone]:
    """Return the milestones of one application."""
    return [one for one in known if one.shelving_id == row.id]


def still_open(known: Iterable[Milestone], row: Shelving) -> list[Milestone]:
    """Return what a shelved case still waits for."""
    return [one for one in of(known, row) if one.met_at is None]


def wished(known: Iterable[Milestone]) -> Milestone | None:
    """Return the milestone that somebody asked to move, while nobody has decided."""
    return next((one for one in known if one.wish_until is not None), None)


def last_day(session: Session, case: Case, now: datetime) -> datetime:
    """Return the end of the last day that a milestone may be put on, by the policy."""
    rules = rules_of(session)
    policy = rules.policy(ClockName.milestone, matter_of(case), now)
    return rules.calendar.due(now, policy.amount, policy.unit)


def answer_by(session: Session, order_id: int, day: date) -> None:
    """Give a document the day by which its answer is owed once its promise holds again."""
    session.execute(update(_DOCUMENT).where(_DOCUMENT.c.id == order_id).values(answer_by=day))


def forget(session: Session, order_id: int) -> None:
    """Let what was promised about a document hold no more when its case is taken up: it was lifted
    or cancelled while the case was shelved.
    """
    its = select(Clock.id).where(Clock.order_id == order_id)
    session.execute(delete(ShelvedClock).where(ShelvedClock.clock_id.in_(its)))
