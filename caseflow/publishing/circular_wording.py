"""What the draft of a circular on lateness says, and what no circular may say.

A draft states the failure to act: which units, how many items, how late. Nothing of what they are
about can stand in it, for nothing of it is asked for. In the public text a unit is named only where
its lateness is of several cases: one that is named for a single matter could be known by it.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from caseflow.clock import Period
from caseflow.deadlines.calendar import Calendar
from caseflow.errors import BadInput, Told
from caseflow.escalation.lateness import Late
from caseflow.ledger.moves.record import words

FEWEST = 3
"""So many cases a unit must have been late with to be named in public (small numbers, law 10)."""


@dataclass(frozen=True)
class OfUnit:
    """What was counted of a unit; `days`: the longest lateness in working days."""

    unit_id: int
    items: int
    cases: int
    days: int
    rung: int

    @property
    def is_few(self) -> bool:
        """Tell whether the unit is not to be named in public."""
        return self.cases < FEWEST


def counted(late: Iterable[Late], calendar: Calendar, now: datetime) -> list[OfUnit]:
    """Count promises that ran out by unit, the one with the most items first."""
    by_unit: dict[int, list[Late]] = {}
    for one in late:
        by_unit.setdefault(one.unit_id, []).append(one)
    found = [_of_unit(unit, theirs, calendar, now) for unit, theirs in by_unit.items()]
    return sorted(found, key=lambda one: (-one.items, -one.days, one.unit_id))


def _of_unit(unit: int, late: Sequence[Late], calendar: Calendar, now: datetime) -> OfUnit:
    return OfUnit(
        unit,
        items=len({one.item_id for one in late}),
        cases=len({one.case_id for one in late}),
        days=max(_days(one, calendar, now) for one in late),
        rung=max(one.rung for one in late),
    )


def _days(one: Late, calendar: Calendar, now: datetime) -> int:
    ended = calendar.local_day(one.ended_at or now)
    return max(0, calendar.working_days_between(calendar.due_day(one.due), ended))


def title(first: date, last: date, kind: str) -> str:
    """Return the title of a circular."""
    about = {"lateness": "逾期未办事项", "problem": "查实问题"}[kind]  # not said
    return f"关于{day(first)}至{day(last)}{about}的通报"


def text(found: Sequence[OfUnit], names: dict[int, str], period: Period, today: date) -> str:
    """Return the draft that goes to units: every unit that was late, with its figures."""
    lines = (
        f"{n}．{names[one.unit_id]}：{_figures(one)}{_climbed(one)}。"
        for n, one in enumerate(found, 1)
    )
    return "\n".join(
        [
            f"{_during(period)}，以下单位承办的事项没有在规定期限内办理。截至{day(today)}：",
            *lines,
            "尚未办结的请立即办理，并查明逾期原因，加强期限管理。",  # not said
        ]
    )


def public_text(found: Sequence[OfUnit], names: dict[int, str], period: Period) -> str:
    """Return the draft for the public: who was late with few matters is not named or counted."""
    named = [one for one in found if not one.is_few]
    if not named:
        return (
            f"{_during(period)}，个别单位承办的事项没有在规定期限内办理，件数较少，不逐一列出。"
            "已要求有关单位查明原因，尚未办结的立即办理。"
        )
    lines = [f"{n}．{names[one.unit_id]}：{_figures(one)}。" for n, one in enumerate(named, 1)]
    if len(named) < len(found):
        lines.append("另有个别单位逾期件数较少，不逐一列出。")  # not said
    said = f"{_during(period)}，以下单位承办的事项没有在规定期限内办理："
    return "\n".join([said, *lines, "已要求有关单位查明原因，尚未办结的立即办理。"])  # not said


def _during(period: Period) -> str:
    return f"{day(period.first)}至{day(period.last)}"


def _figures(one: OfUnit) -> str:
    longest = f"最长逾期{one.days}个工作日" if one.days else "逾期不足1个工作日"  # not said
    return f"{one.items}件，{longest}"


def _climbed(one: OfUnit) -> str:
    """Say the rung by its number: some have names that nobody may say before a person decided."""
    return f"，督办升至第{one.rung}级" if one.rung else ""


def day(one: date) -> str:
    """Return a day as a document says it."""
    return f"{one.year}年{one.month}月{one.day}日"  # not said


# What tells one matter or one person from all others, however it was typed.
_TELLS = (
    (
        re.compile(r"\d{6,12}-(?:\d{4}-\d{6,12}|\d{8}-\d{4,12})(?!\d)"),
        "不能写办件编号、来件编号",
    ),
    (re.compile(r"(?<!\d)1[3-9]\d(?:[ -]?\d{4}){2}(?!\d)"), "不能写手机号码"),
    (re.compile(r"(?<!\d)(?:\d{4}[ -]?){3}\d{4}(?!\d)"), "不能写查询码"),
    (re.compile(r"(?<!\d)\d{17}[\dXx](?!\w)"), "不能写身份证号码"),
)
_DASH = re.compile(r"[‐-―−—ー]")
TOO_FEW = "公开稿不能写“%(unit)s”：它逾期的件数很少，写出来会让人知道是哪一件"


def checked(said: str, field: str) -> str:
    """Return a text trimmed. Raises BadInput for one that is empty, or says what tells a matter or
    a person from all others.
    """
    trimmed = words(said, field)
    folded = _DASH.sub("-", unicodedata.normalize("NFKC", trimmed))
    for tells, why in _TELLS:
        if tells.search(folded):
            raise BadInput({field: why})
    return trimmed


@dataclass(frozen=True)
class Named:
    """The names of units that a public text must not say, and of those that it may."""

    few: Sequence[str] = ()
    many: Sequence[str] = ()

    def found_in(self, said: str) -> str:
        """Return a name that a text must not say, however it was typed, or nothing. A school's name
        may be the beginning of that of its branch, which may be named.
        """
        folded = _folded(said)
        for name in self.few:
            few, left = _folded(name), folded
            for longer in map(_folded, self.many):
                left = left.replace(longer, " ") if few in longer else left
            if few in left:
                return name
        return ""


def _folded(said: str) -> str:
    """Return a text without spaces, with the letters and brackets of either width alike."""
    return "".join(unicodedata.normalize("NFKC", said).split())


def checked_public(said: str, named: Named, field: str = "public_text") -> str:
    """Return a public text as `checked` does; a unit with few matters must not be named in it."""
    trimmed = checked(said, field)
    if name := named.found_in(trimmed):
        raise BadInput({field: Told(TOO_FEW, unit=name)})
    return trimmed


def plain(said: str) -> str:
    """Return a text trimmed, with the line ends of the web's forms made plain."""
    return "\n".join(said.split("\r\n")).strip()
