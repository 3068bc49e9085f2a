"""Blobs on a local disk: named by a keyed hash, sealed, durable when `put` returns.

The name of a file tells nothing and its content opens only with the key ring. Nothing is ever
held whole in memory. The sealed form is in `crypto.stream`.
"""

import hashlib
import hmac
import io
import os
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from caseflow.crypto.keys import KeyRing, SealBroken
from caseflow.crypto.stream import CHUNK, HEADER, TAG, Opener, Sealer
from caseflow.errors import Unavailable
from caseflow.files.store import BlobBroken, Readable, StoredBlob

_ID = re.compile(r"[0-9a-f]{64}")
_UNFINISHED = "unfinished"


class LocalStore:
    """A store under one folder; any number of processes may share it."""

    def __init__(self, root: Path, ring: KeyRing) -> None:
        """Use `root`; what is missing is made with mode 0700. Raises Unavailable if it cannot."""
        self.root = Path(root)
        self._ring = ring
        self._lasting: set[str] = set()
        with _as_unavailable():
            self.root.mkdir(mode=0o700, parents=True, exist_ok=True)
            (self.root / _UNFINISHED).mkdir(mode=0o700, exist_ok=True)
            _sync(self.root.parent)

    def put(self, content: bytes | Readable, /) -> StoredBlob:
        """Keep the content: write, fsync, rename, fsync the folder, then return (engine 5).

        What is there already is replaced by the same content, which also heals a damaged file.
        Raises Unavailable when the disk refuses; then nothing is visible.
        """
        unfinished = self.root / _UNFINISHED / secrets.token_hex(16)
        with _as_unavailable():
            try:
                with _create(unfinished) as file:
                    stored = self._write(file, content)
                path = self._path(stored.id)
                self._make_lasting(path.parent)
                unfinished.replace(path)
                _sync(path.parent)
            except BaseException:
                unfinished.unlink(missing_ok=True)
                raise
        return stored

    def open(self, blob_id: str, /) -> Iterator[bytes]:
        """Return the content in pieces of up to 256 KiB, each authenticated before it is given.

        Raises BlobBroken at once when it is missing or not this blob, or at the damaged piece.
        """
        path = self._path(blob_id)
        with _as_unavailable():
            self.root.stat()  # a store that is gone is not a blob that is lost
            try:
                file = path.open("rb")
            except FileNotFoundError as error:
                raise BlobBroken(f"文件库中缺少文件 {blob_id}") from error
        try:
            return _Reading(file, self._opener(file, blob_id))
        except BaseException:
            file.close()
            raise

    def exists(self, blob_id: str, /) -> bool:
        """Tell whether a file lies under this id. Raises Unavailable when the store is gone."""
        with _as_unavailable():
            self.root.stat()
            return self._path(blob_id).is_file()

    def forget(self, blob_id: str, before: datetime, /) -> bool:
        """Remove a file unless it was put again since that moment; tell whether it is gone.

        It is taken aside before its age is looked at: whoever puts the content at this very
        moment writes a file of their own, which nothing here touches.
        """
        path, aside = self._path(blob_id), self.root / _UNFINISHED / secrets.token_hex(16)
        with _as_unavailable():
            try:
                path.rename(aside)
            except FileNotFoundError:
                return False
            old = _older(aside, before)
            if not old:
                # Put once more meanwhile: that one stays. Or cleared by another who forgets.
                with suppress(FileExistsError, FileNotFoundError):
                    path.hardlink_to(aside)
            aside.unlink(missing_ok=True)
            _sync(path.parent)
        return old

    def clear_unfinished(self, before: datetime, /) -> int:
        """Remove what crashes left half-written before that moment; return how many files.

        A writer still at work has a younger file, so `before` should lie a day back.
        """
        cleared = 0
        for path in (self.root / _UNFINISHED).iterdir():
            if _older(path, before):
                path.unlink(missing_ok=True)
                cleared += 1
        return cleared

    def _write(self, file: BinaryIO, content: bytes | Readable) -> StoredBlob:
        sealer = Sealer(self._ring)
        name = hmac.new(self._ring.subkey("file:name", self._ring.oldest_key), digestmod="sha256")
        sha256 = hashlib.sha256()
        file.write(bytes(HEADER))
        for piece, last in _pieces(content):
            name.update(piece)
            sha256.update(piece)
            file.write(sealer.chunk(piece, last))
        file.seek(0)
        file.write(sealer.header(name.hexdigest()))
        file.flush()
        os.fsync(file.fileno())
        return StoredBlob(name.hexdigest(), sha256.hexdigest(), sealer.size, sealer.key_id)

    def _opener(self, file: BinaryIO, blob_id: str) -> Opener:
        try:
            opener = Opener(self._ring, file.read(HEADER), blob_id)
        except SealBroken as error:
            raise BlobBroken(str(error)) from error
        if os.fstat(file.fileno()).st_size != opener.sealed_size:
            raise BlobBroken(f"文件长度不符：{blob_id}")
        return opener

    def _make_lasting(self, folder: Path) -> None:
        """Make one of the 256 folders, and be sure once that a crash would leave it.

        One that is there already may have been made by a process that did not get so far yet.
        """
        if folder.name not in self._lasting:
            folder.mkdir(mode=0o700, exist_ok=True)
            _sync(self.root)
            self._lasting.add(folder.name)

    def _path(self, blob_id: str) -> Path:
        if not _ID.fullmatch(blob_id):
            raise BlobBroken("文件标识不合规")
        return self.root / blob_id[:2] / blob_id


class _Reading(Iterator[bytes]):
    """Gives the pieces of one file and closes it at the end, at an error, or when told."""

    def __init__(self, file: BinaryIO, opener: Opener) -> None:
        self._file = file
        self._opener = opener
        self._left = opener.chunks

    def __next__(self) -> bytes:
        if not self._left:
            self.close()
            raise StopIteration
        self._left -= 1
        try:
            return self._opener.chunk(self._file.read(CHUNK + TAG))
        except SealBroken as error:
            self.close()
            raise BlobBroken(str(error)) from error

    def close(self) -> None:
        """Let go of the file; a web server calls this when the reader hangs up."""
        self._left = 0
        self._file.close()

    def __del__(self) -> None:
        self._file.close()


def _pieces(content: bytes | Readable) -> Iterator[tuple[bytes, bool]]:
    """Cut into full chunks and say which is the last; empty content is one empty chunk."""
    source = io.BytesIO(content) if isinstance(content, bytes) else content
    piece = _full(source)
    while len(piece) == CHUNK and (following := _full(source)):
        yield piece, False
        piece = following
    yield piece, True


def _full(source: Readable) -> bytes:
    """Read until a chunk is full: a pipe gives what it happens to have."""
    gathered = source.read(CHUNK)
    while gathered and len(gathered) < CHUNK and (more := source.read(CHUNK - len(gathered))):
        gathered += more
    return gathered


def _older(path: Path, moment: datetime) -> bool:
    """Tell whether a file is older; one that somebody moved on meanwhile is not."""
    try:
        return path.stat().st_mtime < moment.timestamp()
    except FileNotFoundError:
        return False


def _create(path: Path) -> BinaryIO:
    flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
    return os.fdopen(os.open(path, flags, 0o600), "w+b")


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def _as_unavailable() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise Unavailable("文件库暂不可用，请稍后再试") from error
