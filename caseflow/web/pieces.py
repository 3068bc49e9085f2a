"""Large files in pieces (the core of tus 1.0, with the secret in a header instead of the address,
which is logged), at whichever doors offer them.

POST begins one, GET says how far it is, PATCH adds a piece, DELETE forgets it; a POST to `/whole`
joins the pieces and names what the form then sends. Script does this; without it nothing is asked.
"""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, jsonify, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from caseflow.errors import BadInput, NotFound, Unavailable
from caseflow.files import blobs
from caseflow.intake import pieces
from caseflow.intake.pieces import Allowed, Stand, WrongPlace
from caseflow.refs import whole
from caseflow.web import edge, proof
from caseflow.web.locale import gettext

_DAMAGED = 460
"""What tus answers to a piece whose checksum does not fit."""

Key = Callable[[], str]
"""The key that files of the form wait under whose number came along; empty for none of ours."""
Guard = Callable[[Callable[..., Any]], Callable[..., Any]]
_STALE = "这一页放得太久，请刷新后再选文件。"


def offer(door: Blueprint, at: str, key: Key, form: str, guard: Guard = lambda view: view) -> None:
    """Let a door's forms send large files to the address `at`; `form`: where somebody is led who
    opens that address; `guard`: who may.
    """

    def begin_pieces() -> Response:
        return _begin(key())

    def stand_of_pieces() -> AnyResponse:
        return _stand() if _token() else redirect(url_for(form))

    def join_pieces() -> Response:
        return _join(key())

    for view, methods, where in (
        (begin_pieces, ["POST"], at),
        (stand_of_pieces, ["GET"], at),
        (_add_piece, ["PATCH"], at),
        (_cancel_pieces, ["DELETE"], at),
        (join_pieces, ["POST"], f"{at}/whole"),
    ):
        name = view.__name__.lstrip("_")
        door.add_url_rule(where, name, guard(view), methods=methods)


def _begin(key: str) -> Response:
    """Begin a file: `name`, `size` and the form's own number and token come as a form."""
    if not key:
        return _told(403, gettext(_STALE))
    settings, rooms, name = edge.settings(), edge.rooms(), edge.typed("name")
    size = whole(edge.typed("size")) or 0
    allowed = Allowed(settings.max_large, settings.max_files)
    try:
        token = edge.change(lambda s: pieces.begin(s, rooms, key, name, size, allowed, edge.now()))
    except BadInput as wrong:
        return _told(422, gettext(wrong.fields["file"]))
    answer = jsonify(token=token, piece=pieces.PIECE)
    answer.status_code = 201
    return answer


def _stand() -> Response:
    """Say how far a file has come."""

    def asked() -> Response:
        with edge.read() as session:
            return _stands(200, pieces.stand(session, edge.rooms(), _token(), edge.now()))

    return _answered(asked)


def _add_piece() -> Response:
    """Add a piece from `Upload-Offset` on; another place is refused with the right one."""
    if not 0 < (request.content_length or 0) <= pieces.PIECE:
        return _told(413, gettext("这一段太大或是空的"))
    place, token = whole(request.headers.get("Upload-Offset", "")), _token()
    content = request.get_data(cache=False)
    if place is None or len(content) != request.content_length:
        return _told(400, gettext("这一段不完整"))
    if not _sound(content):
        return _told(_DAMAGED, gettext("这一段在路上损坏了"))

    def added() -> Response:
        rooms, now = edge.rooms(), edge.now()
        with edge.read() as session:  # a stranger's bytes do not reach the store
            known = pieces.stand(session, rooms, token, now)
        if known.received != place:
            raise WrongPlace(known.received)
        lies = blobs.put(rooms.store, content)
        return _stands(204, edge.change(lambda s: pieces.add(s, rooms, token, place, lies, now)))

    return _answered(added)


def _cancel_pieces() -> Response:
    """Forget a file that was begun."""

    def cancelled() -> Response:
        token = _token()
        edge.change(lambda s: pieces.cancel(s, edge.rooms(), token, edge.now()))
        return Response(status=204)

    return _answered(cancelled)


def _join(key: str) -> Response:
    """Join the pieces for the form whose number came along, and say how it names the file."""
    if not key:
        return _told(403, gettext(_STALE))

    def joined() -> Response:
        kept = pieces.finish(edge.rooms(), _token(), key, edge.now())
        return jsonify(kept=kept.token, name=kept.name, size=proof.size_text(kept.size))

    return _answered(joined)


def _token() -> str:
    return request.headers.get("Upload-Token", "")[:100]


def _answered(work: Callable[[], Response]) -> Response:
    if not _token():
        return _told(400, gettext("这一段不完整"))
    try:
        return work()
    except WrongPlace as wrong:
        answer = _told(409, gettext(wrong.told))
        answer.headers["Upload-Offset"] = str(wrong.received)
        return answer
    except NotFound as gone:
        return _told(404, gettext(gone.told))
    except BadInput as busy:
        return _told(503, gettext(busy.fields["file"]))
    except Unavailable as away:
        return _told(503, gettext(away.told))


def _stands(status: int, now: Stand) -> Response:
    headers = {"Upload-Offset": str(now.received), "Upload-Length": str(now.size)}
    return Response(status=status, headers=headers)


def _told(status: int, said: str) -> Response:
    answer = jsonify(told=said)
    answer.status_code = status
    return answer


def _sound(content: bytes) -> bool:
    """Tell whether a piece is what was sent, where its sender said what that was."""
    way, _, said = request.headers.get("Upload-Checksum", "").partition(" ")
    if not way:
        return True
    try:
        sent = base64.b64decode(said, validate=True)
    except (binascii.Error, ValueError):
        return False
    return way == "sha256" and hmac.compare_digest(sent, hashlib.sha256(content).digest())
