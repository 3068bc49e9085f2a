"""Files in which other offices send orders, as text or as rows. Pure but for the sheets, which an
adapter reads.
"""

import csv
import io
import re
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from xml.etree import ElementTree as ET

from caseflow.errors import BadInput
from caseflow.intake.channels.mailbox import charset, parse

Rows = Sequence[Sequence[str]]
Sheets = Callable[[bytes], Sequence[Rows]]
"""Reads the sheets of a workbook, each as rows of cells. Raises BadInput under the name `file`."""

LARGEST = 8 * 1024 * 1024
_INFLATED = 24 * 1024 * 1024
_LINES = 20_000
_DEEPEST = 100
"""Elements within one another: nobody's tables lie so deep in tables, and each level is read for
all that lie around it.
"""
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_ENDINGS = re.compile(r"\.(txt|text|docx|xlsx|csv|eml)$")

TOO_LARGE = "文件太大，最多 8 MB"
NOT_READ = "读不出这个文件的文字。能读的是 txt、docx、xlsx、csv、eml；其他的请打开后复制文字粘贴"
OLD_KIND = "这是旧格式或扫描件，读不出文字。请另存为 docx、xlsx，或复制文字粘贴"
_OLD = (b"\xd0\xcf\x11\xe0", b"%PDF", b"\xff\xd8\xff", b"\x89PNG")


@dataclass(frozen=True)
class Found:
    """What a file holds: text, or rows of several sheets."""

    text: str = ""
    sheets: Sequence[Rows] = ()


def read(name: str, content: bytes, sheets: Sheets) -> Found:
    """Return what a file holds. Raises BadInput with a message under `file`."""
    if len(content) > LARGEST:
        raise BadInput({"file": TOO_LARGE})
    if content.startswith(_OLD):
        raise BadInput({"file": OLD_KIND})
    ending = _ENDINGS.search(name.lower())
    kind = ending[1] if ending else ""
    if kind in ("docx", "xlsx") and not content.startswith(b"PK"):
        raise BadInput({"file": NOT_READ})
    if kind == "docx":
        return Found(document(content))
    if kind == "xlsx":
        return Found(sheets=sheets(content))
    if kind == "csv":
        return Found(sheets=[_csv(content)])
    if kind == "eml":
        return _letter(content)
    if kind:
        return Found(charset.decode(content))
    raise BadInput({"file": NOT_READ})


def document(content: bytes) -> str:
    """Return the text of a word processor's file (docx), its tables as cells between tabs."""
    inside = _member(content)
    if b"<!DOCTYPE" in inside or b"\0" in inside:  # what brings entities of its own is no order
        raise BadInput({"file": NOT_READ})
    try:
        root = ET.fromstring(inside)  # noqa: S314 - without a document type, see above
    except (ET.ParseError, RecursionError, ValueError, LookupError):
        raise BadInput({"file": NOT_READ}) from None
    if _is_deep(root):
        raise BadInput({"file": NOT_READ})
    body = root.find(f"{_W}body")
    return charset.tidy("\n".join(_blocks(body if body is not None else root)))


def _is_deep(root: ET.Element) -> bool:
    level, depth = [root], 0
    while level and depth <= _DEEPEST:
        level, depth = [inner for one in level for inner in one], depth + 1
    return bool(level)


def _member(content: bytes) -> bytes:
    """Return the part of a word processor's file that holds the text. Raises BadInput."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
        with archive, archive.open("word/document.xml") as stream:
            inside = stream.read(_INFLATED + 1)
    except Exception:  # noqa: BLE001 - a damaged archive: whatever its reader stumbles over
        raise BadInput({"file": NOT_READ}) from None
    if len(inside) > _INFLATED:
        raise BadInput({"file": TOO_LARGE})
    return inside


def _blocks(body: ET.Element) -> Iterator[str]:
    for block in body:
        if block.tag == f"{_W}tbl":
            for row in block.iter(f"{_W}tr"):
                yield "\t".join(_cell(cell) for cell in row.findall(f"{_W}tc"))
        elif block.tag == f"{_W}p":
            yield _paragraph(block)
        else:
            yield from _blocks(block)


def _cell(cell: ET.Element) -> str:
    return " ".join(_paragraph(one) for one in cell.iter(f"{_W}p")).strip()


def _paragraph(paragraph: ET.Element) -> str:
    said = {f"{_W}tab": "\t", f"{_W}br": "\n", f"{_W}cr": "\n"}
    pieces = (
        node.text or "" if node.tag == f"{_W}t" else said.get(node.tag, "")
        for node in paragraph.iter()
    )
    return "".join(pieces)


def _csv(content: bytes) -> Rows:
    text = charset.decode(content)
    head = text[:4000]
    by = max(",;\t", key=head.count)
    rows = []
    try:
        for row in csv.reader(io.StringIO(text), delimiter=by):
            rows.append(row)
            if len(rows) >= _LINES:
                break
    except csv.Error:  # a cell longer than the module takes, a NUL
        raise BadInput({"file": NOT_READ}) from None
    return rows


def _letter(content: bytes) -> Found:
    try:
        came = parse.parse(content, datetime(2000, 1, 1, tzinfo=UTC)).report
    except parse.Unparseable:
        raise BadInput({"file": NOT_READ}) from None
    for file in came.files:
        if file.name.lower().endswith(".docx") and file.content.startswith(b"PK"):
            return Found(f"{came.text}\n\n{document(file.content)}".strip())
    return Found(came.text)
