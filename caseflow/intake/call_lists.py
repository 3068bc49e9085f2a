"""Which calls a desk sees: what rings at this moment, what is to be rung back, what was lately."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session, aliased

from caseflow.crypto.keys import KeyRing
from caseflow.deadlines.policies import ClockName
from caseflow.deadlines.tables import Clock
from caseflow.files.tables import Blob
from caseflow.intake.call_states import UNANSWERED
from caseflow.intake.call_tables import Call, Recording, RingBack
from caseflow.intake.calls import RINGS_AT_MOST, TALKS_AT_MOST, in_reach
from caseflow.intake.recordings import Taped
from caseflow.ledger import suggesting
from caseflow.ledger.queries import visible
from caseflow.ledger.report_tables import Report
from caseflow.ledger.tables import Case
from caseflow.people.actor import Actor
from caseflow.people.scope import scope_of
from caseflow.vault import identities

MANY = 50
RINGING = 6
KNOWN = 3


@dataclass(frozen=True)
class Owed:
    """A call to be rung back: its clock, and how often that number tried by now."""

    call: Call
    clock: Clock
    times: int


def ringing(session: Session, actor: Actor, now: datetime) -> Sequence[Call]:
    """Return the calls that ring or are talked and that nobody began to write down, newest first;
    one of which nothing is heard any more does not stand there for ever.
    """
    rings = and_(Call.outcome == "ringing", Call.heard_at > now - RINGS_AT_MOST)
    talks = and_(Call.outcome == "talking", Call.heard_at > now - TALKS_AT_MOST)
    fresh = Call.report_id.is_(None)
    query = select(Call).where(or_(rings, talks), fresh, in_reach(actor))
    return session.scalars(query.order_by(Call.id.desc()).limit(RINGING)).all()


def mark(session: Session, actor: Actor, now: datetime) -> str:
    """Return a word that changes when `ringing` would show something else: one short statement."""
    found = ringing(session, actor, now)
    return " ".join(f"{one.id}{one.outcome[0]}{one.ringing or ''}" for one in found)


def earlier(session: Session, actor: Actor, call: Call) -> Sequence[Case]:
    """Return the newest earlier cases of the number that calls, in the actor's scope."""
    if call.number_index is None:
        return ()
    found = suggesting.of_senders(session, scope_of(actor), {call.number_index}, set())
    newest = {case.id: case for _, case in found}
    return [newest[case_id] for case_id in sorted(newest, reverse=True)[:KNOWN]]


def owed(session: Session, actor: Actor) -> Sequence[Owed]:
    """Return what is to be rung back, the promise that ends first before; at most `MANY`."""
    joined = aliased(Call)
    times = select(func.count()).select_from(joined).where(joined.head_id == Call.id)
    query = (
        select(Call, Clock, times.scalar_subquery())
        .join(Clock, Clock.call_id == Call.id)
        .where(_waits(), Clock.state == "running", Clock.name == ClockName.ring_back)
        .where(in_reach(actor))
        .order_by(Clock.due, Call.id)
        .limit(MANY)
    )
    return [Owed(call, clock, more + 1) for call, clock, more in session.execute(query)]


def count_owed(session: Session, actor: Actor) -> int:
    """Return how many numbers are to be rung back."""
    query = select(func.count()).select_from(Call).join(Clock, Clock.call_id == Call.id)
    query = query.where(_waits(), Clock.state == "running", in_reach(actor))
    return session.scalar(query) or 0


def _waits() -> ColumnElement[bool]:
    return and_(Call.outcome.in_(UNANSWERED), Call.settled_at.is_(None), Call.head_id.is_(None))


def lately(session: Session, actor: Actor, before: int = 0) -> Sequence[Call]:
    """Return up to `MANY` calls, newest first, of ids below `before` where one is given."""
    query = select(Call).where(in_reach(actor))
    if before:
        query = query.where(Call.id < before)
    return session.scalars(query.order_by(Call.id.desc()).limit(MANY)).all()


def rung_back(session: Session, calls: Collection[int]) -> Mapping[int, RingBack]:
    """Return by call the last time that somebody rang back."""
    query = select(RingBack).where(RingBack.call_id.in_(calls)).order_by(RingBack.id)
    return {row.call_id: row for row in session.scalars(query)}


def case_numbers(session: Session, actor: Actor, calls: Sequence[Call]) -> Mapping[int, str]:
    """Return by report the number of the case that a call became, where the actor sees it."""
    ids = {call.report_id for call in calls if call.report_id}
    query = select(Report.id, Case.number).join(Case, Case.id == Report.case_id)
    rows = session.execute(query.where(Report.id.in_(ids), visible(scope_of(actor))))
    return dict(rows.all())


def recordings(session: Session, calls: Collection[int]) -> Mapping[int, list[Taped]]:
    """Return by call what was recorded of it and of the calls that joined it, oldest first."""
    head = func.coalesce(Call.head_id, Call.id)
    query = (
        select(head, Recording, Blob)
        .join(Recording, Recording.call_id == Call.id)
        .outerjoin(Blob, Blob.id == Recording.blob_id)
        .where(or_(Call.id.in_(calls), Call.head_id.in_(calls)))
        .order_by(Recording.id)
    )
    found: dict[int, list[Taped]] = {}
    for call_id, row, blob in session.execute(query):
        found.setdefault(call_id, []).append(Taped(row, blob))
    return found


@dataclass(frozen=True)
class Became:
    """A call that a report was written down from, and what was recorded of it."""

    call: Call
    taped: Sequence[Taped]


def of_reports(session: Session, reports: Collection[int]) -> Mapping[int, Became]:
    """Return by report the call that it was written down from; the caller may see the reports."""
    query = select(Call).where(Call.report_id.in_(reports)).order_by(Call.id)
    calls = session.scalars(query).all()
    taped = recordings(session, [call.id for call in calls]) if calls else {}
    return {call.report_id or 0: Became(call, taped.get(call.id, ())) for call in calls}


def tails(session: Session, ring: KeyRing, calls: Sequence[Call]) -> Mapping[int, str]:
    """Return by call the last digits of its number: enough to tell which, not whose."""
    known = {call.id: call.identity_id for call in calls if call.identity_id}
    opened = identities.tails(session, ring, set(known.values()))
    return {call_id: opened.get(identity_id, "") for call_id, identity_id in known.items()}
