"""Files in and out for people who are signed in: evidence that a form brings, files that a page
hands out.

Out: always as a download, never run by a browser; pictures also small and inline. What strangers
sent is handed out with `nosniff` and an empty sandbox, so that even a page in disguise can do
nothing in the office's name.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from os import SEEK_END
from urllib.parse import quote

from flask import Response, request
from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage

from caseflow.errors import BadInput, NotFound
from caseflow.files import blobs, handing
from caseflow.files.blobs import Put
from caseflow.files.names import fitting, safe_name
from caseflow.files.tables import Blob
from caseflow.intake import uploads
from caseflow.intake.uploads import Kept
from caseflow.ledger.attached import Attached
from caseflow.ledger.moves import work
from caseflow.web.edge import actor, now, read, rooms, scans, settings, typed
from caseflow.web.locale import gettext
from caseflow.web.proof import quoted
from config import MIB

SANDBOX = "sandbox; default-src 'none'"


@dataclass
class Brought:
    """The files chosen in one field of a form: put into the store before the transaction, so that
    nobody waits for the writing, then handed in as evidence within it. All of them, or none.
    """

    field_name: str
    required: bool = False
    _lie: list[tuple[str, Put]] = field(default_factory=list)
    _kept: Sequence[Kept] = ()
    _wrong: str = ""

    def put(self) -> None:
        """Put the files into the store, where all can be taken. Raises Unavailable."""
        files = [file for file in request.files.getlist(self.field_name) if file.filename]
        self._wrong = _wrong(files)
        self._kept = self._came_before()
        if self.required and not (files or self._kept or self._wrong):
            self._wrong = "请选择要上传的照片或文件"
        if self._wrong:
            return
        for file in files:
            name = safe_name(file.filename or "")
            self._lie.append((name, rooms().accept(file.stream)))

    def _came_before(self) -> Sequence[Kept]:
        """Return the large files that came in pieces, before the form that names them."""
        wanted = set(request.form.getlist("kept"))
        if not wanted:
            return ()
        with read() as session:
            found = uploads.waiting(session, rooms(), typed("nonce"), wanted, now())
        if len(found) < len(wanted):
            self._wrong = self._wrong or "先前收到的文件保留两小时，已经过期，请重新选择。"
        return found

    def __len__(self) -> int:
        """Return how many files there are."""
        return len(self._lie) + len(self._kept)

    def named(self, session: Session) -> list[tuple[str, str]]:
        """Return blob and name of what was put, for a verb that keeps the files itself.

        Raises BadInput when one of the files could not be taken.
        """
        if self._wrong:
            raise BadInput({self.field_name: self._wrong})
        return self._blobs(session)

    def _blobs(self, session: Session) -> list[tuple[str, str]]:
        put = [(blobs.name(session, lies, now()).id, name) for name, lies in self._lie]
        return [*put, *((one.blob_id, one.name) for one in self._kept)]

    def hand_in(self, session: Session, item_id: int, seen: int | None = None) -> None:
        """Hand in what was put; the first file checks `head_n`, if given.

        Raises BadInput when one of the files could not be taken: beside whatever else is missing
        in the form, so that it is corrected once.
        """
        if self._wrong:
            raise BadInput({self.field_name: self._wrong})
        note = typed("note")
        for n, (blob_id, name) in enumerate(self._blobs(session)):
            since = seen if n == 0 else None
            work.hand_in(session, actor(), item_id, blob_id, name, now(), note=note, seen=since)


def _wrong(files: list[FileStorage]) -> str:
    """Return why the files cannot be taken, by name and with the limit; empty when they can."""
    most, largest = settings().max_files, settings().max_file
    if len(files) > most:
        return gettext("一次最多上传 %(n)d 个，请分几次上传", n=most)
    sizes = [(safe_name(file.filename or ""), _size(file)) for file in files]
    if large := [name for name, size in sizes if size > largest]:
        return gettext(
            "%(names)s 超过 %(n)d MB，没有上传。请压缩后再试",
            names=quoted(large),
            n=largest // MIB,
        )
    empty = [name for name, size in sizes if not size]
    return gettext("%(names)s 是空的，请重新选择", names=quoted(empty)) if empty else ""


def _size(file: FileStorage) -> int:
    size: int = file.stream.seek(0, SEEK_END)
    file.stream.seek(0)
    return size


def download(session: Session, file: Attached) -> Response:
    """Answer with a file as a download under the name it came with; a picture as it was made anew.

    Raises HeldBack where it is not handed out.
    """
    blob = handing.given(session, file.blob, scans=scans())
    return _named(session, blob, file.name)


def opened(session: Session, file: Attached) -> Response:
    """Answer with a file as it came, once a person said why: the caller has it on record."""
    return _named(session, file.blob, file.name)


def _named(session: Session, blob: Blob, name: str) -> Response:
    answer = _answer(session, blob)
    name = quote(fitting(safe_name(name), blob.media_type))
    answer.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{name}"
    return answer


def attached(content: Iterable[bytes] | bytes, media_type: str, name: str) -> Response:
    """Answer with something of our own as a download; pieces are sent as they come."""
    answer = sealed_off(Response(content, mimetype=media_type))
    answer.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    return answer


def picture(session: Session, file: Attached) -> Response:
    """Answer with a picture that was made anew, to be shown inside a page; raises NotFound for
    anything else.
    """
    if not handing.is_pictured(file.blob, scans=scans()):
        raise NotFound("没有这张图片")
    answer = _answer(session, handing.given(session, file.blob, scans=scans()))
    answer.headers["Content-Disposition"] = "inline"
    return answer


def _answer(session: Session, blob: Blob) -> Response:
    pieces = blobs.chunks(session, rooms().store, blob.id)
    answer = Response(pieces, mimetype=blob.media_type)
    answer.headers["Content-Length"] = str(blob.size)
    return sealed_off(answer)


def sealed_off(answer: Response) -> Response:
    """Let what strangers sent do nothing in a browser, whatever it is."""
    answer.headers["Content-Security-Policy"] = SANDBOX
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer
