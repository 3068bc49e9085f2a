"""What a file is, by its content: neither its name nor what the sender claims is believed.

An allow-list: what is not on it is kept all the same, as `application/octet-stream`, and is only
ever offered for download. SVG and HTML are not on it because they can hold script.
"""

from typing import NamedTuple

import filetype  # type: ignore[import-untyped]

HEAD_BYTES = 8192  # enough for the first entries of a zip, by which office formats are told
UNKNOWN = "application/octet-stream"

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
    "application/zip",
    "application/x-rar-compressed",
    "application/x-7z-compressed",
}


class Sniffed(NamedTuple):
    """The media type found, and whether a browser may be shown it as a small picture."""

    media_type: str
    thumbnail: bool


def sniff(head: bytes) -> Sniffed:
    """Return what the first bytes (`HEAD_BYTES` of them are enough) say the file is."""
    found = filetype.guess_mime(head[:HEAD_BYTES]) if head else None
    if found not in ALLOWED:
        return Sniffed(UNKNOWN, False)
    return Sniffed(str(found), found in THUMBNAILS)


def may_be_thumbnail(media_type: str) -> bool:
    """Tell whether a media type that `sniff` found may be shown as a small picture."""
    return media_type in THUMBNAILS
