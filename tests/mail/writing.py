"""Writes messages byte by byte, the way broken mailers do, and says what should come of them."""

import base64
import hashlib
import quopri
from dataclasses import dataclass, field
from typing import Any

FROM = b"From: lihua@example.com"
DATE = b"Date: Tue, 3 Mar 2026 09:58:00 +0800"
TO = b"To: jubao@edu.example.cn"
MIME = b"MIME-Version: 1.0"


@dataclass(frozen=True)
class Sample:
    """The bytes of a message, and those facts of the parsed report that must come out."""

    raw: bytes
    expected: dict[str, Any] = field(default_factory=dict)


def message(*lines: bytes, body: bytes = b"", mid: str = "", end: bytes = b"\r\n") -> bytes:
    """Join header lines, a Message-ID made from `mid`, an empty line and the body."""
    numbered = [b"Message-ID: <%s@example.com>" % mid.encode()] if mid else []
    return end.join([*lines, *numbered, b"", body])


def part(*lines: bytes, body: bytes = b"") -> bytes:
    """Return one part of a multipart, without its boundary."""
    return b"\r\n".join([*lines, b"", body])


def multipart(boundary: bytes, *parts: bytes) -> bytes:
    """Join parts with a boundary as RFC 2046 wants it."""
    opened = b"".join(b"--%s\r\n%s\r\n" % (boundary, one) for one in parts)
    return opened + b"--%s--\r\n" % boundary


def word(text: str, charset: str, label: str = "") -> bytes:
    """Return an encoded word in base64."""
    said = base64.b64encode(text.encode(charset))
    return b"=?%s?B?%s?=" % ((label or charset).encode(), said)


def raw_word(content: bytes, label: str) -> bytes:
    """Return an encoded word of bytes that need not be whole characters."""
    return b"=?%s?B?%s?=" % (label.encode(), base64.b64encode(content))


def b64(content: bytes) -> bytes:
    """Return base64 in lines of 76, CRLF between them."""
    return base64.encodebytes(content).replace(b"\n", b"\r\n").rstrip()


def qp(content: bytes) -> bytes:
    """Return quoted-printable."""
    return quopri.encodestring(content).replace(b"\n", b"\r\n")


def file(name: str, media_type: str, content: bytes) -> dict[str, Any]:
    """Return what is expected of an attached file."""
    digest = hashlib.sha256(content).hexdigest()
    return {"name": name, "type": media_type, "size": len(content), "sha256": digest}
