"""What would come by a moment if nobody did anything: `sweep --dry-run` changes nothing.

The same arithmetic as the sweep's, played ahead in memory: pauses run out, documents are drafted
and their own clocks climb. A test holds the two together.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from caseflow.deadlines import clocks
from caseflow.deadlines.calendar import Unit
from caseflow.deadlines.ladder import Ladder, next_rung
from caseflow.deadlines.rules import Rules, rules_of
from caseflow.deadlines.tables import Clock, Pause
from caseflow.escalation import series
from caseflow.ledger.moves.record import matter_of
from caseflow.ledger.report_tables import Question
from caseflow.ledger.tables import Case


@dataclass(frozen=True)
class Coming:
    """A rung that would come by a moment; `at`: for when it is planned (UTC)."""

    case_number: str
    clock: str
    rung: int
    action: str
    at: datetime


@dataclass(frozen=True)
class _Climb:
    """A clock as it would climb: from rung `last` on, and nothing of it before `awake`; no document
    up to rung `over` (`series.passed_over`).
    """

    case: Case | None
    clock: str
    ladder: Ladder
    last: int
    entered: int
    started_at: datetime
    due: datetime
    unit: Unit
    awake: datetime
    over: int = 0


def coming(session: Session, now: datetime, until: datetime) -> list[Coming]:
    """Return every rung that would come from `now` until `until`, in order of time.

    Sweeps are taken to run every minute; what is overdue already comes at `now`, where of several
    rungs of a clock only the newest drafts its document (law 6).
    """
    rules = rules_of(session)
    found: list[Coming] = []
    climbs = [*_running(session, rules, now, until), *_paused(session, rules, now, until)]
    while climbs:
        climb = climbs.pop()
        for one, drafts_at in _rungs(rules, climb, until):
            found.append(one)
            if drafts_at is not None and climb.case is not None:
                climbs.append(_draft(rules, climb.case, drafts_at))
    return sorted(found, key=lambda one: (one.at, one.case_number, one.clock, one.rung))


def _running(session: Session, rules: Rules, now: datetime, until: datetime) -> Iterator[_Climb]:
    due = (Clock.state == "running") & (Clock.next_rung_at <= until)
    over = series.passed_over(session, due)
    query = select(Clock, Case).outerjoin(Case, Case.id == Clock.root_case_id).where(due)
    for clock, case in session.execute(query):
        climb = _climb(rules, clock, case, clock.due, now)
        yield replace(climb, over=over.get(clock.id, 0))


def _paused(session: Session, rules: Rules, now: datetime, until: datetime) -> Iterator[_Climb]:
    """Yield the clocks that stand still and would run again by then, each from its pause's end."""
    query = (
        select(Clock, Pause, Case)
        .join(Pause, Pause.clock_id == Clock.id)
        .join(Question, Question.id == Pause.question_id)
        .join(Case, Case.id == Clock.root_case_id)
        .where(Clock.state == "paused", Pause.ended_at.is_(None), Question.ended_at.is_(None))
        .where(Pause.until <= until)
    )
    over = series.passed_over(session, Clock.state == "paused")
    for clock, pause, case in session.execute(query):
        due = clocks.due_after(rules, clock, pause, pause.until)
        climb = _climb(rules, clock, case, due, max(now, pause.until))
        yield replace(climb, over=over.get(clock.id, 0))


def _climb(rules: Rules, clock: Clock, case: Case | None, due: datetime, awake: datetime) -> _Climb:
    ladder, unit = clocks.ladder_of(rules, clock), Unit(clock.unit)
    last, entered, since = clock.last_rung, clock.entered, clock.started_at
    return _Climb(case, clock.name, ladder, last, entered, since, due, unit, awake)


def _draft(rules: Rules, case: Case, now: datetime) -> _Climb:
    """Return the clock that a document would start on being drafted."""
    policy = rules.policy("draft", matter_of(case), now)
    ladder = rules.newest(policy.ladder)
    due = rules.calendar.due(now, policy.amount, policy.unit)
    return _Climb(case, "draft", ladder, 0, 0, now, due, policy.unit, now)


def _rungs(
    rules: Rules, climb: _Climb, until: datetime
) -> Iterator[tuple[Coming, datetime | None]]:
    """Yield each rung by `until`, and when it drafts a document of its own, if it does."""
    number = climb.case.number if climb.case else ""
    coming_up = _after(rules, climb, climb.last)
    while coming_up is not None and coming_up[1] <= until:
        n, planned = coming_up
        step, at = climb.ladder.step(n, climb.unit), max(planned, climb.awake)
        coming_up = _after(rules, climb, n)
        superseded = coming_up is not None and coming_up[1] <= at
        yield (
            Coming(number, climb.clock, n, str(step.action), planned),
            at if step.document and n > climb.over and not superseded else None,
        )


def _after(rules: Rules, climb: _Climb, n: int) -> tuple[int, datetime] | None:
    ladder, since, unit = climb.ladder, climb.started_at, climb.unit
    return next_rung(ladder, n, since, climb.due, unit, rules.calendar, climb.entered)
