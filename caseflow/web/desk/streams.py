"""While it rings: server-sent events that tell the desk's page to look again.

A stream holds a thread of the server, so only so many are open in a process; whoever comes later is
told so and looks every few seconds. Between two looks a stream holds no connection to the database,
and it ends by itself before long: the browser opens it anew, and who asks is checked again.
"""

from collections.abc import Iterator
from contextlib import suppress
from threading import BoundedSemaphore, Event

from flask import Response

from caseflow import clock
from caseflow.db import Database
from caseflow.errors import Unavailable
from caseflow.intake import call_lists
from caseflow.people.actor import Actor
from caseflow.web import edge
from caseflow.web.desk.frame import Page, blueprint
from caseflow.web.edge import needs

OPEN_AT_MOST = 3
"""Streams in one process, of the eight threads that `caseflow.serving` gives it."""

LOOKS = 50
EVERY = 1.0
AGAIN_MS = 1000
"""A stream looks so often, so many seconds apart; the browser comes back after so long."""

_open = BoundedSemaphore(OPEN_AT_MOST)
_never = Event()


@blueprint.get("/ringing/stream")
@needs("desk.log")
def ringing_stream() -> Page:
    """Tell, as long as it lasts, whenever something rings or has ceased to."""
    if not _open.acquire(blocking=False):
        return _events(iter(["event: full\ndata:\n\n"]))
    stream = _Stream(edge.rooms().database, edge.actor())
    answer = _events(stream)
    answer.call_on_close(stream.close)
    return answer


def _events(found: Iterator[str]) -> Response:
    answer = Response(found, mimetype="text/event-stream")
    answer.headers["X-Accel-Buffering"] = "no"
    return answer


class _Stream:
    """One stream; its place is free again when it is closed, however it came to its end."""

    def __init__(self, database: Database, actor: Actor) -> None:
        self._database, self._actor = database, actor
        self._said, self._looks, self._closed = "", 0, False

    def __iter__(self) -> "_Stream":
        return self

    def __next__(self) -> str:
        """Return the next event, or a comment that finds out whether anybody listens."""
        if self._looks == 0:
            self._looks = 1
            return f"retry: {AGAIN_MS}\n\n"
        if self._looks > LOOKS or self._closed:
            raise StopIteration
        if self._looks > 1:
            _never.wait(EVERY)
        self._looks += 1
        mark = self._said
        with suppress(Unavailable), self._database.read() as session:
            mark = call_lists.mark(session, self._actor, clock.now())
        if mark == self._said:
            return ":\n\n"
        self._said = mark
        return "event: rings\ndata:\n\n"

    def close(self) -> None:
        """Give the place back, once."""
        if not self._closed:
            self._closed = True
            _open.release()
