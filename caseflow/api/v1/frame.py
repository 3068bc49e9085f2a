"""What every answer to a machine shares: who it is, problem details, the size of what it sends.

A machine carries no cookie: it shows a token with every request, so no form of another site can
speak for it, and the forms' own token is not asked for.
"""

from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import wraps
from math import ceil
from typing import Any, ParamSpec, cast

from flask import Blueprint, Response, current_app, g, json, request
from werkzeug.exceptions import HTTPException, InternalServerError, RequestEntityTooLarge

from caseflow import clock
from caseflow.errors import BadInput, CaseflowError, MoveNotAllowed, NotFound, Unavailable
from caseflow.intake import limits
from caseflow.intake.exchange import Changed
from caseflow.intake.limits import Limit
from caseflow.intake.rooms import Rooms
from caseflow.people import tokens
from caseflow.people.tokens import Bearer

P = ParamSpec("P")
LARGEST = 2 * 1024 * 1024
PROBLEM = "application/problem+json"
TYPES = "urn:caseflow:problem:"

MOST = 300
"""Requests of one token in a minute, each of which may bring a hundred orders."""

blueprint = Blueprint("api", __name__, url_prefix="/api/v1")


class Unauthorized(CaseflowError):
    """Nobody is let in without a token that holds."""

    status = 401


class TooMany(CaseflowError):
    """A token asks more often than its share; `after`: in how many seconds it may ask again."""

    status = 429

    def __init__(self, after: int) -> None:
        super().__init__("请求太频繁，请稍后再试")
        self.after = after


def rooms() -> Rooms:
    """Return the database, key ring and file store of this process."""
    return cast(Rooms, current_app.extensions["caseflow.rooms"])


def bearer() -> Bearer:
    """Return who was let in."""
    return cast(Bearer, g.bearer)


def lets_in(role: str) -> Callable[[Callable[P, Response]], Callable[P, Response]]:
    """Let only a machine in that shows a token of a role, and not too often; the body is not read
    before.
    """

    def decorate(handler: Callable[P, Response]) -> Callable[P, Response]:
        @wraps(handler)
        def wrapped(*args: P.args, **kwargs: P.kwargs) -> Response:
            kind, _, shown = request.headers.get("Authorization", "").partition(" ")
            with rooms().database.read() as session:
                found = tokens.bearer(session, shown.strip(), role)
            if found is None or kind.lower() != "bearer":
                raise Unauthorized("令牌无效")
            _count(found)
            g.bearer = found
            return handler(*args, **kwargs)

        return wrapped

    return decorate


def _count(found: Bearer) -> None:
    """Count a request of a token. Raises TooMany and counts nothing where its share is used up."""
    limit = Limit(f"token {found.id}", MOST, timedelta(minutes=1))
    ring, at = rooms().ring, now()
    with rooms().database.read() as session:
        opens = limits.opens_at(session, ring, limit, at)
    if opens > at:
        raise TooMany(ceil((opens - at).total_seconds()))
    rooms().database.run(lambda session: limits.count(session, ring, limit, at))


def body() -> bytes:
    """Return what was sent, at most `LARGEST` bytes. Raises RequestEntityTooLarge."""
    request.max_content_length = LARGEST
    return request.get_data(cache=False)


def said() -> Any:
    """Return the JSON that was sent. Raises BadInput."""
    try:
        return json.loads(body())
    except (ValueError, RecursionError):
        raise BadInput({"": "不是 JSON"}) from None


def answer(value: Mapping[str, Any], status: int = 200) -> Response:
    """Answer with JSON."""
    return Response(f"{json.dumps(value)}\n", status, mimetype="application/json")


def problem_of(error: CaseflowError) -> dict[str, Any]:
    """Return what is wrong, for a machine to act on (RFC 9457)."""
    names: tuple[tuple[type[CaseflowError], str, str], ...] = (
        (Unauthorized, "unauthorized", "The token is missing, unknown or revoked"),
        (TooMany, "too-many", "This token asks too often"),
        (Changed, "changed", "Another content came under this id before"),
        (BadInput, "invalid", "Some fields cannot be taken"),
        (NotFound, "not-found", "There is no such order of yours"),
        (MoveNotAllowed, "conflict", "This cannot be done as things stand"),
        (Unavailable, "unavailable", "Try again later; nothing was kept"),
    )
    kinds = (one for one in names if isinstance(error, one[0]))
    _, name, title = next(kinds, (CaseflowError, "refused", "Refused"))
    told: dict[str, Any] = {"type": f"{TYPES}{name}", "title": title, "status": error.status}
    told["detail"] = str(error.told) or title
    if isinstance(error, Changed):
        told["differs"] = error.fields
    if isinstance(error, BadInput):
        told["errors"] = {name or "body": str(why) for name, why in error.fields.items()}
    return told


def _problem(told: Mapping[str, Any]) -> Response:
    response = Response(f"{json.dumps(told)}\n", told["status"], mimetype=PROBLEM)
    if told["status"] == 401:
        response.headers["WWW-Authenticate"] = 'Bearer realm="caseflow"'
    if told["status"] == 503:
        response.headers["Retry-After"] = "30"
    return response


@blueprint.errorhandler(CaseflowError)
def _refused(error: CaseflowError) -> Response:
    response = _problem(problem_of(error))
    if isinstance(error, TooMany):
        response.headers["Retry-After"] = str(error.after)
    return response


@blueprint.errorhandler(HTTPException)
def _http(error: HTTPException) -> Response:
    status = error.code or 500
    large = isinstance(error, RequestEntityTooLarge)
    name = "too-large" if large else "failed" if status >= 500 else "refused"
    detail = f"At most {LARGEST} bytes" if large else error.name
    title = error.name
    return _problem({"type": f"{TYPES}{name}", "title": title, "status": status, "detail": detail})


@blueprint.errorhandler(InternalServerError)
def _unforeseen(error: InternalServerError) -> Response:
    """Say it as JSON, which the page of the application is not, and log it as pages do; 503 where
    the database is away, so that the machine comes again.
    """
    note = cast(Callable[[InternalServerError], bool], current_app.extensions["caseflow.note"])
    if note(error):
        return _problem(problem_of(Unavailable("系统繁忙，请稍后再试")))
    return _http(InternalServerError())


def now() -> Any:
    """Return the moment of this request: read once."""
    if "api_now" not in g:
        g.api_now = clock.now()
    return g.api_now
