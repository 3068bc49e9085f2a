"""The model's promises: how long each lasts, what may be done to it, and its ladder (trade.md)."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import count
from typing import NamedTuple

from tests.model import days

RESOLVE = {"question": 2, "help": 5, "suggestion": 5, "complaint": 10, "tip": 10}
MARGIN = 2  # an item is due before its case by so many working days
PAUSE = 10  # a clock stands still so many working days at the most, all its pauses together
LEFT_AFTER_RETURN = 2
_LEFT_AT_LEAST = ("resolve", "reply", "verify", "rectify", "answer")  # taken up again
_OWN = {
    "check": 3,
    "call_back": 5,
    "second_look": 1,
    "draft": 1,
    "decide": 1,
    "consent": 1,
    "oversee": 3,
    "receive": 1,
    "report_back": 2,
    "signed_back": 5,
    "assist": 5,
    "milestone": 1,  # until the day that it is put on
}
_HOURS = {("immediate", False): 24, ("immediate", True): 1, ("notice", True): 2}
_BY_UNITS = ("sign_for", "verify", "rectify", "answer", "assist")
_STAND_STILL = ("resolve", "reply", "verify", "rectify")

# Rung, working days from the due moment, the document that is drafted for it.
UNITS = (
    (1, -1, ""),
    (2, 0, ""),
    (3, 1, "supervision_order"),
    (4, 5, "circular"),
    (5, 10, "interview"),
    (6, 15, "listed"),
    (7, 20, "accountability"),
)
BY_DATE = 2  # messages up to here come by their date whatever document came before
SENT_BACK, BRINGS = 2, 3  # sent back so often, an item brings that rung
OFFICE_DAYS = ((1, -1), (2, 0), (3, 1), (4, 2))
OFFICE_HALVES = ((1, 1), (2, 2), (3, 4), (4, 6))  # in halves of the limit; 4: "then" the next


_BORN = count()


class Matter(NamedTuple):
    """What the length of a promise depends on; `petition`: it follows the petition regulations;
    `review`: the case is one in which an answer is reviewed.
    """

    kind: str
    urgent: bool
    petition: bool
    review: bool = False


class Rung(NamedTuple):
    """A rung that happened: its clock, its number, for when it was planned, and whether a newer
    one had come already when it happened.
    """

    clock: str
    on: str
    n: int
    planned: datetime
    superseded: bool


@dataclass
class Promise:
    """A clock. `on`: what it stands on, as `case`, `report 1`, `item 2` or `order 3`.

    `entered`: the highest document that came before its date, by an event. `used`: working days
    that it, and those it goes on from, stood still. `extended`: how often; `given`: how often its
    case was, whatever of that moved.
    """

    name: str
    on: str
    started: datetime
    due: datetime
    petition: bool
    kind: str
    hours: bool = False
    state: str = "running"
    ended: datetime | None = None
    rung: int = 0
    entered: int = 0
    used: int = 0
    extended: int = 0
    given: int = 0
    paused: datetime | None = None
    paused_until: datetime | None = None
    stood: list[tuple[datetime, datetime]] = field(default_factory=list)
    follows: "Promise | None" = None
    hastened: bool = False
    born: int = field(default_factory=_BORN.__next__)

    @property
    def alive(self) -> bool:
        """Tell whether something is still owed."""
        return self.state in ("running", "paused")

    @property
    def of_units(self) -> bool:
        """Tell whether a unit keeps it."""
        return self.name in _BY_UNITS

    @property
    def calendar_days(self) -> bool:
        """Tell whether it is counted in calendar days."""
        return self.petition and self.name in ("resolve", "reply")

    @property
    def stands_still(self) -> bool:
        """Tell whether it may be paused: the petition regulations know no stopping of the clock."""
        return self.name in _STAND_STILL and not self.petition

    def planned(self) -> Iterator[tuple[int, datetime]]:
        """Yield number and moment of each rung that is still to come.

        What reminds of a promise that was not yet given falls away (the design is silent).
        """
        for n, at, early in self._every():
            came = self.of_units and BY_DATE < n <= self.entered
            if n > self.rung and not came and not (early and at <= self.started):
                yield n, at

    def _every(self) -> Iterator[tuple[int, datetime, bool]]:
        if self.of_units:
            for n, offset, _ in UNITS:
                yield n, self._by_days(offset), offset < 0
        elif self.hours:
            limit = max(timedelta(0), self.due - self.started)
            for n, halves in OFFICE_HALVES:
                yield n, self.due + limit * (halves - 2) / 2, halves < 2
        else:
            for n, offset in OFFICE_DAYS:
                yield n, self._by_days(offset), offset < 0

    def _by_days(self, offset: int) -> datetime:
        return days.same_time(self.due, days.move(days.last_day(self.due), offset))

    # What happens to it

    def stand_still(self, now: datetime, until: datetime) -> None:
        """Let it stand still for a question, where it may and has not used up its days."""
        if self.state == "running" and self.stands_still and self.used < PAUSE:
            self.state, self.paused = "paused", now
            self.paused_until = min(until, days.working_days(now, PAUSE - self.used))

    def run_on(self, now: datetime) -> None:
        """Let it run on with what was left, at the latest from when the question ran out."""
        if self.paused is None or self.paused_until is None:
            return
        ended = max(self.paused, min(now, self.paused_until))
        self.due = days.given_back(self.due, self.paused, ended)
        self.stood.append((self.paused, ended))
        self.used += days.between(days.day_of(self.paused), days.last_day(ended))
        self.state, self.paused, self.paused_until = "running", None, None

    def end(self, state: str, now: datetime) -> None:
        """End it as met or stopped; one that stood still gets its days back first."""
        self.run_on(now)
        self.state, self.ended = state, now

    def extended_to(self, due: datetime, now: datetime) -> "Promise":
        """End it as superseded and return its successor, which climbs anew what is not past."""
        new = Promise(self.name, self.on, self.started, due, self.petition, self.kind, self.hours)
        new.state, new.paused, new.paused_until = self.state, self.paused, self.paused_until
        new.used, new.extended, new.entered = self.used, self.extended, self.entered
        new.given = self.given
        new.stood, new.follows = self.stood, self
        for n, at in list(new.planned()):
            if n > self.rung or at > now:
                break
            new.rung = n
        self.state, self.ended, self.paused, self.paused_until = "superseded", now, None, None
        return new

    def followed(self, on: str) -> "Promise":
        """Return what follows it on something, with the same due moment: what happened before, on
        its ladder or else, is of both, what comes is of each by itself.
        """
        new = replace(self, on=on, stood=list(self.stood), follows=self)
        new.born = next(_BORN)
        return new

    def again(self, now: datetime, since: datetime | None = None) -> "Promise":
        """Let it hold again as it was, with what was left of it since nobody could keep it."""
        due = self.due if since is None else self._left(since, now)
        new = replace(self, due=due, state="running", ended=None, stood=[], hastened=False)
        new.born, new.follows = next(_BORN), self
        return new

    def _left(self, since: datetime, now: datetime) -> datetime:
        due = self.due + (now - since)
        if self.calendar_days:
            due = days.given_back(self.due, since, now, calendar=True)
        elif not self.hours:
            due = days.given_back(self.due, since, now)
        return due

    def taken_up(self, since: datetime, now: datetime) -> "Promise":
        """Let it hold again with its case, with time enough to keep it."""
        new = self.again(now, since)
        if self.name in _LEFT_AT_LEAST:
            new.due = max(new.due, days.working_days(now, LEFT_AFTER_RETURN))
        return new

    def climb(self, now: datetime) -> Iterator[Rung]:
        """Climb every rung that is due; only the newest is not superseded."""
        coming = [(n, at) for n, at in self.planned() if at <= now]
        for n, at in coming:
            self.rung = n
            yield Rung(self.name, self.on, n, at, superseded=(n, at) != coming[-1])

    def next_rung(self) -> tuple[int, datetime] | None:
        """Return what comes next, None above the last or once nothing is owed."""
        return next(self.planned(), None) if self.alive else None


def start(name: str, on: str, matter: Matter, now: datetime) -> Promise:
    """Start a promise by its default length."""
    hours = _HOURS.get((name, name in ("immediate", "notice") and matter.urgent))
    if name in ("sign_for", "receive") and matter.urgent:
        hours = 2
    if hours is not None:
        due = now + timedelta(hours=hours)
    elif name == "notice":
        due = days.calendar_days(now, 15)
    elif name in ("resolve", "reply") and matter.review:
        due = days.calendar_days(now, 30)
    elif name in ("resolve", "reply") and matter.petition:
        due = days.calendar_days(now, 60)
    else:
        due = days.working_days(now, _length(name, matter))
    return Promise(name, on, now, due, matter.petition, matter.kind, hours is not None)


def _length(name: str, matter: Matter) -> int:
    if name in ("resolve", "reply"):
        return RESOLVE[matter.kind]
    if name in ("verify", "rectify"):  # only where no case says when; the design is silent
        return 30 if matter.petition else 8
    return {"sign_for": 1, "answer": 5, **_OWN}[name]


def farthest(promise: Promise) -> datetime:
    """Return the day to which a promise can be extended by its policy alone, as 24:00.

    Once, by as much again; a petition by 30 days (信访工作条例 §34), its items by 20 working days.
    """
    last = days.last_day(promise.due)
    if promise.calendar_days:
        return days.end_of(days.rolled(last + 30 * days.DAY))
    if promise.name == "resolve":
        return days.end_of(days.rolled(days.move(last, RESOLVE[promise.kind])))
    return days.end_of(days.rolled(days.move(last, 20 if promise.petition else 8)))
