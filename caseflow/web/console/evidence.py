"""Files of a case, handed out to whoever may see the case; as they came, to whoever says why."""

from collections.abc import Callable, Mapping

from flask import render_template, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session

from caseflow.errors import BadInput, NotFound
from caseflow.files import handing
from caseflow.ledger import attached
from caseflow.ledger.attached import Attached
from caseflow.ledger.moves import opening_files
from caseflow.ledger.tables import Case
from caseflow.people.scope import Scope
from caseflow.web.console.file_views import blob_view
from caseflow.web.console.frame import Page, blueprint, scope
from caseflow.web.edge import actor, change, needs, now, read, scans, typed
from caseflow.web.files import download, opened, picture

Find = Callable[[Session, Scope, int], Attached]


@blueprint.get("/evidence/<int:evidence_id>")
@needs("ledger.read")
def evidence(evidence_id: int) -> Page:
    """Hand out a file of an item."""
    with read() as session:
        return download(session, attached.evidence(session, scope(), evidence_id))


@blueprint.get("/evidence/<int:evidence_id>/picture")
@needs("ledger.read")
def evidence_picture(evidence_id: int) -> Page:
    """Show a picture of an item inside the page."""
    with read() as session:
        return picture(session, attached.evidence(session, scope(), evidence_id))


@blueprint.get("/attachments/<int:attachment_id>")
@needs("ledger.read")
def attachment(attachment_id: int) -> Page:
    """Hand out a file that came with a report."""
    with read() as session:
        return download(session, attached.attachment(session, scope(), attachment_id))


@blueprint.get("/attachments/<int:attachment_id>/picture")
@needs("ledger.read")
def attachment_picture(attachment_id: int) -> Page:
    """Show a picture that came with a report inside the page."""
    with read() as session:
        return picture(session, attached.attachment(session, scope(), attachment_id))


@blueprint.get("/evidence/<int:evidence_id>/original")
@needs("vault.original")
def evidence_original(evidence_id: int) -> Page:
    """Ask why a file of an item is to be opened as it came."""
    return _asked(attached.evidence, evidence_id)


@blueprint.post("/evidence/<int:evidence_id>/original")
@needs("vault.original")
def open_evidence(evidence_id: int) -> Page:
    """Hand out a file of an item as it came, with the reason on record."""
    return _opened(attached.evidence, evidence_id)


@blueprint.get("/attachments/<int:attachment_id>/original")
@needs("vault.original")
def attachment_original(attachment_id: int) -> Page:
    """Ask why a file that came with a report is to be opened as it came."""
    return _asked(attached.attachment, attachment_id)


@blueprint.post("/attachments/<int:attachment_id>/original")
@needs("vault.original")
def open_attachment(attachment_id: int) -> Page:
    """Hand out a file that came with a report as it came, with the reason on record."""
    return _opened(attached.attachment, attachment_id)


def _asked(
    find: Find, file_id: int, errors: Mapping[str, str] | None = None, status: int = 200
) -> Page:
    with read() as session:
        file = find(session, scope(), file_id)
        if not handing.may_be_opened(file.blob, scans=scans()):
            raise NotFound("没有这个文件")
        number = session.scalar(select(Case.number).where(Case.id == file.case_id))
        values = {"file": blob_view(file.name, file.blob), "number": number}
    page = render_template(
        "console/original.html",
        active="work",
        errors=errors or {},
        reason=request.form.get("reason", ""),
        back=url_for("console.case_page", number=number),
        **values,
    )
    return page, status


def _opened(find: Find, file_id: int) -> Page:
    reason = typed("reason")

    def work(session: Session) -> None:
        file = find(session, scope(), file_id)
        opening_files.open_file(
            session, actor(), file.case_id, file.blob, reason, now(), scans=scans()
        )

    try:
        change(work)
    except BadInput as wrong:
        return _asked(find, file_id, wrong.fields, 422)
    with read() as session:
        return opened(session, find(session, scope(), file_id))
