"""ISO-2022-CN (RFC 1922), which Python does not know: GB2312 in seven bits. Pure."""

import re

_SHIFTED = re.compile(rb"\x0e([\x20-\x7e\r\n]*)(?:\x0f|$)")
_DESIGNATIONS = re.compile(rb"\x1b\$[)*+][A-Z]|\x1b[NO]")


def decode(raw: bytes) -> str | None:
    """Return the text, None where it is not in the part of the standard that anybody wrote."""
    if b"\x1b$)A" not in raw:
        return None
    bare = _DESIGNATIONS.sub(b"", raw)
    if _DESIGNATIONS.findall(raw) != [b"\x1b$)A"] * raw.count(b"\x1b"):
        return None  # CNS 11643: nobody here has it
    wide = _SHIFTED.sub(lambda one: _eight(one[1]), bare)
    try:
        return wide.decode("gb2312")
    except UnicodeDecodeError:
        return None


def _eight(run: bytes) -> bytes:
    return bytes(byte | 0x80 if byte > 0x20 else byte for byte in run)
