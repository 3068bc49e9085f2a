"""Taking over the ledger that the office kept before (台账导入): a page for each step."""

from collections.abc import Mapping
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session

from caseflow import words
from caseflow.errors import BadInput, MoveNotAllowed
from caseflow.files import blobs
from caseflow.intake.old_ledger import desk, headings, names
from caseflow.intake.old_ledger.rows import Choices
from caseflow.ledger.import_tables import LedgerImport
from caseflow.ledger.moves.importing import moved_since
from caseflow.people import names as people
from caseflow.people.tables import Area, Unit
from caseflow.refs import whole
from caseflow.web.console.frame import Page, blueprint
from caseflow.web.edge import actor, change, ledgers, needs, now, read, rooms, typed
from caseflow.web.files import attached
from caseflow.web.locale import gettext, moment_text

STATES = {
    "open": "待确认各列",
    "checking": "正在核对",
    "checked": "已核对，待导入",
    "running": "正在导入",
    "done": "已导入",
    "undone": "已撤销",
    "dropped": "已放弃",
}
RESULTS = {"": "逐行指出，由我补写状态", "closed": "都算已经办结", "open": "都算还在办理"}
ASKED = 60
"""So many names are asked at once; the others after these are answered."""
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@blueprint.get("/imports")
@needs("case.import")
def imports() -> Page:
    """List the imports of the office, the newest first, and take the next file."""
    return _listed()


def _listed(errors: Mapping[str, str] | None = None) -> Page:
    before = whole(request.args.get("before", "")) or 0
    with read() as session:
        found = desk.recent(session, actor(), before)
        who = people.users(session, {one.user_id for one in found})
        rows = [_row(one) | {"by": who.get(one.user_id, "")} for one in found]
    more = url_for("console.imports", before=found[-1].id) if len(found) == desk.PAGE else ""
    page = render_template(
        "console/imports.html",
        active="imports",
        rows=rows,
        next_href=more,
        largest=desk.LARGEST // 1024 // 1024,
        errors=errors or {},
    )
    return page, 422 if errors else 200


def _row(one: LedgerImport) -> dict[str, Any]:
    return {
        "id": one.id,
        "href": url_for("console.import_page", import_id=one.id),
        "name": ledgers().name_of(one),
        "state": one.state,
        "state_label": gettext(STATES[one.state]),
        "at": moment_text(one.at),
        "done_at": moment_text(one.done_at) if one.done_at else "",
        "undone_at": moment_text(one.undone_at) if one.undone_at else "",
        "rows": one.rows,
        "closed": one.closed,
    }


@blueprint.post("/imports")
@needs("case.import")
def begin_import() -> Page:
    """Take a file and go on to its columns."""
    file = request.files.get("file")
    try:
        if file is None or not file.filename:
            raise BadInput({"file": "请选择文件"})
        content = file.stream.read(desk.LARGEST + 1)
        import_id = ledgers().begin(actor(), file.filename, content, now())
    except BadInput as wrong:
        return _listed(wrong.fields)
    return redirect(url_for("console.import_page", import_id=import_id))


@blueprint.get("/imports/<int:import_id>")
@needs("case.import")
def import_page(import_id: int) -> Page:
    """Show how far an import is, and its next step."""
    return shown(import_id)


def shown(import_id: int, errors: Mapping[str, str] | None = None, status: int = 200) -> Page:
    """Return the page of an import, with what was wrong with what was sent."""
    with read() as session:
        one = desk.of(session, actor(), import_id)
        found = desk.found_of(one)
        who = people.users(session, {one.user_id, one.undone_by or 0})
        said = {
            "row": _row(one) | {"by": who.get(one.user_id, ""), "reason": gettext(one.fault)},
            "progress": _progress(one) if one.state in ("checking", "running") else "",
            "undone_by": who.get(one.undone_by or 0, ""),
            "columns": _columns(session, one) if one.state in ("open", "checked") else None,
            "touched": moved_since(session, one.id) if one.state == "done" else (),
        }
    body = render_template(
        "console/import.html",
        active="imports",
        found=_told(found),
        questions=_questions(found),
        kinds=[(code, gettext(label)) for code, label in words.KINDS.items()],
        results=[(code, gettext(label)) for code, label in RESULTS.items()],
        errors=errors or {},
        typed=request.form if errors else {},
        language=request.method == "GET",
        **said,
    )
    return body, status


def _progress(one: LedgerImport) -> str:
    """Say how many rows are done, and of how many where that is known; empty before the first."""
    done, rows = ledgers().progress.of(one.id)
    if not done:
        return ""
    known = gettext("已完成 %(done)d / %(rows)d 行", done=done, rows=rows)
    return known if rows else gettext("已核对 %(n)d 行", n=done)


def _columns(session: Session, one: LedgerImport) -> dict[str, Any]:
    """Return the headings of the sheet, what each holds, and what the first rows say."""
    source, choices = ledgers().source(session, one), desk.choices_of(one)
    fields = [("", gettext("不导入"))]
    fields += [(name, gettext(label)) for name, label in headings.FIELDS.items()]
    samples = list(zip(*source.samples(), strict=True))
    return {
        "fields": fields,
        "choices": choices,
        "year": choices.year or source.table.year,
        "sheet": source.page.name,
        "others": gettext("、").join(source.others),
        "row": source.table.row,
        "each": [
            {
                "name": f"column-{at}",
                "heading": heading or gettext("第 %(n)d 列", n=at + 1),
                "field": choices.columns[at],
                "samples": [text[:40] for text in dict.fromkeys(samples[at]) if text][:3]
                if samples
                else [],
            }
            for at, heading in enumerate(source.table.headings)
        ],
    }


def _told(found: dict[str, Any]) -> dict[str, Any]:
    """Say what the check found in the language of whoever reads it."""
    made = [(gettext(words.CASE_STATES[state]), n) for state, n in sorted(found["made"].items())]
    first = [
        (n, gettext(headings.FIELDS[column]) if column else "", gettext(why, **values))
        for n, column, why, values in found["first"]
    ]
    return found | {"made": made, "total": sum(n for _, n in made), "first": first}


def _questions(found: dict[str, Any]) -> list[dict[str, Any]]:
    keep = ("none", gettext("名册里没有，按原来的写法保留"))
    return [
        {"n": n, "words": said, "rows": rows, "options": [*map(tuple, offered), keep]}
        for n, (said, rows, offered) in enumerate(found["questions"][:ASKED])
    ]


@blueprint.post("/imports/<int:import_id>/columns")
@needs("case.import")
def settle_import(import_id: int) -> Page:
    """Keep what the columns hold, and check every row."""
    columns: list[str] = []
    while (name := f"column-{len(columns)}") in request.form:
        columns.append(typed(name))
    year = whole(typed("year"))
    choices = Choices(tuple(columns), typed("kind"), typed("result"), year)
    return _go_on(import_id, lambda: ledgers().settle(actor(), import_id, choices, now()))


@blueprint.post("/imports/<int:import_id>/names")
@needs("case.import")
def answer_import(import_id: int) -> Page:
    """Keep which unit each name means, and check again."""
    with read() as session:
        desk.of(session, actor(), import_id)
        answers, wrong = _answers(session)
    if wrong:
        return shown(import_id, wrong, 422)
    return _go_on(import_id, lambda: ledgers().answer(actor(), import_id, answers, now()))


def _answers(session: Session) -> tuple[dict[str, int | None], dict[str, str]]:
    """Return what was answered, by the name that was asked; and what is wrong, by field."""
    answers: dict[str, int | None] = {}
    wrong: dict[str, str] = {}
    for n in range(ASKED):
        said = typed(f"words-{n}")
        chosen, other = typed(f"unit-{n}"), typed(f"other-{n}")
        if not said or not (chosen or other):
            continue
        answers[said] = _unit_called(session, other) if other else whole(chosen)
        if other and answers[said] is None:
            wrong[f"other-{n}"] = "名册里没有这个名称，请写全称"
    if not answers:
        wrong["unit-0"] = "请至少回答一个"
    return answers, wrong


def _unit_called(session: Session, name: str) -> int | None:
    here = getattr(Area, actor().level) == actor().area
    query = select(Unit.id, Unit.name).join(Area, Area.code == Unit.area_code)
    found = session.execute(query.where(here, Unit.active.is_(True))).all()
    fitting = [unit_id for unit_id, known in found if names.key(known) == names.key(name)]
    return fitting[0] if len(fitting) == 1 else None


def _go_on(import_id: int, work: Any) -> Page:
    try:
        work()
    except BadInput as wrong:
        return shown(import_id, wrong.fields, 422)
    except MoveNotAllowed as gone:
        return shown(import_id, {"": gone.told}, 409)
    return redirect(url_for("console.import_page", import_id=import_id))


@blueprint.post("/imports/<int:import_id>/confirm")
@needs("case.import")
def confirm_import(import_id: int) -> Page:
    """Take all rows over."""
    return _go_on(import_id, lambda: ledgers().confirm(actor(), import_id, now()))


@blueprint.post("/imports/<int:import_id>/drop")
@needs("case.import")
def drop_import(import_id: int) -> Page:
    """Give an import up before anything was taken over."""
    return _go_on(import_id, lambda: change(lambda s: desk.drop(s, actor(), import_id)))


@blueprint.post("/imports/<int:import_id>/undo")
@needs("case.import")
def undo_import(import_id: int) -> Page:
    """Undo a whole import."""
    reason = typed("reason")

    def work() -> None:
        n = change(lambda s: desk.undo(s, actor(), import_id, reason, now()))
        flash(gettext("已撤销，%(n)d 件办件作废，编号保留。", n=n), "success")

    return _go_on(import_id, work)


@blueprint.get("/imports/<int:import_id>/report.xlsx")
@needs("case.import")
def import_report(import_id: int) -> Page:
    """Hand out what becomes of each row, as a workbook."""
    with read() as session:
        one = desk.of(session, actor(), import_id)
        pieces = blobs.chunks(session, rooms().store, one.report_blob_id or "")
    return attached(pieces, XLSX, f"逐行核对-{import_id}.xlsx")  # not said
