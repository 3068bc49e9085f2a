"""Large files that come in pieces over a poor line, and go on where the line broke.

Each piece lies in the store before it counts, like any other file. Whoever began holds a secret by
which they go on; a form is joined at the end only. What never ends is forgotten after a day.
"""

import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from caseflow.crypto.keys import KeyRing
from caseflow.errors import BadInput, MoveNotAllowed, NotFound
from caseflow.files import blobs
from caseflow.files.names import safe_name
from caseflow.files.orphans import AGE
from caseflow.files.store import Store
from caseflow.intake import limits, uploads
from caseflow.intake.limits import Limit
from caseflow.intake.rooms import Rooms
from caseflow.intake.tables import Upload, UploadPart, UploadPiece

PIECE = 4 * 1024 * 1024
"""Bytes of a piece at most: so much of it is held in memory."""
LAST = timedelta(hours=24)
BEGUN = Limit("large uploads begun", 600, timedelta(minutes=10))
WAITING = 50 * 1024**3
"""Bytes that large files of the last days may take before a form sends them: whoever wants to fill
the disk stops others from sending large files, and nobody from sending a form.
"""
BUSY = "现在上传大文件的人太多，请过一会儿再试，或者先提交文字"
GONE = "这次上传已经过期或取消，请重新选择文件"


@dataclass(frozen=True)
class Allowed:
    """How large one file (bytes) and how many of a form may be."""

    size: int
    number: int


@dataclass(frozen=True)
class Stand:
    """How far a file has come: `received` of `size` bytes."""

    received: int
    size: int


class WrongPlace(MoveNotAllowed):
    """A piece that does not begin where the file ends; `received` says where it does."""

    def __init__(self, received: int) -> None:
        super().__init__("这一段不是接着上一段的")
        self.received = received


def begin(
    session: Session, rooms: Rooms, key: str, name: str, size: int, allowed: Allowed, now: datetime
) -> str:
    """Begin a file of a form and return the secret by which its pieces come.

    Raises BadInput on `file` when it may not come this way.
    """
    expire(session, now)
    if not limits.is_open(session, rooms.ring, BEGUN, now) or _lying(session, now) + size > WAITING:
        raise BadInput({"file": BUSY})
    begun = select(func.count()).where(UploadPart.nonce == key, UploadPart.touched_at > now - LAST)
    if not 0 < size <= allowed.size or (session.scalar(begun) or 0) >= 2 * allowed.number:
        raise BadInput({"file": "这个文件太大，或者文件太多"})
    limits.count(session, rooms.ring, BEGUN, now)
    token = secrets.token_urlsafe(32)
    digest = _digest(rooms.ring, token)
    session.add(
        UploadPart(
            token=digest,
            nonce=key,
            name=rooms.ring.seal(safe_name(name).encode(), _context(digest)),
            size=size,
            received=0,
            touched_at=now,
        )
    )
    return token


def stand(session: Session, rooms: Rooms, token: str, now: datetime) -> Stand:
    """Return how far a file has come. Raises NotFound."""
    part = _part(session, rooms, token, now)
    return Stand(part.received, part.size)


def add(
    session: Session, rooms: Rooms, token: str, place: int, lies: blobs.Put, now: datetime
) -> Stand:
    """Add a piece that lies in the store, from byte `place` on, and return how far the file is now.

    Of two that come at once for one place, one counts. Raises NotFound, BadInput when too much lies
    there already, and WrongPlace also for more than was told at the beginning.
    """
    part, size = _part(session, rooms, token, now), lies.stored.size
    if _lying(session, now) + size > WAITING:
        raise BadInput({"file": BUSY})
    follows = (UploadPart.id == part.id, UploadPart.received == place)
    grown = update(UploadPart).where(*follows, UploadPart.received + size <= UploadPart.size)
    done = session.execute(
        grown.values(received=UploadPart.received + size, touched_at=now).execution_options(
            synchronize_session=False
        )
    )
    if not done.rowcount:  # type: ignore[attr-defined]
        session.refresh(part)
        raise WrongPlace(part.received)
    blob = blobs.name(session, lies, now)
    session.add(UploadPiece(part_id=part.id, place=place, blob_id=blob.id))
    return Stand(place + size, part.size)


def finish(rooms: Rooms, token: str, key: str, now: datetime) -> uploads.Kept:
    """Make one file of the pieces and keep it for the form `key`, as if it had come with it.

    Once is enough: a second time finds it kept. The pieces are put together before the transaction,
    one in memory at a time. Raises NotFound, WrongPlace while some are missing.
    """
    with rooms.database.read() as session:
        part = _part(session, rooms, token, now)
        if part.received < part.size:
            raise WrongPlace(part.received)
        name = rooms.ring.open(part.name, _context(part.token)).decode()
        query = select(UploadPiece.blob_id).where(UploadPiece.part_id == part.id)
        pieces = session.scalars(query.order_by(UploadPiece.place)).all()
        is_whole = part.upload_id is not None
    lies = None if is_whole else rooms.accept(_Joined(rooms.store, pieces))

    def work(session: Session) -> uploads.Kept:
        part = _part(session, rooms, token, now, lock=True)
        if part.upload_id is None and lies is not None:
            tokens = uploads.keep(session, rooms, key, [(name, lies)], now)
            session.execute(delete(UploadPiece).where(UploadPiece.part_id == part.id))
        elif part.nonce != key:  # the page was loaded anew meanwhile
            before = _kept(session, rooms, part, now)
            tokens = uploads.carry_over(session, rooms, key, [before], now)
        else:
            return _kept(session, rooms, part, now)
        part.upload_id, part.nonce, part.touched_at = int(tokens[0]), key, now
        return _kept(session, rooms, part, now)

    return rooms.database.run(work)


def cancel(session: Session, rooms: Rooms, token: str, now: datetime) -> None:
    """Forget a file that was begun, or is whole and waits for its form. Raises NotFound."""
    part = _part(session, rooms, token, now, lock=True)
    session.execute(delete(UploadPiece).where(UploadPiece.part_id == part.id))
    if part.upload_id is not None:
        session.execute(delete(Upload).where(Upload.id == part.upload_id))
    # Its bytes lie in the store a while yet, and count.
    part.token, part.name = secrets.token_hex(32), b""


def expire(session: Session, now: datetime) -> None:
    """Forget what was begun and never ended."""
    old = select(UploadPart.id).where(UploadPart.touched_at <= now - LAST)
    session.execute(delete(UploadPiece).where(UploadPiece.part_id.in_(old)))
    session.execute(delete(UploadPart).where(UploadPart.touched_at <= now - LAST - AGE))


def _lying(session: Session, now: datetime) -> int:
    """Return how many bytes of large files lie in the store that no form has sent yet, or whose
    pieces are not cleared away yet.
    """
    query = select(func.coalesce(func.sum(UploadPart.received), 0))
    return int(session.scalar(query.where(UploadPart.touched_at > now - LAST - AGE)) or 0)


def _part(
    session: Session, rooms: Rooms, token: str, now: datetime, *, lock: bool = False
) -> UploadPart:
    query = select(UploadPart).where(
        UploadPart.token == _digest(rooms.ring, token), UploadPart.touched_at > now - LAST
    )
    part = session.scalar(query.with_for_update() if lock else query)
    if part is None:
        raise NotFound(GONE)
    return part


def _kept(session: Session, rooms: Rooms, part: UploadPart, now: datetime) -> uploads.Kept:
    found = uploads.waiting(session, rooms, part.nonce, {str(part.upload_id)}, now)
    if not found:
        raise NotFound(GONE)
    return found[0]


def _digest(ring: KeyRing, token: str) -> str:
    return ring.mac("upload", token.encode(), ring.oldest_key).hex()


def _context(digest: str) -> str:
    return f"upload_part:{digest}:name"


class _Joined:
    """Pieces of the store as one stream."""

    def __init__(self, store: Store, ids: Sequence[str]) -> None:
        self._chunks = self._all(store, ids)
        self._left = b""

    @staticmethod
    def _all(store: Store, ids: Sequence[str]) -> Iterator[bytes]:
        for blob_id in ids:
            yield from store.open(blob_id)

    def read(self, size: int, /) -> bytes:
        """Read on."""
        while not self._left:
            piece = next(self._chunks, None)
            if piece is None:
                return b""
            self._left = piece
        given, self._left = self._left[:size], self._left[size:]
        return given
