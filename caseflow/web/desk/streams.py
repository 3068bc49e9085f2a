"""While it rings: server-sent events that tell the desk's page to look again.

A stream holds a thread of the server, so only so many are open in a process; whoever comes later is
told so and looks every few seconds. Between two looks a stream holds no connection to the database,
and it ends by itself before long: the browser opens it anew, and who asks is checked again.
"""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from threading import BoundedSemaphore, Event
from typing import cast

from flask import Response, current_app
from flask.blueprints import BlueprintSetupState

from caseflow import clock
from caseflow.db import Database
from caseflow.errors import Unavailable
from caseflow.intake import call_lists
from caseflow.people.actor import Actor
from caseflow.web import edge
from caseflow.web.desk.frame import Page, blueprint
from caseflow.web.edge import needs

EVERY = 1.0
AGAIN_MS = 1000
"""A stream looks every so many seconds; where it came to its end the browser is back after so long.
"""


@dataclass
class Streams:
    """The streams of one process. `at_most`: so many threads more the servers have than pages need
    (`caseflow.serving`, deploy/gunicorn.conf.py); `looks`: how often one looks before it ends, soon
    enough that a restart need not wait for it.
    """

    at_most: int = 4
    looks: int = 20
    places: BoundedSemaphore = field(init=False)
    never: Event = field(init=False, default_factory=Event)

    def __post_init__(self) -> None:
        """Make as many places as may be taken at once."""
        self.places = BoundedSemaphore(self.at_most)


@blueprint.record
def _prepared(state: BlueprintSetupState) -> None:
    state.app.extensions["caseflow.streams"] = Streams()


@blueprint.get("/ringing/stream")
@needs("desk.log")
def ringing_stream() -> Page:
    """Tell, as long as it lasts, whenever something rings or has ceased to."""
    streams = cast(Streams, current_app.extensions["caseflow.streams"])
    if not streams.places.acquire(blocking=False):
        return _events(iter(["event: full\ndata:\n\n"]))
    stream = _Stream(streams, edge.rooms().database, edge.actor())
    answer = _events(stream)
    answer.call_on_close(stream.close)
    return answer


def _events(found: Iterator[str]) -> Response:
    answer = Response(found, mimetype="text/event-stream")
    answer.headers["X-Accel-Buffering"] = "no"
    return answer


class _Stream:
    """One stream; its place is free again when it is closed, however it came to its end."""

    def __init__(self, streams: Streams, database: Database, actor: Actor) -> None:
        self._streams, self._database, self._actor = streams, database, actor
        self._said, self._looks, self._closed = "", 0, False

    def __iter__(self) -> "_Stream":
        return self

    def __next__(self) -> str:
        """Return the next event: that nothing is new is one, or nobody knew a stream that is held
        back on its way from one that is silent.
        """
        if self._looks == 0:
            self._looks = 1
            return f"retry: {AGAIN_MS}\n\n"
        if self._looks > self._streams.looks or self._closed:
            raise StopIteration
        if self._looks > 1:
            self._streams.never.wait(EVERY)
        self._looks += 1
        mark = self._said
        with suppress(Unavailable), self._database.read() as session:
            mark = call_lists.mark(session, self._actor, clock.now())
        if mark == self._said:
            return "event: alive\ndata:\n\n"
        self._said = mark
        return "event: rings\ndata:\n\n"

    def close(self) -> None:
        """Give the place back, once."""
        if not self._closed:
            self._closed = True
            self._streams.places.release()
