"""The calendar changed: open clocks are counted anew, with an entry in each changed case.

A preview says beforehand what would happen and gives it a mark; the move does exactly that or
nothing. How a due moment is counted anew stands in `deadlines.recalendar`.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from caseflow.deadlines import clocks
from caseflow.deadlines import recalendar as days
from caseflow.deadlines.calendar import Calendar
from caseflow.deadlines.recalendar import Change, Recount
from caseflow.deadlines.rules import rules_of
from caseflow.deadlines.tables import Clock
from caseflow.errors import BadInput, MoveNotAllowed
from caseflow.ledger import history
from caseflow.ledger.history import Line, moment_text
from caseflow.ledger.moves.record import refresh
from caseflow.ledger.report_tables import Report
from caseflow.ledger.tables import Case
from caseflow.outbox.events import News, emit_many
from caseflow.people.actor import Actor
from caseflow.people.office_changes import note
from caseflow.people.permissions import require

CHUNK = 500
_STEP = {True: "working", False: "off", None: "as_by_law"}


@dataclass(frozen=True)
class Shift:
    """One clock whose due moment changes; one of the quarantine has no case."""

    clock_id: int
    name: str
    case_id: int | None
    item_id: int | None
    order_id: int | None
    old: datetime
    new: datetime


@dataclass(frozen=True)
class Outcome:
    """What a change does, or did: `mark` is the same for the same outcome of the same change."""

    shifts: Sequence[Shift]
    mark: str

    @property
    def cases(self) -> int:
        """How many cases change."""
        return len({shift.case_id for shift in self.shifts if shift.case_id is not None})


@dataclass(frozen=True)
class _Plan:
    """Clocks to be looked at again, and those of them that get another due moment."""

    looked_at: Sequence[Clock]
    moved: Sequence[tuple[Clock, datetime]]


def preview(session: Session, change: Change, now: datetime) -> Outcome:
    """Return what the change would do; nothing is written. Raises BadInput when it is empty."""
    before, after = _calendars(session, change)
    plan = _plan(session, change, before, after, now)
    return _outcome(change, plan.moved)


def recalendar(session: Session, actor: Actor, change: Change, mark: str, now: datetime) -> Outcome:
    """Write the change and count every open clock anew, as the preview with this mark said.

    Every touched case is locked in ascending order of ids; changed clocks, paused ones too, are
    superseded. Raises NotPermitted, BadInput when the change is empty, and MoveNotAllowed when
    the outcome is no longer the one that was shown.
    """
    require(actor, "calendar.edit")
    days.hold(session)
    before, after = _calendars(session, change)
    _lock(session, change, before, after)
    plan = _plan(session, change, before, after, now)
    outcome = _outcome(change, plan.moved)
    if outcome.mark != mark:
        raise MoveNotAllowed("时限刚有变化，请再看一遍预览")
    days.write(session, change, actor.person, now)
    _apply(session, actor, change, plan, now)
    facts = {**_said(change), "cases": outcome.cases, "clocks": len(outcome.shifts)}
    note(session, actor, "calendar_changed", now, facts)
    return outcome


def _said(change: Change) -> dict[str, object]:
    """Return the change as the record keeps it."""
    said = {day.isoformat(): _STEP[working] for day, working in change.days.items()}
    return {"days": said, "published": sorted(change.published)}


def _calendars(session: Session, change: Change) -> tuple[Calendar, Calendar]:
    """Return the calendar as it is and as it will be."""
    before = rules_of(session).calendar
    after = days.changed(before, change)
    if (after.overrides, after.published_years) == (before.overrides, before.published_years):
        raise BadInput({"lines": "日历没有变化：这些日子已经是这样"})
    return before, after


def _touched(first: date, calendar: Calendar) -> ColumnElement[bool]:
    """Return the condition on clocks that days from `first` on may have to do with."""
    since = calendar.end_of_day(date.fromordinal(first.toordinal() - 1))
    later = or_(Clock.due > since, Clock.next_rung_at > since, Clock.provisional.is_(True))
    return Clock.state.in_(clocks.ALIVE) & later


def _lock(session: Session, change: Change, before: Calendar, after: Calendar) -> None:
    first = days.first_day(before, after, change)
    if first is None:
        return
    query = select(Clock.root_case_id).where(_touched(first, before)).distinct()
    ids = sorted(found for found in session.scalars(query) if found is not None)
    for start in range(0, len(ids), CHUNK):
        cases = select(Case.id).where(Case.id.in_(ids[start : start + CHUNK])).order_by(Case.id)
        session.execute(cases.with_for_update(key_share=True)).all()
    of_none = select(Clock.id).where(_touched(first, before), Clock.root_case_id.is_(None))
    session.execute(of_none.order_by(Clock.id).with_for_update(key_share=True)).all()


def _plan(
    session: Session, change: Change, before: Calendar, after: Calendar, now: datetime
) -> _Plan:
    first = days.first_day(before, after, change)
    if first is None:
        return _Plan([], [])
    query = select(Clock).where(_touched(first, before)).order_by(Clock.root_case_id, Clock.id)
    found = session.scalars(query.execution_options(populate_existing=True)).all()
    recount = Recount(rules_of(session), after, now)
    imposed = _imposed(session, first, before)
    moved = [
        (clock, due)
        for case_id, group in groupby(found, key=lambda clock: clock.root_case_id)
        for clock, due in _recounted(recount, list(group), imposed.get(case_id or 0, set()))
        if due != clock.due
    ]
    return _Plan(found, moved)


def _imposed(session: Session, first: date, calendar: Calendar) -> Mapping[int, set[datetime]]:
    """Return by case the due moments that were set from outside."""
    touched = select(Clock.root_case_id).where(_touched(first, calendar))
    query = select(Report.case_id, Report.imposed_due).where(
        Report.imposed_due.is_not(None), Report.case_id.in_(touched)
    )
    found: dict[int, set[datetime]] = {}
    for case_id, due in session.execute(query):
        if due is not None:
            found.setdefault(case_id, set()).add(due)
    return found


def _recounted(
    recount: Recount, of_case: Sequence[Clock], imposed: set[datetime]
) -> Iterator[tuple[Clock, datetime]]:
    """Yield the clocks of one case with their due moments; the resolve clocks lead."""
    resolves: list[tuple[datetime, datetime]] = []
    for clock in sorted(of_case, key=lambda one: (one.name != "resolve", one.id)):
        due = recount.due(clock, resolves, imposed)
        if clock.name == "resolve":
            resolves.append((clock.due, due))
        yield clock, due


def _outcome(change: Change, moved: Iterable[tuple[Clock, datetime]]) -> Outcome:
    rows = sorted(moved, key=lambda one: (one[0].root_case_id or 0, one[0].id))
    shifts = [
        Shift(
            clock_id=clock.id,
            name=clock.name,
            case_id=clock.root_case_id,
            item_id=clock.item_id,
            order_id=clock.order_id,
            old=clock.due,
            new=due,
        )
        for clock, due in rows
    ]
    said = [f"{day} {_STEP[working]}" for day, working in sorted(change.days.items())]
    said += [f"year {year}" for year in sorted(change.published)]
    said += [f"{one.clock_id} {moment_text(one.old)} {moment_text(one.new)}" for one in shifts]
    return Outcome(shifts, hashlib.sha256("\n".join(said).encode()).hexdigest())


def _apply(session: Session, actor: Actor, change: Change, plan: _Plan, now: datetime) -> None:
    """Give moved clocks their successors, plan rungs of the others anew, write the entries."""
    facts: dict[int, list[dict[str, object]]] = {}
    moved = {clock.id for clock, _ in plan.moved}
    for clock in plan.looked_at:
        if clock.id not in moved:
            clocks.replan(session, clock, clock.due)
    for clock, due in plan.moved:
        successor = days.succeed(session, clock, due, now)
        if clock.root_case_id is not None:
            facts.setdefault(clock.root_case_id, []).append(_fact(clock, successor))
    ids = sorted(facts)
    for start in range(0, len(ids), CHUNK):
        query = select(Case).where(Case.id.in_(ids[start : start + CHUNK])).order_by(Case.id)
        cases = session.scalars(query.execution_options(populate_existing=True)).all()
        _tell(session, actor, change, cases, facts, now)


def _fact(clock: Clock, successor: Clock) -> dict[str, object]:
    return {
        "name": clock.name,
        "clock": clock.id,
        "successor": successor.id,
        "item": clock.item_id,
        "old_due": moment_text(clock.due),
        "new_due": moment_text(successor.due),
    }


def _tell(
    session: Session,
    actor: Actor,
    change: Change,
    cases: Sequence[Case],
    facts: Mapping[int, Sequence[Mapping[str, object]]],
    now: datetime,
) -> None:
    lines = [
        (case, Line("recalendar", actor, now, {**_said(change), "clocks": facts[case.id]}))
        for case in cases
    ]
    history.append_many(session, lines)
    for case in cases:
        case.moved_at = now
        refresh(session, case)
    emit_many(
        session,
        [
            News("recalendar", case.id, now, {"entry": case.head_n, "item": None, "by": actor.id})
            for case in cases
        ],
    )
