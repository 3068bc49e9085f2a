"""Files that text messages bring: fetched after the message is kept, then deleted at the provider.

They join what the message became as a further contact, so that the history names each of them. Of a
message that lies in quarantine they wait here, in our own store, until somebody takes it out.
"""

import logging
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from caseflow.files import blobs
from caseflow.files.blobs import Put
from caseflow.files.tables import Blob
from caseflow.intake.channels.sms import CHANNEL
from caseflow.intake.receive import receive
from caseflow.intake.report import IncomingFile, IncomingReport
from caseflow.intake.rooms import Rooms
from caseflow.intake.telephony import KeptFiles, NotKept, ProviderDown
from caseflow.intake.text_tables import Picture
from caseflow.ledger.report_tables import Report
from caseflow.outbox.patience import Patience

BATCH = 20
LEASE = timedelta(minutes=10)
CAME_ALONG = "（随短信发来的文件）"  # not said
NOT_HAD = "（另有 %d 个文件，短信服务商处已不能取得）"  # not said
_PATIENCE = Patience()
_EXTENSIONS = {
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/gif": ".gif",
    "image/webp": ".webp",
    "video/mp4": ".mp4",
    "video/3gpp": ".3gp",
    "audio/mpeg": ".mp3",
    "application/pdf": ".pdf",
}
log = logging.getLogger(__name__)


def fetch(rooms: Rooms, provider: KeptFiles, longest: int, now: datetime) -> int:
    """Fetch up to BATCH files of at most `longest` bytes, delete them at the provider, and join
    what is complete; return how many were fetched. A second run finds those that are left.
    """
    done = 0
    while done < BATCH and (claimed := rooms.database.run(lambda session: _claim(session, now))):
        done += _one(rooms, provider, *claimed, longest, now)
    _delete_the_rest(rooms, provider, now)
    rooms.database.run(lambda session: _join(session, rooms, now))
    return done


def _claim(session: Session, now: datetime) -> tuple[int, str] | None:
    query = (
        select(Picture)
        .where(Picture.state == "waiting", Picture.not_before <= now)
        .order_by(Picture.not_before, Picture.id)
        .limit(1)
    )
    found = session.scalars(query.with_for_update(skip_locked=True)).first()
    if found is None:
        return None
    found.tries += 1
    found.not_before = now + max(LEASE, _PATIENCE.wait(f"picture {found.id}", found.tries))
    return found.id, found.place


def _one(
    rooms: Rooms, provider: KeptFiles, picture: int, place: str, longest: int, now: datetime
) -> int:
    """Fetch one; 0 where the provider cannot be reached or has it no more."""
    try:
        _, pieces = provider.fetch(place, longest)
        lies = rooms.accept(_Stream(pieces))
    except ProviderDown as error:
        log.info("picture %d: not now (%s)", picture, error)
        return 0
    except NotKept as error:
        log.warning("picture %d: not to be had (%s)", picture, error)
        rooms.database.run(lambda session: _settle(session, picture, None, now))
        return 0
    rooms.database.run(lambda session: _settle(session, picture, lies, now))
    _delete(rooms, provider, picture, place, now)
    return 1


def _settle(session: Session, picture: int, lies: Put | None, now: datetime) -> None:
    row = session.get_one(Picture, picture, with_for_update=True)
    if row.state != "waiting":
        return  # another worker was slower to begin and quicker to end
    row.state = "gone" if lies is None else "fetched"
    row.blob_id = None if lies is None else blobs.name(session, lies, now).id


def _delete(rooms: Rooms, provider: KeptFiles, picture: int, place: str, now: datetime) -> None:
    """Delete at the provider what lies here; where that fails it is tried with the next run."""
    try:
        provider.delete(place)
    except (NotKept, ProviderDown) as error:
        log.warning("picture %d: not deleted at the provider (%s)", picture, error)
        return

    def work(session: Session) -> None:
        session.get_one(Picture, picture).deleted_at = now

    rooms.database.run(work)


def _delete_the_rest(rooms: Rooms, provider: KeptFiles, now: datetime) -> None:
    query = select(Picture.id, Picture.place).where(
        Picture.blob_id.is_not(None), Picture.deleted_at.is_(None)
    )
    with rooms.database.read() as session:
        left = session.execute(query.order_by(Picture.id).limit(BATCH)).all()
    for picture, place in left:
        _delete(rooms, provider, picture, place, now)


def _join(session: Session, rooms: Rooms, now: datetime) -> None:
    """Join the files of every message that became a report and of which none is waited for."""
    became = exists().where(Report.channel == CHANNEL, Report.channel_key == Picture.channel_key)
    query = select(Picture.channel_key).where(Picture.state.in_(("fetched", "gone")), became)
    for key in session.scalars(query.distinct().limit(BATCH)).all():
        rows = session.scalars(
            select(Picture).where(Picture.channel_key == key).order_by(Picture.n).with_for_update()
        ).all()
        if any(row.state == "waiting" for row in rows):
            continue
        _joined(session, rooms, key, [row for row in rows if row.state != "joined"], now)


def _joined(
    session: Session, rooms: Rooms, key: str, rows: Sequence[Picture], now: datetime
) -> None:
    report = session.scalars(
        select(Report).where(Report.channel == CHANNEL, Report.channel_key == key)
    ).one()
    first = session.get_one(Report, report.follows) if report.follows else report
    gone = sum(row.state == "gone" for row in rows)
    text = CAME_ALONG if gone < len(rows) else ""
    text += NOT_HAD % gone if gone else ""
    names = (_named(session, row) for row in rows if row.blob_id)
    more = IncomingReport(
        channel=CHANNEL,
        channel_key=f"{key}:files",
        received_at=now,
        kind=first.kind,
        text=text,
        original=text.encode(),
        disclosure=first.disclosure,
        locale=first.locale,
        belongs_to=first.number,
        files=tuple(IncomingFile(name, blob_id=blob_id) for name, blob_id in names),
    )
    receive(session, more, now, rooms)
    for row in rows:
        row.state = "joined"


def _named(session: Session, row: Picture) -> tuple[str, str]:
    """Return a file's name, by what it is and not by what was said of it, and its blob."""
    blob = session.get_one(Blob, row.blob_id)
    return f"{row.n + 1}{_EXTENSIONS.get(blob.media_type, '')}", blob.id


class _Stream:
    """Pieces as a stream."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._left = b""

    def read(self, size: int, /) -> bytes:
        """Return up to `size` bytes, nothing at the end. Raises as the pieces do."""
        while not self._left:
            piece = next(self._pieces, None)
            if piece is None:
                return b""
            self._left = piece
        found, self._left = self._left[:size], self._left[size:]
        return found
