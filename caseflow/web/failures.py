"""Errors as pages: plain words, a next step, no technical talk, nothing typed in a log."""

import logging
from http import HTTPStatus

from flask import Flask, current_app, render_template, request, url_for
from flask_login import current_user
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, InternalServerError

from caseflow.db import is_down
from caseflow.errors import CaseflowError, SignedOut
from caseflow.web.edge import actor, signed_in
from caseflow.web.locale import gettext
from caseflow.web.login import home_of
from caseflow.web.proof import limits_told
from caseflow.web.trail import number
from caseflow.web.written import written

log = logging.getLogger(__name__)

_STAFF = ("/console", "/unit", "/account")
_PAGES = (400, 401, 403, 404, 409, 413, 423, 429, 500, 503)
_PLAIN = (401, 404, 423)
"""Nothing went wrong there that anybody would have to look up; and a page about something that is
kept from somebody is the very page about something that is not there.
"""
_BACK = {"/console/": "回到待办", "/unit/": "回到要办的事项", "/console/people": "回到人员与单位"}
Answer = tuple[str, int]


def _page(status: int, **values: object) -> Answer:
    shown = status if status in _PAGES else (400 if status < 500 else 500)
    home = home_of(actor()) if signed_in() else "/"
    label = gettext(_BACK[home]) if home in _BACK else ""
    values |= {"home_href": home, "home_label": label, "numbered": shown not in _PLAIN}
    page = render_template(f"errors/{shown}.html", **values)
    return page, status


def _explained(error: CaseflowError) -> Answer:
    if error.status == 503:
        return _page(503, typed=written(), reason=gettext(error.told))
    return _page(error.status, reason=gettext(error.told))


def _http(error: HTTPException) -> Answer:
    if error.code == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        return _page(error.code, limit_text=limits_told())
    return _page(error.code or 500)


def _signed_out(_error: SignedOut) -> Answer:
    """Give back what was written: whoever wrote it can copy it, sign in and send it again."""
    return _page(401, typed=written(), login_href=url_for("login.show", next=_before()))


def _csrf(_error: CSRFError) -> Answer:
    # Asked of the cookie itself: the token is looked at before anybody is named (`login._know`).
    if request.path.startswith(_STAFF) and not current_user.is_authenticated:
        return _signed_out(SignedOut())
    typed = written() if request.path.startswith(_STAFF) else []
    return _page(400, typed=typed, back_href=_before())


def _before() -> str:
    """Return the page that the form stood on, as far as its address tells; else nothing."""
    path = request.path
    address = current_app.url_map.bind("")
    while path := path.rpartition("/")[0]:
        for candidate in (path, f"{path}/"):
            if address.test(candidate, method="GET"):
                return candidate
    return ""


def _unforeseen(error: InternalServerError) -> Answer:
    """Name the error by the request's number.

    A database that is out of order is no error of ours, and comes back.
    """
    return _page(503 if note(error) else 500, typed=written())


def note(error: InternalServerError) -> bool:
    """Log an unforeseen error, its class and place only; tell whether the database is away."""
    cause = error.original_exception or error
    if is_down(cause):
        log.error("%s %s database down: %s", number(), request.endpoint, type(cause).__name__)
        return True
    trace, place = cause.__traceback__, "?"
    while trace is not None:
        place = f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}"
        trace = trace.tb_next
    log.error("%s %s %s at %s", number(), request.endpoint, type(cause).__name__, place)
    return False


class Quiet(Flask):
    """An application that leaves it to `_unforeseen` to log an error.

    Flask would log the whole trace, whose last line quotes the value that could not be taken:
    a reporter's words among them (design law 9).
    """

    def log_exception(self, exc_info: object) -> None:
        """Log nothing here."""


def install(app: Flask) -> None:
    """Answer every error with a page of our own."""
    app.extensions["caseflow.note"] = note  # for answers to machines, which are no pages
    app.register_error_handler(CaseflowError, _explained)
    app.register_error_handler(SignedOut, _signed_out)
    app.register_error_handler(CSRFError, _csrf)
    app.register_error_handler(InternalServerError, _unforeseen)
    app.register_error_handler(HTTPException, _http)
