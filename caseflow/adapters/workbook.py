"""Workbooks (.xlsx): read with openpyxl, written with XlsxWriter. Both are loaded when first used.

What unpacks to far more than it is, is refused before it is unpacked; rows are streamed.
"""

import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO
from zipfile import BadZipFile, ZipFile

from caseflow.adapters import sheet_cells
from caseflow.adapters.sheet_cells import Book, Texts
from caseflow.errors import BadInput
from caseflow.intake.old_ledger.books import MAX_COLUMNS, Page, Written, bounded
from caseflow.intake.old_ledger.cells import Cells

_LARGEST = 400 * 1024 * 1024
_MOST_PARTS = 2_000
_MOST_TIMES = 200  # text of a ledger is packed some 10 to 30 times
_SMALL = 10 * 1024 * 1024
_LONGEST = 32_767  # characters of a cell, by the format

# It tells of what it does not keep (charts, checks of what is typed): nothing of a ledger's rows.
warnings.filterwarnings("ignore", module="openpyxl")
UNREADABLE = (BadZipFile, NotImplementedError, ValueError, OSError, EOFError)
"""What a file that is no sound archive raises."""

_NO_WORKBOOK = "不是能打开的 .xlsx 文件，可能已经损坏：请用表格软件打开它看看，另存为 .xlsx 再上传"


class Workbooks:
    """Reads and writes .xlsx, as `intake.old_ledger.books` declares."""

    def pages(self, file: BinaryIO) -> Sequence[Page]:
        """Return the visible sheets of a workbook. Raises BadInput on `file`."""
        _require_small(file)
        from openpyxl.reader.excel import ExcelReader
        from openpyxl.utils.datetime import CALENDAR_MAC_1904
        from openpyxl.xml.constants import SHARED_STRINGS

        try:
            reader: Any = ExcelReader(file, read_only=True, data_only=True, keep_links=False)
            reader.read_strings = lambda: None  # they are read when rows are
            reader.read()
            strings = reader.package.find(SHARED_STRINGS)
            shared = reader.archive.open(strings.PartName[1:]) if strings else None
        except Exception as error:  # whatever a library stumbles over in a file of somebody else's
            raise BadInput({"file": _NO_WORKBOOK}) from error
        wb = reader.wb
        book = Book(Texts(shared), wb.epoch, wb._date_formats, wb._timedelta_formats)
        shown = [one for one in wb.worksheets if one.sheet_state == "visible"]
        return [_Sheet(one.title, wb.epoch == CALENDAR_MAC_1904, one, book) for one in shown]

    def write(self, file: BinaryIO, sheets: Sequence[Written]) -> None:
        """Write a workbook of texts: nothing in it is a formula or an address."""
        from xlsxwriter import Workbook

        plainly = {"strings_to_formulas": False, "strings_to_urls": False}
        with Workbook(file, {"constant_memory": True, **plainly}) as book:
            bold = book.add_format({"bold": True})
            for sheet in sheets:
                page = book.add_worksheet(sheet.name[:31])
                page.freeze_panes(1, 0)
                for at, width in enumerate(sheet.widths):
                    page.set_column(at, at, width)
                for n, row in enumerate(sheet.rows):
                    for at, text in enumerate(row):
                        if text:
                            page.write_string(n, at, text[:_LONGEST], None if n else bold)


def _require_small(file: BinaryIO) -> None:
    try:
        bloated = is_bloated(file, _LARGEST)
    except UNREADABLE as error:
        raise BadInput({"file": _NO_WORKBOOK}) from error
    if bloated:
        raise BadInput({"file": "这个文件解开以后太大，没有读取"})


def is_bloated(file: BinaryIO, largest: int) -> bool:
    """Tell whether a workbook would be too large once unpacked (`largest`: bytes). Its parts say
    how large they are, and no more than that is ever read of them. Raises one of `UNREADABLE`.
    """
    with ZipFile(file) as packed:
        parts = packed.infolist()
    file.seek(0)
    whole = sum(part.file_size for part in parts)
    packed_size = max(1, sum(part.compress_size for part in parts))
    out_of_measure = whole > _SMALL and whole > _MOST_TIMES * packed_size
    return whole > largest or len(parts) > _MOST_PARTS or out_of_measure


@dataclass(frozen=True)
class _Sheet:
    """A sheet whose rows are read when asked for. What it says of its own size is not believed."""

    name: str
    from_1904: bool
    _page: Any
    _book: Book

    def rows(self) -> Iterator[Cells]:
        """Yield its rows. Raises BadInput where it cannot be read, or is too long."""
        try:
            with self._page._get_source() as file:
                yield from bounded(sheet_cells.rows(file, self._book, MAX_COLUMNS))
        except BadInput:
            raise
        except Exception as error:  # see above
            raise BadInput({"file": _NO_WORKBOOK}) from error
