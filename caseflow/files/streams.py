"""Streams that are read once, in pieces, and what is remembered of them on the way."""

from io import BytesIO

from caseflow.files.sniff import HEAD_BYTES
from caseflow.files.store import Readable


class Chained:
    """A stream that begins with bytes already read from it."""

    def __init__(self, beginning: bytes, rest: Readable) -> None:
        self._beginning = BytesIO(beginning)
        self._rest = rest

    def read(self, size: int, /) -> bytes:
        """Read what was read before first, then the rest."""
        return self._beginning.read(size) or self._rest.read(size)


class Heard:
    """Hands a stream on and remembers its beginning, by which the type is told, and its last
    `end` bytes, where an archive keeps its table of contents.
    """

    def __init__(self, stream: Readable, end: int = 0) -> None:
        self._stream = stream
        self._end = end
        self.head = b""
        self._last = bytearray()

    def read(self, size: int, /) -> bytes:
        """Read on, keeping the first `HEAD_BYTES` and the last of what was asked for."""
        piece = self._stream.read(size)
        if len(self.head) < HEAD_BYTES:
            self.head += piece[: HEAD_BYTES - len(self.head)]
        if self._end:
            self._last += piece
            if len(self._last) > 2 * self._end:
                del self._last[: -self._end]
        return piece

    @property
    def last(self) -> bytes:
        """Return the last bytes that were read, as many as were asked for."""
        return bytes(self._last[-self._end :]) if self._end else b""


def beginning(stream: Readable, size: int) -> bytes:
    """Read `size` bytes, or to the end: a pipe gives what it happens to have."""
    gathered = b""
    while len(gathered) < size and (more := stream.read(size - len(gathered))):
        gathered += more
    return gathered
