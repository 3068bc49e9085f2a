"""Headers on every answer: a strict content policy, no framing, nothing of the office cached.
And what no address of ours can hold is refused before anything reads it.
"""

from flask import Flask, Response, abort, request
from werkzeug.routing import IntegerConverter, Map

from caseflow.refs import LARGEST_ID

_SOURCES = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "media-src": "'self'",
    "font-src": "'self'",
    "connect-src": "'self'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
    "base-uri": "'none'",
}
POLICY = "; ".join(f"{what} {whence}" for what, whence in _SOURCES.items())
_ALWAYS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}


def _guard(response: Response) -> Response:
    for name, value in _ALWAYS.items():
        response.headers.setdefault(name, value)
    if request.endpoint != "static":
        response.headers.setdefault("Cache-Control", "no-store")
    if request.is_secure:
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    return response


class Id(IntegerConverter):
    """The id of a row in an address; a number that no row can have is no address of ours."""

    def __init__(self, routes: Map) -> None:
        """Take numbers up to the largest id."""
        super().__init__(routes, max=LARGEST_ID)


def _no_nul() -> None:
    """Refuse an address with a NUL in it: PostgreSQL takes none in a text, and nobody types one."""
    if "\0" in request.path or any("\0" in value for value in request.args.values()):
        abort(404)


def install(app: Flask) -> None:
    """Put the headers on every answer, error pages included."""
    app.url_map.converters["int"] = Id
    app.before_request(_no_nul)
    app.after_request(_guard)
