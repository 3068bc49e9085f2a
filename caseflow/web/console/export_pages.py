"""Handing out the ledger in the shape in which the office kept it (台账导出)."""

from collections.abc import Mapping
from datetime import date

from flask import Response, render_template, request
from sqlalchemy.orm import Session

from caseflow.clock import Period
from caseflow.errors import BadInput
from caseflow.intake.channels.webform import legible
from caseflow.intake.old_ledger import exporting
from caseflow.intake.old_ledger.exporting import Wanted
from caseflow.web.console.frame import Page, blueprint
from caseflow.web.console.import_pages import XLSX
from caseflow.web.edge import actor, change, ledgers, needs, now, read, rooms
from caseflow.web.files import attached
from caseflow.web.locale import gettext

_FIRST = date(2000, 1, 1)


@blueprint.get("/ledger-sheet")
@needs("ledger.export")
def export_page() -> Page:
    """Ask which part of the ledger is handed out, and in which shape."""
    return _shown({})


def _shown(errors: Mapping[str, str]) -> Page:
    with read() as session:
        known = exporting.shapes(session, actor())
    shapes = [("", gettext("标准格式"))]
    for fingerprint, shape in known.items():
        heads = [heading for heading in shape.headings if heading]
        shapes.append((fingerprint, " ".join(heads)[:60]))
    page = render_template(
        "console/export.html",
        active="imports",
        shapes=shapes,
        at_once=exporting.MOST,
        most=exporting.MOST_PEOPLE,
        values={name: _said(name) for name in ("shape", "first", "last", "reason")},
        errors=errors,
        language=not errors,
    )
    return page, 422 if errors else 200


@blueprint.get("/ledger-sheet.xlsx")
@needs("ledger.export")
def export_sheet() -> Page:
    """Hand the ledger out, without who reported."""
    try:
        with read() as session:
            return _handed_out(_written(session, None))
    except BadInput as wrong:
        return _shown(wrong.fields)


@blueprint.post("/ledger-sheet")
@needs("ledger.export_people")
def export_people() -> Page:
    """Hand the ledger out with who reported: each opening is recorded first."""
    reason = _said("reason")
    try:
        return _handed_out(change(lambda session: _written(session, reason)))
    except BadInput as wrong:
        return _shown(wrong.fields)


def _written(session: Session, reason: str | None) -> bytes:
    shape = exporting.shape_named(session, actor(), _said("shape"))
    wanted = Wanted(shape, _period(), reason)
    return exporting.export(session, rooms(), ledgers().books, actor(), wanted, now())


def _handed_out(content: bytes) -> Response:
    return attached(content, XLSX, "台账.xlsx")  # not said


def _said(name: str) -> str:
    """Return one word of the form or of the address, without what no database takes."""
    return legible(request.values.get(name, "")).strip()


def _period() -> Period | None:
    """Return the days that were asked for, None for all. Raises BadInput."""
    said = _said("first"), _said("last")
    if not any(said):
        return None
    try:
        first, last = map(date.fromisoformat, said)
    except ValueError:
        raise BadInput({"period": "请填写起止日期"}) from None
    if not _FIRST <= first <= last:
        raise BadInput({"period": "起始日期不能晚于截止日期"})
    return Period(first, last)
