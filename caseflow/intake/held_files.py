"""Files of every door that were not let through, for whoever looks at what was set aside."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, select, text, update
from sqlalchemy.orm import Session

from caseflow.files.tables import BACK, Blob
from caseflow.ledger import queries
from caseflow.ledger.report_tables import Attachment, Report
from caseflow.ledger.tables import Case, Evidence, Item
from caseflow.people.actor import Actor
from caseflow.people.permissions import require
from caseflow.people.scope import Scope, scope_of

SINCE = timedelta(days=30)
PAGE = 50


@dataclass(frozen=True)
class HeldFile:
    """A file on a case, why is in its blob."""

    name: str
    case: str
    at: datetime
    blob: Blob


def listed(session: Session, actor: Actor, now: datetime) -> Sequence[HeldFile]:
    """Return the files of the actor's cases that are held back, of the last SINCE, newest first.

    Two statements. Raises NotPermitted.
    """
    require(actor, "quarantine.look")
    scope = scope_of(actor)
    rows = [*session.execute(_came(scope, now)), *session.execute(_handed_in(scope, now))]
    found = [HeldFile(row[0], row[1], row[2], row[3]) for row in rows]
    return sorted(found, key=lambda one: one.at, reverse=True)[:PAGE]


def look_again(session: Session, actor: Actor, now: datetime) -> int:
    """Let them be looked at and scanned anew, but for what is infected; return how many.

    For what failed for a reason that was mended since. Raises NotPermitted.
    """
    ids = {one.blob.id for one in listed(session, actor, now) if one.blob.scan != "infected"}
    again = update(Blob).where(Blob.id.in_(ids))
    session.execute(again.where(Blob.held != "").values(held="look"))
    failed = again.where(Blob.scan == "failed")
    session.execute(failed.values(scan="unscanned", scan_due=now, scan_tries=0))
    return len(ids)


def _came(scope: Scope, now: datetime) -> Select[str, str, datetime, Blob]:
    query = (
        select(Attachment.name, Case.number, Report.received_at, Blob)
        .join(Attachment, Attachment.blob_id == Blob.id)
        .join(Report, Report.id == Attachment.report_id)
        .join(Case, Case.id == Report.case_id)
    )
    return _back(query, scope, now).order_by(Report.received_at.desc())


def _handed_in(scope: Scope, now: datetime) -> Select[str, str, datetime, Blob]:
    query = (
        select(Evidence.name, Case.number, Evidence.at, Blob)
        .join(Evidence, Evidence.blob_id == Blob.id)
        .join(Item, Item.id == Evidence.item_id)
        .join(Case, Case.id == Item.case_id)
    )
    return _back(query, scope, now).order_by(Evidence.at.desc())


def _back(
    query: Select[str, str, datetime, Blob], scope: Scope, now: datetime
) -> Select[str, str, datetime, Blob]:
    recent = Blob.stored_at > now - SINCE
    return query.where(text(BACK), recent, queries.visible(scope)).limit(PAGE)
