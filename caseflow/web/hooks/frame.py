"""What every hook has in common: who may call it, how much it may say, what it hears of a refusal.

A hook knows no cookie, no form token and no language, and is answered in plain text. Whoever calls
proves who they are with each call (decision 61); whoever does not is told 403 and nothing else.
Every hook is harmless when the same call comes again: a provider that got no answer calls again.
"""

import hashlib
import hmac
import json
from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec, cast

from flask import Blueprint, Response, abort, current_app, request
from werkzeug.exceptions import HTTPException, InternalServerError

from caseflow.errors import CaseflowError
from caseflow.intake.telephony import Signatures
from caseflow.web import edge, failures
from config import SHORTEST_SECRET

P = ParamSpec("P")
Answer = Response

LARGEST = 64 * 1024
"""Bytes that a hook may be told, unless it says otherwise (`holds`)."""
LATE_SECONDS = 300
"""So old, or so far ahead of our clock, may a signed call be."""
SIGNATURE = "X-Caseflow-Signature"

_DIGITS = 12  # of a moment in seconds

blueprint = Blueprint(edge.HOOKS, __name__, url_prefix="/hooks")


@blueprint.before_request
def _bound() -> None:
    handler = current_app.view_functions[request.endpoint or ""]
    request.max_content_length = getattr(handler, "holds", LARGEST)


@blueprint.errorhandler(HTTPException)
def _refused(error: HTTPException) -> Answer:
    return plain("", error.code or 500)


@blueprint.errorhandler(CaseflowError)
def _not_now(error: CaseflowError) -> Answer:
    return plain("", error.status)


@blueprint.errorhandler(InternalServerError)
def _unforeseen(error: InternalServerError) -> Answer:
    """Say 503 where the database is away, so that the provider calls again; log as pages do."""
    return plain("", 503 if failures.note(error) else 500)


def plain(words: str = "ok\n", status: int = 200) -> Answer:
    """Return an answer for a machine."""
    return Response(words, status=status, mimetype="text/plain")


def by_twilio(handler: Callable[P, Answer]) -> Callable[P, Answer]:
    """Let a hook be called by Twilio alone, which signs address and form.

    The address is the public one, whatever a proxy made of it. Without an account there is nobody
    who could have signed.
    """

    @wraps(handler)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> Answer:
        twilio = cast(Signatures | None, current_app.extensions["caseflow.twilio"])
        signature = request.headers.get("X-Twilio-Signature", "")
        if twilio is None or not signature or request.mimetype != _FORM:
            abort(403)
        form = dict(request.form.lists())
        if not twilio.signed(public_address(), form, signature):
            abort(403)
        return handler(*args, **kwargs)

    return guarded


_FORM = "application/x-www-form-urlencoded"


def public_address() -> str:
    """Return the address of this request as the provider knows it, query and all."""
    query = request.query_string.decode("ascii", "replace")
    base = edge.settings().public_url.rstrip("/")
    return f"{base}{request.path}{f'?{query}' if query else ''}"


def by_secret(handler: Callable[P, Answer]) -> Callable[P, Answer]:
    """Let a hook be called by whoever has the secret of the hooks, over body and time.

    `X-Caseflow-Signature: t=UNIX,v1=HEX`, where HEX is HMAC-SHA256 of `t`, a full stop and the
    body. The secret itself never travels, and what was overheard is of no use after five minutes.
    """

    @wraps(handler)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> Answer:
        secret = edge.settings().hook_secret
        if len(secret) < SHORTEST_SECRET or not _fresh_and_signed(secret.encode()):
            abort(403)
        return handler(*args, **kwargs)

    return guarded


def _fresh_and_signed(secret: bytes) -> bool:
    said = dict(part.partition("=")[::2] for part in request.headers.get(SIGNATURE, "").split(","))
    at = said.get("t", "")
    if not (at.isascii() and at.isdecimal() and len(at) <= _DIGITS):
        return False
    if abs(edge.now().timestamp() - int(at)) > LATE_SECONDS:
        return False
    body = request.get_data(cache=True)
    right = hmac.new(secret, f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    return hmac.compare_digest(right.encode(), said.get("v1", "").encode())


def told() -> dict[str, Any]:
    """Return what a generic hook was told: one JSON object. Answers 400 where it is none."""
    try:
        said = json.loads(request.get_data(cache=True))
    except (ValueError, RecursionError):
        abort(400)
    if not isinstance(said, dict):
        abort(400)
    return said
