"""The calendar: a year at a glance, and its change with a preview of every promise it moves."""

from collections.abc import Mapping, Sequence

from flask import flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session

from caseflow.clock import local
from caseflow.deadlines import listed
from caseflow.deadlines.notice_lines import WrongLine, WrongLines, parse
from caseflow.deadlines.recalendar import Change
from caseflow.deadlines.rules import rules_of
from caseflow.errors import BadInput, MoveNotAllowed, NotPermitted
from caseflow.escalation import answer_days
from caseflow.ledger.moves import recalendar
from caseflow.ledger.moves.recompute import Outcome
from caseflow.people.office_changes import answers_for
from caseflow.web.admin.frame import Page, blueprint
from caseflow.web.admin.shifted import shift_rows
from caseflow.web.admin.year import months
from caseflow.web.edge import actor, can, change, needs, now, read, rooms, typed
from caseflow.web.locale import day_text, gettext

FIRST, LAST = 2004, 2099
SHOWN = 200


@blueprint.get("/calendar")
@needs("calendar.read")
def calendar() -> Page:
    """Show a year: working weekends, days off, what was changed by hand."""
    return _page(_year(request.args.get("year", "")))


def _year(said: str) -> int:
    present = local(now()).year
    year = int(said) if said.isdecimal() and len(said) == len(str(LAST)) else present
    return min(max(year, FIRST), LAST)


def _page(
    year: int,
    errors: Mapping[str, str] | None = None,
    lines: Sequence[WrongLine] = (),
    status: int = 200,
) -> Page:
    with read() as session:
        days = rules_of(session).calendar
        changed = listed.overrides(session, year)
    notes = {one.day: one.note for one in changed}
    body = render_template(
        "admin/calendar.html",
        active="calendar",
        year=year,
        first=FIRST,
        last=LAST,
        provisional=days.is_provisional(year),
        months=months(days, notes, year, local(now()).date()),
        overrides=changed,
        errors=errors or {},
        wrong=lines,
        may_edit=_may_edit(),
        language=request.method == "GET",
    )
    return body, status


def _wanted() -> Change:
    """Return what the form asks for. Raises WrongLines or BadInput."""
    year = _year(typed("year"))
    published = frozenset({year}) if typed("published") else frozenset[int]()
    return parse(typed("lines"), published)


def _refused(wrong: BadInput) -> Page:
    lines = wrong.lines if isinstance(wrong, WrongLines) else ()
    return _page(_year(typed("year")), wrong.fields, lines, 422)


def _may_edit() -> bool:
    """Tell whether the reader answers for all whom the one calendar of this installation binds."""
    if not can("calendar.edit"):
        return False
    with read() as session:
        return answers_for(session, actor(), rooms().area)


def _for_everybody() -> None:
    if not _may_edit():
        raise NotPermitted("日历对全部辖区有效，由管理全部辖区的管理员修改")


@blueprint.post("/calendar/preview")
@needs("calendar.edit")
def calendar_preview() -> Page:
    """Show which open promises a change would move; nothing is written."""
    _for_everybody()
    try:
        wanted = _wanted()
        return _preview(wanted)
    except BadInput as wrong:
        return _refused(wrong)


def _preview(wanted: Change, changed: bool = False) -> Page:
    with read() as session:
        seen = recalendar.preview(session, wanted, now())
        rows, more = shift_rows(session, seen.shifts, SHOWN)
    body = render_template(
        "admin/calendar_preview.html",
        active="calendar",
        year=_year(typed("year")),
        lines=request.form.get("lines", ""),
        published=bool(typed("published")),
        days=[(day_text(day), day.year, working) for day, working in sorted(wanted.days.items())],
        seen=seen,
        rows=rows,
        more=more,
        changed=changed,
        language=False,
    )
    return body, 409 if changed else 200


def _done(wanted: Change, mark: str) -> Outcome | None:
    """Make the change; None when its outcome is not the one that was shown."""

    def work(session: Session) -> Outcome:
        done = recalendar.recalendar(session, actor(), wanted, mark, now())
        answer_days.follow(session, done.shifts)
        return done

    try:
        return change(work)
    except MoveNotAllowed:
        return None


@blueprint.post("/calendar")
@needs("calendar.edit")
def calendar_change() -> Page:
    """Change the calendar exactly as previewed; another outcome is shown before it happens."""
    _for_everybody()
    mark = typed("mark")
    try:
        wanted = _wanted()
        done = _done(wanted, mark)
    except BadInput as wrong:
        return _refused(wrong)
    if done is None:
        return _preview(wanted, changed=True)
    said = gettext("日历已修改。")
    if done.shifts:
        said = gettext(
            "日历已修改，%(cases)d 个办件的 %(clocks)d 个时限已重新计算。",
            cases=done.cases,
            clocks=len(done.shifts),
        )
    flash(said, "success")
    return redirect(url_for("admin.calendar", year=_year(typed("year"))))
