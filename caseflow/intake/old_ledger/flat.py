"""A sheet as plain lines, made once when it is first read to its end: unpacking a workbook takes
longer than all that is then done with it, and a ledger is read several times.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from io import BytesIO
from itertools import islice
from typing import Any

from caseflow.intake.old_ledger.books import Page
from caseflow.intake.old_ledger.cells import Cell, Cells

_KINDS: dict[str, Any] = {"datetime": datetime, "date": date, "time": time}


class Flattening:
    """A page that keeps what is read of it."""

    def __init__(self, page: Page, others: tuple[str, ...] = ()) -> None:
        """Take a page, and the names of others in its file that are ledgers too."""
        self._page, self._others = page, others
        self.name, self.from_1904 = page.name, page.from_1904
        self._lines = bytearray()

    def rows(self) -> Iterator[Cells]:
        """Yield the rows of the page."""
        self._lines = bytearray(_line([self.name, self.from_1904, *self._others]).encode())
        for cells in self._page.rows():
            self._lines += b"\n"
            self._lines += _line(_trimmed(cells)).encode()
            yield cells

    def content(self) -> bytes:
        """Return the page as lines, as far as it was read."""
        return bytes(self._lines)


def _trimmed(cells: Cells) -> Cells:
    end = len(cells)
    while end and cells[end - 1] is None:
        end -= 1
    return cells[:end]


def _told(value: object) -> object:
    kind = type(value).__name__
    return {kind: value.isoformat()} if isinstance(value, date | time) else str(value)


_line = json.JSONEncoder(default=_told, ensure_ascii=False).encode


@dataclass(frozen=True, repr=False)
class Flat:
    """A page that was flattened."""

    name: str
    from_1904: bool
    others: tuple[str, ...]
    _content: bytes

    def rows(self) -> Iterator[Cells]:
        """Yield its rows."""
        for line in islice(BytesIO(self._content), 1, None):
            cells = json.loads(line)
            yield tuple(_value(cell) if isinstance(cell, dict) else cell for cell in cells)


def _value(cell: dict[str, str]) -> Cell:
    [(kind, said)] = cell.items()
    value: Cell = _KINDS[kind].fromisoformat(said)
    return value


def page(content: bytes) -> Flat:
    """Return the page that `Flattening` made."""
    name, from_1904, *others = json.loads(content.partition(b"\n")[0])
    return Flat(name, from_1904, tuple(others), content)
