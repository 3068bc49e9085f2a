"""One line in the log for each request, and the number by which whoever asked can name it.

The line holds the route as it is written in the code, never the address: numbers of cases, names of
files and what was searched for stand in addresses. Nor does it say who asked, or from where.
"""

import logging
import secrets
from typing import cast

from flask import Flask, Response, current_app, g, request

from caseflow.clock import monotonic
from caseflow.web.counting import Counts

log = logging.getLogger("caseflow.request")


def number() -> str:
    """Return the number of this request: eight digits, which are easily said on the telephone."""
    if "request_number" not in g:
        g.request_number = f"{secrets.randbelow(10**8):08d}"
    return cast(str, g.request_number)


def counts() -> Counts:
    """Return what was counted by this process and those it was forked with."""
    return cast(Counts, current_app.extensions["caseflow.counts"])


def _begin() -> None:
    g.began = monotonic()


def _end(response: Response) -> Response:
    response.headers["X-Request-Id"] = number()
    if request.endpoint == "static":
        return response
    route = request.url_rule.rule if request.url_rule else ""
    now = monotonic()
    seconds = now - g.get("began", now)  # never less than nothing: the counts take no such thing
    counts().note(route, response.status_code, seconds)
    said = {
        "request": number(),
        "route": route,
        "method": request.method,
        "status": response.status_code,
        "ms": round(seconds * 1000, 1),
    }
    log.info("request", extra={"said": said})
    return response


def install(app: Flask) -> None:
    """Watch every request from its very beginning; to be called before other parts are."""
    app.before_request(_begin)
    app.after_request(_end)
    app.context_processor(lambda: {"request_number": number})


def begin_counting(app: Flask) -> None:
    """Make room for the counts; to be called when every route is known."""
    routes = dict.fromkeys(rule.rule for rule in app.url_map.iter_rules())
    app.extensions["caseflow.counts"] = Counts(list(routes))
