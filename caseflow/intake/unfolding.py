"""What lies folded in one row of quarantine: seen as a list, and taken out one by one."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from caseflow.errors import NotFound
from caseflow.intake import sight
from caseflow.intake.mail_tables import Folded
from caseflow.intake.quarantine import start_clock
from caseflow.intake.tables import Quarantine
from caseflow.people.actor import Actor
from caseflow.vault.tables import Original

SHOWN = 50
REASON = "从归在一起的来信中取出"


def of(session: Session, found: Quarantine) -> Sequence[tuple[Folded, int]]:
    """Return the first SHOWN messages of a row, oldest first, each with its size in bytes."""
    query = (
        select(Folded, Original.size)
        .join(Original, Original.id == Folded.original_id)
        .where(Folded.quarantine_id == found.id)
        .order_by(Folded.id)
        .limit(SHOWN)
    )
    return [(row, size) for row, size in session.execute(query)]


def take_out(
    session: Session, actor: Actor, quarantine_id: int, folded_id: int, now: datetime
) -> Quarantine:
    """Give one message a row and a clock of its own, to be looked at like any other.

    Raises NotPermitted, NotFound.
    """
    many = sight.row(session, actor, quarantine_id)
    query = select(Folded).where(Folded.id == folded_id, Folded.quarantine_id == many.id)
    one = session.scalar(query.with_for_update())
    if one is None:
        raise NotFound("隔离区中没有这一条")
    row = Quarantine(
        channel=one.channel,
        channel_key=one.channel_key,
        reason=REASON,
        original_id=one.original_id,
        area_code=many.area_code,
        received_at=one.received_at,
        state="waiting",
        note="",
    )
    session.delete(one)
    session.add(row)
    many.folded -= 1
    session.flush()
    start_clock(session, row, now)
    return row
