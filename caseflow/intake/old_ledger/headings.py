"""Which row of a sheet names its columns, and what each column holds. Pure.

The guess is shown to whoever imports, who corrects it; what they settled is remembered for sheets
with the same headings (`fingerprint`).
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from caseflow.intake.old_ledger.cells import Cells, plain, said

LOOKED_AT = 40
"""So many rows from the top the headings are looked for in."""
FEWEST = 3
"""A row names columns where so many of its cells are known headings."""

FIELDS: Mapping[str, str] = {
    "number": "编号",
    "serial": "序号",
    "received": "来件时间",
    "source": "来源",
    "kind": "诉求类型",
    "name": "反映人",
    "phone": "联系电话",
    "address": "联系地址",
    "unit": "被反映单位",
    "category": "问题类别",
    "subject": "标题",
    "text": "反映内容",
    "assigned": "承办单位",
    "due": "办理期限",
    "result": "办理情况",
    "proven": "是否属实",
    "closed": "办结时间",
    "state": "状态",
    "remark": "备注",
}
"""What a column may hold, by the heading that an export gives it."""
NEEDED = ("received", "text")
IDENTITY = ("name", "phone", "address")
"""What of a row lies in the vault and nowhere else."""


def _known_headings() -> dict[str, str]:
    """Return the field of each heading that offices use."""
    found, field = {}, ""
    for line in Path(__file__).with_name("headings.txt").read_text(encoding="utf-8").splitlines():
        if line.endswith(":"):
            field = line[:-1]
        elif line.startswith(" "):
            found.update(dict.fromkeys(line.split(), field))
    return found


_FIELD_OF = _known_headings()
_BY_LENGTH = sorted((alias for alias in _FIELD_OF if len(alias) > 2), key=len, reverse=True)
_ASIDE = re.compile(r"[(\[<【〔《].*?[)\]>】〕》]")
_MARKS = re.compile(r"[^\w]|_")
_YEAR = re.compile(r"(?<!\d)(20\d{2})(?!\d)\s*(?:年|学年)?")
_LONGEST = 20  # characters of a heading; what is longer is what somebody wrote


@dataclass(frozen=True)
class Table:
    """Where a sheet's headings stand: the last of their rows counted from 1, and what they say.

    `year`: of the title above them, where it says one and only one.
    """

    row: int
    headings: tuple[str, ...]
    year: int | None = None

    @property
    def fingerprint(self) -> str:
        """Return what tells sheets with these headings from others."""
        return sha256("\x1f".join(normal(one) for one in self.headings).encode()).hexdigest()


def normal(heading: str) -> str:
    """Return a heading as headings are compared: one width, nothing aside, no marks."""
    return _MARKS.sub("", _ASIDE.sub("", plain(heading)))


def field_of(heading: str) -> str:
    """Return what a column of this heading probably holds; empty where nothing is known."""
    short = normal(heading)
    if short in _FIELD_OF:
        return _FIELD_OF[short]
    if not short or len(short) > _LONGEST:
        return ""
    return next((_FIELD_OF[alias] for alias in _BY_LENGTH if alias in short), "")


def find(rows: Sequence[Cells], around: Sequence[str] = ()) -> Table | None:
    """Return where the headings stand among the first rows of a sheet, None where none do.

    Titles may stand above, and a second row of headings below (反映人 over 姓名 and 电话).
    `around`: what else may say the year: the names of the sheet and of the file.
    """
    best, most = None, FEWEST - 1
    for at, row in enumerate(rows[:LOOKED_AT]):
        known = _known(row)
        if known > most:
            best, most = at, known
    if best is None:
        return None
    names, last = [said(cell) for cell in rows[best]], best
    below = rows[best + 1] if best + 1 < len(rows) else ()
    if _completes(names, below):
        names, last = _together(names, below), best + 1
    while names and not names[-1]:
        names.pop()
    above = [said(cell) for row in rows[:best] for cell in row if cell is not None]
    return Table(last + 1, tuple(names), year_of(above) or year_of(around))


def _known(row: Cells) -> int:
    fields = {field_of(said(cell)) for cell in row if isinstance(cell, str)}
    return len(fields - {""})


def _completes(names: Sequence[str], below: Cells) -> bool:
    """Tell whether a second row of headings stands below: at least two known ones, under gaps or
    under the cell that spans them, and not a single cell that is none.
    """
    words = [said(cell) for cell in below]
    if sum(1 for word in words if field_of(word)) < 2:
        return False
    return all(not word or field_of(word) for word in words) and any(
        word and at < len(names) and not names[at] for at, word in enumerate(words)
    )


def _together(names: Sequence[str], below: Cells) -> list[str]:
    second = [said(cell) for cell in below]
    width = max(len(names), len(second))
    first = [*names, *[""] * (width - len(names))]
    second += [""] * (width - len(second))
    return [low or high for high, low in zip(first, second, strict=True)]


def year_of(texts: Sequence[str]) -> int | None:
    """Return the year that the texts name, None where they name none, or several."""
    years = {int(year) for text in texts for year in _YEAR.findall(text)}
    return years.pop() if len(years) == 1 else None


def guess(headings: Sequence[str]) -> list[str]:
    """Return the field of each column, each field once; empty for what is not taken over.

    A heading that is a known one wins over one that only contains it, then the left one.
    """
    fields = [""] * len(headings)
    for exact in (True, False):
        for at, heading in enumerate(headings):
            field = field_of(heading)
            if field and not fields[at] and field not in fields and _is(heading, exact):
                fields[at] = field
    return fields


def _is(heading: str, exact: bool) -> bool:
    return not exact or normal(heading) in _FIELD_OF
