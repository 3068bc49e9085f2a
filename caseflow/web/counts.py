"""What the navigation counts: what waits for whoever is signed in; and what the work list does.

Counting it is half of what a page asks of the database. A page that shows what is counted counts it
anew; the others show what this process counted for the person some seconds ago, until they send
something themselves. The same holds for the numbers in the menus of the work list where open cases
are so many that nobody could tell.
"""

import secrets
from dataclasses import dataclass, field
from typing import Generic, TypeVar, cast

from flask import Flask, Response, current_app, g, request
from flask import session as cookie
from flask_login import current_user
from sqlalchemy.orm import Session

from caseflow.clock import monotonic
from caseflow.db import plan_once
from caseflow.escalation import waiting as documents
from caseflow.ledger import listing
from caseflow.ledger import waiting as ledger
from caseflow.ledger.listing import Group
from caseflow.ledger.waiting import Waiting
from caseflow.publishing import waiting as circulars
from caseflow.web.edge import actor, can, now, read

FRESH_FOR = 10.0
"""Seconds that a count may lag behind what others did."""
MANY = 2_000
"""Open cases from which on they are not counted anew for each page of the work list: it takes
longer than all else on the page, and the more of them the longer."""
_MOST = 1000
_ACTED = "acted"
"""In the session's cookie: marks the last thing that its owner sent, in whichever process."""


T = TypeVar("T")


@dataclass(frozen=True)
class _Kept(Generic[T]):
    """What was counted, until when it holds, by person and what they sent last."""

    counted: dict[tuple[int, str], tuple[float, T]] = field(default_factory=dict)

    def of(self, key: tuple[int, str]) -> T | None:
        until, found = self.counted.get(key, (0.0, None))
        return found if monotonic() < until else None

    def keep(self, key: tuple[int, str], found: T) -> None:
        for old, (until, _) in list(self.counted.items()):
            if until <= monotonic():
                self.counted.pop(old, None)
        if len(self.counted) >= _MOST:
            self.counted.clear()
        self.counted[key] = monotonic() + FRESH_FOR, found


@dataclass(frozen=True)
class _Counts:
    """What one process keeps."""

    waiting: _Kept[Waiting] = field(default_factory=_Kept)
    groups: _Kept[list[Group]] = field(default_factory=_Kept)


def _kept() -> _Counts:
    return cast(_Counts, current_app.extensions["caseflow.waiting"])


def groups(session: Session) -> list[Group]:
    """Return the open cases of the scope by what lists are filtered by: counted now, or of very
    many what was counted some seconds ago.
    """
    kept = _kept().groups.of(_key())
    if kept is not None:
        return kept
    found = listing.groups(session, actor(), now())
    if sum(group.count for group in found) >= MANY:
        _kept().groups.keep(_key(), found)
    return found


def waiting(turns: int | None = None) -> Waiting:
    """Return what waits for whoever is signed in, counted now: for the lists that show it.

    `turns`: how many open cases are their turn, where a page counted them already.
    """
    found = Waiting()
    if can("ledger.read"):
        with read() as session:
            plan_once(session)
            found = ledger.waiting(session, actor(), turns, documents.mine, circulars.mine)
        _kept().waiting.keep(_key(), found)
    g.waiting = found
    return found


def _key() -> tuple[int, str]:
    return actor().person, cookie.get(_ACTED, "")


def nav_counts() -> dict[str, int]:
    """Return the counts beside the entries of the navigation (a template global)."""
    kept = _kept().waiting.of(_key()) if can("ledger.read") else Waiting()
    found = g.get("waiting") or kept or waiting()
    return {
        "work": found.cases,
        "check": found.checks,
        "orders": found.documents,
        "circulars": found.circulars,
    }


def _mark(response: Response) -> Response:
    # Whoever has just signed out leaves nothing in the cookie.
    sent = request.method not in ("GET", "HEAD")
    if sent and can("ledger.read") and current_user.is_authenticated:
        cookie[_ACTED] = secrets.token_urlsafe(6)
    return response


def install(app: Flask) -> None:
    """Keep what this application counts; whoever sends something has it counted anew."""
    forget(app)
    app.after_request(_mark)


def forget(app: Flask) -> None:
    """Forget whatever was counted: the application serves nobody yet."""
    app.extensions["caseflow.waiting"] = _Counts()
