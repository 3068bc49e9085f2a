"""A file of a case turns out to be infected: it stands in the history, and the handler is told."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select, union
from sqlalchemy.orm import Session

from caseflow.files.tables import Blob
from caseflow.ledger import gate
from caseflow.ledger.moves.record import record
from caseflow.ledger.report_tables import Attachment, Report
from caseflow.ledger.tables import Case, Evidence, Item
from caseflow.people.actor import SWEEP


def infected(session: Session, blob: Blob, found: str, now: datetime) -> None:
    """Write down in each case that has the file what the scanner called it."""
    came = select(Report.case_id).join(Attachment, Attachment.report_id == Report.id)
    handed = select(Item.case_id).join(Evidence, Evidence.item_id == Item.id)
    cases = union(
        came.where(Attachment.blob_id == blob.id), handed.where(Evidence.blob_id == blob.id)
    )
    for case_id in sorted(session.scalars(cases)):
        _noted(session, gate.lock(session, case_id), blob.sha256, found, now)


def known(session: Session, case: Case, blob_ids: Collection[str], now: datetime) -> None:
    """Write down which of the files that came with a case are known to be infected."""
    if not blob_ids:
        return
    query = select(Blob.sha256, Blob.scan_found)
    query = query.where(Blob.id.in_(blob_ids), Blob.scan == "infected").order_by(Blob.id)
    for digest, found in session.execute(query).all():
        _noted(session, case, digest, found, now)


def _noted(session: Session, case: Case, digest: str, found: str, now: datetime) -> None:
    record(session, case, SWEEP, "infected", now, {"sha256": digest, "found": found})
