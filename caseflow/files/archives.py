"""What an archive holds, read from its table of contents alone: nothing is ever unpacked.

A ZIP keeps that table at its end, so that the last bytes of a stream are enough. Names are given as
whoever packed them would read them: Chinese programs write GBK where the format says nothing. What
could only be meant to break whoever unpacks it is told. Pure.
"""

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from itertools import pairwise
from pathlib import PurePosixPath
from zipfile import BadZipFile, ZipFile, ZipInfo

from caseflow.files.names import safe_name

END = 4 * 1024 * 1024
"""Bytes of the end that are kept: a table of some forty thousand entries."""
SHOWN = 200
MOST_ENTRIES = 10_000
MOST_BYTES = 2 * 1024**3
MOST_TIMES = 200
"""Times its size: what people pack shrinks less than that, or is small."""
FREELY = 64 * 1024 * 1024
"""Bytes that may come of any archive, however small."""

_ARCHIVES = {".zip", ".rar", ".7z", ".gz", ".bz2", ".xz", ".tar", ".tgz", ".jar", ".cab", ".iso"}
_UTF8, _SEALED = 0x800, 0x1


@dataclass(frozen=True, repr=False)
class Listing:
    """What stands in the table of contents.

    `entries`: name and size in bytes of the first `SHOWN` files, `number` how many there are,
    `size` what they come to unpacked. `sealed`: some need a password; `nested`: some are archives
    themselves. `bomb`: why nobody should unpack it: 'count', 'size', 'overlap', 'unreadable', or
    nothing.
    """

    entries: Sequence[tuple[str, int]] = ()
    number: int = 0
    size: int = 0
    sealed: bool = False
    nested: bool = False
    bomb: str = ""


def listed(end: bytes, size: int) -> Listing:
    """Return what a ZIP holds. `end`: its last bytes, up to `END` of them; `size`: of the whole."""
    try:
        with ZipFile(BytesIO(end)) as archive:
            infos = archive.infolist()
    except (BadZipFile, ValueError, OverflowError, OSError, NotImplementedError, struct.error):
        return Listing(bomb="unreadable")
    files = [info for info in infos if not info.is_dir()]
    names = [_name(info) for info in files]
    whole = sum(info.file_size for info in files)
    return Listing(
        entries=[
            (name, info.file_size) for name, info in zip(names[:SHOWN], files[:SHOWN], strict=True)
        ],
        number=len(files),
        size=whole,
        sealed=any(info.flag_bits & _SEALED for info in files),
        nested=any(PurePosixPath(name.lower()).suffix in _ARCHIVES for name in names),
        bomb=_bomb(infos, whole, size),
    )


def _bomb(infos: Sequence[ZipInfo], whole: int, size: int) -> str:
    if len(infos) > MOST_ENTRIES:
        return "count"
    if whole > MOST_BYTES or whole > max(FREELY, MOST_TIMES * size):
        return "size"
    return "overlap" if _overlap(infos, size) else ""


def _overlap(infos: Sequence[ZipInfo], size: int) -> bool:
    """Tell whether entries lie over each other, so that the same bytes are unpacked many times."""
    if sum(info.compress_size for info in infos) > size:
        return True
    placed = sorted((info.header_offset, info.compress_size) for info in infos)
    return any(start + packed > following for (start, packed), (following, _) in pairwise(placed))


def _name(info: ZipInfo) -> str:
    """Return the name of an entry with its folders, made fit for the eye."""
    name = info.filename
    if not info.flag_bits & _UTF8:
        name = _decoded(name)
    parts = [safe_name(part) for part in name.replace("\\", "/").split("/") if part.strip(". ")]
    return "/".join(parts[-4:]) or safe_name("")


def _decoded(name: str) -> str:
    """Return a name that `zipfile` read as that of an old American computer as what it is."""
    try:
        raw = name.encode("cp437")
    except UnicodeEncodeError:
        return name
    for charset in ("utf-8", "gb18030"):
        try:
            return raw.decode(charset)
        except UnicodeDecodeError:
            continue
    return name
