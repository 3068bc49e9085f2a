"""What a cell of a spreadsheet holds, and how it is said in words. Pure."""

import unicodedata
from datetime import date, datetime, time
from functools import lru_cache

Cell = str | int | float | bool | datetime | date | time | None
Cells = tuple[Cell, ...]

BROKEN = frozenset({"#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NUM!", "#NULL!", "#SPILL!"})
"""What a spreadsheet shows instead of a value where a formula went wrong."""


def said(cell: Cell) -> str:
    """Return what a cell says, as one reads it in the sheet: whole numbers without a point."""
    if cell is None:
        return ""
    if isinstance(cell, str):
        return without_controls(cell).strip()
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    if isinstance(cell, datetime):
        if (cell.hour, cell.minute, cell.second) == (0, 0, 0):
            return cell.date().isoformat()
        return cell.replace(tzinfo=None).isoformat(" ", "seconds").removesuffix(":00")
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, time):
        return cell.strftime("%H:%M")
    return str(cell)


def without_controls(text: str) -> str:
    """Return a text without what no database and no page takes; line breaks and tabs stay."""
    if text.isprintable():
        return text
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("_x000D_", "")
    return "".join(ch for ch in text if ch in "\n\t" or unicodedata.category(ch) not in _UNFIT)


_UNFIT = ("Cc", "Cs", "Co")


def is_empty(cells: Cells) -> bool:
    """Tell whether a row says nothing at all."""
    return not any(cell is not None and said(cell) for cell in cells)


@lru_cache(maxsize=10_000)  # of the words that a ledger says again and again
def plain(text: str) -> str:
    """Return a text in one width and without blanks, for comparing."""
    return "".join(unicodedata.normalize("NFKC", text).split())
