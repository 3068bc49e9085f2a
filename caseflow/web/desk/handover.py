"""Handing the shift over: a page of its own, so that no call that is being typed is disturbed."""

from collections.abc import Mapping

from flask import flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session

from caseflow.errors import BadInput, MoveNotAllowed
from caseflow.intake import handover
from caseflow.intake.handover import Note
from caseflow.refs import whole
from caseflow.web import edge
from caseflow.web.desk.frame import Page, blueprint, fresh_nonce, is_nonce
from caseflow.web.edge import needs, typed
from caseflow.web.locale import gettext, moment_text


def lines(notes: list[Note]) -> list[dict[str, object]]:
    """Return notes as a page shows them."""
    return [
        {
            "id": note.id,
            "text": note.text,
            "by": note.by,
            "at": moment_text(note.at),
            "done_by": note.done_by,
            "done_at": moment_text(note.done_at) if note.done_at else "",
        }
        for note in notes
    ]


def waiting(session: Session, after: int = 0) -> dict[str, object]:
    """Return what the shifts before left to be done at this desk: the first of it, how much it is
    in all, and how much comes after what is shown.
    """
    area = edge.actor().area
    notes = handover.waiting(session, edge.rooms().ring, area, after)
    last = notes[-1].id if notes else after
    return {
        "notes": lines(notes),
        "notes_count": handover.count(session, area),
        "notes_more": handover.count(session, area, last),
        "notes_last": last,
    }


@blueprint.get("/handover")
@needs("desk.log")
def handing_over() -> Page:
    """Show what was left to be done, and a sheet for the next shift."""
    return _page({}, "", whole(request.args.get("after", "")) or 0)


@blueprint.post("/handover")
@needs("desk.log")
def leave() -> Page:
    """Leave a note to the next shift."""
    text, me, at = typed("text"), edge.actor(), edge.now()
    ring, nonce = edge.rooms().ring, typed("nonce")
    nonce = nonce if is_nonce(nonce) else fresh_nonce()
    try:
        edge.change(lambda session: handover.leave(session, ring, me, text, at, nonce=nonce))
    except BadInput as wrong:
        return _page(wrong.fields, text), 422
    flash(gettext("已留给下一班。"), "success")
    return redirect(url_for(".handing_over"))


@blueprint.post("/handover/<int:note_id>/done")
@needs("desk.log")
def settle(note_id: int) -> Page:
    """Say that what was left is done."""
    me, at = edge.actor(), edge.now()
    try:
        edge.change(lambda session: handover.settle(session, me, note_id, at))
    except MoveNotAllowed as before:
        return _page({"": before.told}, ""), 409
    flash(gettext("已划掉。"), "success")
    return redirect(url_for(".handing_over"))


def _page(errors: Mapping[str, str], text: str, after: int = 0) -> str:
    ring, area = edge.rooms().ring, edge.actor().area
    with edge.read() as session:
        return render_template(
            "desk/handover.html",
            active="desk",
            **waiting(session, after),
            after=after,
            nonce=fresh_nonce(),
            settled=lines(handover.settled(session, ring, area)),
            text=text,
            longest=handover.LONGEST,
            errors={name: gettext(told) for name, told in errors.items()},
        )
