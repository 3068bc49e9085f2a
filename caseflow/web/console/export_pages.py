"""Handing out the ledger in the shape in which the office kept it (台账导出)."""

from collections.abc import Mapping
from datetime import date

from flask import render_template
from sqlalchemy.orm import Session

from caseflow.clock import Period
from caseflow.errors import BadInput, NotPermitted
from caseflow.intake.old_ledger import exporting
from caseflow.intake.old_ledger.exporting import Wanted
from caseflow.people.permissions import may
from caseflow.web.console.frame import Page, blueprint
from caseflow.web.console.import_pages import XLSX
from caseflow.web.edge import actor, change, ledgers, needs, now, read, rooms, typed, typed_day
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
        people=may(actor(), "vault.reveal"),
        most=exporting.MOST_PEOPLE,
        values={name: typed(name) for name in ("shape", "first", "last", "people", "reason")},
        errors=errors,
        language=not errors,
    )
    return page, 422 if errors else 200


@blueprint.post("/ledger-sheet")
@needs("ledger.export")
def export_sheet() -> Page:
    """Hand the ledger out. Where it says who reported, each opening is recorded first."""
    try:
        period, reason = _period(), typed("reason") if typed("people") else None
        if reason is not None and not may(actor(), "vault.reveal"):
            raise NotPermitted("您的岗位没有这项权限")

        def work(session: Session) -> bytes:
            shape = exporting.shape_named(session, actor(), typed("shape"))
            wanted = Wanted(shape, period, reason)
            books = ledgers().books
            return exporting.export(session, rooms(), books, actor(), wanted, now())

        if reason is not None:
            content = change(work)
        else:
            with read() as session:
                content = work(session)
    except BadInput as wrong:
        return _shown(wrong.fields)
    return attached(content, XLSX, "台账.xlsx")  # not said


def _period() -> Period | None:
    """Return the days that were asked for, None for all. Raises BadInput."""
    if not (typed("first") or typed("last")):
        return None
    first, last = typed_day("first"), typed_day("last")
    if first is None or last is None:
        raise BadInput({"period": "请填写起止日期"})
    if not _FIRST <= first <= last:
        raise BadInput({"period": "起始日期不能晚于截止日期"})
    return Period(first, last)
