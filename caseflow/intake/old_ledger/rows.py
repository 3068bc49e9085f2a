"""One row of an old ledger: what it says, and what is wrong with it. Pure.

A row that cannot be understood is told with its column and the reason; nothing is made up for it.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache

from caseflow import words
from caseflow.clock import SHANGHAI
from caseflow.intake.old_ledger import dates
from caseflow.intake.old_ledger.cells import BROKEN, Cells, plain, said
from caseflow.intake.old_ledger.dates import BadDate, Sheet, When
from caseflow.intake.old_ledger.headings import FIELDS, IDENTITY

LONGEST = 20_000
_LONGEST_OF = {"number": 120, "name": 100, "phone": 100, "address": 200, "unit": 200, "source": 120}
MOMENTS = ("received", "due", "closed")

# The words of a state. What is finished is looked for first, but for what denies it.
_OPEN = re.compile(
    "未办结|未结|未完成|未办[结完毕]|未办理完|没有办结|尚未|正在|在办|办理中|处理中|调查中|核查中|跟进|跟踪|推进|整改中|已受理|已转|已交办|转办|交办|待办结|待回复|待答复|否"
)
_NEW = re.compile("未受理|待受理|未处理|待处理|未办理|待办理|未办(?![结完毕])|待办(?!结)|新件|新增")
_DONE = re.compile(
    "办结|结案|办毕|完成|处理完|已整改|整改到位|已处理|已办|已回复|已答复|销号|了结|终结|化解|是|√|✓"
)
_KINDS = {
    **{label: code for code, label in words.KINDS.items()},
    "申诉": "complaint", "信访": "complaint", "意见": "suggestion", "求决": "help",  # not said
    "检举": "tip", "控告": "tip", "揭发": "tip", "询问": "question",  # not said
    "反映": "complaint",  # not said
}  # fmt: skip


@dataclass(frozen=True)
class Choices:
    """What whoever imports decided about a sheet: the field of each column, the kind of matters
    that say none, what a row is that tells a result and no state (`closed`, `open`, or empty: it is
    told), and the year of dates that have none, where the title does not say it.
    """

    columns: tuple[str, ...]
    kind: str = "complaint"
    result: str = ""
    year: int | None = None


@dataclass(frozen=True)
class Wrong:
    """What is wrong with a row: in which column, by its field, and why."""

    field: str
    why: str


@dataclass(frozen=True, repr=False)
class Row:
    """A row that can be taken over, `n` counted from the top of the sheet.

    `said`: what each column says but for who reported, as it is given back in an export.
    `closed_at` is None also where the row is finished and does not tell when. `state`: of cases.
    """

    n: int
    received_at: datetime
    text: str
    state: str
    kind: str
    said: Mapping[str, str]
    number: str = ""
    subject: str = ""
    category: str | None = None
    unit: str = ""
    name: str = ""
    phone: str = ""
    address: str = ""
    due: datetime | None = None
    closed_at: datetime | None = None

    def __repr__(self) -> str:
        """Keep the person out of every traceback and log line."""
        return f"Row({self.n})"


@dataclass
class _Reading:
    """A row that is being read."""

    texts: dict[str, str]
    moments: dict[str, When | None] = field(default_factory=dict)
    wrong: list[Wrong] = field(default_factory=list)

    def refuse(self, name: str, why: str) -> None:
        self.wrong.append(Wrong(name, why))

    def at(self, name: str) -> datetime | None:
        """Return a moment of the row; of a day on which something ends, its last second."""
        when = self.moments.get(name)
        if when is None:
            return None
        if name == "due" and not when.timed:
            return when.at + timedelta(days=1)
        return when.at


def read(n: int, cells: Cells, choices: Choices, sheet: Sheet, now: datetime) -> Row | list[Wrong]:
    """Return what a row says, or all that is wrong with it."""
    reading = _Reading(_texts(cells, choices.columns))
    for name, text in reading.texts.items():
        _check(reading, name, text)
    for name, cell in zip(choices.columns, cells, strict=False):
        if name in MOMENTS:
            _moment(reading, name, cell, sheet)
    _needed(reading, now)
    state = _state(reading, choices)
    kind = _kind(reading, choices)
    if reading.wrong:
        return reading.wrong
    return _row(n, reading, state, kind)


def _texts(cells: Cells, columns: Sequence[str]) -> dict[str, str]:
    return {name: said(cell) for name, cell in zip(columns, cells, strict=False) if name}


def _check(reading: _Reading, name: str, text: str) -> None:
    if _is_broken(text):
        reading.refuse(name, "公式出错，没有值")
    elif len(text) > _LONGEST_OF.get(name, LONGEST):
        reading.refuse(name, "太长")


def _is_broken(text: str) -> bool:
    return text.startswith("#") and text.upper() in BROKEN


def _moment(reading: _Reading, name: str, cell: object, sheet: Sheet) -> None:
    text = reading.texts.get(name, "")
    if _is_broken(text):
        return
    if name != "received" and plain(text) in _NONE:
        return
    try:
        reading.moments[name] = dates.read(cell, sheet)  # type: ignore[arg-type]
    except BadDate as bad:
        reading.refuse(name, str(bad))


_NONE = ("", "/", "-", "—", "——", "无", "未办结", "未", "暂无", "长期")  # not said


def _needed(reading: _Reading, now: datetime) -> None:
    wrong = {one.field for one in reading.wrong}
    received, closed = reading.at("received"), reading.at("closed")
    if received is None and "received" not in wrong:
        reading.refuse("received", "没有写来件时间")
    if received is not None and received > now:
        reading.refuse("received", "来件时间还没有到")
    if not (reading.texts.get("text") or reading.texts.get("subject")):
        reading.refuse("text", "没有写反映内容")
    if received is not None and closed is not None and _before(reading, closed, received):
        reading.refuse("closed", "办结时间早于来件时间")
    if closed is not None and closed > now:
        reading.refuse("closed", "办结时间还没有到")


def _before(reading: _Reading, closed: datetime, received: datetime) -> bool:
    """Tell whether a matter ended before it came; a day without an hour may be the same day."""
    when = reading.moments["closed"]
    last = closed if when and when.timed else closed + timedelta(days=1)
    return last <= received


def _state(reading: _Reading, choices: Choices) -> str:
    """Return the state of the case: finished ones are closed, others received or accepted."""
    typed = plain(reading.texts.get("state", ""))
    closed = reading.moments.get("closed") is not None
    if not typed:
        return _unsaid(reading, choices, closed=closed)
    state = state_of(typed)
    if not state:
        reading.refuse("state", "看不懂这个状态")
    elif state != "closed" and closed:
        reading.refuse("state", "状态是没有办结，却写了办结时间")
    return state


@lru_cache(maxsize=1_000)
def state_of(typed: str) -> str:
    """Return the state of cases that an old ledger's word means; empty where it is not known."""
    if _NEW.search(typed):
        return "received"
    if _OPEN.search(typed):
        return "accepted"
    return "closed" if _DONE.search(typed) else ""


def _unsaid(reading: _Reading, choices: Choices, *, closed: bool) -> str:
    if closed:
        return "closed"
    if reading.texts.get("result"):
        if not choices.result:
            reading.refuse("state", "写了办理情况，却看不出是否已经办结")
        return "closed" if choices.result == "closed" else "accepted"
    return "accepted" if reading.texts.get("assigned") else "received"


def _kind(reading: _Reading, choices: Choices) -> str:
    typed = plain(reading.texts.get("kind", ""))
    if not typed:
        return choices.kind
    found = _kind_of(typed)
    if not found:
        reading.refuse("kind", "看不懂这个诉求类型")
    return found


@lru_cache(maxsize=1_000)
def _kind_of(typed: str) -> str:
    return next((code for label, code in _KINDS.items() if label in typed), "")


_CATEGORIES = {plain(label): code for code, label in words.CATEGORIES.items()}


def category_of(typed: str) -> str | None:
    """Return the category that an old ledger's word is; None for one of its own."""
    short = plain(typed)
    return _CATEGORIES.get(short) or (short if short in words.CATEGORIES else None)


def _row(n: int, reading: _Reading, state: str, kind: str) -> Row:
    texts, received = reading.texts, reading.at("received")
    assert received is not None  # what has none was refused above
    kept = {name: text for name, text in texts.items() if text and name not in IDENTITY}
    kept |= {name: _moment_said(when.at) for name, when in reading.moments.items() if when}
    return Row(
        n=n,
        received_at=received,
        text=texts.get("text") or texts.get("subject", ""),
        state=state,
        kind=kind,
        said=kept,
        number=texts.get("number", ""),
        subject=texts.get("subject", "") if texts.get("text") else "",
        category=category_of(texts.get("category", "")),
        unit=texts.get("unit", ""),
        name=texts.get("name", ""),
        phone=texts.get("phone", ""),
        address=texts.get("address", ""),
        due=reading.at("due"),
        closed_at=reading.at("closed"),
    )


@lru_cache(maxsize=10_000)  # most are days
def _moment_said(at: datetime) -> str:
    """Say a moment as an export does: every spelling of it comes back as this one."""
    return said(at.astimezone(SHANGHAI).replace(tzinfo=None))


def identity_of(row: Row) -> dict[str, str]:
    """Return who reported, as far as the row tells."""
    return {name: getattr(row, name) for name in IDENTITY}


def heading(name: str) -> str:
    """Return what a field is called in reports and exports; empty for a whole row."""
    return FIELDS.get(name, "")
