"""Undo content transfer encodings, taking what is there rather than refusing what is not."""

import binascii
import re

_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/=\s]")
_BASE64_LINE = re.compile(rb"^[A-Za-z0-9+/=]{40,}\r?$", re.MULTILINE)
_PADDED = re.compile(rb"=+")
_UU_BEGIN = re.compile(rb"^begin [0-7]{3,4} ([^\r\n]+)\r?$", re.MULTILINE)
_FOOTER = 4_096


def undo(raw: bytes, encoding: str) -> bytes:
    """Return the content of a part whose transfer encoding is claimed to be `encoding`."""
    if encoding == "base64":
        return _base64(raw)
    if encoding == "quoted-printable":
        return binascii.a2b_qp(raw)
    if encoding in {"x-uuencode", "uuencode", "x-uue"}:
        found = uuencoded(raw, 1)
        return found[0][1] if found else raw
    return raw


def _base64(raw: bytes) -> bytes:
    """Decode base64; text a list server put below it is cut, bytes that are none are kept."""
    stray = _NOT_BASE64.search(raw)
    if stray:
        line = raw.rfind(b"\n", 0, stray.start()) + 1
        if line and _is_footer(raw[line:]):
            raw = raw[:line]
        elif len(_NOT_BASE64.findall(raw, 0, 65_536)) * 20 > min(len(raw), 65_536):
            return raw  # the label lies
        else:
            raw = _NOT_BASE64.sub(b"", raw)
    clean = b"".join(raw.split())
    return b"".join(_group(piece) for piece in _PADDED.split(clean))


def _is_footer(tail: bytes) -> bool:
    """Tell whether what begins at the first stray line is a short text rather than damage."""
    return (
        len(tail) <= _FOOTER
        and len(_NOT_BASE64.findall(tail)) >= 3
        and not _BASE64_LINE.search(tail)
    )


def _group(piece: bytes) -> bytes:
    """Decode one run of base64 without its padding; a lone last character says nothing."""
    if len(piece) % 4 == 1:
        piece = piece[:-1]
    return binascii.a2b_base64(piece + b"=" * (-len(piece) % 4))


def uuencoded(raw: bytes, most: int) -> list[tuple[bytes, bytes, int, int]]:
    """Return files written into the text by uuencode: raw name, content, and where they stand.

    It stops after one more than `most`: a small mail can hold a hundred thousand.
    """
    found: list[tuple[bytes, bytes, int, int]] = []
    at = 0
    while len(found) <= most and (begin := _UU_BEGIN.search(raw, at)):
        at = begin.end()
        decoded = _uu_lines(raw, at)
        if decoded is not None:
            content, at = decoded
            found.append((begin[1].strip(), content, begin.start(), at))
    return found


def _uu_lines(raw: bytes, at: int) -> tuple[bytes, int] | None:
    """Decode lines up to `end`; None when they are not what uuencode writes."""
    content = bytearray()
    at = raw.find(b"\n", at) + 1
    while 0 < at < len(raw):
        stop = raw.find(b"\n", at)
        stop = len(raw) if stop < 0 else stop
        line = raw[at:stop].rstrip(b"\r")
        at = stop + 1
        if line == b"end":
            return bytes(content), min(at, len(raw))
        try:
            content += binascii.a2b_uu(line)
        except binascii.Error:
            return None
    return None
