"""A file of a case turns out to be infected: it stands in the history, and the handler is told."""

from datetime import datetime

from sqlalchemy import select, union
from sqlalchemy.orm import Session

from caseflow.files.tables import Blob
from caseflow.ledger import gate
from caseflow.ledger.moves.record import record
from caseflow.ledger.report_tables import Attachment, Report
from caseflow.ledger.tables import Evidence, Item
from caseflow.people.actor import SWEEP


def infected(session: Session, blob: Blob, now: datetime) -> list[int]:
    """Write down in each case that has the file what the scanner said; return the cases' ids."""
    came = select(Report.case_id).join(Attachment, Attachment.report_id == Report.id)
    handed = select(Item.case_id).join(Evidence, Evidence.item_id == Item.id)
    cases = union(
        came.where(Attachment.blob_id == blob.id), handed.where(Evidence.blob_id == blob.id)
    )
    ids = sorted(session.scalars(cases))
    for case_id in ids:
        case = gate.lock(session, case_id)
        facts = {"sha256": blob.sha256, "found": blob.scan_found}
        record(session, case, SWEEP, "infected", now, facts)
    return ids
