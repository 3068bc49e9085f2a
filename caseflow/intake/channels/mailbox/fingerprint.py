"""The channel's own id of a message: the same for the same message, whatever way it came.

A Message-ID alone will not do: it can be missing, and who copies another message's would make
it disappear. So the id is a hash over Message-ID, sender, date, subject and decoded content.
What mail servers add on the way (Received, Delivered-To, X-…), how lines end and how parts are
encoded does not count.
"""

import hashlib
import re

from caseflow.intake.channels.mailbox import encoded, header
from caseflow.intake.channels.mailbox.structure import Part

_FIELDS = ("message-id", "from", "date", "subject")
_MUNGED = re.compile(rb"^>(>*From )", re.MULTILINE)
_HEAD = 1_000_000


def of_message(root: Part) -> str:
    """Return the id of a message that could be read."""
    digest = _start("message", root.headers)
    waiting = [root]
    while waiting:
        part = waiting.pop(0)
        waiting += part.children
        if not part.children:
            content = part.content
            if part.type.startswith("text/"):
                content = _even(content).strip()
            _feed(digest, part.type.encode(), part.name.encode("utf-8", "replace"))
            _feed(digest, hashlib.sha256(content).digest())
    return digest.hexdigest()


def of_raw(raw: bytes) -> str:
    """Return the id of a message that cannot be read."""
    digest = RawDigest()
    digest.update(raw)
    return digest.hexdigest()


class RawDigest:
    """The id of a message that must not be read whole, from its bytes piece by piece.

    The fields are looked for in the first million bytes; no more is ever held.
    """

    def __init__(self) -> None:
        self._head = b""
        self._digest: hashlib._Hash | None = None
        self._body = hashlib.sha256()

    def update(self, piece: bytes) -> None:
        """Take the next piece."""
        if self._digest is not None:
            self._body.update(piece.replace(b"\r", b""))
            return
        self._head += piece
        if len(self._head) >= _HEAD:
            self._begin()

    def hexdigest(self) -> str:
        """Return the id of what was taken."""
        digest = self._digest or self._begin()
        _feed(digest, self._body.digest())
        return digest.hexdigest()

    def _begin(self) -> "hashlib._Hash":
        fields, start = header.split(self._head)
        self._digest = _start("raw", fields)
        self._body.update(self._head[start:].replace(b"\r", b""))
        self._head = b""
        return self._digest


def _start(sort: str, fields: header.Headers) -> "hashlib._Hash":
    digest = hashlib.sha256(sort.encode())
    for name in _FIELDS:
        value = encoded.text(fields.get(name))
        _feed(digest, " ".join(value.split()).encode("utf-8", "replace"))
    return digest


def _feed(digest: "hashlib._Hash", *values: bytes) -> None:
    """Add values with their lengths, so that no two lists of values look alike."""
    for value in values:
        digest.update(len(value).to_bytes(8, "big") + value)


def _even(content: bytes) -> bytes:
    """Return text with newlines, and without the marks that mailbox files put before From."""
    return _MUNGED.sub(rb"\1", content.replace(b"\r\n", b"\n"))
