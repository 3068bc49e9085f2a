"""What was recorded of a call is brought into the evidence store and deleted where it was made.

The row comes first, with the hook that told of it; a job does the errands, each with no transaction
open. A crash in between leaves a row whose errand is done again: the same content has one file, and
what is gone at the provider is deleted.
"""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from caseflow.errors import NotFound, Unavailable
from caseflow.files import blobs
from caseflow.files.blobs import Put
from caseflow.files.tables import Blob
from caseflow.intake.call_tables import Call, Recording
from caseflow.intake.calls import in_reach
from caseflow.intake.rooms import Rooms
from caseflow.intake.telephony import KeptFiles, NotKept, ProviderDown
from caseflow.ledger.queries import visible
from caseflow.ledger.report_tables import Report
from caseflow.ledger.tables import Case
from caseflow.people.actor import Actor
from caseflow.people.permissions import may
from caseflow.people.scope import scope_of

log = logging.getLogger(__name__)

LARGEST = 200 * 1024 * 1024
LEASE = timedelta(minutes=10)
"""So long an errand may take before another worker does it again."""

WAITS = (
    *(timedelta(seconds=30), timedelta(minutes=5)),
    *[timedelta(hours=1)] * 48,
    timedelta(days=1),
)
"""How long is waited after an errand that failed: in the end a day, and it is never given up, for
only the provider knows that a recording is gone.
"""

PLAYED = frozenset({"audio/mpeg", "audio/x-wav", "audio/ogg", "audio/mp4", "audio/aac"})
"""What a browser is given to play inside a page, as the content says it is."""


def told(session: Session, call: Call, place: str, now: datetime) -> None:
    """Note that the provider keeps a recording of a call, once, to be fetched by the job."""
    values = {"call_id": call.id, "place": place, "state": "wanted", "told_at": now, "tries": 0}
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    session.execute(insert(Recording).values(**values, next_at=now).on_conflict_do_nothing())


def sent(session: Session, call: Call, lies: Put, now: datetime) -> None:
    """Keep a recording that came with the message that tells of it; the same one once."""
    blob = blobs.name(session, lies, now)
    place = f"sent:{call.id}:{blob.id}"
    values = {"call_id": call.id, "place": place, "state": "cleared", "told_at": now, "tries": 0}
    kept = {"blob_id": blob.id, "kept_at": now, "next_at": now}
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    session.execute(insert(Recording).values(**values, **kept).on_conflict_do_nothing())


def run(rooms: Rooms, kept: KeptFiles, now: datetime, *, deletes: bool, limit: int = 10) -> int:
    """Do up to `limit` errands and return how many: fetch what is wanted, delete what is kept.

    `deletes`: whether what was fetched is deleted at the provider. A second run at the same time
    takes other rows. Raises what the database raises.
    """
    done = 0
    while done < limit and _one(rooms, kept, now, deletes):
        done += 1
    return done


def _one(rooms: Rooms, kept: KeptFiles, now: datetime, deletes: bool) -> bool:
    claim = rooms.database.run(lambda session: _claim(session, now, deletes))
    if claim is None:
        return False
    row_id, place, state = claim
    try:
        if state == "wanted":
            _fetch(rooms, kept, row_id, place, now)
        else:
            kept.delete(place)
            rooms.database.run(lambda session: _set(session, row_id, "cleared"))
    except NotKept as gone:
        log.warning("recording %d: %s", row_id, gone)
        left = "lost" if state == "wanted" else "cleared"
        rooms.database.run(lambda session: _set(session, row_id, left))
    except (ProviderDown, Unavailable) as error:
        log.warning("recording %d is tried again: %s", row_id, type(error).__name__)
        rooms.database.run(lambda session: _put_off(session, row_id, now))
    return True


def _claim(session: Session, now: datetime, deletes: bool) -> tuple[int, str, str] | None:
    states = ("wanted", "kept") if deletes else ("wanted",)
    query = select(Recording).where(Recording.state.in_(states), Recording.next_at <= now)
    first = query.order_by(Recording.next_at, Recording.id).limit(1)
    row = session.scalars(first.with_for_update(skip_locked=True)).first()
    if row is None:
        return None
    row.tries, row.next_at = row.tries + 1, now + LEASE
    return row.id, row.place, row.state


def _fetch(rooms: Rooms, kept: KeptFiles, row_id: int, place: str, now: datetime) -> None:
    _, pieces = kept.fetch(place, LARGEST)
    lies = rooms.accept(_Pieces(pieces))

    def work(session: Session) -> None:
        row = session.get_one(Recording, row_id, with_for_update=True)
        row.blob_id, row.kept_at = blobs.name(session, lies, now).id, now
        row.state, row.tries, row.next_at = "kept", 0, now

    rooms.database.run(work)


def _set(session: Session, row_id: int, state: str) -> None:
    session.get_one(Recording, row_id, with_for_update=True).state = state


def _put_off(session: Session, row_id: int, now: datetime) -> None:
    row = session.get_one(Recording, row_id, with_for_update=True)
    row.next_at = now + WAITS[min(row.tries, len(WAITS)) - 1]


class _Pieces:
    """Pieces as they come, read as a file is."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces, self._left = pieces, b""

    def read(self, size: int, /) -> bytes:
        """Return up to `size` bytes, none at the end."""
        while len(self._left) < size:
            piece = next(self._pieces, None)
            if piece is None:
                break
            self._left += piece
        found, self._left = self._left[:size], self._left[size:]
        return found


@dataclass(frozen=True)
class Taped:
    """A recording and what its content is; None while it is not here."""

    row: Recording
    blob: Blob | None

    @property
    def played(self) -> bool:
        """Tell whether a page may play it."""
        return self.blob is not None and self.blob.media_type in PLAYED


def heard(session: Session, actor: Actor, recording_id: int) -> Blob:
    """Return what somebody may listen to: of a call that was written down, whoever may see that
    report's case; of any other, whoever sees the calls. Raises NotFound, also for what is no sound.
    """
    query = (
        select(Recording, Blob)
        .join(Call, Call.id == Recording.call_id)
        .join(Blob, Blob.id == Recording.blob_id)
        .outerjoin(Report, Report.id == Call.report_id)
        .outerjoin(Case, Case.id == Report.case_id)
    )
    seen = visible(scope_of(actor))
    if may(actor, "calls.read"):
        seen = or_(seen, Call.report_id.is_(None) & in_reach(actor))
    row = session.execute(query.where(Recording.id == recording_id, seen)).first()
    if row is None or not Taped(row[0], row[1]).played:
        raise NotFound("没有这段录音")
    blob: Blob = row[1]
    return blob
