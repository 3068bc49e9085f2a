"""Calendar exceptions, policies and ladders as their pages list them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from caseflow.deadlines.ladder import Ladder
from caseflow.deadlines.policies import ClockName, Policy, Scope
from caseflow.deadlines.rules import rules_of
from caseflow.deadlines.tables import Clock, DayOverride, LadderRow, PolicyRow
from caseflow.people.tables import User


@dataclass(frozen=True)
class Override:
    """A day that somebody changed by hand, with who and when."""

    day: date
    working: bool
    note: str
    by: str
    at: datetime


def overrides(session: Session, year: int) -> Sequence[Override]:
    """Return the days of a year that were changed by hand, in order."""
    query = (
        select(DayOverride, User.name)
        .outerjoin(User, User.id == DayOverride.set_by)
        .where(DayOverride.day >= date(year, 1, 1), DayOverride.day <= date(year, 12, 31))
        .order_by(DayOverride.day)
    )
    return [
        Override(row.day, row.working, row.note, name or "", row.set_at)
        for row, name in session.execute(query)
    ]


def policies(session: Session) -> Sequence[Policy]:
    """Return every version of every rule, in the order in which promises are given."""
    order = {str(name): n for n, name in enumerate(ClockName)}
    return sorted(
        rules_of(session).policies,
        key=lambda one: (order.get(one.clock, len(order)), one.id),
    )


@dataclass(frozen=True)
class Version:
    """One version of a rule, with who set it and when; nobody did what the office began with."""

    policy: Policy
    by: str
    at: datetime | None


def versions(session: Session, scope: Scope) -> Sequence[Version]:
    """Return every version of one rule, the newest first."""
    known = {one.id: one for one in rules_of(session).policies if one.scope == scope}
    query = (
        select(PolicyRow.id, User.name, PolicyRow.set_at)
        .outerjoin(User, User.id == PolicyRow.set_by)
        .where(PolicyRow.id.in_(sorted(known)))
    )
    found = [Version(known[row_id], by or "", at) for row_id, by, at in session.execute(query)]
    return sorted(found, key=lambda one: -one.policy.version)


def who_set(session: Session, ladder: str) -> dict[int, tuple[str, datetime | None]]:
    """Return for each version of a ladder who set it and when."""
    query = (
        select(LadderRow.version, User.name, LadderRow.set_at)
        .outerjoin(User, User.id == LadderRow.set_by)
        .where(LadderRow.name == ladder)
    )
    return {version: (by or "", at) for version, by, at in session.execute(query)}


def ladders(session: Session) -> Sequence[tuple[Ladder, datetime]]:
    """Return every ladder version with the moment since which it is in force, newest first."""
    since = {
        (name, version): at
        for name, version, at in session.execute(
            select(LadderRow.name, LadderRow.version, LadderRow.effective_from)
        )
    }
    found = rules_of(session).ladders
    keys = sorted(found, key=lambda key: (key[0] != "units", key[0], -key[1]))
    return [(found[key], since[key]) for key in keys]


def looks(session: Session, quarantine_ids: Sequence[int]) -> dict[int, Clock]:
    """Return the `look` clock of each quarantine row, the newest where one was recalculated."""
    query = select(Clock).where(Clock.quarantine_id.in_(quarantine_ids)).order_by(Clock.id)
    return {clock.quarantine_id or 0: clock for clock in session.scalars(query)}
