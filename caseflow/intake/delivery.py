"""One message from a stream into the ledger or into quarantine (design laws 1 and 2).

Whatever a message is like, it ends as a report or in quarantine; only when nothing can be kept at
all is the sender told to try again, and then nothing was stored.
"""

import logging
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from caseflow.db import is_down
from caseflow.errors import Unavailable
from caseflow.files.store import Readable
from caseflow.intake.channels.mailbox.fingerprint import RawDigest, of_raw
from caseflow.intake.channels.mailbox.parse import CHANNEL, Parsed, Unparseable, parse
from caseflow.intake.filters.letter import Aside
from caseflow.intake.letters import set_letter_aside, take_in
from caseflow.intake.quarantine import set_aside
from caseflow.intake.rooms import Rooms
from caseflow.vault.originals import put_original

LARGEST = 50 * 1000 * 1000  # bytes of a message that is read; a larger one is set aside unread
TOO_LARGE = "邮件超过 50 MB，未作解析"
NOT_UNDERSTOOD = "解析邮件时出错"
NOT_REGISTERED = "登记来件时出错"
LATER = "暂时无法保存，请稍后再试"

_PIECE = 256 * 1024
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Outcome:
    """What became of a message: `word` is kept, joined, duplicate or quarantined."""

    word: str
    report: str = ""
    case: str = ""
    quarantine: int | None = None

    @property
    def line(self) -> str:
        """The line that `caseflow mail deliver` prints."""
        if self.quarantine is not None:
            return f"{self.word} {self.quarantine}"
        return f"{self.word} {self.report} {self.case}"


def deliver(rooms: Rooms, stream: Readable, now: datetime) -> Outcome:
    """Take one message in transactions of its own; return once it is committed.

    Raises Unavailable when database or file store cannot be used; nothing is stored then. Above
    LARGEST the message goes to the encrypted store piece by piece and is never held whole.
    """
    pieces, ended = _read(stream)
    if not ended:
        return _set_aside_unread(rooms, _Rest(pieces, stream), now)
    raw = b"".join(pieces)
    pieces.clear()
    try:
        parsed = parse(raw, now)
    except Unparseable as error:
        return _unreadable(rooms, raw, error.reason, now)
    except Exception as error:  # noqa: BLE001 - law 1: kept whole, and the reason says which error
        return _quarantined(rooms, of_raw(raw), raw, _why(NOT_UNDERSTOOD, error), now)
    return _kept(rooms, parsed, now)


def _read(stream: Readable) -> tuple[deque[bytes], bool]:
    """Read until the end, or until it is clear that the message is too large to be read."""
    pieces: deque[bytes] = deque()
    size = 0
    while size <= LARGEST:
        piece = stream.read(_PIECE)
        if not piece:
            return pieces, True
        pieces.append(piece)
        size += len(piece)
    return pieces, False


def _kept(rooms: Rooms, parsed: Parsed, now: datetime) -> Outcome:
    try:
        with _unavailable_when_down():
            became = take_in(rooms, parsed, now)
    except Unavailable:
        raise
    except Exception as error:  # noqa: BLE001 - law 1: kept whole, and the reason says which error
        why = _why(NOT_REGISTERED, error)
        return _quarantined(rooms, parsed.report.channel_key, parsed.report.original, why, now)
    received = became.received
    if received is None:
        return Outcome("quarantined", quarantine=became.quarantine)
    word = "duplicate" if received.duplicate else "joined" if received.joined else "kept"
    return Outcome(word, received.report_number, received.case_number)


def _unreadable(rooms: Rooms, raw: bytes, reason: str, now: datetime) -> Outcome:
    """Set aside what is no message, with others of the kind where there are many at once."""
    with _unavailable_when_down():
        became = set_letter_aside(rooms, Aside(reason), of_raw(raw), raw, now)
    return Outcome("quarantined", quarantine=became.quarantine)


def _quarantined(rooms: Rooms, key: str, raw: bytes, reason: str, now: datetime) -> Outcome:
    with _unavailable_when_down():
        original = put_original(rooms.store, raw)
        number = rooms.database.run(
            lambda session: set_aside(session, rooms, CHANNEL, key, original, reason, now).id
        )
    return Outcome("quarantined", quarantine=number)


def _set_aside_unread(rooms: Rooms, stream: "_Rest", now: datetime) -> Outcome:
    """Put a large message into the store first, so that no transaction waits for its sender."""
    with _unavailable_when_down():
        original = put_original(rooms.store, stream)
        key = stream.digest.hexdigest()
        number = rooms.database.run(
            lambda session: set_aside(session, rooms, CHANNEL, key, original, TOO_LARGE, now).id
        )
    return Outcome("quarantined", quarantine=number)


def _why(what: str, error: Exception) -> str:
    """Return a reason that names the class of an error and nothing of the message."""
    _log.error("mail set aside: %s", type(error).__name__)
    return f"{what}（{type(error).__name__}）"


@contextmanager
def _unavailable_when_down() -> Iterator[None]:
    """Turn what says that database or disk are out of order into Unavailable."""
    try:
        yield
    except (DBAPIError, PoolTimeout, OSError) as error:
        if not (isinstance(error, OSError) or is_down(error)):
            raise  # the message's fault: it will be no better later
        raise Unavailable(LATER) from error


class _Rest:
    """A stream that begins with pieces already read; lets go of them and hashes as it is read."""

    def __init__(self, pieces: deque[bytes], stream: Readable) -> None:
        self._pieces = pieces
        self._stream = stream
        self.digest = RawDigest()

    def read(self, size: int, /) -> bytes:
        """Read up to `size` bytes."""
        piece = self._pieces.popleft() if self._pieces else self._stream.read(size)
        if len(piece) > size:
            self._pieces.appendleft(piece[size:])
            piece = piece[:size]
        self.digest.update(piece)
        return piece
