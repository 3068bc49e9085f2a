"""Quarantine: what came in and cannot be taken is kept whole, with why, and with a clock."""

from datetime import datetime

from sqlalchemy import ColumnElement, false, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from caseflow.deadlines import clocks
from caseflow.deadlines.clocks import Subject
from caseflow.deadlines.policies import Matter
from caseflow.files.blobs import Put
from caseflow.intake.rooms import Rooms
from caseflow.intake.tables import Quarantine
from caseflow.people.actor import Actor
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
) -> Quarantine:
    """Keep an original in quarantine, once per channel and key, and start its clock `look`.

    `original`: the bytes, or for more than a little what `put_original` made of them before.
    The same thing delivered again gets the same row. `reason` is shown to staff and holds no
    personal data. The area is the office's own unless another is known. Raises Unavailable when
    the file store is stopped, NoPolicy without a rule for `look`.
    """
    known = _known(session, channel, channel_key)
    if known is not None:
        return known
    try:
        with session.begin_nested():
            return _keep(
                session, rooms, channel, channel_key, original, reason, now, area_code or rooms.area
            )
    except IntegrityError:
        winner = _known(session, channel, channel_key)  # another delivery at the same moment
        if winner is None:
            raise
        return winner


def row_in_reach(actor: Actor) -> ColumnElement[bool]:
    """Return the SQL condition on `Quarantine` for the subtree of the actor's area (law 11)."""
    if not actor.level:
        return false()
    inside = select(Area.code).where(getattr(Area, actor.level) == actor.area)
    return Quarantine.area_code.in_(inside)


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
    area = session.get_one(Area, area_code)
    matter = Matter(kind="", category=None, urgent=False, area=area.path, channel=channel)
    clocks.start(session, "look", Subject(quarantine_id=row.id), matter, now)
    return row
