"""The record of openings: nothing in the vault is shown to a person without a line here."""

from datetime import datetime

from sqlalchemy import insert
from sqlalchemy.orm import Session

from caseflow.errors import BadInput, Told
from caseflow.vault.tables import FileOpening, Reveal

MIN_REASON = 4
MAX_REASON = 500


def checked_reason(reason: str) -> str:
    """Return the reason without surplus space. Raises BadInput on `reason` when it says nothing."""
    text = " ".join(reason.split())
    if not MIN_REASON <= len(text) <= MAX_REASON:
        limits = {"least": MIN_REASON, "most": MAX_REASON}
        raise BadInput({"reason": Told("请写明查看原因（%(least)d 至 %(most)d 字）", **limits)})
    return text


def record(
    session: Session,
    user_id: int,
    reason: str,
    now: datetime,
    *,
    identity_id: str | None = None,
    original_id: str | None = None,
) -> None:
    """Write who opens what, why and when. Exactly one of the two ids is given."""
    session.execute(
        insert(Reveal).values(
            identity_id=identity_id, original_id=original_id, user_id=user_id, reason=reason, at=now
        )
    )


def record_file(session: Session, user_id: int, blob_id: str, reason: str, now: datetime) -> None:
    """Write who is given a file as it came, why and when."""
    values = {"blob_id": blob_id, "user_id": user_id, "reason": reason, "at": now}
    session.execute(insert(FileOpening).values(values))
