"""Errors as pages: plain words, a next step, no technical talk, nothing typed in a log."""

import logging
import secrets

from flask import Flask, render_template, request
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, InternalServerError

from caseflow.errors import CaseflowError
from caseflow.web.edge import actor, signed_in
from caseflow.web.locale import gettext
from caseflow.web.login import home_of

log = logging.getLogger(__name__)

_PAGES = (400, 403, 404, 409, 413, 429, 500, 503)
Answer = tuple[str, int]


def _page(status: int, **values: object) -> Answer:
    shown = status if status in _PAGES else (400 if status < 500 else 500)
    home = home_of(actor()) if signed_in() else "/"
    return render_template(f"errors/{shown}.html", home_href=home, **values), status


def _explained(error: CaseflowError) -> Answer:
    return _page(error.status, reason=gettext(error.told))


def _http(error: HTTPException) -> Answer:
    return _page(error.code or 500)


def _csrf(_error: CSRFError) -> Answer:
    return _page(400, reason=gettext("页面放得太久，请返回上一页刷新后再提交。您写的内容还在。"))


def _unforeseen(error: InternalServerError) -> Answer:
    """Name the error by a number that the log has too; the log has the class and the place only."""
    number = secrets.token_hex(4)
    cause = error.original_exception or error
    trace, place = cause.__traceback__, "?"
    while trace is not None:
        place = f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}"
        trace = trace.tb_next
    log.error("%s %s %s at %s", number, request.endpoint, type(cause).__name__, place)
    return _page(500, error_ref=number)


class Quiet(Flask):
    """An application that leaves it to `_unforeseen` to log an error.

    Flask would log the whole trace, whose last line quotes the value that could not be taken:
    a reporter's words among them (design law 9).
    """

    def log_exception(self, exc_info: object) -> None:
        """Log nothing here."""


def install(app: Flask) -> None:
    """Answer every error with a page of our own."""
    app.register_error_handler(CaseflowError, _explained)
    app.register_error_handler(CSRFError, _csrf)
    app.register_error_handler(InternalServerError, _unforeseen)
    app.register_error_handler(HTTPException, _http)
