"""Clocks: promises with a stored due moment (engine 11-13, design §3 "Clocks").

The ledger says what happened; which rule applies, when it is due and when the ladder's next rung
comes is decided here. A due moment changes only by the named verbs of this room.
"""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import lru_cache

from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import Session

from caseflow.deadlines.calendar import Unit
from caseflow.deadlines.ladder import Ladder, Step, carried, carried_document, next_rung
from caseflow.deadlines.policies import Matter, Policy
from caseflow.deadlines.rules import Rules, rules_of
from caseflow.deadlines.tables import Clock, Pause

ALIVE = ("running", "paused")
_COPIED = (
    *("case_id", "item_id", "order_id", "quarantine_id", "report_id", "call_id", "root_case_id"),
    *("name", "policy_id", "unit", "ladder", "ladder_version", "started_at", "entered"),
)
"""What a clock that follows another one takes over."""
_PLANNED = ("provisional", "last_rung", "next_rung", "next_rung_at")
"""Where it stands on its ladder."""
Planned = tuple[int, datetime] | None
"""The number of a rung and its moment; None above the last one."""


@dataclass(frozen=True)
class Subject:
    """What a clock stands on: exactly one of these ids, and the case to lock (`root_case_id`)."""

    case_id: int | None = None
    item_id: int | None = None
    order_id: int | None = None
    quarantine_id: int | None = None
    report_id: int | None = None
    call_id: int | None = None
    root_case_id: int | None = None

    def said(self) -> dict[str, int]:
        """Return the ids that it says, by name."""
        return {key: value for key, value in vars(self).items() if value is not None}


def start(
    session: Session,
    name: str,
    subject: Subject,
    matter: Matter,
    now: datetime,
    *,
    before: datetime | None = None,
    imposed: datetime | None = None,
    least: int = 0,
    follows: int | None = None,
) -> Clock:
    """Start the clock `name` by the policy in force and return it.

    `before`: due moment of the case's resolve clock; the clock then ends the policy's margin of
    working days before it. `imposed`: a due moment set from outside, which wins when earlier.
    `least`: working days that must remain whatever `before` and `imposed` say. Raises NoPolicy.
    """
    rules = rules_of(session)
    policy = rules.policy(name, matter, now)
    due = _due(rules, policy, now, before, imposed)
    if least:
        due = max(due, rules.calendar.due(now, least, Unit.working_days))
    return _kept(session, planned(rules, policy, name, subject, now, due, follows))


def _due(
    rules: Rules,
    policy: Policy,
    now: datetime,
    before: datetime | None,
    imposed: datetime | None,
) -> datetime:
    if before is None:
        due = rules.calendar.due(now, policy.amount, policy.unit)
    else:
        # Even a case that is late already leaves whoever gets an item one working day.
        due = max(
            rules.calendar.less_working_days(before, policy.margin),
            rules.calendar.due(now, 1, Unit.working_days) if policy.margin else before,
        )
    return min(due, imposed) if imposed else due


def bound(session: Session, clock: Clock, before: datetime, now: datetime) -> datetime:
    """Return when a clock that counts back from its case is due where the case is due `before`."""
    policy = policy_of(session, clock)
    return before if policy is None else _due(rules_of(session), policy, now, before, None)


def again(
    session: Session, old: Clock, root_case_id: int, idle: tuple[datetime, datetime] | None = None
) -> Clock:
    """Let a promise that ended hold again as it was, because what ended it is undone.

    Rungs that happened are not climbed twice. `root_case_id`: the case to lock from now on; `idle`:
    from when until when nobody could keep the promise, which is given back as after a pause.
    """
    rules = rules_of(session)
    due = rules.calendar.shift(old.due, *idle, Unit(old.unit)) if idle else old.due
    copied = {name: getattr(old, name) for name in _COPIED}
    clock = Clock(**copied, due=due, state="running", last_rung=old.last_rung, follows=old.id)
    clock.provisional = rules.calendar.rests_on_provisional(old.started_at, due)
    clock.root_case_id = root_case_id
    _plan(rules, clock)
    session.add(clock)
    session.flush()
    return clock


def _kept(session: Session, clock: Clock) -> Clock:
    session.add(clock)
    return clock


def planned(
    rules: Rules,
    policy: Policy,
    name: str,
    subject: Subject,
    since: datetime,
    due: datetime,
    follows: int | None = None,
) -> Clock:
    """Return a clock that counts from `since`, with the rung that comes next, not yet kept."""
    ladder = rules.newest(policy.ladder)
    clock = Clock(
        **vars(subject),
        name=name,
        policy_id=policy.id,
        unit=str(policy.unit),
        ladder=ladder.name,
        ladder_version=ladder.version,
        started_at=since,
        due=due,
        provisional=rules.calendar.rests_on_provisional(since, due),
        state="running",
        last_rung=0,
        entered=0,
        follows=follows,
    )
    _plan(rules, clock)
    return clock


def ladder_of(rules: Rules, clock: Clock) -> Ladder:
    """Return the ladder version that the clock was started with."""
    return rules.ladders[clock.ladder, clock.ladder_version]


def _plan(rules: Rules, clock: Clock) -> None:
    """Store which rung comes next and when."""
    clock.next_rung, clock.next_rung_at = _after(rules, clock, clock.last_rung) or (None, None)


def _after(rules: Rules, clock: Clock, rung: int) -> Planned:
    ladder, unit = ladder_of(rules, clock), Unit(clock.unit)
    calendar, entered = rules.calendar, clock.entered
    return next_rung(ladder, rung, clock.started_at, clock.due, unit, calendar, entered)


def following(rules: Rules, clock: Clock) -> Planned:
    """Return the rung after the one that comes next."""
    return _after(rules, clock, clock.next_rung or clock.last_rung)


def climbed(clock: Clock, after: Planned) -> None:
    """Note that the next rung happened; `after` is the one `following` it."""
    clock.last_rung = clock.next_rung or clock.last_rung
    clock.next_rung, clock.next_rung_at = after or (None, None)


def enter(rules: Rules, clock: Clock, n: int) -> None:
    """Note that the document of rung `n` came before its date: neither it nor a milder one comes
    by its date after that. The due moment and what was climbed stay.
    """
    clock.entered = n
    _plan(rules, clock)


def reached(clock: Clock) -> int:
    """Return the highest rung that happened, whatever brought it; 0 where none did."""
    return max(clock.last_rung, clock.entered)


def alive(session: Session, subject: Subject, *names: str) -> Sequence[Clock]:
    """Return the running and paused clocks of a subject, of the given names or all."""
    said = subject.said()
    more = {"names": names} if names else {}
    return session.scalars(_alive(tuple(said), bool(names)), {**said, **more}).all()


@lru_cache(maxsize=64)
def _alive(said: tuple[str, ...], named: bool) -> Select[Clock]:
    """Build the statement once for each kind of subject: every move asks it several times."""
    query = select(Clock).where(*(getattr(Clock, key) == bindparam(key) for key in said))
    query = query.where(Clock.state.in_(ALIVE)).order_by(Clock.id)
    return query.where(Clock.name.in_(bindparam("names", expanding=True))) if named else query


def meet(session: Session, subject: Subject, now: datetime, *names: str) -> list[Clock]:
    """End clocks because the promise was kept (late ones too: `ended_at` tells)."""
    return _over(session, subject, names, "met", now)


def stop(session: Session, subject: Subject, now: datetime, *names: str) -> list[Clock]:
    """End clocks because nothing is owed any more."""
    return _over(session, subject, names, "stopped", now)


def _over(
    session: Session, subject: Subject, names: Sequence[str], state: str, now: datetime
) -> list[Clock]:
    return _over_with(session, alive(session, subject, *names), state, now)


def stop_these(session: Session, ending: Sequence[Clock], now: datetime) -> list[Clock]:
    """End some running or paused clocks because nothing is owed any more."""
    return _over_with(session, ending, "stopped", now)


def _over_with(session: Session, ending: Sequence[Clock], state: str, now: datetime) -> list[Clock]:
    """End clocks; one that stood still gets its days back first, so that it is not late by them."""
    still = [clock.id for clock in ending if clock.state == "paused"]
    if still:
        lasting = select(Pause).where(Pause.clock_id.in_(still), Pause.ended_at.is_(None))
        for stretch in session.scalars(lasting).all():
            wake(session, stretch, now)
    return _end(ending, state, now)


def wake(session: Session, stretch: Pause, now: datetime) -> Clock | None:
    """Let a clock run on after it stood still, with what was left to it; None where it is over.

    The stretch ends at its `until` even when the sweep comes later: a standstill of ours gives
    nobody more time than the question allowed.
    """
    ended = max(stretch.started_at, min(now, stretch.until))  # clocks are set back now and then
    stretch.ended_at = ended
    clock = session.get_one(Clock, stretch.clock_id)
    if clock.state != "paused":
        return None
    clock.state, clock.paused_at = "running", None
    replan(session, clock, due_after(rules_of(session), clock, stretch, ended))
    return clock


def due_after(rules: Rules, clock: Clock, stretch: Pause, ended: datetime) -> datetime:
    """Return when a clock that stands still is due once its stretch ended at `ended`."""
    return rules.calendar.shift(clock.due, stretch.started_at, ended, Unit(clock.unit))


def _end(clocks: Iterable[Clock], state: str, now: datetime) -> list[Clock]:
    ended = list(clocks)
    for clock in ended:
        clock.state, clock.ended_at = state, now
        clock.next_rung = clock.next_rung_at = None
    return ended


def end(clock: Clock, state: str, now: datetime) -> None:
    """End one clock of several that stand on the same subject: `met`, or `stopped`."""
    if clock.state in ALIVE:
        _end([clock], state, now)


def restart(
    session: Session,
    old: Clock,
    matter: Matter,
    root_case_id: int,
    now: datetime,
    *,
    cap: datetime | None = None,
) -> Clock:
    """Start a clock again after a return, with what was left but at least the policy's minimum.

    `old` ended as met when the work was submitted; the successor `follows` it. The days that were
    left at submission are given again; `cap` is not a limit on the minimum. `root_case_id`: the
    case to lock from now on, for what it stands on may have been split off since.
    """
    rules = rules_of(session)
    policy = _policy_of(rules, old) or rules.policy(old.name, matter, now)
    handed_in = old.ended_at or now
    left = rules.calendar.shift(old.due, handed_in, max(handed_in, now), Unit(old.unit))
    due = left if handed_in < old.due else old.due
    if cap is not None:
        due = min(due, max(cap, old.due))
    floor = rules.calendar.due(now, policy.minimum_after_return, Unit.working_days)
    subject = Subject(item_id=old.item_id, order_id=old.order_id, root_case_id=root_case_id)
    due = max(due, floor)
    return _kept(session, planned(rules, policy, old.name, subject, now, due, old.id))


def _policy_of(rules: Rules, clock: Clock) -> Policy | None:
    return next((policy for policy in rules.policies if policy.id == clock.policy_id), None)


def policy_of(session: Session, clock: Clock) -> Policy | None:
    """Return the policy version that a clock was started with."""
    return _policy_of(rules_of(session), clock)


def replan(session: Session, clock: Clock, due: datetime) -> None:
    """Give a clock another due moment after a pause (engine 11: the clock stays the same one)."""
    rules = rules_of(session)
    clock.due = due
    clock.provisional = rules.calendar.rests_on_provisional(clock.started_at, due)
    _plan(rules, clock)


def supersede(
    session: Session,
    old: Clock,
    due: datetime,
    now: datetime,
    *,
    policy: Policy | None = None,
    ladder: Ladder | None = None,
) -> Clock:
    """End a clock as superseded and start its successor with another due moment.

    Rungs that happened stay with the old one; the successor climbs anew (engine 11). It counts
    from the old one's start, and rungs whose moment is past for both are not climbed twice; where
    the due moment stays, none that happened is. What was entered before its date is never climbed
    again: no due moment brought it. `policy`, `ladder`: the versions that the
    successor goes by, where they are others.
    """
    rules = rules_of(session)
    was_paused, paused_at = old.state == "paused", old.paused_at
    _end([old], "superseded", now)
    copied = {name: getattr(old, name) for name in _COPIED}
    clock = Clock(**copied, due=due, state="running", last_rung=0, follows=old.id)
    if policy is not None:
        clock.policy_id, clock.unit = policy.id, str(policy.unit)
    if ladder is not None:
        clock.ladder_version = ladder.version
    clock.provisional = rules.calendar.rests_on_provisional(clock.started_at, due)
    stands = carried(_steps(rules, old), _steps(rules, clock), old.last_rung)
    clock.entered = carried_document(_steps(rules, old), _steps(rules, clock), old.entered)
    clock.last_rung = stands if due == old.due else 0
    _plan(rules, clock)
    while clock.next_rung and clock.next_rung <= stands and _past(clock, now):
        climbed(clock, following(rules, clock))
    if was_paused:
        clock.state, clock.paused_at = "paused", paused_at
    session.add(clock)
    session.flush()
    return clock


def fork(session: Session, old: Clock, subject: Subject, now: datetime) -> Clock:
    """Let a running promise hold for another subject as well, with the same due moment: it ends as
    superseded, and two follow it, of which this returns the other subject's. What happened before
    is of both, what comes is of each by itself; rungs that happened are not climbed twice.
    """
    own = supersede(session, old, old.due, now)
    said = {name: getattr(own, name) for name in (*_COPIED, *_PLANNED)} | asdict(subject)
    other = Clock(**said, due=own.due, state="running", follows=old.id)
    session.add(other)
    session.flush()
    return other


def _steps(rules: Rules, clock: Clock) -> tuple[Step, ...]:
    return ladder_of(rules, clock).variant(Unit(clock.unit))


def _past(clock: Clock, now: datetime) -> bool:
    return clock.next_rung_at is not None and clock.next_rung_at <= now


# Said once: every entry of every case asks it.
_EARLIEST = (
    select(Clock.due, Clock.name)
    .where(Clock.root_case_id == bindparam("case"), Clock.state == "running")
    .order_by(Clock.due, Clock.id)
    .limit(1)
)


def earliest(session: Session, root_case_id: int) -> tuple[datetime, str] | None:
    """Return due moment and name of the running clock of a case (or its items) that ends first."""
    row = session.execute(_EARLIEST, {"case": root_case_id}).first()
    return (row[0], row[1]) if row else None
