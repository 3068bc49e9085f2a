"""Large files of the public in pieces (the core of tus 1.0, with the secret in a header instead of
the address, which is logged).

POST begins one, GET says how far it is, PATCH adds a piece, DELETE forgets it; a POST to `/whole`
joins the pieces and names what the form then sends. Script does this; without it nothing is asked.
"""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Callable

from flask import Response, jsonify, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from caseflow.errors import BadInput, NotFound, Unavailable
from caseflow.files import blobs
from caseflow.intake import pieces
from caseflow.intake.channels import webform
from caseflow.intake.pieces import Allowed, Stand, WrongPlace
from caseflow.refs import whole
from caseflow.web import edge, proof
from caseflow.web.locale import gettext
from caseflow.web.public import guard
from caseflow.web.public.frame import blueprint

_DAMAGED = 460
"""What tus answers to a piece whose checksum does not fit."""


@blueprint.post("/report/pieces")
def begin_pieces() -> Response:
    """Begin a file: `name`, `size` and the form's own number and token come as a form."""
    nonce, size = edge.typed("nonce"), whole(edge.typed("size")) or 0
    if not (guard.proven() and webform.is_nonce(nonce)):
        return _told(403, gettext("这一页放得太久，请刷新后再选文件。"))
    settings, rooms, name = edge.settings(), edge.rooms(), edge.typed("name")
    allowed = Allowed(settings.max_large, settings.max_files)
    key = webform.key_of(nonce)
    try:
        token = edge.change(lambda s: pieces.begin(s, rooms, key, name, size, allowed, edge.now()))
    except BadInput as wrong:
        return _told(422, gettext(wrong.fields["file"]))
    answer = jsonify(token=token, piece=pieces.PIECE)
    answer.status_code = 201
    return answer


@blueprint.get("/report/pieces")
def stand_of_pieces() -> AnyResponse:
    """Say how far a file has come; where somebody opens the address, show the form."""
    if not _token():
        return redirect(url_for("public.form"))

    def asked() -> Response:
        with edge.read() as session:
            return _stands(200, pieces.stand(session, edge.rooms(), _token(), edge.now()))

    return _answered(asked)


@blueprint.patch("/report/pieces")
def add_piece() -> Response:
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


@blueprint.delete("/report/pieces")
def cancel_pieces() -> Response:
    """Forget a file that was begun."""

    def cancelled() -> Response:
        token = _token()
        edge.change(lambda s: pieces.cancel(s, edge.rooms(), token, edge.now()))
        return Response(status=204)

    return _answered(cancelled)


@blueprint.post("/report/pieces/whole")
def join_pieces() -> Response:
    """Join the pieces for the form whose number comes along, and say how it names the file."""
    nonce = edge.typed("nonce")
    if not (guard.proven() and webform.is_nonce(nonce)):
        return _told(403, gettext("这一页放得太久，请刷新后再选文件。"))

    def joined() -> Response:
        kept = pieces.finish(edge.rooms(), _token(), webform.key_of(nonce), edge.now())
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
