"""What the model keeps of a case, its items and documents, and what is asked before every move."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple

from tests.model import days, promises
from tests.model.office import MAY, Person, reaches
from tests.model.promises import Matter, Promise, Rung
from tests.model.states import AT, IN, OF_REVIEW, ON_ITS_WAY
from tests.model.things import Document, Item, Mail, Passage, Proposal, Shelving, Wish


class Refused(Exception):
    """A move that the rules do not allow, and why."""


class Call(NamedTuple):
    """An attempt at calling back the sender of a report."""

    report: int
    day: date
    reached: bool
    pleased: bool


@dataclass
class Letter:
    """A report as it came, with the number of the case that it opened, or was written for.

    `reach`: how its sender can be reached; `wants`: to be called back; `asks`: for a report back.
    `home`: the case that it came with or was split off into, whose promise is its sender's; `lies`:
    the one that it is in now. `asked`: of which case and round a review was asked for; `ordered`:
    that the office above ordered another answer; `words`: how often its sender said more;
    `taken_back`: that they took it back since its case was last taken up.
    """

    n: int
    kind: str
    petition: bool
    category: str
    imposed: bool
    reach: str
    wants: bool
    asks: bool
    home: int
    lies: "Case | None" = None
    asked: set[tuple[int, int]] = field(default_factory=set)
    ordered: bool = False
    words: int = 0
    taken_back: bool = False

    @property
    def is_called(self) -> bool:
        """Tell whether its sender is called back: nobody who took it back is."""
        return self.wants and not self.taken_back

    def word(self, n: int) -> str:
        """Name the n-th that its sender said later as what a promise stands on."""
        return f"later {self.n} {n}"

    def has_word(self, on: str) -> bool:
        """Tell whether a promise stands on what its sender said later."""
        return on.startswith(f"later {self.n} ")


class Sent(NamedTuple):
    """An answer to a report, in which round; or to the n-th `word` that its sender said later."""

    letter: Letter
    of_round: int
    word: int = 0


@dataclass
class Review:
    """Of which case's answer, at which stage; `root`: the report that the matter began with."""

    stage: int
    of: "Case"
    root: Letter
    result: str = ""


@dataclass
class Case:
    """A case with everything of it, the `n`-th.

    `sent`: who was ever sent a reply from here, when last. `backs`: how far the report back to a
    sender is in this round, and who wrote it; `mails`: those that may still be taken or come back,
    `last_mail`: the newest of each report. `dangers`: which reports told of danger; nobody's
    number where somebody of the office did, or it is older than the case. `sent_back`: between
    which two offices, since somebody last signed for it. `replied`: to whom in this round, when;
    `acted`: who had a part in how it was handled.
    """

    area: str
    kind: str
    petition: bool
    urgent: bool
    about: str
    n: int
    letters: dict[int, Letter] = field(default_factory=dict)
    named: set[str] = field(default_factory=set)
    state: str = "received"
    handler: str = ""
    items: list[Item] = field(default_factory=list)
    documents: list[Document] = field(default_factory=list)
    promises: list[Promise] = field(default_factory=list)
    rungs: list[Rung] = field(default_factory=list)
    brought: list[tuple[Item, str, datetime, int]] = field(default_factory=list)
    countersign: bool = False
    took_over: set[str] = field(default_factory=set)
    decided_by: str = ""
    reopened: int = 0
    replied: dict[int, datetime] = field(default_factory=dict)
    waiting: list[Sent] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    explained: set[int] = field(default_factory=set)
    sent: dict[int, datetime] = field(default_factory=dict)
    dangers: set[int | None] = field(default_factory=set)
    lent: list["Lent"] = field(default_factory=list)
    merged_into: "Case | None" = None
    once_accepted: bool = False
    above: set[int] = field(default_factory=set)
    resume_to: str = ""
    asked_until: datetime | None = None
    asked_of: int | None = None
    supplemented: bool = False
    more_time: Wish | None = None
    category: str = ""
    shelving: Shelving | None = None
    proposal: Proposal | None = None
    same_as: "Case | None" = None
    exclusion: Wish | None = None
    backs: dict[int, tuple[str, str]] = field(default_factory=dict)
    mails: list[Mail] = field(default_factory=list)
    last_mail: dict[int, Mail] = field(default_factory=dict)
    left_out: bool = False
    split_from: "Case | None" = None
    parts: list["Case"] = field(default_factory=list)
    passage: Passage | None = None
    sent_back: list[set[str]] = field(default_factory=list)
    review: Review | None = None
    ended: bool = False
    acted: set[str] = field(default_factory=set)
    items_ever: int = 0
    documents_ever: int = 0

    @property
    def reach(self) -> dict[int, str]:
        """Return of each report that it has how its sender can be reached."""
        return {n: one.reach for n, one in self.letters.items()}

    @property
    def imposed(self) -> bool:
        """Tell whether another office set a due moment."""
        return any(one.imposed for one in self.letters.values())

    @property
    def call_back(self) -> bool:
        """Tell whether anybody wants to be called back."""
        return any(one.is_called for one in self.letters.values())

    def below(self) -> list["Case"]:
        """Return the cases that are merged into it, and into those."""
        return [one for lent in self.lent for one in (lent.case, *lent.case.below())]

    def family(self) -> list["Case"]:
        """Return it with all that it was split off from, or into, and those merged into any."""
        found = [self]
        for one in found:
            near = [*one.parts, *one.below(), *([one.split_from] if one.split_from else [])]
            found += [other for other in near if not any(other is x for x in found)]
        return found

    @property
    def shielded(self) -> set[str]:
        """Return every unit that was ever named in any case of the family."""
        return set().union(*(one.named for one in self.family()))

    def item(self, n: int) -> Item:
        """Return an item by its number."""
        return next(one for one in self.items if one.n == n)

    @property
    def at_work(self) -> bool:
        """Tell whether its items may move: it is handled, or waits and will be again."""
        return "handling" in (self.state, self.resume_to)

    def matter(self) -> Matter:
        """Return what the length of its promises depends on."""
        return Matter(self.kind, self.urgent, self.petition, self.review is not None)

    def is_on_its_way(self, on: str) -> bool:
        """Tell whether an answer to what somebody said later waits for its channel."""
        return any(one.word and one.letter.word(one.word) == on for one in self.waiting)

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
        end = self.promised()
        new = promises.start(name, item.on, self.matter(), now)
        if end:
            new.due = max(days.earlier(end, promises.MARGIN), days.working_days(now, 1))
        self.promises.append(new)
        if self.asked_until is not None:
            new.stand_still(now, self.asked_until)

    def promised(self) -> datetime | None:
        """Return the earliest moment that anybody was promised: what is worked on is due before."""
        return min((one.due for one in self.alive("all", "resolve", "reply")), default=None)

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
    """A case that was merged into another: where it was, when, and the reports that went over;
    `apart`: one of them went on to a part that was split off.
    """

    case: Case
    was: str
    at: datetime
    letters: dict[int, Letter]
    apart: bool = False


# What is asked before a move


def need(true: bool, why: str) -> None:
    """Refuse unless something is true."""
    if not true:
        raise Refused(why)


def may(person: Person, move: str, case: Case) -> None:
    """Refuse unless the state of a case, the role and what they see allow a move of the case."""
    need(case.state in IN[move], "the case's state")
    need(case.passage is None or move in ON_ITS_WAY, "it is on its way")
    need(case.review is None or move in OF_REVIEW, "a review")
    need(case.review is not None or move != "opine", "no review")
    need(person.role in MAY[move], "the role")
    need(reaches(person, case.area, case.about), "out of sight")


def may_on(person: Person, move: str, case: Case, item: Item, permission: str = "") -> None:
    """Refuse unless the state of an item, the role and what they see allow a move of it."""
    need(item.state in AT[move], "the item's state")
    need(case.passage is None, "it is on its way")
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


def free_of_danger(case: Case) -> None:
    """Refuse while nobody has taken over what is urgent, or a reason waits to be countersigned."""
    need(not case.countersign, "not countersigned")
    need(not (case.urgent and case.alive("case", "immediate")), "nobody took over")


def not_ordered(case: Case) -> None:
    """Refuse where the office above ordered that it be handled again."""
    need(not any(one.ordered for one in case.letters.values()), "ordered from above")


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
