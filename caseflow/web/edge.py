"""Where a request meets the house: its rooms, its actor, its transaction.

The person is loaded in a read that ends before the handler runs; a handler hands a piece of work
to `change`, which runs it in one transaction and tries again when the database asks (engine 2, 3).
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from functools import wraps
from typing import ParamSpec, TypeVar, cast

from flask import Response, current_app, g, redirect, request, url_for
from sqlalchemy.orm import Session

from caseflow import clock, refs
from caseflow.errors import SignedOut
from caseflow.intake.channels.webform import legible
from caseflow.intake.rooms import Rooms
from caseflow.paper.sheets import Typesetter
from caseflow.people.actor import Actor
from caseflow.people.permissions import may, require
from config import Settings

T = TypeVar("T")
P = ParamSpec("P")


def rooms() -> Rooms:
    """Return the database, key ring and file store of this process."""
    return cast(Rooms, current_app.extensions["caseflow.rooms"])


def settings() -> Settings:
    """Return the settings of this process."""
    return cast(Settings, current_app.extensions["caseflow.settings"])


def typesetter() -> Typesetter:
    """Return what sets documents in this process. Raises Unavailable without fonts."""
    return cast(Callable[[], Typesetter], current_app.extensions["caseflow.typesetter"])()


def now() -> datetime:
    """Return the moment of this request: read once, the same for everything it does."""
    if "now" not in g:
        g.now = clock.now()
    return cast(datetime, g.now)


def actor() -> Actor:
    """Return who is signed in; a page without `needs` must not ask."""
    return cast(Actor, g.actor)


def signed_in() -> bool:
    """Tell whether somebody of the office or of a unit is signed in."""
    return g.get("actor") is not None


def can(permission: str) -> bool:
    """Tell whether whoever is signed in carries a permission (also a template global)."""
    return signed_in() and may(actor(), permission)


@contextmanager
def read() -> Iterator[Session]:
    """Yield a session that can only read: within another of the request, that one.

    A page's frame reads while the page does; with a connection each, a few of them at once could
    wait for one another until the pool gives up.
    """
    if "reading" in g:
        yield g.reading
        return
    with rooms().database.read() as session:
        g.reading = session
        try:
            yield session
        finally:
            del g.reading


def change(work: Callable[[Session], T]) -> T:
    """Run `work` in one transaction and return what it returns; nothing is kept if it raises."""
    return rooms().database.run(work)


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
