"""What the model keeps of a case, its items and documents, and what is asked before every move."""

from dataclasses import dataclass, field, fields
from datetime import UTC, date, datetime
from typing import NamedTuple

from tests.model import days, promises
from tests.model.office import BRANCH, MAY, SCHOOL, Person, reaches
from tests.model.promises import Matter, Promise, Rung
from tests.model.states import AT, IN, VERIFIES

_NEVER = datetime(1, 1, 1, tzinfo=UTC)


class Refused(Exception):
    """A move that the rules do not allow, and why."""


@dataclass(frozen=True)
class Said:
    """What somebody says with a move, of all that could be said with any."""

    unit: str = SCHOOL
    inspector: str = ""
    none_listed: bool = False
    result: str = "substantiated"
    rectifier: str = BRANCH
    report: int = 0
    way: str = "telephone"
    reached: bool = True
    satisfied: bool = True
    police: bool = True
    until: date = date.min
    consent: bool = True
    person: str = "handler"
    signer: bool = True
    went: str = "inspector reviewer"
    ahead: int = 9
    two: bool = False
    which: int = 1

    def __str__(self) -> str:
        """Return what is not said by default."""
        said = ((one.name, getattr(self, one.name), one.default) for one in fields(self))
        return " ".join(f"{name}={value}" for name, value, usual in said if value != usual)


@dataclass
class Wish:
    """More time, or a withdrawal, that somebody asked for and nobody decided yet."""

    by: str
    until: datetime = _NEVER


@dataclass(frozen=True)
class Answer:
    """What somebody of a unit wrote and its head has not signed yet: by whom, when, which move."""

    by: str
    unit: str
    at: datetime
    move: str
    said: Said


@dataclass
class Assistance:
    """What a unit was asked beside an item's lead."""

    n: int
    item: int
    unit: str
    answered: bool = False
    released: bool = False
    shared: bool = False

    @property
    def owes(self) -> bool:
        """Tell whether an answer is still owed."""
        return not (self.answered or self.released)

    @property
    def on(self) -> str:
        """Name it as what a promise stands on."""
        return f"assistance {self.item} {self.n}"


@dataclass
class Milestone:
    """What a shelved case waits for, until when; `wish`: to move it."""

    n: int
    until: datetime
    promise: Promise | None = None
    met: bool = False
    wish: Wish | None = None


@dataclass
class Shelving:
    """A case that is to be shelved, or is, since when. `stood`: what was promised until then."""

    by: str
    milestones: list[Milestone]
    was: str = ""
    since: datetime | None = None
    stood: list[Promise] = field(default_factory=list)


@dataclass
class Item:
    """An item. `hands`: whoever handled, verified, found or submitted it."""

    n: int
    state: str = "draft"
    verifying: str = ""
    rectifying: str = ""
    inspector: str = ""
    dispatched: datetime | None = None
    held_since: datetime | None = None
    signed: bool = False
    returns: int = 0
    returned: datetime | None = None
    found: datetime | None = None
    finding: str = ""
    evidence: datetime | None = None
    hands: set[str] = field(default_factory=set)
    objections: int = 0
    designated: bool = False
    round: int | None = None
    more_time: Wish | None = None
    withdrawal: Wish | None = None
    withdrawn_by: str = ""
    answer: Answer | None = None
    visited: bool = False
    assisted: list[Assistance] = field(default_factory=list)

    @property
    def on(self) -> str:
        """Name it as what a promise stands on."""
        return f"item {self.n}"

    @property
    def units(self) -> set[str]:
        """Return the units that have it."""
        return {self.verifying, self.rectifying} - {""}

    @property
    def in_person(self) -> bool:
        """Tell whether an inspector verifies it instead of its unit."""
        return self.inspector != "" and self.state in VERIFIES

    @property
    def holder(self) -> str:
        """Return the unit whose turn it is."""
        return self.verifying if self.state in VERIFIES else self.rectifying


@dataclass
class Document:
    """A document that a rung drafted. `drafted_by`: the rung; `level`: whose who issued it."""

    n: int
    kind: str
    item: int
    unit: str
    drafted: datetime
    drafted_by: tuple[str, str, int]
    state: str = "draft"
    level: str = ""

    @property
    def on(self) -> str:
        """Name it as what a promise stands on."""
        return f"order {self.n}"


class Call(NamedTuple):
    """An attempt at calling back the sender of a report."""

    report: int
    day: date
    reached: bool
    pleased: bool


@dataclass
class Case:
    """A case with everything of it, the `n`-th; a report has the number of the case that it opened.

    `reach`: of each report that it has, how its sender can be reached; `wants`: to be called back.
    `sent`: who was ever sent a reply. `asks`: of all reports there are, those whose sender wants a
    report back; `backs`: how far that is in this round, and who wrote it.
    """

    area: str
    kind: str
    petition: bool
    urgent: bool
    about: str
    n: int
    imposed: bool
    reach: dict[int, str]
    wants: dict[int, bool]
    named: set[str] = field(default_factory=set)
    state: str = "received"
    handler: str = ""
    items: list[Item] = field(default_factory=list)
    documents: list[Document] = field(default_factory=list)
    promises: list[Promise] = field(default_factory=list)
    rungs: list[Rung] = field(default_factory=list)
    brought: list[tuple[Item, str, datetime]] = field(default_factory=list)
    countersign: bool = False
    took_over: set[str] = field(default_factory=set)
    decided_by: str = ""
    reopened: int = 0
    replied: set[int] = field(default_factory=set)
    waiting: list[tuple[int, int]] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    explained: set[int] = field(default_factory=set)
    sent: set[int] = field(default_factory=set)
    lent: list["Lent"] = field(default_factory=list)
    merged_into: "Case | None" = None
    once_accepted: bool = False
    above: set[int] = field(default_factory=set)
    resume_to: str = ""
    asked_until: datetime | None = None
    more_time: Wish | None = None
    category: str = ""
    shelving: Shelving | None = None
    exclusion: Wish | None = None
    backs: dict[int, tuple[str, str]] = field(default_factory=dict)
    asks: set[int] = field(default_factory=set)
    left_out: bool = False

    @property
    def call_back(self) -> bool:
        """Tell whether anybody wants to be called back."""
        return any(self.wants.values())

    @property
    def shielded(self) -> set[str]:
        """Return every unit that was ever named here, or in a case that was merged into it."""
        return self.named.union(*(one.case.named for one in self.lent))

    @property
    def at_work(self) -> bool:
        """Tell whether its items may move: it is handled, or waits and will be again."""
        return "handling" in (self.state, self.resume_to)

    def matter(self) -> Matter:
        """Return what the length of its promises depends on."""
        return Matter(self.kind, self.urgent, self.petition)

    # Promises

    def alive(self, on: str, *names: str) -> list[Promise]:
        """Return what is owed on something, of these names or all; `on`: may be `all`."""
        return [
            one
            for one in self.promises
            if one.alive and on in (one.on, "all") and (not names or one.name in names)
        ]

    def start(self, name: str, on: str, now: datetime) -> Promise:
        """Start a promise."""
        new = promises.start(name, on, self.matter(), now)
        self.promises.append(new)
        return new

    def start_work(self, name: str, item: Item, now: datetime) -> None:
        """Start a unit's work: due before its case, with a working day at the least; what starts
        while the case waits for its reporter waits too.
        """
        ends = [one.due for one in self.alive("all", "resolve")]
        new = promises.start(name, item.on, self.matter(), now)
        if ends:
            new.due = max(days.earlier(min(ends), promises.MARGIN), days.working_days(now, 1))
        self.promises.append(new)
        if self.asked_until is not None:
            new.stand_still(now, self.asked_until)

    def meet(self, on: str, now: datetime, *names: str) -> None:
        """End promises as kept."""
        for one in self.alive(on, *names):
            one.end("met", now)

    def stop(self, on: str, now: datetime, *names: str) -> None:
        """End promises as no longer owed."""
        for one in self.alive(on, *names):
            one.end("stopped", now)

    def let_go(self, now: datetime, *kept: str) -> None:
        """Stop what a case that ends still owed; its documents outlive it, and the level above
        looks into what came back all the same.
        """
        for one in self.alive("all"):
            if not one.on.startswith("order") and one.name not in (*kept, "oversee"):
                one.end("stopped", now)

    def handled(self, now: datetime) -> None:
        """Stop the immediate clock; an urgent one only a named person's acknowledgement stops."""
        if not self.urgent:
            self.meet("case", now, "immediate")


@dataclass
class Lent:
    """A case that was merged into another: where it was, when, and the reports that went over."""

    case: Case
    was: str
    at: datetime
    reach: dict[int, str]
    wants: dict[int, bool]


# What is asked before a move


def need(true: bool, why: str) -> None:
    """Refuse unless something is true."""
    if not true:
        raise Refused(why)


def may(person: Person, move: str, case: Case) -> None:
    """Refuse unless the state of a case, the role and what they see allow a move of the case."""
    need(case.state in IN[move], "the case's state")
    need(person.role in MAY[move], "the role")
    need(reaches(person, case.area, case.about), "out of sight")


def may_on(person: Person, move: str, case: Case, item: Item, permission: str = "") -> None:
    """Refuse unless the state of an item, the role and what they see allow a move of it."""
    need(item.state in AT[move], "the item's state")
    need(person.role in MAY[permission or move], "the role")
    need(reaches(person, case.area, case.about) or holds(person, item), "out of sight")


def holds(person: Person, item: Item) -> bool:
    """Tell whether a unit or an inspector has an item: only then they see it."""
    if item.state == "draft":
        return False
    if person.role == "inspector":
        return item.inspector == person.name
    mine = {item.rectifying} | ({item.verifying} if not item.inspector else set())
    return person.role == "unit" and person.unit in mine


def its_turn(person: Person, item: Item) -> None:
    """Refuse a unit or an inspector that does not have to do something now."""
    if person.role == "unit":
        need(person.unit == item.holder and not item.in_person, "not its turn")
    if person.role == "inspector":
        need(item.inspector == person.name and item.in_person, "not its turn")


def working(case: Case) -> None:
    """Refuse where the items of a case must not move."""
    need(case.at_work, "the case is not at work")


def free_of(person: Person, item: Item) -> None:
    """Nobody judges the work of a unit that they must keep away from."""
    need(person.away not in item.units or not person.away, "must keep away")


def asked(wish: Wish | None, person: Person) -> Wish:
    """Return what was asked for, to somebody else than who asked."""
    if wish is None:
        raise Refused("nothing asked")
    need(wish.by != person.name, "four eyes")
    return wish
