"""Where a request meets the house: its rooms, its actor, its transaction.

A page that is looked at reads in one transaction. Where something was sent, whoever sent it is
loaded in a read that ends before the handler runs; a handler hands a piece of work to `change`,
which runs it in one transaction and tries again when the database asks (engine 2, 3).
"""

import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import date, datetime
from functools import wraps
from typing import Any, ParamSpec, TypeVar, cast

from flask import Flask, Response, current_app, g, has_request_context, redirect, request, url_for
from sqlalchemy.orm import Session

from caseflow import clock, refs
from caseflow.errors import SignedOut
from caseflow.intake.channels.handed.files import Sheets
from caseflow.intake.channels.webform import legible
from caseflow.intake.old_ledger.desk import Desk
from caseflow.intake.rooms import Rooms
from caseflow.paper.sheets import Typesetter
from caseflow.people.actor import Actor
from caseflow.people.permissions import may, require
from config import Settings

HOOKS = "hooks"
"""The blueprint that machines call: nobody is signed in there, and no language is chosen."""

T = TypeVar("T")
P = ParamSpec("P")


def rooms() -> Rooms:
    """Return the database, key ring and file store of this process."""
    return cast(Rooms, current_app.extensions["caseflow.rooms"])


def settings() -> Settings:
    """Return the settings of this process."""
    return cast(Settings, current_app.extensions["caseflow.settings"])


def scans() -> bool:
    """Tell whether files are handed out only once a scanner has seen them."""
    return bool(settings().clamav)


def typesetter() -> Typesetter:
    """Return what sets documents in this process. Raises Unavailable without fonts."""
    return cast(Callable[[], Typesetter], current_app.extensions["caseflow.typesetter"])()


def ledgers() -> Desk:
    """Return the desk at which ledgers that offices kept before are taken over."""
    return cast(Callable[[], Desk], current_app.extensions["caseflow.ledgers"])()


def sheets() -> Sheets:
    """Return what reads workbooks of other offices; its library is loaded with the first one."""
    return cast(Sheets, current_app.extensions["caseflow.sheets"])


def now() -> datetime:
    """Return the moment of this request: read once, the same for everything it does."""
    if "now" not in g:
        g.now = clock.now()
    return cast(datetime, g.now)


def actor() -> Actor:
    """Return who is signed in; a page without `needs` must not ask."""
    return cast(Actor, g.actor)


def by_machine() -> bool:
    """Tell whether a provider calls one of our hooks."""
    return has_request_context() and request.blueprint == HOOKS


def signed_in() -> bool:
    """Tell whether somebody of the office or of a unit is signed in."""
    return g.get("actor") is not None


def can(permission: str) -> bool:
    """Tell whether whoever is signed in carries a permission (also a template global)."""
    return signed_in() and may(actor(), permission)


@contextmanager
def read() -> Iterator[Session]:
    """Yield a session that can only read.

    A page that is only looked at reads everything in one transaction, from who asks to what its
    frame counts; its connection goes back when the answer is ready. Where something was sent, each
    read is one of its own, so that it sees what was written before. Within another it is that one:
    with a connection each, a few at once could wait for one another until the pool gives up.
    """
    if "reading" not in g:
        g.held, g.depth = ExitStack(), 0
        g.reading = g.held.enter_context(rooms().database.read())
    g.depth += 1
    try:
        yield g.reading
    except BaseException:
        g.depth -= 1
        if not g.depth:  # after a statement that failed PostgreSQL refuses every other
            _stop_reading(*sys.exc_info())
        raise
    g.depth -= 1
    if not g.depth and not _only_looks():
        _stop_reading()


def _only_looks() -> bool:
    return has_request_context() and request.method in ("GET", "HEAD")


def _stop_reading(*error: Any) -> None:
    """Give the connection back, after an error as if it had been raised in the transaction."""
    if g.pop("reading", None) is not None:
        g.held.__exit__(*(error or (None, None, None)))


def change(work: Callable[[Session], T]) -> T:
    """Run `work` in one transaction and return what it returns; nothing is kept if it raises."""
    if not g.get("depth"):
        _stop_reading()  # what is read after this sees what was written
    return rooms().database.run(work)


def install(app: Flask) -> None:
    """Let a request give back its connection when its answer is ready."""
    app.teardown_request(lambda _error: _stop_reading())


def needs(permission: str) -> Callable[[Callable[P, T]], Callable[P, T | Response]]:
    """Let a handler run only for people with `permission`; others sign in or are refused.

    What was sent by nobody raises SignedOut, whose page shows what was written.
    """

    def guard(handler: Callable[P, T]) -> Callable[P, T | Response]:
        @wraps(handler)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> T | Response:
            if not signed_in():
                if request.method != "GET":
                    raise SignedOut
                back = request.full_path.rstrip("?")
                return cast(Response, redirect(url_for("login.show", next=back)))
            require(actor(), permission)
            return handler(*args, **kwargs)

        guarded.needs = permission  # type: ignore[attr-defined]  # a test walks every route by it
        return guarded

    return guard


def typed(name: str) -> str:
    """Return one field of the posted form, trimmed and without what no database takes."""
    return legible(request.form.get(name, "")).strip()


def typed_day(name: str) -> date | None:
    """Return a day of the posted form; None where nothing, or no day, was sent."""
    try:
        return date.fromisoformat(typed(name))
    except ValueError:
        return None


def seen() -> int | None:
    """Return the history number that the form was made from; None when it carries none."""
    return refs.whole(typed("head_n"))
