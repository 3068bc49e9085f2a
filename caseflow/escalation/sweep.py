"""Silence escalates: due clocks climb their ladder by themselves (design law 6, engine 10).

One pass takes up to 500 clocks whose next rung is due, one rung each, with their cases locked and
nobody waited for; the caller commits and asks again until a pass is empty. A rung is a row, unique
per clock and number, so that crashes, restarts and other sweeps cannot make it happen twice.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from caseflow.db import Database
from caseflow.deadlines import clocks
from caseflow.deadlines.calendar import Unit
from caseflow.deadlines.ladder import Step, next_rung
from caseflow.deadlines.rules import Rules, rules_of
from caseflow.deadlines.tables import Clock
from caseflow.errors import MoveNotAllowed
from caseflow.escalation import orders
from caseflow.escalation.tables import Rung
from caseflow.ledger import history
from caseflow.ledger.history import Line
from caseflow.ledger.moves import asking
from caseflow.ledger.moves.record import refresh
from caseflow.ledger.report_tables import Question
from caseflow.ledger.tables import Case
from caseflow.outbox.events import JSON, News, emit_many
from caseflow.people.actor import SWEEP

BATCH = 500


@dataclass(frozen=True)
class Coming:
    """A rung that would come by a moment: for `sweep --dry-run`."""

    case_number: str
    clock: str
    rung: int
    action: str
    at: datetime


def sweep(session: Session, now: datetime, limit: int = BATCH) -> int:
    """Do one pass and return how much was done; 0 means that nothing is left for now.

    Ends pauses that ran out first, so that nobody is escalated with time still to be given back.
    """
    ended = _end_pauses(session, now, limit)
    if ended:
        return ended
    return _climb(session, _due_of_cases(session, now, limit), now) + _climb(
        session, _due_of_quarantine(session, now, limit), now
    )


def run(database: Database, now: datetime) -> int:
    """Sweep until a pass is empty, a transaction each; return how many rungs and resumptions."""
    total = 0
    while done := database.run(lambda session: sweep(session, now)):
        total += done
    return total


def _end_pauses(session: Session, now: datetime, limit: int) -> int:
    query = (
        select(Case)
        .join(Question, Question.case_id == Case.id)
        .where(Question.ended_at.is_(None), Question.until <= now)
        .order_by(Case.id)
        .limit(limit)
        .with_for_update(of=Case, skip_locked=True, key_share=True)
        .execution_options(populate_existing=True)
    )
    ended = 0
    for case in session.scalars(query).unique().all():
        if case.state == "awaiting_reporter":
            asking.go_on(session, SWEEP, case, now)
            ended += 1
    return ended


def _due_of_cases(session: Session, now: datetime, limit: int) -> list[tuple[Clock, Case | None]]:
    query = (
        select(Clock, Case)
        .join(Case, Case.id == Clock.root_case_id)
        .where(Clock.state == "running", Clock.next_rung_at <= now)
        .order_by(Clock.next_rung_at, Clock.id)
        .limit(limit)
        .with_for_update(skip_locked=True, key_share=True)
        .execution_options(populate_existing=True)
    )
    return [(clock, case) for clock, case in session.execute(query)]


def _due_of_quarantine(
    session: Session, now: datetime, limit: int
) -> list[tuple[Clock, Case | None]]:
    query = (
        select(Clock)
        .where(Clock.state == "running", Clock.next_rung_at <= now, Clock.root_case_id.is_(None))
        .order_by(Clock.next_rung_at, Clock.id)
        .limit(limit)
        .with_for_update(skip_locked=True, key_share=True)
        .execution_options(populate_existing=True)
    )
    return [(clock, None) for clock in session.scalars(query)]


def _climb(session: Session, due: Sequence[tuple[Clock, Case | None]], now: datetime) -> int:
    """Take each clock one rung up: rung row, entry, order draft, event."""
    if not due:
        return 0
    rules = rules_of(session)
    climbs = [_happened(rules, clock, case, now) for clock, case in due]
    session.add_all(rung for rung, _ in climbs)
    session.flush()
    lines: list[tuple[Case, Line]] = []
    news: list[News] = []
    drafted_for: dict[int, Case] = {}
    for (clock, case), (rung, step) in zip(due, climbs, strict=True):
        drafted = None
        if case is not None and step.document and not rung.superseded:
            drafted = orders.draft(session, case, clock, rung, now).id
            drafted_for[case.id] = case
        if case is not None:
            case.rung = max(case.rung, rung.n) if clock.ladder == "units" else case.rung
            case.moved_at = now
            lines.append((case, _line(clock, rung, drafted, now)))
        news.append(_news(clock, case, rung, step, drafted, now))
    history.append_many(session, lines)
    emit_many(session, news)
    for case in drafted_for.values():
        refresh(session, case)  # climbing moves no due moment; only a new draft clock may
    return len(due)


def _happened(rules: Rules, clock: Clock, case: Case | None, now: datetime) -> tuple[Rung, Step]:
    """Return the rung that is due and its step, and plan the clock's next one."""
    n, planned = clock.next_rung, clock.next_rung_at
    if n is None or planned is None:
        raise MoveNotAllowed("没有到期的督办")
    step = clocks.ladder_of(rules, clock).step(n, Unit(clock.unit))
    clocks.climbed(rules, clock, n)
    newer = clock.next_rung_at is not None and clock.next_rung_at <= now
    rung = Rung(
        clock_id=clock.id,
        case_id=case.id if case else None,
        n=n,
        action=str(step.action),
        planned_at=planned,
        at=now,
        superseded=newer,
    )
    return rung, step


def _line(clock: Clock, rung: Rung, order_id: int | None, now: datetime) -> Line:
    facts = {
        "clock": clock.name,
        "clock_id": clock.id,
        "rung": rung.n,
        "action": rung.action,
        "planned_at": history.moment_text(rung.planned_at),
        "superseded": rung.superseded,
        "order": order_id,
    }
    return Line("rung", SWEEP, now, facts, clock.item_id)


def _news(
    clock: Clock,
    case: Case | None,
    rung: Rung,
    step: Step,
    order_id: int | None,
    now: datetime,
) -> News:
    body: dict[str, JSON] = {
        "clock": clock.name,
        "clock_id": clock.id,
        "rung": rung.n,
        "action": rung.action,
        "audience": list(step.audience),
        "item": clock.item_id,
        "order": order_id,
        "quarantine": clock.quarantine_id,
    }
    urgent = case.urgent if case else False
    case_id = case.id if case else None
    return News("rung", case_id, now, body, urgent=urgent, quiet=rung.superseded)


def coming(session: Session, until: datetime) -> list[Coming]:
    """Return every rung that would come by `until` if nobody did anything, in order of time.

    Nothing is changed. Pauses are not ended and documents start no clocks of their own here, so
    what hangs on those comes on top.
    """
    rules = rules_of(session)
    query = (
        select(Clock, Case.number)
        .outerjoin(Case, Case.id == Clock.root_case_id)
        .where(Clock.state == "running", Clock.next_rung_at <= until)
        .order_by(Clock.next_rung_at, Clock.id)
    )
    found: list[Coming] = []
    for clock, number in session.execute(query):
        found += _rungs_by(rules, clock, number or "", until)
    return sorted(found, key=lambda one: one.at)


def _rungs_by(rules: Rules, clock: Clock, number: str, until: datetime) -> Iterable[Coming]:
    ladder, unit = clocks.ladder_of(rules, clock), Unit(clock.unit)
    n, at = clock.next_rung, clock.next_rung_at
    while n is not None and at is not None and at <= until:
        yield Coming(number, clock.name, n, str(ladder.step(n, unit).action), at)
        after = next_rung(ladder, n, clock.started_at, clock.due, unit, rules.calendar)
        n, at = after or (None, None)
