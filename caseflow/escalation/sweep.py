"""Silence escalates: due clocks climb their ladder by themselves (design law 6, engine 10).

One pass takes up to 500 clocks whose next rung is due, one rung each, with their cases locked and
nobody waited for; the caller commits and asks again until a pass is empty. A rung is a row, unique
per clock and number, so that crashes, restarts and other sweeps cannot make it happen twice.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Integer, Select, bindparam, exists, select, tuple_
from sqlalchemy.orm import Session

from caseflow.db import Database, Moment
from caseflow.deadlines import clocks
from caseflow.deadlines.calendar import Unit
from caseflow.deadlines.clocks import Planned
from caseflow.deadlines.ladder import Step
from caseflow.deadlines.rules import Rules, rules_of
from caseflow.deadlines.tables import Clock, Pause
from caseflow.errors import MoveNotAllowed
from caseflow.escalation import answers, orders, series, stepping, telling
from caseflow.escalation.tables import Rung
from caseflow.escalation.telling import Climbed
from caseflow.ledger import history
from caseflow.ledger.history import Line
from caseflow.ledger.moves import asking
from caseflow.ledger.moves.record import refresh
from caseflow.ledger.report_tables import Question
from caseflow.ledger.tables import Case
from caseflow.many import add_many, change_many
from caseflow.outbox.events import News, emit_many
from caseflow.people.actor import SWEEP

BATCH = 500


def sweep(session: Session, now: datetime, limit: int = BATCH) -> int:
    """Do one pass and return how much was done; 0 means that nothing is left for now.

    Ends pauses that ran out first, so that nobody is escalated with time still to be given back;
    then lifts documents about what their unit has no longer, so that it is not urged for it. What
    a person or an event brought comes last: a case's rungs come in the order of their moments.
    """
    ended = _end_pauses(session, now, limit)
    if ended:
        return ended
    if lifted := answers.lift_moot(session, now, limit):
        return lifted
    climbed = _climb(session, _due_of_cases(session, now, limit), now) + _climb(
        session, _due_of_quarantine(session, now, limit), now
    )
    return climbed or stepping.step_up(session, now, limit)


def run(database: Database, now: datetime) -> int:
    """Sweep until a pass is empty, a transaction each; return how many rungs and resumptions."""
    total = 0
    while done := database.run(lambda session: sweep(session, now)):
        total += done
    return total


def _end_pauses(session: Session, now: datetime, limit: int) -> int:
    """End questions that ran out, and pauses whose clock has used up its own limit before that."""
    said = {"now": now, "limit": limit}
    ran_out = session.scalars(_RAN_OUT, said).unique().all()
    for case in ran_out:
        asking.go_on(session, SWEEP, case, now)
    single = session.scalars(_USED_UP, said).unique().all()
    for case in single:
        asking.pause_over(session, SWEEP, case, now)
    return len(ran_out) + len(single)


def _waiting(over: ColumnElement[bool]) -> Select[Case]:
    """Select and lock cases that wait for their reporter, whose open question is `over`."""
    return (
        select(Case)
        .join(Question, Question.case_id == Case.id)
        .where(Case.state == "awaiting_reporter", Question.ended_at.is_(None), over)
        .order_by(Case.id)
        .limit(_LIMIT)
        .with_for_update(of=Case, skip_locked=True, key_share=True)
        .execution_options(populate_existing=True)
    )


_NOW, _LIMIT = bindparam("now", type_=Moment), bindparam("limit", type_=Integer)
_RAN_OUT = _waiting(Question.until <= _NOW)
_USED_UP = _waiting(
    exists().where(Pause.question_id == Question.id, Pause.ended_at.is_(None), Pause.until <= _NOW)
)
_DUE = (
    select(Clock)
    .where(Clock.state == "running", Clock.next_rung_at <= _NOW)
    .order_by(Clock.next_rung_at, Clock.id)
    .limit(_LIMIT)
    .with_for_update(skip_locked=True, key_share=True)
    .execution_options(populate_existing=True)
)
_DUE_OF_CASES = _DUE.add_columns(Case).join(Case, Case.id == Clock.root_case_id)
_DUE_OF_QUARANTINE = _DUE.where(Clock.root_case_id.is_(None))


def _due_of_cases(session: Session, now: datetime, limit: int) -> list[tuple[Clock, Case | None]]:
    rows = session.execute(_DUE_OF_CASES, {"now": now, "limit": limit})
    return [(clock, case) for clock, case in rows]


def _due_of_quarantine(
    session: Session, now: datetime, limit: int
) -> list[tuple[Clock, Case | None]]:
    rows = session.scalars(_DUE_OF_QUARANTINE, {"now": now, "limit": limit})
    return [(clock, None) for clock in rows]


def _climb(session: Session, due: Sequence[tuple[Clock, Case | None]], now: datetime) -> int:
    """Take clocks one rung up: rung row, entry, order draft, event. Return how many climbed."""
    if not due:
        return 0
    rules = rules_of(session)
    turn = _in_turn(rules, due, now)
    climbs = [_happened(rules, clock, case, after, now) for clock, case, after in turn]
    change_many(session, [clock for clock, _, _ in turn], _CLIMBED)
    put_off = _put_off(session, climbs)
    for rung, _ in climbs:
        rung.superseded = rung.superseded or rung.clock_id in put_off
    kept = _keep(session, climbs)
    lines: list[tuple[Case, Line]] = []
    news: list[News] = []
    drafted_for: dict[int, Case] = {}
    for (clock, case, _), (rung, step) in zip(turn, climbs, strict=True):
        drafted = None
        if case is not None and step.document and not rung.superseded and _may_draft(case):
            drafted = orders.draft(session, case, clock, kept[rung.clock_id], now).id
            drafted_for[case.id] = case
        if case is not None:
            waits = clock.id in put_off
            lines.append((case, telling.line(clock, rung, drafted, now, put_off=waits)))
        news.append(telling.news(clock, case, rung, step, drafted, now))
    _note(session, turn, climbs, lines, now)
    emit_many(session, news)
    for case in drafted_for.values():
        refresh(session, case)  # climbing moves no due moment; only a new draft clock may
    return len(turn)


_CLIMBED = ("last_rung", "next_rung", "next_rung_at")
_NOTED = ("rung", "moved_at", "head", "head_n")


def _note(
    session: Session,
    turn: Sequence[tuple[Clock, Case | None, Planned]],
    climbs: Sequence[tuple[Climbed, Step]],
    lines: Sequence[tuple[Case, Line]],
    now: datetime,
) -> None:
    """Write what happened to the cases: into their histories, and how far they are."""
    for (clock, case, _), (rung, _) in zip(turn, climbs, strict=True):
        if case is not None:
            case.rung = max(case.rung, rung.n) if clock.ladder == "units" else case.rung
            case.moved_at = now
    history.append_many(session, lines)
    change_many(session, list(dict.fromkeys(case for case, _ in lines)), _NOTED)


def _keep(session: Session, climbs: Sequence[tuple[Climbed, Step]]) -> dict[int, Rung]:
    """Write what happened, in its order. Return by its clock only what a document may be drafted
    for: asking for every id takes three times as long as writing.
    """
    add_many(session, Rung, [vars(rung) for rung, _ in climbs])
    named = [(rung.clock_id, rung.n) for rung, step in climbs if step.document]
    kept = session.scalars(_KEPT, {"named": named}) if named else ()
    return {rung.clock_id: rung for rung in kept}


_KEPT = select(Rung).where(tuple_(Rung.clock_id, Rung.n).in_(bindparam("named", expanding=True)))


def _put_off(session: Session, climbs: Sequence[tuple[Climbed, Step]]) -> frozenset[int]:
    """Return which clocks draft no document now, for there is one of the same silence already."""
    drafts = {rung.clock_id: rung.n for rung, step in climbs if step.document}
    if not drafts:
        return frozenset()
    over = series.passed_over(session, Clock.id.in_(drafts))
    return frozenset(one for one, n in drafts.items() if n <= over.get(one, 0))


def _may_draft(case: Case) -> bool:
    """Tell whether a rung drafts its document: nothing is held against anybody while a case is
    shelved (decision 36).
    """
    return case.state != "shelved"


def _in_turn(
    rules: Rules, due: Sequence[tuple[Clock, Case | None]], now: datetime
) -> list[tuple[Clock, Case | None, Planned]]:
    """Return the clocks whose turn it is, each with what follows: a case's rungs come in order.

    After a standstill a clock has several to come, and another clock of the case one in between:
    that one waits for the next pass. The earliest of a case never waits, so every pass gets on.
    """
    found = [(clock, case, clocks.following(rules, clock)) for clock, case in due]
    earliest: dict[int, datetime] = {}
    for _, case, after in found:
        if case is not None and after is not None and after[1] <= now:
            earliest[case.id] = min(after[1], earliest.get(case.id, now))
    return [
        (clock, case, after)
        for clock, case, after in found
        if case is None or (clock.next_rung_at or now) <= earliest.get(case.id, now)
    ]


def _happened(
    rules: Rules, clock: Clock, case: Case | None, after: Planned, now: datetime
) -> tuple[Climbed, Step]:
    """Return the rung that is due and its step, and plan the clock's next one."""
    n, planned = clock.next_rung, clock.next_rung_at
    if n is None or planned is None:
        raise MoveNotAllowed("没有到期的督办")
    step = clocks.ladder_of(rules, clock).step(n, Unit(clock.unit))
    clocks.climbed(clock, after)
    newer = after is not None and after[1] <= now
    rung = Climbed(
        clock_id=clock.id,
        case_id=case.id if case else None,
        n=n,
        action=str(step.action),
        planned_at=planned,
        at=now,
        superseded=newer,
    )
    return rung, step
