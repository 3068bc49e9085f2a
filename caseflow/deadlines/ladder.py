"""Ladders (督办阶梯): which step of urging comes when, counted from a promise's due moment.

A ladder is versioned data. Here is only the arithmetic: given a clock's start, due moment and
unit, when each step comes. The sweep does the rest.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from fractions import Fraction
from functools import lru_cache
from itertools import pairwise
from types import MappingProxyType
from typing import Any

from caseflow.deadlines.calendar import Calendar, Unit

_HOUR_UNITS = (Unit.minutes, Unit.hours, Unit.working_hours)
_NOTHING = timedelta(0)


class Action(StrEnum):
    """What a step does: a message (reminder, urging, note) or the draft of a document."""

    reminder = "reminder"
    urging = "urging"
    supervision_order = "supervision_order"
    circular = "circular"
    interview = "interview"
    listed = "listed"
    rectification = "rectification"
    raised = "raised"
    accountability = "accountability"
    note = "note"


OF_LEVEL_ABOVE = (Action.listed, Action.raised, Action.accountability)
"""Documents that only the level above may sign."""


class Audience(StrEnum):
    """Whom a step turns to, by role word."""

    unit_handler = "unit_handler"
    unit_head = "unit_head"
    office_handler = "office_handler"
    assignee = "assignee"
    shift_leader = "shift_leader"
    supervisor = "supervisor"
    leader = "leader"
    level_above = "level_above"


# A vacant post: the next one up, never nobody. The level above is the last.
NEXT_UP: Mapping[str, str] = MappingProxyType(
    {
        Audience.unit_handler: Audience.unit_head,
        Audience.unit_head: Audience.office_handler,
        Audience.office_handler: Audience.supervisor,
        Audience.assignee: Audience.shift_leader,
        Audience.shift_leader: Audience.supervisor,
        Audience.supervisor: Audience.leader,
        Audience.leader: Audience.level_above,
    }
)


@dataclass(frozen=True, kw_only=True)
class Step:
    """One step: `amount` `unit` from the due moment (negative = before), or `of_limit`.

    `of_limit` counts in multiples of the whole limit from its start (1/2 = half time, 1 = due,
    2 = twice the limit); where it is set, `amount` and `unit` say nothing. `label` is the Chinese
    name on the screen; `document`: a draft is made that a person issues or cancels.
    """

    n: int
    amount: int = 0
    unit: Unit = Unit.working_days
    of_limit: Fraction | None = None
    action: str
    label: str
    document: bool = False
    audience: tuple[str, ...]

    @property
    def before_due(self) -> bool:
        """Say whether the step comes before the due moment."""
        return self.amount < 0 if self.of_limit is None else self.of_limit < 1


class Event(StrEnum):
    """What the ledger's own facts tell by themselves, and what may bring a step without a date:
    an item was sent back so many times, so many different people reported one unit within days.
    """

    sent_back = "sent_back"
    many_reports = "many_reports"


@dataclass(frozen=True, kw_only=True)
class Trigger:
    """Which document an event brings: the step of that `label`, once it happened `times` times,
    for `many_reports` within `days` calendar days.
    """

    event: str
    label: str
    times: int
    days: int = 0


@dataclass(frozen=True)
class Ladder:
    """One version of a ladder; `triggers`: what brings a document of it whatever the date.

    A ladder that holds `of_limit` steps has two variants: those for clocks that run in minutes or
    hours, the others for clocks that run in days. Within a variant the numbers ascend.
    """

    name: str
    version: int
    steps: tuple[Step, ...]
    triggers: tuple[Trigger, ...] = ()

    def __post_init__(self) -> None:
        """Raise ValueError where a variant's numbers do not ascend or its steps go back."""
        for unit in (Unit.hours, Unit.working_days):
            if any(a.n >= b.n or _goes_back(a, b) for a, b in pairwise(self.variant(unit))):
                raise ValueError(f"the steps of ladder {self.name} are not in order")

    def variant(self, unit: Unit) -> tuple[Step, ...]:
        """Return the steps that a clock running in `unit` climbs, lowest first."""
        by_limit = tuple(step for step in self.steps if step.of_limit is not None)
        if unit in _HOUR_UNITS and by_limit:
            return by_limit
        return tuple(step for step in self.steps if step.of_limit is None)

    def step(self, n: int, unit: Unit) -> Step:
        """Return step `n` of the variant for `unit`; raises KeyError when there is none."""
        for step in self.variant(unit):
            if step.n == n:
                return step
        raise KeyError(n)

    def document(self, action: str, unit: Unit) -> Step | None:
        """Return the step that drafts such a document, or None where the ladder has none."""
        drafts = (one for one in self.variant(unit) if one.document and one.action == action)
        return next(drafts, None)

    def trigger(self, event: str) -> Trigger | None:
        """Return what an event brings, or None where it brings nothing."""
        return next((one for one in self.triggers if one.event == event), None)

    def brings(self, trigger: Trigger, unit: Unit) -> Step | None:
        """Return the document that an event brings to a clock running in `unit`."""
        named = (one for one in self.variant(unit) if one.label == trigger.label and one.document)
        return next(named, None)


def _goes_back(a: Step, b: Step) -> bool:
    """Say whether `b` would come before `a`, as far as that shows without a calendar."""
    if a.of_limit is not None and b.of_limit is not None:
        return b.of_limit < a.of_limit
    return a.unit is b.unit and b.amount < a.amount


def moments(
    ladder: Ladder, started_at: datetime, due: datetime, unit: Unit, calendar: Calendar
) -> list[tuple[int, datetime]]:
    """Return number and moment (UTC) of each step that a clock in `unit` will climb.

    A step before the due moment that would come at or before the start falls away: to remind
    somebody of a promise not yet given is pointless. Steps at or after due never fall away.
    """
    return list(_climb(ladder, 0, started_at, due, unit, calendar))


def next_rung(
    ladder: Ladder,
    after_n: int,
    started_at: datetime,
    due: datetime,
    unit: Unit,
    calendar: Calendar,
    entered: int = 0,
) -> tuple[int, datetime] | None:
    """Return the step that follows number `after_n` (0 = none yet), or None above the last.

    `entered`: the highest document that was entered by hand or by an event, before its date. It
    does not come again, nor does a milder one after it; messages come as ever.
    """
    coming = _climb(ladder, after_n, started_at, due, unit, calendar)
    documents = {step.n for step in ladder.variant(unit) if step.document and step.n <= entered}
    return next((one for one in coming if one[0] not in documents), None)


def carried(old: Sequence[Step], new: Sequence[Step], last: int) -> int:
    """Return how far up the steps `new` somebody stands who climbed `old` up to number `last`.

    A step is known by its label: whatever happened never happens again, wherever it stands now,
    and nor does what was put in below it. 0 where nothing of it is left.
    """
    if old == new:
        return last
    happened = {step.label for step in old if step.n <= last}
    return max((step.n for step in new if step.label in happened), default=0)


def carried_document(old: Sequence[Step], new: Sequence[Step], entered: int) -> int:
    """Return which number the document that was `entered` on `old` has on `new`; where that ladder
    has none such, that of the strictest document up to it. 0 where nothing of it is left.
    """
    if old == new or not entered:
        return entered
    labels = {step.label for step in old if step.document and step.n <= entered}
    return max((step.n for step in new if step.document and step.label in labels), default=0)


def _climb(
    ladder: Ladder,
    after_n: int,
    started_at: datetime,
    due: datetime,
    unit: Unit,
    calendar: Calendar,
) -> Iterator[tuple[int, datetime]]:
    for step in ladder.variant(unit):
        if step.n <= after_n:
            continue
        moment = _moment(step, started_at, due, unit, calendar)
        if not (step.before_due and moment <= started_at):
            yield step.n, moment


def _moment(
    step: Step, started_at: datetime, due: datetime, unit: Unit, calendar: Calendar
) -> datetime:
    if step.of_limit is None:
        return calendar.offset(due, step.amount, step.unit)
    # From the due moment, so that a limit already used up at the start (imposed from above) lets
    # every later step fall on the due moment and none before it.
    beyond = step.of_limit - 1
    if unit is Unit.working_hours:
        limit = calendar.office_time().between(started_at, due)
        return calendar.office_time().add(due, _times(limit, beyond))
    return due + _times(due - started_at, beyond)


def _times(limit: timedelta, factor: Fraction) -> timedelta:
    return max(_NOTHING, limit) * factor.numerator / factor.denominator


def dump_steps(ladder: Ladder) -> str:
    """Return the steps as canonical JSON, for the table that keeps every version."""
    plain = [
        {
            "n": step.n,
            "amount": step.amount,
            "unit": step.unit,
            "of_limit": None if step.of_limit is None else str(step.of_limit),
            "action": step.action,
            "label": step.label,
            "document": step.document,
            "audience": step.audience,
        }
        for step in ladder.steps
    ]
    return json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def dump_triggers(ladder: Ladder) -> str:
    """Return the triggers as canonical JSON, for the table that keeps every version."""
    plain = [asdict(trigger) for trigger in ladder.triggers]
    return json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


@lru_cache(maxsize=64)
def load_ladder(name: str, version: int, steps: str, triggers: str) -> Ladder:
    """Return the ladder whose steps `dump_steps` wrote, and whose triggers `dump_triggers`."""
    found = tuple(_load_step(plain) for plain in json.loads(steps))
    return Ladder(name, version, found, tuple(Trigger(**one) for one in json.loads(triggers)))


def _load_step(plain: dict[str, Any]) -> Step:
    limit = plain["of_limit"]
    fields = plain | {
        "unit": Unit(plain["unit"]),
        "of_limit": None if limit is None else Fraction(limit),
        "audience": tuple(plain["audience"]),
    }
    return Step(**fields)
