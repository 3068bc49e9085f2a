"""The carriers that the contract is tried on: the embedded runner, and two RQ workers."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import pytest
from redis import Redis

from caseflow import clock
from caseflow.db import Database
from caseflow.jobs.queues import connect
from tests.outbox.carriers import Carriers
from tests.postgres import Postgres

EMBEDDED = ("runner",)
RQ = ("worker", "worker", "scheduler")


@pytest.fixture
def link(redis_url: str) -> Iterator[Redis]:
    link = connect(redis_url)
    yield link
    link.close()


@pytest.fixture
def present(monkeypatch: pytest.MonkeyPatch, now: datetime) -> list[datetime]:
    """The moment, in a list of one, so that a test can move it."""
    moment = [now]
    monkeypatch.setattr(clock, "now", lambda: moment[0])
    return moment


@contextmanager
def _carriers(
    url: str, folder: Path, parts: tuple[str, ...], redis_url: str | None = None
) -> Iterator[Carriers]:
    database = Database(url)
    carriers = Carriers(database, folder, parts, redis_url)
    carriers.begin()
    yield carriers
    carriers.revive()
    codes = carriers.end()
    database.close()
    assert codes == [0] * len(parts), [log.read_text() for log in folder.glob("*.log")]


@pytest.fixture(
    scope="module",
    params=[
        pytest.param("embedded-sqlite"),
        pytest.param("embedded-postgresql", marks=pytest.mark.postgresql),
        pytest.param("rq", marks=[pytest.mark.postgresql, pytest.mark.redis]),
    ],
)
def carriers(request: pytest.FixtureRequest) -> Iterator[Carriers]:
    """Processes that carry out the outbox of one database, started once for a file of tests."""
    yield from _start(request.param, request)


def _start(kind: str, request: pytest.FixtureRequest) -> Iterator[Carriers]:
    folder: Path = request.getfixturevalue("tmp_path_factory").mktemp(kind)
    if kind == "embedded-sqlite":
        file = folder / "caseflow.db"
        shutil.copyfile(request.getfixturevalue("sqlite_template"), file)
        with _carriers(f"sqlite:///{file}", folder, EMBEDDED) as carriers:
            yield carriers
        return
    server: Postgres = request.getfixturevalue("postgres")
    template: str = request.getfixturevalue("postgres_template")
    redis_url = request.getfixturevalue("redis_server") if kind == "rq" else None
    parts = RQ if kind == "rq" else EMBEDDED
    with server.copy(template) as url, _carriers(url, folder, parts, redis_url) as carriers:
        yield carriers
