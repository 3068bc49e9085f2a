"""The page of a file of inquiry (责任核实案卷): its steps one below the other, and on paper."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from flask import render_template, request, url_for
from sqlalchemy.orm import Session

from caseflow import words
from caseflow.clock import local
from caseflow.errors import NotFound
from caseflow.escalation import accountability, accountability_gate, accountability_reading
from caseflow.escalation.accountability_reading import Row, Whole
from caseflow.escalation.accountability_states import OPENED, WAY
from caseflow.escalation.accountability_tables import AccountabilityStep
from caseflow.paper.sheets import Report, Section
from caseflow.people import office as offices
from caseflow.web import edge, inquiry_paper
from caseflow.web.console import originals
from caseflow.web.console.file_views import blob_view, original
from caseflow.web.console.forms import fresh_nonce
from caseflow.web.console.frame import Page, blueprint, scope
from caseflow.web.console.inquiry_forms import FORMS
from caseflow.web.edge import actor, can, needs, now, read, typed
from caseflow.web.files import attached, download
from caseflow.web.locale import gettext, in_chinese, long_day_text, moment_text, series
from caseflow.web.proof import limits_told, piece_limits

Facts = list[tuple[str, str]]


@blueprint.get("/inquiries/<int:inquiry_id>")
@needs("accountability.read")
def inquiry_page(inquiry_id: int) -> Page:
    """Show a file with its steps and, to whoever may take it, the form of the next one."""
    return show(inquiry_id)


def show(
    inquiry_id: int, errors: Mapping[str, str] | None = None, form: str = "", status: int = 200
) -> Page:
    """Return the page of a file; `form`: the one that was refused, with its `errors`."""
    return render_template("console/inquiry.html", **view(inquiry_id, errors, form)), status


def view(
    inquiry_id: int, errors: Mapping[str, str] | None = None, form: str = ""
) -> dict[str, Any]:
    """Return what the page of a file, and each form of it, is drawn with."""
    with read() as session:
        found = accountability_reading.whole(session, scope(), inquiry_id)
        moves = accountability_gate.offers(actor(), found.standing, local(now()).date())
        straight = accountability.direct_appeal_until(session, found.standing, now())
        near = _colleagues(session, found) if "inquiry_recorded" in moves else []
    taken = {step.verb for step in found.steps}
    ended = found.file.state == "discontinued"
    return {
        "active": "orders",
        "found": found,
        "file": found.file,
        "cover": [*_cover(found), *_straight(straight)],
        "steps": [_told(found, step) for step in found.steps],
        "moves": moves,
        "forms": FORMS,
        "way": WAY,
        "colleagues": near,
        "later": [] if ended else [one for one in WAY if one not in taken and one not in moves],
        "refused": _refused(found, moves),
        "today": local(now()).date().isoformat(),
        "errors": errors or {},
        "form": form,
        "chosen": request.form.getlist("accounts"),
        "papers": inquiry_paper.offered(found),
        "limits_told": limits_told(),
        "file_limits": piece_limits(url_for("console.begin_pieces")),
        "nonces": {move: (move == form and typed("nonce")) or fresh_nonce() for move in moves},
        "kept": request.form.getlist("kept"),
        "language": request.method == "GET",
    }


def changes(shown: Mapping[str, Any], since: int) -> list[dict[str, str]]:
    """Return the steps of a file after one of them, newest first, as a history tells them."""
    found: Whole = shown["found"]
    return [
        {
            "what": gettext(words.ACCOUNTABILITY_MOVES[step.verb]),
            "who": found.people.get(step.user_id, ""),
            "at": moment_text(step.at),
            "text": step.text,
        }
        for step in reversed(found.steps)
        if step.n > since
    ]


def chosen(inquiry_id: int, move: str) -> Facts:
    """Return what was chosen in the form of a step, in words, with the label of its field."""
    form, said = FORMS[move], request.form.getlist("accounts")
    with read() as session:
        file = accountability_reading.one(session, scope(), inquiry_id)
        near = accountability.colleagues(session, file) if form.accounts and said else []
        people = [one.name for one in near if str(one.id) in said]
    choice = (form.choices or {}).get(request.form.get("choice", ""), "")
    told = [(form.choice, gettext(choice) if choice else ""), (form.accounts, series(people))]
    return [(gettext(label), words) for label, words in told if words]


def _colleagues(session: Session, found: Whole) -> list[tuple[int, str]]:
    return [(one.id, one.name) for one in accountability.colleagues(session, found.file)]


def _cover(found: Whole) -> Facts:
    """Return what a file is about, and the day that what comes next hangs on."""
    about = gettext("办件 %(number)s", number=found.case.number)
    if found.item is not None:
        about = gettext("办件 %(number)s 第 %(n)s 项", number=found.case.number, n=found.item.n)
    return [
        (gettext("单位"), found.unit),
        (gettext("文书编号"), found.order.number or ""),
        (gettext("事项"), about),
        (gettext("保管"), found.office),
        *_until(found.steps[-1], local(now()).date() > (found.file.until or local(now()).date())),
    ]


def _until(step: AccountabilityStep, over: bool) -> Facts:
    if step.until is None:
        return []
    day = long_day_text(step.until)
    label = gettext(FORMS[step.verb].until)
    return [(label, gettext("%(day)s（已过）", day=day) if over else day)]


def _straight(until: date | None) -> Facts:
    """Say until when the unit can appeal without a review."""
    return [(gettext("单位可以不经复核直接申诉到"), long_day_text(until))] if until else []


def _told(found: Whole, step: AccountabilityStep) -> dict[str, Any]:
    """Return a step as the page, and the paper, tell it."""
    who, label = found.people.get(step.user_id, ""), words.ACCOUNTABILITY_MOVES[step.verb]
    recorded = (gettext("登记人"), f"{who} {moment_text(step.at)}")
    if step.verb == OPENED:
        return {
            "label": gettext(label),
            "facts": [recorded],
            "text": "",
            "text_label": "",
            "files": [],
        }
    form = FORMS[step.verb]
    choice = (form.choices or {}).get(step.choice, "")
    facts = [
        (gettext(form.day) if form.day else gettext("日期"), long_day_text(step.day)),
        (gettext(form.choice), gettext(choice) if choice else ""),
        (gettext("参加核实的人员" if form.accounts else form.people), step.people),
        *_until(step, over=False),
        recorded,
    ]
    return {
        "label": gettext(label),
        "facts": [(name, value) for name, value in facts if value],
        "text": step.text,
        "text_label": gettext(form.text),
        "files": _files(found, step.n),
    }


def _files(found: Whole, n: int) -> list[dict[str, Any]]:
    """Return what came with a step, as `components/cards.html` lists it."""
    at = url_for("console.inquiry_page", inquiry_id=found.file.id)
    return [
        {
            **blob_view(row.name, blob),
            "href": f"{at}/files/{row.id}",
            "original": original(blob, f"{at}/files/{row.id}/original", "accountability.original"),
        }
        for row, blob in found.evidence
        if row.n == n
    ]


def _refused(found: Whole, moves: Sequence[str]) -> str:
    """Say why somebody who reads a file cannot take its next step, where that is not plain."""
    ours = actor().area == found.file.area_code
    if not can("accountability.record") or any(move in WAY for move in moves):
        return ""
    if not ours:
        return gettext(accountability_gate.ELSEWHERE)
    if found.file.state == "consulted":
        why = accountability_gate.refusal(actor(), found.standing, "decision_made")
        return gettext(why if can("accountability.decide") else "由分管领导作出决定。")
    if found.file.state == "reviewing" and not moves:
        return gettext(accountability_gate.DECIDED)
    waits = found.file.state in ("served", "reviewed") and "file_closed" not in moves
    return gettext(accountability_gate.WAITS) if waits else ""


def listed(rows: Sequence[Row]) -> list[dict[str, Any]]:
    """Return open files as the page of documents lists them."""
    return [
        {
            "href": url_for("console.inquiry_page", inquiry_id=row.file.id),
            "number": row.number,
            "unit": row.unit,
            "state": row.file.state,
            "state_label": gettext(words.ACCOUNTABILITY_STATES[row.file.state]),
        }
        for row in rows
    ]


@blueprint.get("/inquiries/<int:inquiry_id>/pdf")
@needs("accountability.read")
def inquiry_pdf(inquiry_id: int) -> Page:
    """Hand out a file as PDF, each time the same until another step is taken."""
    with read() as session, in_chinese():
        found = accountability_reading.whole(session, scope(), inquiry_id)
        office = offices.card_of(session, found.file.area_code).name or found.office
        sheet = report(found, office)
    content = edge.typesetter().pdf(sheet, found.steps[-1].at)
    return attached(content, "application/pdf", f"{sheet.title}{sheet.subtitle}.pdf")


@blueprint.get("/inquiries/<int:inquiry_id>/papers/<paper>")
@needs("accountability.read")
def inquiry_paper_pdf(inquiry_id: int, paper: str) -> Page:
    """Hand out one of the papers of a file as PDF: to be served, or signed."""
    with read() as session, in_chinese():
        found = accountability_reading.whole(session, scope(), inquiry_id)
        if paper not in dict(inquiry_paper.offered(found)):
            raise NotFound("没有这份文书")
        office = offices.card_of(session, found.file.area_code).name or found.office
        at = inquiry_paper.said_at(found, paper)
        limits = accountability.limits(session, found.file, inquiry_paper.LIMITS, at)
    sheet, at = inquiry_paper.sheet(found, paper, office, limits)
    content = edge.typesetter().pdf(sheet, at)
    title = f"{sheet.title}{found.order.number or ''}.pdf"
    return attached(content, "application/pdf", title)


@blueprint.get("/inquiries/<int:inquiry_id>/files/<int:enclosure_id>")
@needs("accountability.read")
def inquiry_evidence(inquiry_id: int, enclosure_id: int) -> Page:
    """Hand out a file that came with a step."""
    with read() as session:
        found = accountability_reading.file(session, scope(), inquiry_id, enclosure_id)
        return download(session, found)


def _enclosure(inquiry_id: int, enclosure_id: int) -> originals.Find:
    return lambda s: accountability_reading.file(s, scope(), inquiry_id, enclosure_id)


@blueprint.get("/inquiries/<int:inquiry_id>/files/<int:enclosure_id>/original")
@needs("accountability.original")
def inquiry_original(inquiry_id: int, enclosure_id: int) -> Page:
    """Ask why a file that came with a step is to be opened as it came."""
    back = url_for("console.inquiry_page", inquiry_id=inquiry_id)
    return originals.asked(_enclosure(inquiry_id, enclosure_id), back)


@blueprint.post("/inquiries/<int:inquiry_id>/files/<int:enclosure_id>/original")
@needs("accountability.original")
def open_inquiry_file(inquiry_id: int, enclosure_id: int) -> Page:
    """Hand out a file that came with a step as it came, with the reason on record."""
    back = url_for("console.inquiry_page", inquiry_id=inquiry_id)
    return originals.handed(_enclosure(inquiry_id, enclosure_id), back, "accountability.original")


NOTE = "本卷由办公室保管，不发给单位；送达单位的文书另行制作。各步依次记录，记录后不能更改。"


def report(found: Whole, office: str) -> Report:
    """Return a file as a report; called where everything is said in Chinese."""
    told = [_told(found, step) for step in found.steps]
    cover = [*_cover(found)[:4], (gettext("状态"), _state(found))]
    return Report(
        office=office,
        title=gettext("责任核实案卷"),
        subtitle=found.order.number or "",
        facts=cover,
        note=gettext(NOTE),
        sections=[
            Section(
                f"{n}. {one['label']}",
                facts=[*one["facts"], *_enclosed(one["files"])],
                lines=[line for line in one["text"].splitlines() if line.strip()],
            )
            for n, one in enumerate(told, 1)
        ],
        foot=gettext("责任核实案卷 %(number)s", number=found.order.number or ""),
    )


def _enclosed(files: Sequence[Mapping[str, str]]) -> Facts:
    names = [file["name"] for file in files]
    return [(gettext("附件"), series(names))] if names else []


def _state(found: Whole) -> str:
    return gettext(words.ACCOUNTABILITY_STATES[found.file.state])
