"""What the model keeps beside a case: its items and documents, and what is asked about them."""

from dataclasses import dataclass, field, fields
from datetime import UTC, date, datetime

from tests.model.office import BRANCH, SCHOOL
from tests.model.promises import Promise
from tests.model.states import VERIFIES

_NEVER = datetime(1, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Said:
    """What somebody says with a move, of all that could be said with any.

    `number`: of the case that the move opens, if it opens one. `giver`: who hands over, to a
    `taker` what they handle, to a `goer` what they verify; `heard`: so many hours ago; `mailed`:
    by this machine.
    """

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
    going: tuple[int, ...] = ()
    shared: tuple[int, ...] = ()
    items: tuple[int, ...] = ()
    number: int = 0
    to: str = ""
    opinion: str = "upheld"
    rung: int = 3
    giver: str = ""
    taker: str = ""
    goer: str = ""
    heard: int = 0
    mailed: bool = False

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
class Proposal:
    """To `decline` a case or to `refer` it, that somebody proposed and nobody decided yet."""

    by: str
    move: str


@dataclass(frozen=True)
class StepUp:
    """Which rung somebody wants now, when they asked, and the unit that had the item then."""

    by: str
    unit: str
    at: datetime
    rung: int


@dataclass(frozen=True)
class Answer:
    """What somebody of a unit wrote and its head has not signed yet: by whom, when, which move."""

    by: str
    unit: str
    at: datetime
    move: str
    said: Said


@dataclass(frozen=True)
class Passage:
    """Where a case is on its way to; `designated`: it is not sent back from there."""

    to: str
    designated: bool = False


@dataclass
class Mail:
    """A report back that this machine mailed for the report `n`; `taken`: by the mail server."""

    n: int
    at: datetime
    taken: bool = False


@dataclass
class Assistance:
    """What a unit was asked beside an item's lead."""

    n: int
    item: int
    unit: str
    asked: datetime = _NEVER
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
    step_up: StepUp | None = None
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
