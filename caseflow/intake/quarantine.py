"""Quarantine: what came in and cannot be taken is kept whole, with why, and with a clock."""

from datetime import datetime

from sqlalchemy import ColumnElement, and_, false, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from caseflow.deadlines import clocks
from caseflow.deadlines.clocks import Subject
from caseflow.deadlines.policies import Matter
from caseflow.files.blobs import Put
from caseflow.intake.mail_tables import Folded
from caseflow.intake.rooms import Rooms
from caseflow.intake.tables import Quarantine, QuarantinedFile
from caseflow.ledger import queries
from caseflow.ledger.report_tables import Attachment, Report
from caseflow.ledger.tables import Case, Evidence, Item
from caseflow.people.actor import Actor
from caseflow.people.scope import scope_of
from caseflow.people.tables import Area
from caseflow.vault.originals import keep_original


def set_aside(
    session: Session,
    rooms: Rooms,
    channel: str,
    channel_key: str,
    original: bytes | Put,
    reason: str,
    now: datetime,
    area_code: str | None = None,
    *,
    settled: str = "",
    case_id: int | None = None,
) -> Quarantine:
    """Keep an original in quarantine, once per channel and key, and start its clock `look`.

    `original`: the bytes, or for more than a little what `put_original` made of them before.
    The same thing delivered again gets the same row. `reason` is shown to staff and holds no
    personal data. The area is the office's own unless another is known. `settled`: what was done
    about it, so that nobody need look and no clock runs; `case_id`: what it has to do with. Raises
    Unavailable when the file store is stopped, NoPolicy without a rule for `look`.
    """
    known = _known(session, channel, channel_key)
    if known is not None:
        return known
    try:
        with session.begin_nested():
            row = _keep(
                session, rooms, channel, channel_key, original, reason, now, area_code or rooms.area
            )
            row.case_id = case_id
            if settled:
                row.state, row.note, row.looked_at = "discarded", settled, now
            else:
                start_clock(session, row, now)
            session.flush()
            return row
    except IntegrityError:
        winner = _known(session, channel, channel_key)  # another delivery at the same moment
        if winner is None:
            raise
        return winner


def row_in_reach(actor: Actor) -> ColumnElement[bool]:
    """Return the SQL condition on `Quarantine` for the subtree of the actor's area (law 11); of a
    file, for what its case is in sight of.
    """
    if not actor.level:
        return false()
    inside = select(Area.code).where(getattr(Area, actor.level) == actor.area)
    file = select(QuarantinedFile.quarantine_id).where(queries.visible(scope_of(actor)))
    came = (
        file.join(Attachment, Attachment.id == QuarantinedFile.attachment_id)
        .join(Report, Report.id == Attachment.report_id)
        .join(Case, Case.id == Report.case_id)
    )
    handed_in = (
        file.join(Evidence, Evidence.id == QuarantinedFile.evidence_id)
        .join(Item, Item.id == Evidence.item_id)
        .join(Case, Case.id == Item.case_id)
    )
    return and_(
        Quarantine.area_code.in_(inside),
        or_(
            Quarantine.original_id.is_not(None),
            Quarantine.id.in_(came),
            Quarantine.id.in_(handed_in),
        ),
    )


def _known(session: Session, channel: str, channel_key: str) -> Quarantine | None:
    query = select(Quarantine).where(
        Quarantine.channel == channel, Quarantine.channel_key == channel_key
    )
    return session.scalar(query)


def _keep(
    session: Session,
    rooms: Rooms,
    channel: str,
    channel_key: str,
    original: bytes | Put,
    reason: str,
    now: datetime,
    area_code: str,
) -> Quarantine:
    original_id = keep_original(session, rooms.ring, rooms.store, original, now)
    row = Quarantine(
        channel=channel,
        channel_key=channel_key,
        reason=reason,
        original_id=original_id,
        area_code=area_code,
        received_at=now,
        state="waiting",
        note="",
    )
    session.add(row)
    session.flush()
    return row


def start_clock(session: Session, row: Quarantine, now: datetime) -> None:
    """Start the clock of a row: somebody looks at it within a working day. Raises NoPolicy."""
    area = session.get_one(Area, row.area_code)
    matter = Matter(kind="", category=None, urgent=False, area=area.path, channel=row.channel)
    clocks.start(session, "look", Subject(quarantine_id=row.id), matter, now)


def fold(
    session: Session,
    rooms: Rooms,
    quarantine_id: int,
    channel: str,
    channel_key: str,
    original: bytes | Put,
    now: datetime,
) -> None:
    """Keep an original whole with a row that stands for many, without a row or clock of its own."""
    session.add(
        Folded(
            quarantine_id=quarantine_id,
            channel=channel,
            channel_key=channel_key,
            original_id=keep_original(session, rooms.ring, rooms.store, original, now),
            received_at=now,
        )
    )
    session.execute(
        update(Quarantine)
        .where(Quarantine.id == quarantine_id)
        .values(folded=Quarantine.folded + 1)
        .execution_options(synchronize_session=False)
    )
