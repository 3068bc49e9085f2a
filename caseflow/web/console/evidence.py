"""Files of a case, handed out to whoever may see the case; as they came, to whoever says why."""

from caseflow.intake import held_files
from caseflow.ledger import attached
from caseflow.web.console import originals
from caseflow.web.console.frame import Page, blueprint, scope
from caseflow.web.edge import needs, read
from caseflow.web.files import download, picture


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
    return originals.asked(lambda s: attached.evidence(s, scope(), evidence_id))


@blueprint.post("/evidence/<int:evidence_id>/original")
@needs("vault.original")
def open_evidence(evidence_id: int) -> Page:
    """Hand out a file of an item as it came, with the reason on record."""
    seen = held_files.opening("evidence", evidence_id)
    return originals.handed(lambda s: attached.evidence(s, scope(), evidence_id), noted=seen)


@blueprint.get("/attachments/<int:attachment_id>/original")
@needs("vault.original")
def attachment_original(attachment_id: int) -> Page:
    """Ask why a file that came with a report is to be opened as it came."""
    return originals.asked(lambda s: attached.attachment(s, scope(), attachment_id))


@blueprint.post("/attachments/<int:attachment_id>/original")
@needs("vault.original")
def open_attachment(attachment_id: int) -> Page:
    """Hand out a file that came with a report as it came, with the reason on record."""
    seen = held_files.opening("attachments", attachment_id)
    return originals.handed(lambda s: attached.attachment(s, scope(), attachment_id), noted=seen)
