"""Workbooks of other offices read with openpyxl, which is loaded when the first one comes."""

import io
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time
from typing import Any, TypeVar

from caseflow.adapters.workbook import UNREADABLE, is_bloated
from caseflow.errors import BadInput
from caseflow.intake.channels.handed.files import NOT_READ, TOO_LARGE, Rows

T = TypeVar("T")

_INFLATED = 64 * 1024 * 1024
_ROWS, _COLUMNS, _SHEETS = 20_000, 100, 20
TOO_MUCH = "表格太大：一次最多 20 张表，每张 20000 行、100 列。请分开以后再选"


def sheets(content: bytes) -> list[Rows]:
    """Return the sheets of a workbook as rows of cells. Raises BadInput under `file`, also where it
    holds more than is read: nobody would miss the orders that were cut off.
    """
    from openpyxl import load_workbook

    _require_small(content)
    try:
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        return [_rows(sheet) for sheet in _bounded(book.worksheets, _SHEETS)]
    except BadInput:
        raise
    except Exception:  # noqa: BLE001 - a damaged workbook: whatever its reader stumbles over
        raise BadInput({"file": NOT_READ}) from None


def _require_small(content: bytes) -> None:
    try:
        bloated = is_bloated(io.BytesIO(content), _INFLATED)
    except UNREADABLE:
        raise BadInput({"file": NOT_READ}) from None
    if bloated:
        raise BadInput({"file": TOO_LARGE})


def _rows(sheet: Any) -> Rows:
    sheet.reset_dimensions()  # what a sheet says of its own size is not believed
    rows = []
    for row in _bounded(sheet.iter_rows(values_only=True), _ROWS):
        cells = [_said(value) for value in row]
        while cells and not cells[-1]:
            cells.pop()
        if cells:
            rows.append(list(_bounded(cells, _COLUMNS)))
    return rows


def _bounded(found: Iterable[T], most: int) -> Iterator[T]:
    """Yield what there is. Raises BadInput where it is more than that."""
    for n, one in enumerate(found):
        if n >= most:
            raise BadInput({"file": TOO_MUCH})
        yield one


def _said(value: object) -> str:
    """Return a cell as a person reads it."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d" if value.time() == time() else "%Y-%m-%d %H:%M")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))  # telephone numbers and order numbers that were typed as numbers
    return str(value).strip()
