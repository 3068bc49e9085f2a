"""File names that strangers sent, made fit for a header, a disk and a reader's eye."""

import re
import unicodedata
from pathlib import PurePosixPath

MAX_BYTES = 180  # of UTF-8: file systems end at 255, and a prefix may be added
FALLBACK = "附件"
_MAX_SUFFIX = 12
_RESERVED = re.compile(r"[<>:\"|?*;%]")
_DEVICES = re.compile(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\..*)?")


def safe_name(name: str) -> str:
    """Return a name for Content-Disposition: no folders, no control or direction characters.

    Direction characters are dropped because they make `gpj.exe` look like `exe.jpg`. The suffix
    survives shortening. Quoting for the header is left to the web framework.
    """
    last = unicodedata.normalize("NFC", name).replace("\\", "/").rstrip("/").rsplit("/", 1)[-1]
    seen = "".join(" " if ch.isspace() else ch for ch in last)
    seen = "".join(ch for ch in seen if unicodedata.category(ch)[0] != "C")
    seen = " ".join(_RESERVED.sub("_", seen).split()).strip(". ")
    if not seen or _DEVICES.fullmatch(seen):
        return FALLBACK + (PurePosixPath(seen).suffix if seen else "")
    return _shortened(seen)


_WORDS = {".txt", ".csv", ".eml", ".log", ".md", ".json", ".vcf", ".ics"}
_PICTURES = {"image/jpeg": (".jpg", ".jpeg"), "image/png": (".png",)}


def fitting(name: str, media_type: str) -> str:
    """Return a name under which a computer takes the file for what it is: words under the name of a
    programme are words, and a picture made anew has the ending of what it was made.
    """
    suffix = PurePosixPath(name).suffix.lower()
    if media_type == "text/plain" and suffix not in _WORDS:
        return f"{name}.txt"
    endings = _PICTURES.get(media_type, ())
    return f"{name}{endings[0]}" if endings and suffix not in endings else name


def _shortened(name: str) -> str:
    if len(name.encode()) <= MAX_BYTES:
        return name
    suffix = PurePosixPath(name).suffix
    if len(suffix.encode()) > _MAX_SUFFIX:
        suffix = ""
    room = MAX_BYTES - len(suffix.encode())
    stem = name.removesuffix(suffix).encode()[:room].decode(errors="ignore")
    return stem.rstrip(". ") + suffix
