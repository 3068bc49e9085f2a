"""What the form of the public offers to choose from, as this process read it some seconds ago.

The lists are the same for everybody and change a few times a year, and a city's has hundreds of
schools: reading them was half of what the form asked of the database, and twice for each report.
"""

from dataclasses import dataclass
from typing import cast

from flask import Flask, Response, current_app, request
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from caseflow.clock import monotonic
from caseflow.intake import places
from caseflow.intake.places import Places
from caseflow.web import edge

FRESH_FOR = 10.0
"""Seconds after which the lists are read again: what another process changed is offered then."""
_NAME = "caseflow.offer"


_NONE = Places((), ())


@dataclass
class _Kept:
    until: float = 0.0
    found: Places = _NONE


def _kept() -> _Kept:
    return cast(_Kept, current_app.extensions[_NAME])


def lists() -> Places:
    """Return the lists of the form, at most ten seconds old."""
    kept = _kept()
    return kept.found if monotonic() < kept.until else read()


def read() -> Places:
    """Return the lists as they are now: for a form that names what the kept ones do not know."""
    kept = _kept()
    with edge.read() as session:
        kept.found = places.offered(session, edge.rooms().area)
    kept.until = monotonic() + FRESH_FOR
    return kept.found


def if_any() -> Places:
    """Return the lists of the form, empty where even they cannot be read now."""
    try:
        return lists()
    except (DBAPIError, PoolTimeout):
        return _NONE


def _changed(response: Response) -> Response:
    # Whoever adds a school and looks at the form must see it there.
    if edge.signed_in() and request.method not in ("GET", "HEAD"):
        forget(current_app)
    return response


def install(app: Flask) -> None:
    """Keep the lists until somebody of the office sends something."""
    forget(app)
    app.after_request(_changed)


def forget(app: Flask) -> None:
    """Forget the lists, which may be those of another office now."""
    app.extensions[_NAME] = _Kept()
