"""A move says what happened: one event row, written in the move's own transaction.

Who is to be told, and in which words, is decided later by rules that the ledger does not know.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from caseflow.many import add_many
from caseflow.outbox.tables import Event, Message

JSON = dict[str, "JSON"] | list["JSON"] | str | int | float | bool | None

NOTHING: Mapping[str, JSON] = {}


@dataclass(frozen=True)
class News:
    """What `emit` takes, as a value, for moves that report many things at once."""

    name: str
    case_id: int | None
    at: datetime
    body: Mapping[str, JSON] = field(default_factory=dict)
    urgent: bool = False
    quiet: bool = False


def emit(
    session: Session,
    name: str,
    *,
    case_id: int | None,
    at: datetime,
    body: Mapping[str, JSON] = NOTHING,
    urgent: bool = False,
    quiet: bool = False,
) -> Event:
    """Record that `name` happened at `at` (aware) and return the row; its id comes with the flush.

    `body` holds plain references only, never case text and never an identity. A quiet event is
    recorded as expanded already: it stands in the ledger and nobody is told. Raises TypeError or
    ValueError when `body` is not JSON.
    """
    event = Event(**_row(News(name, case_id, at, body, urgent, quiet)))
    session.add(event)
    return event


def emit_many(session: Session, news: Iterable[News]) -> int:
    """Record many events with one statement, in the order given; return how many."""
    rows = [_row(one) for one in news]
    add_many(session, Event, rows)
    return len(rows)


def hush(session: Session, cases: Any, now: datetime) -> None:
    """Let nobody be told any more of cases that never should have been: what waits to be told, and
    what waits to be sent. `cases`: a query for their ids.
    """
    told = {"quiet": True, "expanded_at": now}
    events = update(Event).where(Event.case_id.in_(cases), Event.expanded_at.is_(None))
    waiting = update(Message).where(Message.case_id.in_(cases), Message.state == "pending")
    for query in (events.values(**told), waiting.values(state="discarded")):
        session.execute(query.execution_options(synchronize_session=False))


def body_of(event: Event) -> dict[str, Any]:
    """Return the body of an event as it was emitted."""
    body: dict[str, Any] = json.loads(event.body)
    return body


def canonical(body: Mapping[str, JSON]) -> str:
    """Return `body` as JSON text that is the same for the same content."""
    return _plainly(body)


_plainly = json.JSONEncoder(
    ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
).encode


def _row(news: News) -> dict[str, Any]:
    return {
        "name": news.name,
        "case_id": news.case_id,
        "at": news.at,
        "body": canonical(news.body),
        "urgent": news.urgent,
        "quiet": news.quiet,
        "not_before": news.at,
        "expanded_at": news.at if news.quiet else None,
    }
