"""Files that hold a ledger: workbooks by an adapter, comma-separated text by ourselves.

Rows come one after another and are never all held at once.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import BinaryIO, Protocol, TypeVar

from caseflow.errors import BadInput, Told
from caseflow.intake.old_ledger.cells import Cells

T = TypeVar("T")

MAX_ROWS = 100_000
MAX_COLUMNS = 60
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
"""The name of what a workbook with a password holds."""
_MARKED_UP = re.compile(
    r"\s*<(?:!DOCTYPE|html|table|meta|head|body|\?xml|Workbook)\b", re.IGNORECASE
)
_LONGEST_CELL = 200_000

_LOCKED = "这个文件设有打开密码，系统打不开：请在表格软件里打开它，取消密码，另存以后再上传"
_OLD = "这是旧版的 .xls 文件：请用表格软件打开它，另存为 .xlsx 再上传"
_WEB_PAGE = "这个文件其实是网页，只是名字像表格：请用表格软件打开它，另存为 .xlsx 再上传"


class Page(Protocol):
    """One sheet of a workbook."""

    @property
    def name(self) -> str:
        """What it is called."""

    @property
    def from_1904(self) -> bool:
        """Whether its numbers count days from 1904."""

    def rows(self) -> Iterator[Cells]:
        """Yield its rows from the top, each at most `MAX_COLUMNS` wide; values, no formulas."""


@dataclass(frozen=True)
class Written:
    """A sheet to be written: its name, its rows with the headings first, widths in characters."""

    name: str
    rows: Iterable[Sequence[str]]
    widths: Sequence[int] = ()


class Workbooks(Protocol):
    """Reads and writes workbooks. An adapter does; its libraries are loaded when first asked."""

    def pages(self, file: BinaryIO) -> Sequence[Page]:
        """Return the visible sheets of a workbook. Raises BadInput on `file` where it is none, or
        would be too large once unpacked.
        """

    def write(self, file: BinaryIO, sheets: Sequence[Written]) -> None:
        """Write a workbook of texts: nothing in it is a formula or an address."""


def pages(books: Workbooks, content: bytes) -> Sequence[Page]:
    """Return the sheets of a file by what it is, whatever it is called. Raises BadInput."""
    if content.startswith(_OLE):
        raise BadInput({"file": _LOCKED if _ENCRYPTED in content else _OLD})
    if content.startswith(_ZIP):
        return books.pages(io.BytesIO(content))
    if not content.strip():
        raise BadInput({"file": "文件是空的"})
    text = _decoded(content)
    if _MARKED_UP.match(text):
        raise BadInput({"file": _WEB_PAGE})
    return [Text(text)]


def _decoded(content: bytes) -> str:
    if b"\x00" in content[:4096] and not content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise BadInput({"file": "不是 .xlsx 或 .csv 文件"})
    encodings = ("utf-16",) if content[:2] in (b"\xff\xfe", b"\xfe\xff") else ()
    for encoding in (*encodings, "utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise BadInput({"file": "看不懂这个文件的文字编码，请另存为 .xlsx 再上传"})


@dataclass(frozen=True)
class Text:
    """Comma-separated text as one sheet."""

    text: str
    name: str = ""
    from_1904: bool = False

    def rows(self) -> Iterator[Cells]:
        """Yield its rows. Raises BadInput where it is no such text, or too long."""
        csv.field_size_limit(_LONGEST_CELL)
        lines = csv.reader(io.StringIO(self.text, newline=""), delimiter=self._delimiter())
        try:
            for row in bounded(lines):
                yield tuple(row[:MAX_COLUMNS])
        except csv.Error as error:
            raise BadInput({"file": "不是能读懂的 .csv 文件"}) from error

    def _delimiter(self) -> str:
        head = self.text[:10_000]
        return max((",", "\t", ";"), key=head.count)


def bounded(rows: Iterable[T]) -> Iterator[T]:
    """Yield rows and raise BadInput when they are more than a ledger may have."""
    found = iter(rows)
    yield from islice(found, MAX_ROWS)
    if next(found, None) is not None:
        raise BadInput({"file": Told("一个文件最多 %(n)d 行，请分成几个文件", n=MAX_ROWS)})
