"""Files that hang on a case, found within somebody's scope."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from caseflow.errors import NotFound
from caseflow.files.tables import Blob
from caseflow.ledger import queries
from caseflow.ledger.report_tables import Attachment, Report
from caseflow.ledger.tables import Case, Evidence
from caseflow.people.scope import Scope


@dataclass(frozen=True)
class Attached:
    """A file's name as it came, the blob that holds its bytes, and the case it hangs on, if any."""

    name: str
    blob: Blob
    case_id: int = 0


def evidence(session: Session, scope: Scope, evidence_id: int) -> Attached:
    """Return a file of an item within the scope; raises NotFound."""
    query = select(Evidence, Blob).join(Blob, Blob.id == Evidence.blob_id)
    row = session.execute(query.where(Evidence.id == evidence_id)).first()
    if row is None:
        raise NotFound("没有这个文件")
    case, _ = queries.item_in_scope(session, scope, row[0].item_id)
    return Attached(row[0].name, row[1], case.id)


def of_visit(session: Session, visit_id: int) -> list[tuple[Evidence, Blob]]:
    """Return the pictures of a visit that the caller has found within a scope."""
    query = select(Evidence, Blob).join(Blob, Blob.id == Evidence.blob_id)
    query = query.where(Evidence.visit_id == visit_id).order_by(Evidence.id)
    return [(row[0], row[1]) for row in session.execute(query)]


def attachment(session: Session, scope: Scope, attachment_id: int) -> Attached:
    """Return a file that came with a report of a case within the scope; raises NotFound."""
    query = (
        select(Attachment, Blob, Report.case_id)
        .join(Blob, Blob.id == Attachment.blob_id)
        .join(Report, Report.id == Attachment.report_id)
        .join(Case, Case.id == Report.case_id)
        .where(Attachment.id == attachment_id, queries.visible(scope))
    )
    row = session.execute(query).first()
    if row is None:
        raise NotFound("没有这个文件")
    return Attached(row[0].name, row[1], row[2])
