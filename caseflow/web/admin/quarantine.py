"""Quarantine: what came in and could not be taken; seen with a reason, taken by hand or discarded.

What the original says is shown in the answer to a POST only, never under an address of its own.
"""

from collections.abc import Mapping
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session

from caseflow import words
from caseflow.deadlines import listed
from caseflow.deadlines.rules import Rules, rules_of
from caseflow.deadlines.tables import Clock
from caseflow.errors import BadInput, MoveNotAllowed
from caseflow.intake import held_files, looking, sight, unfolding
from caseflow.intake.channels.mailbox.parse import CHANNEL
from caseflow.intake.held_files import HeldFile
from caseflow.intake.mail_tables import Folded
from caseflow.intake.sight import Sight
from caseflow.intake.tables import Quarantine
from caseflow.ledger import queries
from caseflow.ledger.tables import Case
from caseflow.people import names
from caseflow.people.scope import scope_of
from caseflow.refs import whole
from caseflow.web.admin.frame import Page, after, blueprint
from caseflow.web.clocks import clock_view
from caseflow.web.console.file_views import original
from caseflow.web.edge import actor, change, needs, now, read, rooms, typed
from caseflow.web.locale import gettext, moment_text
from config import MIB

STATES = {"waiting": "待查看", "taken": "已登记为办件", "discarded": "已作废"}
SETTLED_FILE = "已处理"
OF_CASES = "办件中的文件"
NONE: Mapping[int, HeldFile] = {}


@blueprint.get("/quarantine")
@needs("quarantine.look")
def quarantine() -> Page:
    """Show what waits, oldest first, and what was settled lately."""
    with read() as session:
        rules = rules_of(session)
        found = looking.waiting(session, actor(), after())
        done = sight.settled(session, actor()) if not after() else []
        clocks = listed.looks(session, [one.id for one in found])
        people = names.users(session, {one.looked_by for one in done if one.looked_by})
        files = held_files.of_rows(session, [*found, *done])
        rows = [_row(rules, one, clocks.get(one.id), files) for one in found]
        settled = [
            _row(rules, one, None, files) | {"by": people.get(one.looked_by or 0, "")}
            for one in done
        ]
    full = len(rows) == looking.PAGE
    return render_template(
        "admin/quarantine.html",
        active="quarantine",
        rows=rows,
        settled=settled,
        files=any(one["file"] for one in rows),
        by_fault=any(one["by_fault"] for one in rows),
        next_href=url_for("admin.quarantine", after=found[-1].id) if full else "",
    )


@blueprint.post("/quarantine/files")
@needs("quarantine.look")
def look_at_files_again() -> Page:
    """Let files that were not let through be looked at and scanned anew."""
    n = change(lambda session: held_files.look_again(session, actor(), now()))
    flash(gettext("%(n)d 个文件正在重新检查，请过几分钟再来。", n=n), "success" if n else "info")
    return redirect(url_for("admin.quarantine"))


def _row(
    rules: Rules, one: Quarantine, clock: Clock | None, files: Mapping[int, HeldFile] = NONE
) -> dict[str, Any]:
    """Return a row as the pages tell it. `files`: what those rows stand for that stand for one."""
    file = files.get(one.id)
    return {
        "file": {"name": file.name, "case": file.case} if file else None,
        "id": one.id,
        "href": url_for("admin.quarantined", quarantine_id=one.id),
        "reason": gettext(one.reason),
        "channel": gettext(words.CHANNELS.get(one.channel, OF_CASES)),
        "at": moment_text(one.received_at),
        "state": one.state,
        "state_label": gettext(SETTLED_FILE if file and one.looked_at else STATES[one.state]),
        "note": gettext(one.note) if one.note else "",
        "looked_at": moment_text(one.looked_at) if one.looked_at else "",
        "clock": clock_view(rules, clock, now()) if clock else None,
        "folded": one.folded,
        "by_fault": one.state == "waiting" and looking.is_by_fault(one),
        "by_mail": one.channel == CHANNEL,
        "read": one.channel in looking.READ,
    }


@blueprint.get("/quarantine/<int:quarantine_id>")
@needs("quarantine.look")
def quarantined(quarantine_id: int) -> Page:
    """Show one row: why it lies here, and what can be done."""
    return shown(quarantine_id)


def shown(
    quarantine_id: int,
    errors: Mapping[str, str] | None = None,
    form: str = "",
    status: int = 200,
    seen: Sight | None = None,
) -> Page:
    """Return the page of one row, with what was wrong with the form named `form`."""
    with read() as session:
        found = sight.row(session, actor(), quarantine_id)
        if found.original_id is None:
            return _held_file(session, found, errors or {}, status)
        clocks = listed.looks(session, [found.id])
        row = _row(rules_of(session), found, clocks.get(found.id))
        people = names.users(session, {found.looked_by} if found.looked_by else set())
        opened = sight.has_seen(session, actor(), found)
        size = sight.size(session, found)
        case = _case(session, found.case_id)
        folded = [_folded(one, long) for one, long in unfolding.of(session, found)]
    body = render_template(
        "admin/quarantined.html",
        active="quarantine",
        row=row,
        by="".join(people.values()),
        size=_size(size),
        case=case,
        folded=folded,
        opened=opened,
        seen=seen,
        kinds=[(kind, gettext(word)) for kind, word in words.KINDS.items()],
        values=request.form if form == "take" else _read(seen),
        errors=errors or {},
        form=form,
        language=request.method == "GET",
    )
    return body, status


def _held_file(session: Session, found: Quarantine, errors: Mapping[str, str], status: int) -> Page:
    """Return the page of a file that its case has, with the others that wait there."""
    file = held_files.of_rows(session, [found])[found.id]
    near = held_files.beside(session, actor(), found)
    clock = listed.looks(session, [found.id]).get(found.id)
    people = names.users(session, {found.looked_by} if found.looked_by else set())
    body = render_template(
        "admin/held_file.html",
        active="quarantine",
        row=_row(rules_of(session), found, clock, {found.id: file}),
        by="".join(people.values()),
        size=_size(file.blob.size),
        original=original(file.blob, f"/console/{file.place}/original"),
        near=[(n, one.name) for n, one in near.items() if n != found.id],
        errors=errors,
        note=request.form.get("note", ""),
        language=request.method == "GET",
    )
    return body, status


@blueprint.post("/quarantine/<int:quarantine_id>/seen")
@needs("quarantine.look")
def see_held_file(quarantine_id: int) -> Page:
    """Say what was done about a file that is held back, and the others chosen with it."""
    also = [n for one in request.form.getlist("also") if (n := whole(one)) is not None]
    ids, note = {quarantine_id, *also}, typed("note")
    try:
        n = change(lambda s: held_files.seen(s, actor(), ids, note, now()))
    except BadInput as wrong:
        return shown(quarantine_id, wrong.fields, "seen", 422)
    except MoveNotAllowed as gone:
        return shown(quarantine_id, {"": gone.told}, "seen", 409)
    flash(gettext("已记下，%(n)d 个文件处理完毕；文件仍在办件里。", n=n), "success")
    return redirect(url_for("admin.quarantine"))


def _size(size: int) -> str:
    if size >= MIB:
        return gettext("%(n)s MB", n=f"{size / MIB:.1f}")
    return gettext("%(n)d KB", n=max(1, size // 1024))


def _case(session: Session, case_id: int | None) -> str:
    """Return the number of the case that a row has to do with, where it is in sight."""
    query = select(Case.number).where(Case.id == case_id, queries.visible(scope_of(actor())))
    return (session.scalar(query) or "") if case_id else ""


def _folded(one: Folded, size: int) -> dict[str, Any]:
    return {"id": one.id, "at": moment_text(one.received_at), "size": _size(size)}


def _read(seen: Sight | None) -> dict[str, str]:
    """Return what the form to take it begins with: what could be read of it."""
    if seen is None or not seen.parsed:
        return {}
    return {"kind": seen.kind, "text": seen.text}


@blueprint.post("/quarantine/<int:quarantine_id>/look")
@needs("quarantine.look")
def look_quarantined(quarantine_id: int) -> Page:
    """Show the original as text, in this answer only."""
    reason = typed("reason")
    try:
        seen = sight.see(rooms(), actor(), quarantine_id, reason, now())
    except BadInput as wrong:
        return shown(quarantine_id, wrong.fields, "look", 422)
    return shown(quarantine_id, seen=seen)


@blueprint.post("/quarantine/<int:quarantine_id>/take")
@needs("quarantine.look")
def take_quarantined(quarantine_id: int) -> Page:
    """Make a case of it by hand, by the very way every report takes."""
    text, kind = typed("text"), typed("kind")
    with read() as session:
        sight.row(session, actor(), quarantine_id)
    try:
        if kind not in words.KINDS:
            raise BadInput({"kind": "请选择诉求类型"})
        received = looking.take(
            rooms(), actor(), quarantine_id, now(), text, kind, words_only=bool(typed("words_only"))
        )
    except BadInput as wrong:
        return shown(quarantine_id, wrong.fields, "take", 422)
    except MoveNotAllowed as gone:
        return shown(quarantine_id, {"": gone.told}, "take", 409)
    flash(gettext("已登记为办件 %(number)s。", number=received.case_number), "success")
    return redirect(url_for("console.case_page", number=received.case_number))


@blueprint.post("/quarantine/<int:quarantine_id>/retry")
@needs("quarantine.look")
def retry_quarantined(quarantine_id: int) -> Page:
    """Read a mail again and register it the ordinary way, once what hindered it was mended."""
    with read() as session:
        sight.row(session, actor(), quarantine_id)
    try:
        received = looking.retry(rooms(), actor(), quarantine_id, now())
    except BadInput as wrong:
        return shown(quarantine_id, {"": wrong.fields["retry"]}, "retry", 422)
    except MoveNotAllowed as gone:
        return shown(quarantine_id, {"": gone.told}, "retry", 409)
    flash(gettext("已登记为办件 %(number)s。", number=received.case_number), "success")
    return redirect(url_for("console.case_page", number=received.case_number))


@blueprint.post("/quarantine/retry")
@needs("quarantine.look")
def retry_all_quarantined() -> Page:
    """Read again what a fault of ours set aside, once that was mended."""
    done, left = looking.retry_all(rooms(), actor(), now())
    said = gettext("已登记 %(done)d 件，仍有 %(left)d 件不能登记。", done=done, left=left)
    flash(said, "success" if done else "info")
    return redirect(url_for("admin.quarantine"))


@blueprint.post("/quarantine/<int:quarantine_id>/folded/<int:folded_id>")
@needs("quarantine.look")
def take_out_folded(quarantine_id: int, folded_id: int) -> Page:
    """Give one of many messages that lie together a row of its own."""
    row = change(lambda s: unfolding.take_out(s, actor(), quarantine_id, folded_id, now()).id)
    flash(gettext("已单独列出。"), "success")
    return redirect(url_for("admin.quarantined", quarantine_id=row))


@blueprint.post("/quarantine/<int:quarantine_id>/discard")
@needs("quarantine.look")
def discard_quarantined(quarantine_id: int) -> Page:
    """Discard it with a reason; the original stays."""
    note = typed("note")
    try:
        change(lambda s: sight.discard(s, actor(), quarantine_id, note, now()))
    except BadInput as wrong:
        return shown(quarantine_id, wrong.fields, "discard", 422)
    except MoveNotAllowed as gone:
        return shown(quarantine_id, {"": gone.told}, "discard", 409)
    flash(gettext("已作废，原件保留。"), "success")
    return redirect(url_for("admin.quarantine"))
