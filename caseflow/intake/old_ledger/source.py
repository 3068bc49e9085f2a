"""A file of an old ledger, opened: which sheet, where its headings stand, and the rows below."""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice, zip_longest

from caseflow.clock import local
from caseflow.errors import BadInput
from caseflow.intake.old_ledger import headings
from caseflow.intake.old_ledger.books import Page, Workbooks, pages
from caseflow.intake.old_ledger.cells import Cells, is_empty, said
from caseflow.intake.old_ledger.dates import Sheet
from caseflow.intake.old_ledger.flat import Flat
from caseflow.intake.old_ledger.headings import Table

_SUMS = re.compile("(?:合|总|小)\\s*计")
SAMPLES = 5
"""So many rows are shown beside the headings."""


@dataclass(frozen=True)
class Source:
    """A sheet with its headings. `sha256`: of the whole file; `others`: the names of its other
    sheets that are ledgers too.
    """

    page: Page
    table: Table
    sha256: str
    others: tuple[str, ...] = ()

    def rows(self) -> Iterator[tuple[int, Cells]]:
        """Yield the rows below the headings that say anything, numbered as in the sheet; neither
        sums nor headings that are said again on the next printed page.
        """
        again = tuple(self.table.headings)
        for n, cells in enumerate(self.page.rows(), 1):
            if n <= self.table.row or is_empty(cells):
                continue
            if not (_says(cells, again) or _is_sum(cells)):
                yield n, cells

    def dates(self, now: datetime, year: int | None) -> Sheet:
        """Return how its dates are read; `year`: what whoever imports said."""
        return Sheet(local(now).year, year or self.table.year, self.page.from_1904)

    def samples(self) -> list[tuple[str, ...]]:
        """Return what the first rows say, for whoever settles the columns."""
        width = len(self.table.headings)
        return [
            tuple(said(cell) for cell in (*cells, *[None] * width)[:width])
            for _, cells in islice(self.rows(), SAMPLES)
        ]


def _says(cells: Cells, headings_said: tuple[str, ...]) -> bool:
    """Tell whether a row says the headings once more."""
    pairs = zip_longest(headings_said, cells[: len(headings_said)])
    return all(heading == said(cell) for heading, cell in pairs)


def _is_sum(cells: Cells) -> bool:
    first = next((cell for cell in cells if cell is not None and cell != ""), "")
    return isinstance(first, str) and _SUMS.fullmatch(first.strip()) is not None


def again(page: Flat, sha256: str, name: str = "") -> Source:
    """Open a page that was found to be the ledger of its file before. Raises BadInput."""
    table = headings.find(list(islice(page.rows(), headings.LOOKED_AT)), (page.name, name))
    if table is None:
        raise BadInput({"file": _NO_HEADINGS})
    return Source(page, table, sha256, page.others)


_NO_HEADINGS = "找不到表头：至少要有三列是台账里常见的，例如编号、来件时间、反映内容"


_EMPTY = "表格里什么也没有：请看看是不是传错了文件"


def opened(books: Workbooks, content: bytes, name: str = "") -> Source:
    """Open a file and find the sheet that is a ledger: the first with the most known headings.

    Raises BadInput on `file` where no sheet is one.
    """
    found: list[tuple[int, Page, Table]] = []
    empty = True
    for page in pages(books, content):
        top = list(islice(page.rows(), headings.LOOKED_AT))
        empty = empty and all(map(is_empty, top))
        table = headings.find(top, (page.name, name))
        if table is not None:
            known = sum(1 for field in headings.guess(table.headings) if field)
            found.append((known, page, table))
    if not found:
        raise BadInput({"file": _EMPTY if empty else _NO_HEADINGS})
    _, page, table = max(found, key=lambda one: one[0])
    others = tuple(one.name for _, one, _ in found if one is not page)
    return Source(page, table, hashlib.sha256(content).hexdigest(), others)
