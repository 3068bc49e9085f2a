"""Small pictures of our own as evidence in the demo office: coloured bands, no photograph."""

import struct
import zlib

WIDTH, HEIGHT = 320, 200
_COLOURS = (
    ((222, 214, 199), (120, 144, 136)),
    ((206, 220, 216), (94, 122, 128)),
    ((230, 222, 208), (150, 122, 96)),
    ((214, 218, 226), (98, 110, 140)),
)
COUNT = len(_COLOURS)


def picture(number: int) -> bytes:
    """Return a PNG; the same number gives the same bytes."""
    light, dark = _COLOURS[number % COUNT]
    rows = b"".join(b"\0" + bytes(_shade(light, dark, y)) * WIDTH for y in range(HEIGHT))
    header = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        (_chunk(b"IHDR", header), _chunk(b"IDAT", zlib.compress(rows, 9)), _chunk(b"IEND", b""))
    )


def _shade(light: tuple[int, ...], dark: tuple[int, ...], y: int) -> tuple[int, ...]:
    share = (y // 25) % 2 * 40 + y * 60 // HEIGHT
    return tuple(a + (b - a) * share // 100 for a, b in zip(light, dark, strict=True))


def _chunk(name: bytes, content: bytes) -> bytes:
    body = name + content
    return struct.pack(">I", len(content)) + body + struct.pack(">I", zlib.crc32(body))
