"""Lines that an administrator types or pastes from a notice: which days are off, which work.

2027-02-05 休 春节
2027-02-05 至 2027-02-12 休 春节
2027-02-20 班
2027-02-20 还原        (as the law says again)
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from caseflow.deadlines.recalendar import Change
from caseflow.errors import BadInput, Told

LONGEST_STRETCH = 31  # days
FIRST_YEAR, LAST_YEAR = 2000, 2100
LONGEST_NOTE = 200

_DATE = r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?"  # not said
_LINE = re.compile(rf"{_DATE}(?:\s*(?:至|到|~|～|—|\.\.)\s*{_DATE})?\s+(\S+)\s*(.*)")
_WORDS: dict[str, bool | None] = {
    "休": False,  # not said
    "班": True,  # not said
    "还原": None,  # not said
    "off": False,
    "work": True,
    "reset": None,
}


@dataclass(frozen=True)
class WrongLine:
    """One line that cannot be taken, with its number (from 1) and why."""

    n: int
    text: str
    why: str


class WrongLines(BadInput):
    """Some lines cannot be taken; none was."""

    def __init__(self, lines: Sequence[WrongLine]) -> None:
        super().__init__({"lines": Told("有 %(n)d 行看不懂，请改正后再预览", n=len(lines))})
        self.lines = list(lines)


def parse(text: str, published: frozenset[int] = frozenset()) -> Change:
    """Return what the lines ask for; empty lines do not count. Raises WrongLines, BadInput."""
    days: dict[date, bool | None] = {}
    notes: dict[date, str] = {}
    wrong = []
    for n, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        try:
            for day, working, note in _days(line.strip()):
                if days.get(day, working) != working:
                    raise _Refused(Told("%(day)s 在前面写的不一样", day=day.isoformat()))
                days[day], notes[day] = working, note
        except _Refused as refused:
            wrong.append(WrongLine(n, line.strip(), refused.why))
    if wrong:
        raise WrongLines(wrong)
    change = Change(days, {day: note for day, note in notes.items() if note}, published)
    if not change:
        raise BadInput({"lines": "请写下要改的日子，或勾选“通知已公布”"})
    return change


class _Refused(Exception):
    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def _days(line: str) -> Iterator[tuple[date, bool | None, str]]:
    found = _LINE.fullmatch(line)
    if found is None:
        raise _Refused("写法应为“2027-02-05 休”或“2027-02-07 班”")
    *numbers, word, note = found.groups()
    if word not in _WORDS:
        raise _Refused("日期后面写“休”“班”或“还原”")
    first = _date(numbers[:3])
    last = _date(numbers[3:]) if numbers[3] else first
    if last < first:
        raise _Refused("结束日期早于开始日期")
    if (last - first).days >= LONGEST_STRETCH:
        raise _Refused(Told("一行最多 %(n)d 天", n=LONGEST_STRETCH))
    for offset in range((last - first).days + 1):
        yield first + timedelta(days=offset), _WORDS[word], note.strip()[:LONGEST_NOTE]


def _date(parts: Sequence[str]) -> date:
    year, month, day = map(int, parts)
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise _Refused(
            Told("年份应在 %(first)d 至 %(last)d 之间", first=FIRST_YEAR, last=LAST_YEAR)
        )
    try:
        return date(year, month, day)
    except ValueError as error:
        raise _Refused("没有这一天") from error
