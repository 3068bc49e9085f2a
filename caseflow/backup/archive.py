"""The file that a backup is: a line that names the keys, then records in one sealed stream.

The stream is sealed as stored files are (`crypto.stream`), so that a byte that was flipped, a piece
that was moved and an end that was cut off are each found out. Records are written and read one by
one: however large the office, a piece of a file and a batch of rows is all that is in memory.
"""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from caseflow.crypto.keys import KeyRing, SealBroken
from caseflow.crypto.stream import CHUNK, HEADER, TAG, Opener, Sealer
from caseflow.errors import CaseflowError

_MAGIC = b"caseflow backup 1 "
_NAME = "backup"
_MARK = 16
_PREAMBLE = len(_MAGIC) + _MARK + 1
_FRAME = 5
LONGEST = 1 << 30

HEAD, TABLE, ROWS, FILE, DATA, END = b"H", b"T", b"R", b"F", b"D", b"E"
"""What a record is: what the archive is of, a table, some of its rows, a file, a piece of it, and
the end with what was counted.
"""


class BackupRefused(CaseflowError):
    """A backup that cannot be made or taken in; the message says why, and nothing was changed."""

    status = 500


class Record(NamedTuple):
    """One record: its kind and its bytes."""

    kind: bytes
    body: bytes

    @property
    def said(self) -> Any:
        """The body of a record that is JSON."""
        return json.loads(self.body)


def mark_of(ring: KeyRing) -> str:
    """Return 16 hex digits by which a ring is known, the same after every rotation."""
    return ring.mac("backup:ring", b"", ring.oldest_key).hex()[:_MARK]


class Writer:
    """Writes an archive at `path`, which must not be there; it is only there once it is whole."""

    def __init__(self, path: Path, ring: KeyRing) -> None:
        """Begin beside `path`. Raises BackupRefused where something lies there or nothing can."""
        self._path = path
        self._unfinished = path.with_name(f"{path.name}.unfinished")
        if path.exists():
            raise BackupRefused(f"{path} is there already: a backup overwrites nothing")
        try:
            flags = os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC
            self._file: BinaryIO = os.fdopen(os.open(self._unfinished, flags, 0o600), "w+b")
        except OSError as error:
            raise BackupRefused(f"{path} cannot be written: {error.strerror}") from error
        self._sealer = Sealer(ring)
        self._waiting = bytearray()
        self._file.write(_MAGIC + mark_of(ring).encode() + b"\n" + bytes(HEADER))

    def write(self, kind: bytes, body: bytes) -> None:
        """Put down one record. Raises OSError when the disk is full."""
        self._waiting += kind + len(body).to_bytes(4) + body
        while len(self._waiting) > CHUNK:
            self._file.write(self._sealer.chunk(bytes(self._waiting[:CHUNK]), last=False))
            del self._waiting[:CHUNK]

    def say(self, kind: bytes, said: object) -> None:
        """Put down a record that is JSON."""
        self.write(kind, json.dumps(said, ensure_ascii=False).encode())

    def finish(self) -> int:
        """End it, on the disk when this returns; return its size in bytes."""
        self._file.write(self._sealer.chunk(bytes(self._waiting), last=True))
        size = self._file.tell()
        self._file.seek(_PREAMBLE)
        self._file.write(self._sealer.header(_NAME))
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        self._path.hardlink_to(self._unfinished)  # unlike a rename it never replaces another
        self._unfinished.unlink()
        folder = os.open(self._path.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
        return size

    def abandon(self) -> None:
        """Leave nothing behind; after `finish` there is nothing to leave."""
        self._file.close()
        self._unfinished.unlink(missing_ok=True)


def records(path: Path, ring: KeyRing) -> Iterator[Record]:
    """Yield every record in order, each authenticated before it is given.

    Raises BackupRefused at once where this is no whole archive of these keys, and at the piece
    where one was altered.
    """
    try:
        file = path.open("rb")
    except OSError as error:
        raise BackupRefused(f"{path} cannot be read: {error.strerror}") from error
    with file:
        source = _Source(file, _opened(file, path, ring), path)
        while frame := source.read(_FRAME):
            size = int.from_bytes(frame[1:])
            if size > LONGEST:
                raise BackupRefused(f"{path} is damaged: a record of {size} bytes")
            yield Record(frame[:1], source.read(size))


def _opened(file: BinaryIO, path: Path, ring: KeyRing) -> Opener:
    said = file.read(_PREAMBLE)
    if not said.startswith(_MAGIC) or len(said) < _PREAMBLE:
        raise BackupRefused(f"{path} is no backup of caseflow")
    mark, ours = said[len(_MAGIC) : -1].decode("ascii", "replace"), mark_of(ring)
    if mark != ours:
        raise BackupRefused(
            f"{path} was made with another key ring ({mark}; this one is {ours}):"
            " CASEFLOW_KEYS has to name the ring that the office had"
        )
    try:
        opener = Opener(ring, file.read(HEADER), _NAME)
    except SealBroken as error:
        raise BackupRefused(
            f"{path} is damaged at its beginning, or the key ring lacks its newest key"
        ) from error
    size, whole = path.stat().st_size, _PREAMBLE + opener.sealed_size
    if size != whole:
        raise BackupRefused(f"{path} is not whole: {size} bytes of {whole}")
    return opener


class _Source:
    """Gives the plain stream in the amounts that are asked for."""

    def __init__(self, file: BinaryIO, opener: Opener, path: Path) -> None:
        self._file, self._opener, self._path = file, opener, path
        self._left = opener.chunks
        self._waiting = bytearray()

    def read(self, size: int) -> bytes:
        """Return `size` bytes; none at the end of the stream."""
        while len(self._waiting) < size and self._left:
            self._left -= 1
            try:
                self._waiting += self._opener.chunk(self._file.read(CHUNK + TAG))
            except SealBroken as error:
                raise BackupRefused(
                    f"{self._path} is damaged: what was backed up is not what lies there"
                ) from error
        taken = bytes(self._waiting[:size])
        del self._waiting[:size]
        if taken and len(taken) < size:
            raise BackupRefused(f"{self._path} ends in the middle of a record")
        return taken
