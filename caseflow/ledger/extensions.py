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

from sqlalchemy import (
    CTE,
    BindParameter,
    Integer,
    Select,
    bindparam,
    exists,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import Session, aliased

from caseflow.deadlines.calendar import Unit
from caseflow.deadlines.policies import ClockName, Policy
from caseflow.deadlines.rules import Rules
from caseflow.deadlines.tables import Clock
from caseflow.ledger import splits
from caseflow.ledger.application_tables import Extension
from caseflow.ledger.history_tables import Entry
from caseflow.ledger.report_tables import Merger
from caseflow.ledger.split_tables import Split
from caseflow.ledger.tables import Item

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
    """An application, and every clock that the promise it is about has been since: where it was
    extended, or went on after a return. A promise that was given anew is none of them.
    """

    row: Extension
    line: frozenset[int]


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
    """Return every application of a case and its items, oldest first, and of the cases that were
    merged into it, whose promises are its own now; of the case that it was split off from what
    was granted before, for that promise is its own as well; one statement.
    """
    found: dict[int, tuple[Extension, set[int]]] = {}
    for row, link in session.execute(_ASKED, {"case": case_id}):
        found.setdefault(row.id, (row, set()))[1].add(link)
    return [Asked(row, frozenset(links)) for row, links in found.values()]


def _with_lines() -> Select[Extension, int]:
    """Select the applications of a case and of those merged into it, each with every clock that
    is, or follows, the promise it is about.
    """
    case = bindparam("case", type_=Integer)
    lent = _lent(case)
    homes = _homes(case, lent)
    # What was given while it was merged was asked in the other case, maybe of its own promise.
    ours = union_all(select(case), lent)
    own = exists().where(Clock.id == Extension.clock_id, Clock.case_id.in_(ours))
    given = Extension.case_id.in_(homes) & (Extension.outcome == "granted") & own
    known = or_(Extension.case_id == case, Extension.case_id.in_(lent), given)
    about = select(Extension.id.label("asked"), Extension.clock_id.label("link"))
    both = union_all(about.where(known), _before(case)).subquery()
    line = select(both.c.asked, both.c.link).cte("line", recursive=True)
    after = select(line.c.asked, Clock.id).join(line, Clock.follows == line.c.link)
    # A promise that went elsewhere for a while, and ended there, is followed by one that is here.
    # One list and no "or": for that PostgreSQL reads every promise of the ledger.
    here = Clock.root_case_id.in_(union_all(select(case), homes, lent))
    line = line.union_all(after.where(here))
    query = select(Extension, line.c.link).join(line, line.c.asked == Extension.id)
    return query.order_by(Extension.id)


def _lent(case: BindParameter[int]) -> Select[int]:
    """Select the cases that are merged into one, and those that are merged into them, and so on."""
    lasts = Merger.undone_at.is_(None)
    found = select(Merger.case_id).where(Merger.into_id == case, lasts).cte("lent", recursive=True)
    below = select(Merger.case_id).join(found, Merger.into_id == found.c.case_id).where(lasts)
    return select(found.union(below).c.case_id)


def _homes(case: BindParameter[int], lent: Select[int]) -> Select[int]:
    """Select the cases that one, or those merged into it, were ever merged into, and so on."""
    first = select(Merger.into_id.label("home"))
    first = first.where(or_(Merger.case_id == case, Merger.case_id.in_(lent)))
    found = first.cte("homes", recursive=True)
    above = select(Merger.into_id).join(found, Merger.case_id == found.c.home)
    return select(found.union(above).c.home)


def _origins(case: BindParameter[int]) -> CTE:
    """Select the cases that one was split off from, the first and that one's, each with when its
    own part was.
    """
    first = select(Split.case_id, Split.at).where(Split.part_id == case)
    found = first.cte("origins", recursive=True)
    above = select(Split.case_id, Split.at).join(found, Split.part_id == found.c.case_id)
    return found.union_all(above)


def _away(origins: CTE) -> CTE:
    """Select the same with each case that one of them was ever merged into, and so on."""
    first = select(origins.c.case_id, origins.c.at, Merger.into_id.label("home"))
    found = first.join(Merger, Merger.case_id == origins.c.case_id).cte("away", recursive=True)
    above = select(found.c.case_id, found.c.at, Merger.into_id)
    return found.union(above.join(Merger, Merger.case_id == found.c.home))


def _before(case: BindParameter[int]) -> Select[int, int]:
    """Select what cases were granted before a part was split off, each with the promise that the
    part was given then: whatever of theirs was moved, the whole was given more time. So it was by
    what was asked in another case, of their own promise, while they were merged into that.
    """
    origins = _origins(case)
    away, own = _away(origins), aliased(Clock)
    here = select(Extension.id, Extension.asked_at, Extension.decided_at, origins.c.at)
    here = here.join(origins, origins.c.case_id == Extension.case_id)
    there = select(Extension.id, Extension.asked_at, Extension.decided_at, away.c.at)
    there = there.join(away, away.c.home == Extension.case_id)
    there = there.join(own, (own.id == Extension.clock_id) & (own.case_id == away.c.case_id))
    given = (Extension.item_id.is_(None), Extension.outcome == "granted")
    both = union_all(here.where(*given), there.where(*given)).subquery()
    query = select(both.c.id, Clock.id).distinct()
    query = query.join(Clock, (Clock.case_id == case) & (Clock.name == ClockName.resolve))
    query = query.where(both.c.decided_at <= both.c.at)
    return query.where(both.c.asked_at >= Clock.started_at)  # else promised anew since


_ASKED = _with_lines()


def undecided(known: Sequence[Asked], item: Item | None) -> Extension | None:
    """Return the application of an item, or of the case itself, that waits for its decision."""
    item_id = item.id if item else None
    found = (x.row for x in known if x.row.item_id == item_id and x.row.outcome is None)
    return next(found, None)


def decided(
    session: Session, known: Sequence[Asked], item: Item, clock: Clock | None
) -> Decided | None:
    """Return the newest decision about the promise that an item's holder keeps now.

    What was decided about an earlier one, or for whoever had it before, is nobody's concern here;
    nor is a day that holds no more, for the clock beside it says another.
    """
    if clock is None or item.held_since is None:
        return None
    about = (x.row for x in reversed(known) if clock.id in x.line and x.row.item_id == item.id)
    row = next((one for one in about if one.outcome != "lapsed"), None)
    if row is None or row.decided_at is None or row.asked_at < item.held_since:
        return None
    if row.outcome == "granted":
        holds = row.until == clock.due
        return Decided(row.decided_at, row.asked_by, row.until, granted=True) if holds else None
    if row.asked_at < clock.started_at:  # it was returned since, and has other days
        return None
    return Decided(row.decided_at, row.asked_by, row.until, False, _why(session, row))


def _why(session: Session, row: Extension) -> str:
    """Return why an application was refused, from the entry that says so."""
    told_in = {row.case_id, *splits.origins(session, row.case_id)}
    query = select(Entry.body).where(Entry.case_id.in_(told_in), Entry.item_id == row.item_id)
    query = query.where(Entry.verb == "refuse", Entry.at == row.decided_at)
    body = session.scalar(query.order_by(Entry.id.desc()).limit(1))
    return str(json.loads(body)["facts"]["reason"]) if body else ""


def promises(alive: Sequence[Clock]) -> list[Clock]:
    """Return the promises of a case: its own, and those of the cases that were merged into it."""
    return [clock for clock in alive if clock.case_id and clock.name == ClockName.resolve]


def promise(alive: Sequence[Clock], item: Item | None) -> Clock | None:
    """Return the clock that an extension moves, of those of the case that run or stand still."""
    if item is None:
        return min(promises(alive), key=lambda clock: clock.due, default=None)
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
    if _granted(known, [clock] if item else promises(alive)) >= policy.extendable_times:
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


def _granted(known: Sequence[Asked], of: Sequence[Clock]) -> int:
    """Count how often a promise was extended, since it was given: a returned item's is the same,
    and of a case those of the cases that were merged into it are one with its own.
    """
    ids = {clock.id for clock in of}
    return sum(one.row.outcome == "granted" and bool(ids & one.line) for one in known)
