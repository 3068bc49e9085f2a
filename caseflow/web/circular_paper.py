"""A circular as a formal document on paper, in the language it is served in whatever the page's.

There are two: what goes to units, and what everybody may read, with its corrections beneath.
"""

from collections.abc import Sequence
from datetime import date, datetime

from flask import Response

from caseflow.clock import local
from caseflow.paper.sheets import Official
from caseflow.publishing.circular_states import PUBLIC
from caseflow.publishing.circular_wording import day, title
from caseflow.publishing.tables import Circular, Correction
from caseflow.web import edge
from caseflow.web.files import attached

_MARKS = {"drafted": "草稿", "checked": "草稿", "cancelled": "已撤销", "withdrawn": "已收回"}
_NOT_PUBLIC = "未公开"
_UNSIGNED = "（草稿，未签发）"  # not said


def for_units(circular: Circular, office: str) -> Official:
    """Return the document that goes to units; what is not signed, or withdrawn, is marked."""
    return _official(circular, office, _lines(circular.text), _MARKS.get(circular.state, ""))


def for_everybody(circular: Circular, corrections: Sequence[Correction], office: str) -> Official:
    """Return what everybody may read, with its published corrections; marked until it is public."""
    lines = _lines(circular.public_text)
    for one in corrections:
        when = f"（{_day_of(one.decided_at)}）" if one.decided_at else ""  # not said
        lines += [f"更正{when}：", *_lines(one.text)]  # not said
    unpublished = "" if circular.state in PUBLIC else _NOT_PUBLIC
    return _official(circular, office, lines, _MARKS.get(circular.state, unpublished))


def _official(circular: Circular, office: str, lines: Sequence[str], mark: str) -> Official:
    return Official(
        office=office,
        number=circular.number or _UNSIGNED,
        title=title(circular.first_day, circular.last_day, circular.kind),
        to="",
        lines=lines,
        day=_day_of(circular.issued_at) if circular.issued_at else "",
        mark=mark,
    )


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _day_of(moment: datetime) -> str:
    here: date = local(moment).date()
    return day(here)


def pdf(circular: Circular, sheet: Official, *others: datetime | None) -> Response:
    """Answer with a sheet as PDF, dated by the last moment of what it says: each time the same."""
    at = max(one for one in (circular.drafted_at, circular.issued_at, *others) if one)
    content = edge.typesetter().pdf(sheet, at)
    name = f"{sheet.title}{circular.number or ''}"
    return attached(content, "application/pdf", f"{name}.pdf")
