"""A recording inside a page: with seek (one range of bytes), and nothing else than sound."""

from collections.abc import Iterator
from typing import Any

from flask import Response, request
from sqlalchemy.orm import Session

from caseflow.files import blobs, handing
from caseflow.files.tables import Blob
from caseflow.intake.recordings import PLAYED
from caseflow.web.edge import rooms, scans
from caseflow.web.files import sealed_off


def played(session: Session, blob: Blob) -> Response:
    """Answer with sound, or the piece of it that was asked for; whose it is the caller checked.

    Raises HeldBack where the file is not handed out.
    """
    if blob.media_type not in PLAYED:
        raise ValueError(f"{blob.media_type} is not played")
    blob = handing.given(session, blob, scans=scans())
    pieces = blobs.chunks(session, rooms().store, blob.id)
    wanted = _range(blob.size)
    if wanted is None and request.range is not None and _is_single():
        answer = Response(status=416)
        answer.headers["Content-Range"] = f"bytes */{blob.size}"
        return sealed_off(answer)
    start, stop = wanted or (0, blob.size)
    answer = Response(_cut(pieces, start, stop), 206 if wanted else 200, mimetype=blob.media_type)
    answer.headers["Content-Length"] = str(stop - start)
    answer.headers["Accept-Ranges"] = "bytes"
    answer.headers["Content-Disposition"] = "inline"
    if wanted:
        answer.headers["Content-Range"] = f"bytes {start}-{stop - 1}/{blob.size}"
    return sealed_off(answer)


def _is_single() -> bool:
    asked: Any = request.range
    return asked is not None and asked.units == "bytes" and len(asked.ranges) == 1


def _range(size: int) -> tuple[int, int] | None:
    """Return where the one range that was asked for starts and stops; several get the whole."""
    asked: Any = request.range
    return asked.range_for_length(size) if _is_single() else None


def _cut(pieces: Iterator[bytes], start: int, stop: int) -> Iterator[bytes]:
    """Yield the bytes from start to before stop; every piece is still checked as it is opened."""
    at = 0
    for piece in pieces:
        if at >= stop:
            return
        found = piece[max(0, start - at) : stop - at]
        at += len(piece)
        if found:
            yield found
