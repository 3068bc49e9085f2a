"""The commands of production, as they are started: `caseflow scheduler` and `caseflow worker`."""

import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from caseflow import clock, demo, doctor
from caseflow.app import Services
from caseflow.deadlines.tables import Clock
from caseflow.escalation.tables import Rung
from caseflow.outbox.tables import Message
from tests import demo_office
from tests.servers import Server, start

PATIENCE = 60.0


@pytest.fixture
def office(postgres_url: str, tmp_path: Path) -> Iterator[Services]:
    """The demo office as it stood yesterday: a day's rungs are due."""
    built = demo_office.installed(postgres_url, tmp_path)
    demo.make(built, clock.now() - timedelta(days=1))
    yield built
    built.database.close()


def command(name: str, home: Path, **settings: str) -> Server:
    """Start one of the commands."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("CASEFLOW_")}
    program = Path(sys.executable).with_name("caseflow")
    log = home / f"{name}.log"
    process = start([program, name], log, {**environment, "CASEFLOW_HOME": str(home), **settings})
    return Server("", process, log, signal.SIGTERM)


def homes(first: Path) -> tuple[Path, Path]:
    """Return two homes of one office: its keys and its files are the same in both."""
    second = first / "second"
    second.mkdir()
    for name in ("keys.json", "files"):
        (second / name).symlink_to(first / name)
    return first, second


def test_two_schedulers_and_two_workers_on_two_homes_sweep_and_send_everything_once(
    office: Services, postgres_url: str, redis_url: str, tmp_path: Path
) -> None:
    settings = {"CASEFLOW_DATABASE_URL": postgres_url, "CASEFLOW_REDIS_URL": redis_url}
    with office.database.read() as session:
        before = session.scalar(select(func.max(Rung.id))) or 0
        late = select(func.count(Clock.id)).where(Clock.next_rung_at <= clock.now())
        assert session.scalar(late), "nothing is due: the test would prove nothing"
    both = homes(tmp_path)
    with ExitStack() as running:
        started = [
            running.enter_context(command(name, home, **settings))
            for home in both
            for name in ("scheduler", "worker")
        ]
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            with office.database.read() as session:
                left = session.scalar(late)
                rungs = session.scalar(select(func.count()).where(Rung.id > before))
                sent = session.scalar(select(func.count()).where(Message.state == "sent"))
            if not left and rungs and sent:
                break
            time.sleep(0.2)
        said = "".join(server.log.read_text() for server in started)
        assert not left, said
        assert rungs, said
        assert sent, said
        assert [server for server in started if server.process.poll() is not None] == [], said
    lying = [file.name for home in both for file in home.glob("outgoing/*")]
    assert lying, "sent, but nothing lies where it should"
    assert len(set(lying)) == len(lying), "both sent the same message"
    with office.database.read() as session:
        repeats = select(func.count()).where(Message.repeats > 0)
        assert session.scalar(repeats) == 0
        found = doctor.examine(session, office.rooms.store)
        assert [one.line for one in found if one.broken] == []
