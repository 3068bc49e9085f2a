"""What a file is, by its content: neither its name nor what the sender claims is believed.

An allow-list: what is not on it is kept all the same, as `application/octet-stream`, and is held
back (`files.handing`). SVG and HTML are not on it because they can hold script.
"""

import re
from typing import NamedTuple

import filetype  # type: ignore[import-untyped]

HEAD_BYTES = 8192  # enough for the first entries of a zip, by which office formats are told
UNKNOWN = "application/octet-stream"
TEXT = "text/plain"
ZIP = "application/zip"

THUMBNAILS = frozenset({"image/jpeg", "image/png", "image/gif", "image/webp"})
_OFFICE = "application/vnd.openxmlformats-officedocument"
ALLOWED = THUMBNAILS | {
    "image/bmp",
    "image/heic",
    "image/tiff",
    "audio/aac",
    "audio/amr",
    "audio/mp4",
    "audio/mpeg",
    "audio/ogg",
    "audio/x-wav",
    "video/3gpp",
    "video/mp4",
    "video/mpeg",
    "video/quicktime",
    "video/webm",
    "video/x-m4v",
    "video/x-matroska",
    "video/x-ms-wmv",
    "video/x-msvideo",
    "application/pdf",
    "application/rtf",
    "application/msword",
    "application/vnd.ms-excel",
    "application/vnd.ms-powerpoint",
    f"{_OFFICE}.wordprocessingml.document",
    f"{_OFFICE}.spreadsheetml.sheet",
    f"{_OFFICE}.presentationml.presentation",
    TEXT,
    ZIP,
    "application/x-rar-compressed",
    "application/x-7z-compressed",
}


class Sniffed(NamedTuple):
    """The media type found, and whether a browser may be shown it as a small picture."""

    media_type: str
    thumbnail: bool


def sniff(head: bytes) -> Sniffed:
    """Return what the first bytes (`HEAD_BYTES` of them are enough) say the file is."""
    head = head[:HEAD_BYTES]
    found = filetype.guess_mime(head) if head else None
    if found is None and _is_text(head):
        return Sniffed(TEXT, False)
    if found not in ALLOWED:
        return Sniffed(UNKNOWN, False)
    return Sniffed(str(found), found in THUMBNAILS)


def may_be_thumbnail(media_type: str) -> bool:
    """Tell whether a media type that `sniff` found may be shown as a small picture."""
    return media_type in THUMBNAILS


_MARKUP = re.compile(
    r"<\s*(!doctype|html|head|body|script|svg|iframe|object|embed|img|xml|\?xml|\?php|%)",
    re.IGNORECASE,
)
_SCRIPT = ("#!", "MZ", "@echo", "%!PS", "CWS", "FWS")
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")


def _is_text(head: bytes) -> bool:
    """Tell whether somebody could read it: words in a character set of this country, not a page,
    nor a script that says so.
    """
    text = _words(head)
    if not text or _CONTROLS.search(text):
        return False
    return not text.lstrip("\ufeff \r\n\t").startswith(_SCRIPT) and not _MARKUP.search(text)


def _words(head: bytes) -> str:
    """Return the beginning as text, nothing where it is none; its last character may be cut."""
    charsets = ("utf-16",) if head[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8", "gb18030")
    for charset in charsets:
        for cut in range(4 if len(head) == HEAD_BYTES else 1):
            try:
                return head[: len(head) - cut].decode(charset)
            except UnicodeDecodeError:
                continue
    return ""
