"""A file as it came: asked why, put on record, handed out once, in the answer."""

from collections.abc import Callable, Mapping
from datetime import datetime

from flask import render_template, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session

from caseflow.errors import BadInput, NotFound
from caseflow.files import handing
from caseflow.ledger.attached import Attached
from caseflow.ledger.moves import opening_files
from caseflow.ledger.tables import Case
from caseflow.people.actor import Actor
from caseflow.web.console.file_views import blob_view
from caseflow.web.console.frame import Page
from caseflow.web.edge import actor, change, now, read, scans, typed
from caseflow.web.files import opened

Find = Callable[[Session], Attached]
"""Finds a file within the actor's scope, or raises NotFound."""
Noted = Callable[[Session, Actor, datetime], None]


def asked(
    find: Find, back: str = "", errors: Mapping[str, str] | None = None, status: int = 200
) -> Page:
    """Return the page that asks why. `back`: where the file is listed, else its case.

    Raises NotFound for what is handed out anyway, or to nobody.
    """
    with read() as session:
        file = find(session)
        if not handing.may_be_opened(file.blob, scans=scans()):
            raise NotFound("没有这个文件")
        number = session.scalar(select(Case.number).where(Case.id == file.case_id))
        view = blob_view(file.name, file.blob)
    page = render_template(
        "console/original.html",
        active="work",
        file=view,
        number=number,
        errors=errors or {},
        reason=request.form.get("reason", ""),
        back=back or url_for("console.case_page", number=number),
    )
    return page, status


def handed(
    find: Find, back: str = "", permission: str = "vault.original", noted: Noted | None = None
) -> Page:
    """Hand out the file once the reason is on record; without one ask again. `noted`: what else is
    written down then.
    """
    reason = typed("reason")

    def work(session: Session) -> None:
        file = find(session)
        opening_files.open_file(
            session,
            actor(),
            file.case_id,
            file.blob,
            reason,
            now(),
            scans=scans(),
            permission=permission,
        )
        if noted is not None:
            noted(session, actor(), now())

    try:
        change(work)
    except BadInput as wrong:
        return asked(find, back, wrong.fields, 422)
    with read() as session:
        return opened(session, find(session))
