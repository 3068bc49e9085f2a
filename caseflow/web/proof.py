"""Files that come with a report: kept at once, told by name where they cannot be taken."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from io import SEEK_END
from typing import BinaryIO, cast

from flask import request
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage

from caseflow.files.names import safe_name
from caseflow.intake import uploads
from caseflow.intake.uploads import Allowed, Kept, Sent, Sifted
from caseflow.web import edge
from caseflow.web.locale import gettext, series
from config import MIB


@dataclass(frozen=True)
class Proof:
    """The files that go with a form now, and what must be told about the others.

    `unread`: tokens of files that could not be looked up; the next try does.
    """

    kept: Sequence[Kept] = ()
    words: str = ""
    unread: Sequence[str] = ()


def gather(key: str) -> Proof:
    """Keep the files that came, find those of an earlier try that are still wanted.

    Without any file nothing is asked of the database. Raises Unavailable.
    """
    came = [_sent(storage) for storage in request.files.getlist("files")]
    sent = [file for file in came if file.name or file.size]
    wanted = request.form.getlist("kept")
    if not sent and not wanted:
        return Proof()
    sifted = uploads.sift(sent, len(wanted), allowed())
    rooms, now = edge.rooms(), edge.now()
    lie = uploads.put(rooms, sifted.good)

    def work(session: Session) -> list[Kept]:
        uploads.expire(session, now)
        tokens = uploads.keep(session, rooms, key, lie, now)
        return uploads.waiting(session, rooms, key, {*wanted, *tokens}, now)

    found = edge.change(work)
    gone = set(wanted) - {file.token for file in found}
    kept = uploads.once(found)
    most = allowed().number  # of all tries together: no page of ours asks for more
    over = tuple(file.name for file in kept[most:])
    sifted = replace(sifted, too_many=(*sifted.too_many, *over))
    return Proof(kept[:most], _told(sifted, gone=bool(gone)))


def offered_again(key: str) -> Proof:
    """Return what waits of an earlier try where `gather` could keep nothing. Writes nothing.

    Even where that cannot be read its tokens go back into the page: a file once taken is not
    dropped because the database was away.
    """
    came = any(file.filename for file in request.files.getlist("files"))
    told = gettext("刚选的文件没有收下，请重新选。") if came else ""
    wanted = [token for token in request.form.getlist("kept") if token.isdecimal()]
    if not wanted:
        return Proof(words=told)
    try:
        with edge.read() as session:
            kept = uploads.waiting(session, edge.rooms(), key, set(wanted), edge.now())
    except (DBAPIError, PoolTimeout):
        return Proof(words=told, unread=wanted[: allowed().number])
    return Proof(uploads.once(kept), told)


def carry_over(proof: Proof, key: str) -> Proof:
    """Return the same files for a form with another number."""
    if not proof.kept:
        return Proof()
    rooms, now = edge.rooms(), edge.now()

    def work(session: Session) -> list[Kept]:
        tokens = uploads.carry_over(session, rooms, key, proof.kept, now)
        return uploads.waiting(session, rooms, key, tokens, now)

    return Proof(edge.change(work))


def _sent(storage: FileStorage) -> Sent:
    stream = cast(BinaryIO, storage.stream)
    size = stream.seek(0, SEEK_END)
    return Sent(storage.filename or "", stream, size)


def _told(sifted: Sifted, *, gone: bool) -> str:
    said = []
    if sifted.empty:
        names = quoted(sifted.empty)
        said.append(gettext("%(names)s 是空文件，没有收下。请重新选，或者不附它。", names=names))
    if sifted.too_large:
        names, size = quoted(sifted.too_large), size_text(allowed().size)
        said.append(gettext("%(names)s 超过 %(size)s，没有收下。", names=names, size=size))
    if sifted.too_many:
        names, number = quoted(sifted.too_many), allowed().number
        words = "最多 %(number)s 个文件，没有收下：%(names)s。可以在提交后凭编号和查询码补充。"
        said.append(gettext(words, names=names, number=number))
    if gone:
        said.append(gettext("先前收到的文件保留两小时，已经过期，请重新选择。"))
    return " ".join(said)


def quoted(names: Sequence[str]) -> str:
    """Return names of files as a sentence takes them."""
    shown = [f"“{safe_name(name)}”" for name in names]
    return series(shown)


def allowed() -> Allowed:
    """Return how large and how many files may be, as the settings say."""
    settings = edge.settings()
    return Allowed(settings.max_file, settings.max_files)


def limits_told() -> str:
    """Return the limits in words, as they stand beside the field and in every message."""
    settings = edge.settings()
    return gettext(
        "最多 %(number)s 个，每个不超过 %(size)s，一共不超过 %(whole)s。",
        number=settings.max_files,
        size=size_text(settings.max_file),
        whole=size_text(settings.max_form),
    )


def size_text(size: int) -> str:
    """Return a size for people."""
    if size >= 1024 * MIB:
        return f"{size / 1024 / MIB:.1f}".removesuffix(".0") + " GB"
    if size >= MIB:
        return f"{size / MIB:.1f}".removesuffix(".0") + " MB"
    return f"{max(1, round(size / 1024))} KB"


def piece_limits(pieces: str) -> dict[str, object]:
    """Return what a file field says of its limits to the scripts; `pieces`: where one may send
    larger files, a piece at a time.
    """
    limits, largest = allowed(), edge.settings().max_large
    over = gettext("{names} 超过 %(size)s，请压缩或剪短再选。", size=size_text(largest))
    by_script = {"data-pieces": pieces, "data-max-large": largest, "data-text-over": over}
    return {
        "data-max-files": limits.number,
        "data-max-size": limits.size,
        "data-max-whole": edge.settings().max_form,
        **(by_script if pieces else {}),
    }


def page_values(proof: Proof, *, pieces: str = "") -> dict[str, object]:
    """Return what the templates' file fields expect. `pieces`: where a script may send larger
    files, a piece at a time.
    """
    return {
        "kept_files": [
            {"token": file.token, "name": file.name, "size": size_text(file.size)}
            for file in proof.kept
        ]
        + [{"token": token, "name": gettext("先前收到的文件")} for token in proof.unread],
        "limits_told": limits_told(),
        "originals_kept": edge.settings().originals,
        "file_limits": piece_limits(pieces),
    }
