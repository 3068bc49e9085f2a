"""Workbooks of other offices read with openpyxl, which is loaded when the first one comes."""

import io
import zipfile
from datetime import date, datetime, time
from typing import Any

from caseflow.errors import BadInput
from caseflow.intake.channels.handed.files import NOT_READ, TOO_LARGE, Rows

_INFLATED = 64 * 1024 * 1024
_ROWS, _COLUMNS, _SHEETS = 20_000, 100, 20


def sheets(content: bytes) -> list[Rows]:
    """Return the sheets of a workbook as rows of cells. Raises BadInput under `file`."""
    from openpyxl import load_workbook

    _weigh(content)
    try:
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        return [_rows(sheet) for sheet in book.worksheets[:_SHEETS]]
    except Exception:  # noqa: BLE001 - a damaged workbook: whatever its reader stumbles over
        raise BadInput({"file": NOT_READ}) from None


def _weigh(content: bytes) -> None:
    """Refuse what grows out of all measure when it is unpacked."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            whole = sum(part.file_size for part in archive.infolist())
    except (zipfile.BadZipFile, NotImplementedError, OSError, EOFError):
        raise BadInput({"file": NOT_READ}) from None
    if whole > _INFLATED:
        raise BadInput({"file": TOO_LARGE})


def _rows(sheet: Any) -> Rows:
    sheet.reset_dimensions()  # what a sheet says of its own size is not believed
    rows = []
    for n, row in enumerate(sheet.iter_rows(values_only=True)):
        if n >= _ROWS:
            break
        cells = [_said(value) for value in row[:_COLUMNS]]
        if any(cells):
            rows.append(cells)
    return rows


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
