"""What the ledger asks of a file store; adapters implement it (design §5)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from caseflow.errors import CaseflowError


class BlobBroken(CaseflowError):
    """Stored bytes are missing, cut short, altered, or lie under another's name."""

    status = 500


class Readable(Protocol):
    """Anything bytes can be read from piece by piece: an upload, a pipe, a file."""

    def read(self, size: int, /) -> bytes:
        """Return up to `size` bytes, none at the end."""
        ...


@dataclass(frozen=True)
class StoredBlob:
    """What the store says of bytes it has on the disk.

    `id`: keyed hash of the content, 64 hex digits. `sha256`: hex. `size`: bytes of plain content.
    `key_id`: the key of the ring that seals it.
    """

    id: str
    sha256: str
    size: int
    key_id: str


class Store(Protocol):
    """A content-addressed, encrypted store. Every method raises Unavailable when it is stopped."""

    def put(self, content: bytes | Readable, /) -> StoredBlob:
        """Keep the content and return when it would survive a power cut; twice is once."""
        ...

    def open(self, blob_id: str, /) -> Iterator[bytes]:
        """Return the content in pieces, each authenticated before it is given.

        Raises BlobBroken at once when the blob is missing or is not this one, and later when a
        piece was altered, moved or cut off.
        """
        ...

    def forget(self, blob_id: str, before: datetime, /) -> bool:
        """Remove a blob unless it was put again since that moment; tell whether it is gone."""
        ...

    def clear_unfinished(self, before: datetime, /) -> int:
        """Remove what crashes left half-written before that moment; return how many."""
        ...

    def exists(self, blob_id: str, /) -> bool:
        """Tell whether bytes lie in the store under this id (not whether they are sound)."""
        ...
