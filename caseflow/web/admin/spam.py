"""Whose mail is spam: blocked from where it was seen, listed, and let in again."""

from flask import flash, redirect, render_template, url_for

from caseflow.errors import BadInput, MoveNotAllowed
from caseflow.intake import sight, spam
from caseflow.people import names
from caseflow.web.admin import quarantine
from caseflow.web.admin.frame import Page, blueprint, settle
from caseflow.web.edge import actor, needs, now, read, rooms, typed
from caseflow.web.locale import gettext, moment_text


@blueprint.post("/quarantine/<int:quarantine_id>/spam")
@needs("quarantine.look")
def block_sender(quarantine_id: int) -> Page:
    """Discard a mail as spam and block whoever sent it."""
    reason, domain = typed("spam"), bool(typed("domain"))
    with read() as session:
        sight.row(session, actor(), quarantine_id)
    try:
        spam.block(rooms(), actor(), quarantine_id, reason, now(), domain=domain)
    except BadInput as wrong:
        fields = {"spam" if name == "note" else name: why for name, why in wrong.fields.items()}
        return quarantine.shown(quarantine_id, fields, "spam", 422)
    except MoveNotAllowed as gone:
        return quarantine.shown(quarantine_id, {"": gone.told}, "spam", 409)
    flash(gettext("已作废并拦截发件人，原件保留。"), "success")
    return redirect(url_for("admin.quarantine"))


@blueprint.get("/quarantine/blocked")
@needs("quarantine.look")
def blocked_senders() -> Page:
    """Show whose mail is blocked, by whom, since when and why."""
    return _list()


def _list(errors: dict[str, str] | None = None, status: int = 200) -> Page:
    with read() as session:
        found = spam.entries(session, rooms().ring, actor())
        people = names.users(session, {one.row.blocked_by for one in found})
        rows = [
            {
                "id": one.row.id,
                "shown": one.shown,
                "reason": one.row.reason,
                "by": people.get(one.row.blocked_by, ""),
                "at": moment_text(one.row.blocked_at),
                "caught": one.row.caught,
            }
            for one in found
        ]
    page = render_template(
        "admin/blocked.html", active="quarantine", rows=rows, errors=errors or {}
    )
    return page, status


@blueprint.post("/quarantine/blocked/<int:blocked_id>/lift")
@needs("quarantine.look")
def lift_blocked(blocked_id: int) -> Page:
    """Let a sender in again; what was set aside stays where it is."""
    return settle(
        lambda session: spam.lift(session, actor(), blocked_id, now()),
        gettext("已解除拦截，以后的来信照常登记。"),
        url_for("admin.blocked_senders"),
        lambda errors, status: _list(dict(errors), status),
    )
