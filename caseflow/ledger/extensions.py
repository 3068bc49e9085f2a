"""How far a promise can be extended, and what was asked for (延期): for verbs and for pages.

How often and by how much is the policy's (`extendable_times`, `extendable_amount`; 信访工作条例
2022 §34: once, at most 30 days). An item is extended within the promise of its case.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from types import MappingProxyType

from sqlalchemy import select
from sqlalchemy.orm import Session

from caseflow.deadlines.calendar import Unit
from caseflow.deadlines.policies import ClockName, Policy
from caseflow.deadlines.rules import Rules
from caseflow.deadlines.tables import Clock
from caseflow.ledger.history_tables import Entry
from caseflow.ledger.tables import Extension, Item

ON_ITEM = (ClockName.verify, ClockName.rectify)


class Bar(StrEnum):
    """Why a promise cannot be extended now."""

    fixed = "fixed"  # its policy allows none
    paused = "paused"  # it stands still while the case waits for its reporter
    late = "late"
    used = "used"  # it was extended as often as its policy allows
    full = "full"  # no day is left before the case's own end: the holder cannot change that


_TOLD: Mapping[Bar, str] = MappingProxyType(
    {
        Bar.fixed: "这一时限不能延期",
        Bar.paused: "等反映人补充期间时限已暂停，恢复后再申请延期",
        Bar.late: "期限已过，不能再申请延期",
        Bar.used: "已经延期过，不能再延",
        Bar.full: "已到办件期限允许的最后一天；确需更久的，先申请办件延期",
    }
)


@dataclass(frozen=True)
class Asked:
    """An application, and the name of the clock that it is about."""

    row: Extension
    clock: str


@dataclass(frozen=True)
class Decided:
    """What became of an application: the day that was asked for, and why not where refused."""

    at: datetime
    asked_by: int
    until: datetime
    granted: bool
    reason: str = ""


@dataclass(frozen=True)
class Room:
    """How far a promise could be extended now: to a working day from `first` to `last`.

    `bar` says why it cannot be; the days say nothing then.
    """

    first: date = date.max
    last: date = date.min
    bar: Bar | None = None

    @property
    def why_not(self) -> str:
        """Say why it cannot be, to the office: a holder must not read of case and reporter."""
        return _TOLD[self.bar] if self.bar else ""


def asked(session: Session, case_id: int) -> list[Asked]:
    """Return every application of a case and its items, oldest first; one statement."""
    query = select(Extension, Clock.name).join(Clock, Clock.id == Extension.clock_id)
    rows = session.execute(query.where(Extension.case_id == case_id).order_by(Extension.id))
    return [Asked(row, name) for row, name in rows]


def undecided(known: Sequence[Asked], item: Item | None) -> Extension | None:
    """Return the application of an item, or of the case itself, that waits for its decision."""
    item_id = item.id if item else None
    found = (x.row for x in known if x.row.item_id == item_id and x.row.outcome is None)
    return next(found, None)


def decided(
    session: Session, known: Sequence[Asked], item: Item, clock: Clock | None
) -> Decided | None:
    """Return the newest decision about the promise that an item's holder keeps now.

    What was decided about an earlier one, or for whoever had it before, is nobody's concern here.
    """
    name, since = clock.name if clock else "", item.held_since
    ended = [x.row for x in known if x.clock == name and x.row.item_id == item.id]
    row = next((one for one in reversed(ended) if one.outcome != "lapsed"), None)
    if row is None or row.decided_at is None or (since and row.asked_at < since):
        return None
    if row.outcome == "granted":
        return Decided(row.decided_at, row.asked_by, row.until, granted=True)
    return Decided(row.decided_at, row.asked_by, row.until, False, _why(session, row))


def _why(session: Session, row: Extension) -> str:
    """Return why an application was refused, from the entry that says so."""
    query = select(Entry.body).where(Entry.case_id == row.case_id, Entry.item_id == row.item_id)
    query = query.where(Entry.verb == "refuse", Entry.at == row.decided_at)
    body = session.scalar(query.order_by(Entry.n.desc()).limit(1))
    return str(json.loads(body)["facts"]["reason"]) if body else ""


def promise(alive: Sequence[Clock], item: Item | None) -> Clock | None:
    """Return the clock that an extension moves, of those of the case that run or stand still."""
    if item is None:
        return next((x for x in alive if x.case_id and x.name == ClockName.resolve), None)
    return next((x for x in alive if x.item_id == item.id and x.name in ON_ITEM), None)


def room(
    rules: Rules, alive: Sequence[Clock], known: Sequence[Asked], item: Item | None, now: datetime
) -> Room:
    """Return how far the promise of an item, or of the case, could be extended now."""
    clock = promise(alive, item)
    policy = policy_of(rules, clock)
    if clock is None or policy is None or not policy.extendable_times:
        return Room(bar=Bar.fixed)
    if clock.state == "paused":
        return Room(bar=Bar.paused)
    if now >= clock.due:
        return Room(bar=Bar.late)
    if _granted(known, clock, item) >= policy.extendable_times:
        return Room(bar=Bar.used)
    calendar = rules.calendar
    farthest = calendar.offset(clock.due, policy.extendable_amount, Unit(policy.unit))
    last = calendar.roll(calendar.due_day(farthest))
    end = end_for(rules, alive, item, policy)
    if end is not None:
        last = min(last, calendar.due_day(end))
    first = calendar.add_working_days(calendar.due_day(clock.due), 1)
    return Room(first, last, Bar.full if last < first else None)


def policy_of(rules: Rules, clock: Clock | None) -> Policy | None:
    """Return the policy version that a clock was started with."""
    known = (policy for policy in rules.policies if clock and policy.id == clock.policy_id)
    return next(known, None)


def end_for(
    rules: Rules, alive: Sequence[Clock], item: Item | None, policy: Policy
) -> datetime | None:
    """Return the moment that an item's promise must not pass: the case's less the margin."""
    case = promise(alive, None)
    if item is None or case is None:
        return None
    return rules.calendar.less_working_days(case.due, policy.margin)


def _granted(known: Sequence[Asked], clock: Clock, item: Item | None) -> int:
    """Count how often a promise was extended, since it was given: a returned item's is the same."""
    since = clock.started_at if item is None else item.dispatched_at
    item_id = item.id if item else None
    return sum(
        one.row.outcome == "granted"
        and one.row.item_id == item_id
        and one.clock == clock.name
        and (since is None or one.row.asked_at >= since)
        for one in known
    )
