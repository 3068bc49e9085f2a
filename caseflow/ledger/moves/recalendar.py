"""The calendar changed: open clocks are counted anew, with an entry in each changed case.

A preview says beforehand what would happen and gives it a mark; the move does exactly that or
nothing. How a due moment is counted anew stands in `deadlines.recalendar`, what becomes of a clock
that is in `ledger.moves.recompute`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby

from sqlalchemy import ColumnElement, or_
from sqlalchemy.orm import Session

from caseflow.deadlines import clocks
from caseflow.deadlines import recalendar as days
from caseflow.deadlines.calendar import Calendar
from caseflow.deadlines.recalendar import Change, Recount
from caseflow.deadlines.rules import rules_of
from caseflow.deadlines.tables import Clock
from caseflow.errors import BadInput, MoveNotAllowed
from caseflow.ledger.moves import recompute
from caseflow.ledger.moves.recompute import Outcome, Turn
from caseflow.people.actor import Actor
from caseflow.people.office_changes import note
from caseflow.people.permissions import require

_STEP = {True: "working", False: "off", None: "as_by_law"}


@dataclass(frozen=True)
class _Plan:
    """Clocks to be looked at again, and those of them that get another due moment."""

    looked_at: Sequence[Clock]
    moved: Sequence[Turn]


def preview(session: Session, change: Change, now: datetime) -> Outcome:
    """Return what the change would do; nothing is written. Raises BadInput when it is empty."""
    before, after = _calendars(session, change)
    plan = _plan(session, change, before, after, now)
    return recompute.outcome(_marked(change), plan.moved)


def recalendar(session: Session, actor: Actor, change: Change, mark: str, now: datetime) -> Outcome:
    """Write the change and count every open clock anew, as the preview with this mark said.

    Every touched case is locked in ascending order of ids; changed clocks, paused ones too, are
    superseded. Raises NotPermitted, BadInput when the change is empty, and MoveNotAllowed when
    the outcome is no longer the one that was shown.
    """
    require(actor, "calendar.edit")
    days.hold(session)
    before, after = _calendars(session, change)
    first = days.first_day(before, after, change)
    if first is not None:
        recompute.lock(session, _touched(first, before))
    plan = _plan(session, change, before, after, now)
    outcome = recompute.outcome(_marked(change), plan.moved)
    if outcome.mark != mark:
        raise MoveNotAllowed("时限刚有变化，请再看一遍预览")
    days.write(session, change, actor.person, now)
    moved = {turn.clock.id for turn in plan.moved}
    for clock in plan.looked_at:
        if clock.id not in moved:
            clocks.replan(session, clock, clock.due)
    recompute.apply(session, actor, "recalendar", _said(change), plan.moved, now)
    facts = {**_said(change), "cases": outcome.cases, "clocks": len(outcome.shifts)}
    note(session, actor, "calendar_changed", now, facts)
    return outcome


def _said(change: Change) -> dict[str, object]:
    """Return the change as the record keeps it."""
    said = {day.isoformat(): _STEP[working] for day, working in change.days.items()}
    return {"days": said, "published": sorted(change.published)}


def _marked(change: Change) -> list[str]:
    """Return the change as the mark of its outcome holds it."""
    said = [f"{day} {_STEP[working]}" for day, working in sorted(change.days.items())]
    return said + [f"year {year}" for year in sorted(change.published)]


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


def _plan(
    session: Session, change: Change, before: Calendar, after: Calendar, now: datetime
) -> _Plan:
    first = days.first_day(before, after, change)
    if first is None:
        return _Plan([], [])
    touched = _touched(first, before)
    found = recompute.of_cases(session, touched)
    recount = Recount(rules_of(session), after, now)
    imposed = recompute.imposed(session, touched)
    moved = [
        Turn(clock, due)
        for case_id, group in groupby(found, key=lambda clock: clock.root_case_id)
        for clock, due in _recounted(recount, list(group), imposed.get(case_id or 0, set()))
        if due != clock.due
    ]
    return _Plan(found, moved)


def _recounted(
    recount: Recount, of_case: Sequence[Clock], imposed: set[datetime]
) -> Iterator[tuple[Clock, datetime]]:
    """Yield the clocks of one case with their due moments; the resolve clocks lead."""
    resolves: list[tuple[datetime, datetime]] = []
    for clock in recompute.resolves_first(of_case):
        due = recount.due(clock, resolves, imposed)
        if clock.name == "resolve":
            resolves.append((clock.due, due))
        yield clock, due
