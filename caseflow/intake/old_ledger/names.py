"""Which unit of the register a name in an old ledger means. Pure.

What is the same but for how it is typed is matched; what is only alike is asked, never assumed.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz, process

from caseflow.intake.old_ledger.cells import plain

OFFERED = 5
"""So many units are offered for a name that is only alike."""
ALIKE = 55.0
"""From what likeness on, of 100, a unit is offered."""

_ASIDE = re.compile(r"[(\[【〔].*?[)\]】〕]")
_MARKS = re.compile(r"[^\w]|_")
_PLACE = re.compile(
    r"^(?:[\u4e00-\u9fff]{2,5}?省)?(?:[\u4e00-\u9fff]{2,5}?市)?(?:[\u4e00-\u9fff]{1,5}?[区县])?"
)
_DOUBLED = {"小学校": "小学", "中学校": "中学"}  # not said
_DOUBLED |= {"小学学校": "小学", "中学学校": "中学"}  # not said
_ENDINGS = ("有限责任公司", "有限公司")  # not said


@dataclass(frozen=True)
class Named:
    """A unit of the register by its name."""

    id: int
    name: str


@dataclass(frozen=True)
class Question:
    """A name that no unit has: what it may mean, the likeliest first, and in how many rows."""

    words: str
    offered: tuple[Named, ...]
    rows: int = 1


def key(words: str) -> str:
    """Return what a name is remembered by: in one width, without blanks."""
    return plain(words)


def normal(words: str) -> str:
    """Return a name without what people leave out or add: what stands aside in brackets, the place
    before it, marks, and an ending that says the same twice.
    """
    short = _MARKS.sub("", _ASIDE.sub("", plain(words)))
    for ending in _ENDINGS:
        short = short.removesuffix(ending)
    for long, plainly in _DOUBLED.items():
        if short.endswith(long):
            short = short.removesuffix(long) + plainly
    bare = _PLACE.sub("", short)
    return bare if len(bare) >= 3 else short


class Register:
    """The units of an office's areas, looked up by what people call them."""

    def __init__(
        self, units: Iterable[Named], remembered: Mapping[str, int | None] | None = None
    ) -> None:
        """Take the units, and what was answered before: a name's key to its unit, None for none."""
        self.units = tuple(units)
        self.names = {unit.id: unit.name for unit in self.units}
        self.ids = frozenset(self.names)
        answers = (remembered or {}).items()
        self._answered = {words: one for words, one in answers if one is None or one in self.ids}
        self._found: dict[str, tuple[bool, int | None]] = {}
        self._exact: dict[str, set[int]] = defaultdict(set)
        self._normal: dict[str, set[int]] = defaultdict(set)
        for unit in self.units:
            self._exact[key(unit.name)].add(unit.id)
            self._normal[normal(unit.name)].add(unit.id)

    def find(self, words: str) -> tuple[bool, int | None]:
        """Return whether it is settled what a name means, and the unit; None for no unit."""
        if words not in self._found:
            self._found[words] = self._settled(words)
        return self._found[words]

    def _settled(self, words: str) -> tuple[bool, int | None]:
        typed = key(words)
        if not typed:
            return True, None
        if len(found := self._exact.get(typed, set())) == 1:
            return True, next(iter(found))
        if typed in self._answered:
            return True, self._answered[typed]
        if len(found := self._normal.get(normal(words), set())) == 1:
            return True, next(iter(found))
        return False, None

    def question(self, words: str, rows: int = 1) -> Question:
        """Return what to ask about a name that `find` does not settle."""
        names = {unit.id: normal(unit.name) for unit in self.units}
        close = process.extract(
            normal(words), names, scorer=fuzz.WRatio, limit=OFFERED, score_cutoff=ALIKE
        )
        by_id = {unit.id: unit for unit in self.units}
        return Question(words, tuple(by_id[unit_id] for _, _, unit_id in close), rows)


def asked(register: Register, words: Mapping[str, int]) -> Sequence[Question]:
    """Return a question for each name that is not settled, with how many rows have it, the most
    frequent first.
    """
    open_ones = [(one, n) for one, n in words.items() if not register.find(one)[0]]
    open_ones.sort(key=lambda pair: (-pair[1], pair[0]))
    return [register.question(one, n) for one, n in open_ones]
