"""The rows and texts of a workbook (.xlsx), read as its XML streams by.

openpyxl says what a workbook holds and how its dates count; it would build a tree and a dictionary
for each cell, and that took longer than all that an import then does with a row. What it would say
of a cell is said here.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import repeat
from typing import Any, BinaryIO, NoReturn, Protocol
from xml.parsers import expat

from caseflow.intake.old_ledger.cells import Cell, Cells

_PIECE = 64 * 1024
_LONGEST = 200_000
"""Characters of a cell, and pieces of them: the format allows 32,767. What says more is no cell of
anybody's, and is not held.
"""
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main "
_ROW, _CELL, _VALUE, _TEXT = (f"{_MAIN}{name}" for name in ("row", "c", "v", "t"))
_SHARED, _SPOKEN = f"{_MAIN}si", f"{_MAIN}rPh"  # a spoken form stands beside what is written


@dataclass(frozen=True)
class Book:
    """What a workbook says of all its cells: the texts that they share, by their numbers; the day
    that numbers count from; and which styles show a number as a day, and as a span of time.
    """

    texts: "Texts"
    epoch: datetime
    days: Collection[int]
    spans: Collection[int]


class _Part(Protocol):
    """What takes a part of a workbook; `said` holds the words since an element began."""

    said: list[str]

    def begins(self, name: str, attributes: Mapping[str, str]) -> None:
        """Take the beginning of an element."""

    def ends(self, name: str) -> None:
        """Take its end."""


def _read(file: BinaryIO, part: _Part) -> Iterator[None]:
    """Let a part hear its XML piece by piece. Raises ExpatError, ValueError where it is no sound
    one. The part does not know of the parser, so that both are gone when nobody needs them.
    """
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _refuse
    parser.StartElementHandler, parser.EndElementHandler = part.begins, part.ends
    parser.CharacterDataHandler = part.said.append
    while piece := file.read(_PIECE):
        parser.Parse(piece)
        if sum(map(len, part.said)) > _LONGEST:
            raise ValueError("no cell says so much")
        yield
    parser.Parse(b"", True)


def _refuse(*_declared: object) -> NoReturn:
    raise ValueError("no workbook declares a type")


class Texts:
    """The texts that cells share, read as far as somebody asked: whoever looks at the first rows
    needs the first of them.
    """

    def __init__(self, file: BinaryIO | None) -> None:
        """Take the part that holds them; None where a workbook has none."""
        self._part = _Shared()
        self._reading = _read(file, self._part) if file else iter(())

    def at(self, number: int) -> str:
        """Return a text. Raises IndexError where there is none of this number."""
        known = self._part.known
        while number >= len(known):
            if next(self._reading, _END) is _END:
                break
        if number < 0:
            raise IndexError(number)
        return known[number]


_END = object()


class _Shared:
    """The part that holds the texts, as far as it was read."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self.known: list[str] = []
        self._written: list[str] = []
        self._spoken = 0

    def begins(self, name: str, _attributes: Mapping[str, str]) -> None:
        self.said.clear()
        if name == _SPOKEN:
            self._spoken += 1

    def ends(self, name: str) -> None:
        if name == _TEXT:
            if not self._spoken:
                _add(self._written, self.said)
        elif name == _SHARED:
            self.known.append("".join(self._written).replace("x005F_", ""))
            self._written.clear()
        elif name == _SPOKEN:
            self._spoken -= 1


def _add(written: list[str], said: list[str]) -> None:
    """Add a piece of what a cell says. Raises ValueError where there are too many."""
    written += said
    if len(written) > _LONGEST:
        raise ValueError("no cell has so many pieces")


def rows(file: BinaryIO, book: Book, widest: int) -> Iterator[Cells]:
    """Yield the rows of a sheet from the top, those that it leaves out empty, each at most `widest`
    cells wide. Raises ValueError, IndexError, ExpatError where it is no sheet.
    """
    sheet, next_one = _Sheet(book, widest), 1
    for _ in _read(file, sheet):
        for n, cells in sheet.taken():
            if n >= next_one:  # what stands twice, or after what follows it, is passed over
                yield from repeat((), n - next_one)
                yield cells
                next_one = n + 1


class _Sheet:
    """A sheet under way."""

    def __init__(self, book: Book, widest: int) -> None:
        self.said: list[str] = []
        self._book, self._widest = book, widest
        self._whole: list[tuple[int, Cells]] = []
        self._n, self._cells, self._columns = 0, list[Cell](), dict[str, int]()
        self._column, self._kind, self._style = 0, "n", ""
        self._value, self._written, self._spoken = "", list[str](), 0

    def taken(self) -> list[tuple[int, Cells]]:
        """Hand over the rows that are whole, with their numbers."""
        whole, self._whole = self._whole, []
        return whole

    def begins(self, name: str, attributes: Mapping[str, str]) -> None:
        self.said.clear()
        if name == _CELL:
            at = attributes.get("r")
            self._column = self._column_of(at) if at else self._column + 1
            self._kind, self._style = attributes.get("t", "n"), attributes.get("s", "")
            self._value = ""
            self._written.clear()
        elif name == _ROW:
            self._n = _whole(attributes["r"]) if "r" in attributes else self._n + 1
            self._column, self._cells = 0, []
        elif name == _SPOKEN:
            self._spoken += 1

    def ends(self, name: str) -> None:
        if name == _VALUE:
            self._value = "".join(self.said)
        elif name == _CELL:
            if self._column <= self._widest:
                self._keep(self._column - 1)
            elif len(self._cells) < self._widest:
                self._cells += [None] * (self._widest - len(self._cells))
        elif name == _TEXT:
            if not self._spoken:
                _add(self._written, self.said)
        elif name == _ROW:
            self._whole.append((self._n, tuple(self._cells)))
        elif name == _SPOKEN:
            self._spoken -= 1

    def _column_of(self, at: str) -> int:
        """Return the number of a cell's column, from 1; `at`: as in `AB12`."""
        letters = at.rstrip("0123456789")
        if letters not in self._columns:
            from openpyxl.utils.cell import column_index_from_string

            self._columns[letters] = column_index_from_string(letters)
        return self._columns[letters]

    def _keep(self, place: int) -> None:
        cells = self._cells
        missing = place - len(cells)
        if missing > 0:
            cells += [None] * missing
        if missing >= 0:
            cells.append(self._said())
        else:
            cells[place] = self._said()

    def _said(self) -> Cell:
        kind, value = self._kind, self._value
        if kind == "inlineStr":
            return "".join(self._written) or None
        if not value:
            return None
        if kind == "s":
            return self._book.texts.at(int(value))
        if kind == "n":
            return self._number(value)
        if kind == "b":
            return bool(int(value))
        return _moment(value) if kind == "d" else value

    def _number(self, value: str) -> Cell:
        number = int(value) if value.isdecimal() else _number(value)
        style = int(self._style or 0)
        if style not in self._book.days:
            return number
        from openpyxl.utils.datetime import from_excel

        try:
            day: Cell = from_excel(number, self._book.epoch, timedelta=style in self._book.spans)
        except (OverflowError, ValueError):  # no day counts as far as this
            return "#VALUE!"
        return day


def _whole(said: str) -> int:
    """Return the number of a row; some programs write `1.0`. Raises ValueError."""
    number = _number(said)
    if number != int(number):
        raise ValueError(said)
    return int(number)


def _number(said: str) -> int | float:
    return float(said) if "." in said or "e" in said.lower() else int(said)


def _moment(said: str) -> Cell:
    from openpyxl.utils import datetime as moments

    read: Any = moments.from_ISO8601
    moment: Cell = read(said)
    return moment
