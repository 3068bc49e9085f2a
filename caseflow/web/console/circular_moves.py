"""What is done with a circular by its page: one handler a move."""

from collections.abc import Callable

from flask import flash, redirect, request, url_for
from sqlalchemy.orm import Session

from caseflow.errors import BadInput, MoveNotAllowed
from caseflow.publishing import circulars, corrections, reading
from caseflow.web.console import conflict
from caseflow.web.console.circular_pages import history, offered, show, view
from caseflow.web.console.frame import Page, blueprint, scope
from caseflow.web.edge import actor, change, needs, now, seen, typed
from caseflow.web.locale import gettext


@blueprint.post("/circulars/<int:circular_id>/edit")
@needs("circular.draft")
def edit_circular(circular_id: int) -> Page:
    """Save the changed texts of a draft (修改)."""
    texts = typed("text"), typed("public_text")
    return _settle(
        circular_id,
        "edit",
        lambda s: circulars.edit(s, actor(), circular_id, *texts, now(), seen=seen()),
        gettext("已保存，请由他人核对。"),
    )


@blueprint.post("/circulars/<int:circular_id>/check")
@needs("circular.check")
def check_circular(circular_id: int) -> Page:
    """Put on record that every point was looked at by another person (核对)."""
    ticked = request.form.getlist("checks")
    return _settle(
        circular_id,
        "check",
        lambda s: circulars.check(s, actor(), circular_id, ticked, now(), seen=seen()),
        gettext("已核对，等分管领导签发。"),
    )


@blueprint.post("/circulars/<int:circular_id>/return")
@needs("circular.return")
def return_circular(circular_id: int) -> Page:
    """Send a draft back with words, by whoever checks or signs it (退回修改)."""
    reason = typed("reason")
    return _settle(
        circular_id,
        "return",
        lambda s: circulars.send_back(s, actor(), circular_id, reason, now(), seen=seen()),
        gettext("已退回修改。"),
    )


@blueprint.post("/circulars/<int:circular_id>/issue")
@needs("circular.sign")
def issue_circular(circular_id: int) -> Page:
    """Sign a checked circular (签发)."""
    return _settle(
        circular_id,
        "issue",
        lambda s: circulars.issue(s, actor(), circular_id, now(), seen=seen()),
        gettext("已签发，编号自动生成。"),
    )


@blueprint.post("/circulars/<int:circular_id>/publish")
@needs("circular.publish")
def publish_circular(circular_id: int) -> Page:
    """Mark the public text as open to everybody (公开)."""
    return _settle(
        circular_id,
        "publish",
        lambda s: circulars.publish(s, actor(), circular_id, now(), seen=seen()),
        gettext("已公开。"),
    )


@blueprint.post("/circulars/<int:circular_id>/cancel")
@needs("circular.draft")
def cancel_circular(circular_id: int) -> Page:
    """Give a draft up with a reason (撤销)."""
    reason = typed("reason")
    return _settle(
        circular_id,
        "cancel",
        lambda s: circulars.cancel(s, actor(), circular_id, reason, now(), seen=seen()),
        gettext("已撤销，记录保留。"),
    )


@blueprint.post("/circulars/<int:circular_id>/withdraw")
@needs("circular.publish")
def withdraw_circular(circular_id: int) -> Page:
    """Take an issued circular back with a reason (收回)."""
    reason = typed("reason")
    return _settle(
        circular_id,
        "withdraw",
        lambda s: circulars.withdraw(s, actor(), circular_id, reason, now(), seen=seen()),
        gettext("已收回，原文和理由保留。"),
    )


@blueprint.post("/circulars/<int:circular_id>/correct")
@needs("circular.draft")
def draft_circular_correction(circular_id: int) -> Page:
    """Write a correction for another person to publish (起草更正)."""
    said = typed("text"), typed("reason")
    return _settle(
        circular_id,
        "correct",
        lambda s: corrections.draft_correction(s, actor(), circular_id, *said, now(), seen=seen()),
        gettext("更正已起草，请由他人核对公开。"),
    )


@blueprint.post("/circulars/<int:circular_id>/publish_correction")
@needs("circular.publish")
def publish_circular_correction(circular_id: int) -> Page:
    """Publish the correction that waits, every point looked at (公开更正)."""
    ticked = request.form.getlist("checks")
    return _settle(
        circular_id,
        "publish_correction",
        lambda s: corrections.publish_correction(
            s, actor(), circular_id, ticked, now(), seen=seen()
        ),
        gettext("更正已公开，原文保留。"),
    )


@blueprint.post("/circulars/<int:circular_id>/refuse_correction")
@needs("circular.publish")
def refuse_circular_correction(circular_id: int) -> Page:
    """Do not publish the correction that waits, with a reason."""
    reason = typed("reason")
    return _settle(
        circular_id,
        "refuse_correction",
        lambda s: corrections.refuse_correction(
            s, actor(), circular_id, reason, now(), seen=seen()
        ),
        gettext("更正不予公开，可以重新起草。"),
    )


def _settle(circular_id: int, form: str, work: Callable[[Session], object], done: str) -> Page:
    def take(session: Session) -> None:
        reading.one(session, scope(), circular_id)
        work(session)

    try:
        change(take)
    except BadInput as wrong:
        return show(circular_id, wrong.fields, form, 422)
    except MoveNotAllowed as gone:
        return _changed(circular_id, form, gone)
    flash(done, "success")
    return redirect(url_for("console.circular_page", circular_id=circular_id))


_REWRITES = {"check": "circular_edited", "publish_correction": "correction_drafted"}


def _changed(circular_id: int, form: str, gone: MoveNotAllowed) -> Page:
    """Say what came since the form was made, and give it back as it was filled in; but no tick
    holds for a text that another one has changed since.
    """
    shown = view(circular_id, form=form, ticked=request.form.getlist("checks"))
    new = conflict.since(shown["circular"].head_n)
    since = [one for one in reversed(shown["found"].entries) if one.n > new]
    if any(one.verb == _REWRITES.get(form) for one in since):
        shown["ticked"] = []
    lines = [
        {"what": what, "who": who, "at": when, "text": why}
        for when, what, who, why in history(shown["found"], since)
    ]
    back = url_for("console.circular_page", circular_id=circular_id)
    return conflict.changed(gone, back, shown, changes=lines, forms=offered(shown))
