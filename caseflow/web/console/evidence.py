"""Files of a case: always as a download, never run by a browser; pictures also small and inline.

What strangers sent is handed out with `nosniff` and an empty sandbox, so that even a page in
disguise can do nothing in the office's name.
"""

from urllib.parse import quote

from flask import Response
from sqlalchemy.orm import Session

from caseflow.errors import NotFound
from caseflow.files import blobs
from caseflow.files.names import safe_name
from caseflow.files.sniff import may_be_thumbnail
from caseflow.ledger import attached
from caseflow.ledger.attached import Attached
from caseflow.web.console.frame import Page, blueprint, scope
from caseflow.web.edge import needs, read, rooms

SANDBOX = "sandbox; default-src 'none'"


def download(session: Session, file: Attached) -> Response:
    """Answer with a file as a download under the name it came with."""
    answer = _answer(session, file, file.blob.media_type)
    name = quote(safe_name(file.name))
    answer.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{name}"
    return answer


def picture(session: Session, file: Attached) -> Response:
    """Answer with a picture to be shown inside a page; raises NotFound for anything else."""
    if not may_be_thumbnail(file.blob.media_type):
        raise NotFound("没有这张图片")
    answer = _answer(session, file, file.blob.media_type)
    answer.headers["Content-Disposition"] = "inline"
    return answer


def _answer(session: Session, file: Attached, media_type: str) -> Response:
    pieces = blobs.chunks(session, rooms().store, file.blob.id)
    answer = Response(pieces, mimetype=media_type)
    answer.headers["Content-Length"] = str(file.blob.size)
    answer.headers["Content-Security-Policy"] = SANDBOX
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer


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
