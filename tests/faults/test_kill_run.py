"""Kills -9 while people submit: what was shown a receipt is in the ledger, whole and once.

The embedded office (one process, SQLite) and the production one (web, RQ worker and scheduler on
PostgreSQL and Redis) are killed as a power cut would, again and again, at moments that only the
progress of the people decides. The checker asks with its own SQL.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from caseflow.crypto.keys import KeyRing
from tests.faults import checker
from tests.faults.clients import Crowd, Submission, submission
from tests.postgres import Postgres
from tests.servers import Server, free_port, start, start_caseflow

SUBMISSIONS, PEOPLE, KILLS = 500, 8, 20


@dataclass
class House:
    """The processes of an office on one home; `beside` run next to the web and can be killed."""

    home: Path
    url: str
    settings: dict[str, str] = field(default_factory=dict)
    beside: tuple[str, ...] = ()
    kills: int = 0

    def __post_init__(self) -> None:
        self.port = free_port()
        self.web = self._web()
        self.others = {name: self._other(name) for name in self.beside}

    def _web(self) -> Server:
        command = ("web",) if self.beside else ("up", "--no-demo")
        return start_caseflow(self.home, *command, port=self.port, **self.settings)

    def _other(self, name: str) -> subprocess.Popen[bytes]:
        environment = {**os.environ, "CASEFLOW_HOME": str(self.home), **self.settings}
        command: list[str | Path] = [Path(sys.executable).with_name("caseflow"), name]
        return start(command, self.home / f"{name}.log", environment)

    def kill_and_revive(self) -> None:
        """Kill the web and, in turn, one of those beside it; start them anew."""
        self.kills += 1
        self.web.kill()
        if self.beside:
            name = self.beside[self.kills % len(self.beside)]
            _kill_with_children(self.others[name])
            self.others[name] = self._other(name)
        self.web = self._web()

    def stop(self) -> None:
        """End everything by force: the ledger must be whole all the same."""
        self.web.kill()
        for process in self.others.values():
            _kill_with_children(process)


def _kill_with_children(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGSTOP)  # so that it forks no more while we look
    for tasks in Path(f"/proc/{process.pid}/task").glob("*/children"):
        for child in tasks.read_text().split():
            os.kill(int(child), signal.SIGKILL)
    process.kill()
    process.wait()


@pytest.fixture(params=["embedded-sqlite", "production-postgresql"])
def house(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[House]:
    """An office that is up, with divisions and rules and nothing else."""
    if request.param == "embedded-sqlite":
        house = House(tmp_path, f"sqlite:///{tmp_path}/caseflow.db")
        yield house
        house.stop()
        return
    server: Postgres = request.getfixturevalue("postgres")
    with server.copy(request.getfixturevalue("postgres_template")) as url:
        KeyRing.create(tmp_path / "keys.json")
        settings = {
            "CASEFLOW_DATABASE_URL": url,
            "CASEFLOW_REDIS_URL": request.getfixturevalue("redis_url"),
        }
        environment = {**os.environ, "CASEFLOW_HOME": str(tmp_path), **settings}
        command = [Path(sys.executable).with_name("caseflow"), "init"]
        subprocess.run(command, env=environment, check=True)
        house = House(tmp_path, url, settings, ("worker", "scheduler"))
        yield house
        house.stop()


def test_no_kill_loses_doubles_or_halves_what_was_submitted(house: House) -> None:
    sent = [submission(n) for n in range(SUBMISSIONS)]
    crowd = Crowd(house.port, PEOPLE, sent)
    crowd.begin()
    for kill in range(1, KILLS + 1):
        _wait_for(crowd, kill * SUBMISSIONS // (KILLS + 1))
        house.kill_and_revive()
    crowd.finish()
    house.stop()
    checker.check(checker.query_of(house.url), house.home, sent)
    assert sum(1 for one in sent if one.files) > SUBMISSIONS / 3 - 1
    assert _torn(sent) >= KILLS / 2, "the kills hit nobody who was waiting for an answer"


def _wait_for(crowd: Crowd, receipts: int) -> None:
    while crowd.shown() < receipts:
        assert crowd.at_work(), crowd.failures
        time.sleep(0.002)


def _torn(sent: list[Submission]) -> int:
    """Return how many forms had to be sent again because no answer came."""
    return sum(1 for one in sent if one.tries > len(one.receipts))
