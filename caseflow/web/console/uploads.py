"""Files that people of the office hand in with a form: into the store, then evidence of an item."""

import os
from typing import cast

from flask import current_app, request
from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage

from caseflow.errors import BadInput
from caseflow.files import blobs
from caseflow.files.names import safe_name
from caseflow.ledger.moves import work
from caseflow.web.edge import actor, now, rooms, seen, typed
from caseflow.web.locale import gettext
from config import MIB, Settings


def hand_in(session: Session, item_id: int, field: str, *, required: bool = False) -> int:
    """Hand in the files chosen in a field and return how many; the first one checks `head_n`.

    Raises BadInput where there is none but one is required, too many, or one too large.
    """
    files = [file for file in request.files.getlist(field) if file.filename]
    if required and not files:
        raise BadInput({field: "请选择文件"})
    _check(files, field)
    for n, file in enumerate(files):
        file.stream.seek(0)  # the transaction may be tried again
        blob = blobs.keep(session, rooms().store, file.stream, now())
        name = safe_name(file.filename or "")
        since = seen() if n == 0 else None
        work.hand_in(
            session, actor(), item_id, blob.id, name, now(), note=typed("note"), seen=since
        )
    return len(files)


def _check(files: list[FileStorage], field: str) -> None:
    settings = cast(Settings, current_app.extensions["caseflow.settings"])
    if len(files) > settings.max_files:
        raise BadInput({field: gettext("一次最多 %(n)s 个文件", n=settings.max_files)})
    for file in files:
        if file.stream.seek(0, os.SEEK_END) > settings.max_file:
            limit = settings.max_file // MIB
            raise BadInput({field: gettext("单个文件不超过 %(n)s MB", n=limit)})
