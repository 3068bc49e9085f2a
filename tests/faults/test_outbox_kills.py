"""Kills at arbitrary moments: no message is lost, and repeats are no more than were counted."""

import shutil
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select, text

from caseflow.db import Database
from caseflow.outbox.events import body_of
from caseflow.outbox.metrics import figures
from caseflow.outbox.tables import Event, Message
from tests.outbox.carriers import Carriers
from tests.outbox.house import tell
from tests.postgres import Postgres

KILLS = 12
EVENTS = 150


@pytest.fixture(params=["embedded-sqlite", "embedded-postgresql", "rq"])
def carriers(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Carriers]:
    """Carriers on a database of their own."""
    if request.param == "embedded-sqlite":
        file = tmp_path / "caseflow.db"
        shutil.copyfile(request.getfixturevalue("sqlite_template"), file)
        yield from _begun(Carriers(Database(f"sqlite:///{file}"), tmp_path, ("runner",)))
        return
    server: Postgres = request.getfixturevalue("postgres")
    with server.copy(request.getfixturevalue("postgres_template")) as url:
        parts, redis_url = ("runner", "runner"), None
        if request.param == "rq":
            parts, redis_url = (
                ("worker", "worker", "scheduler"),
                request.getfixturevalue("redis_url"),
            )  # type: ignore[assignment]
        yield from _begun(Carriers(Database(url), tmp_path, parts, redis_url))


def _begun(carriers: Carriers) -> Iterator[Carriers]:
    carriers.begin()
    yield carriers
    carriers.end()
    carriers.database.close()


def test_kills_lose_no_message_and_repeat_only_what_was_in_flight(carriers: Carriers) -> None:
    now = datetime.now(UTC)
    for _ in range(EVENTS):
        tell(carriers.database, now, "user:1", "user:2")
    for kill in range(1, KILLS + 1):
        enough = kill * 2 * EVENTS // (KILLS + 2)
        carriers.wait_for(lambda enough=enough: len(carriers.lines("taken")) >= enough)
        carriers.kill_all()
        carriers.end_leases()
        carriers.revive()
    carriers.wait_for(lambda: _settled(carriers.database))
    taken = Counter(carriers.lines("taken"))
    with carriers.database.read() as session:
        messages = session.scalars(select(Message)).all()
        repeats = figures(session, now).possible_repeats
        rows = session.scalars(select(Event).where(Event.name == "noted_sent"))
        noted = Counter(body_of(event)["message"] for event in rows)
        keys = session.execute(text("SELECT DISTINCT event_id, recipient FROM message")).all()
    assert len(messages) == len(keys) == 2 * EVENTS
    assert set(taken) == {message.message_id for message in messages}
    assert set(noted.values()) == {1}
    assert len(noted) == 2 * EVENTS
    assert sum(taken.values()) - len(taken) <= repeats <= KILLS * len(carriers.parts)


def _settled(database: Database) -> bool:
    with database.read() as session:
        waiting = session.scalars(select(Event.id).where(Event.expanded_at.is_(None))).first()
        states = set(session.scalars(select(Message.state).distinct()))
    return waiting is None and states == {"sent"}
