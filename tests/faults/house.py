"""An office of real processes that can be killed, one after the other, and come back."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from caseflow.crypto.keys import KeyRing
from tests.postgres import Postgres, start_postgres
from tests.servers import Server, free_port, kill_with_children, start, start_caseflow


@dataclass
class House:
    """The processes of an office on one home; `beside` run next to the web and can be killed, and
    so can the database server `postgres`.
    """

    home: Path
    url: str
    settings: dict[str, str] = field(default_factory=dict)
    beside: tuple[str, ...] = ()
    postgres: Postgres | None = None
    kills: int = 0
    crashes: int = 0

    def __post_init__(self) -> None:
        self.port = free_port()
        self.web = self._web()
        self.others = {name: self._other(name) for name in self.beside}

    def _web(self) -> Server:
        command = ("web",) if self.beside else ("up", "--no-demo")
        return start_caseflow(self.home, *command, port=self.port, **self.settings)

    def _other(self, name: str) -> subprocess.Popen[bytes]:
        return start(_program(name), self.home / f"{name}.log", self.environment)

    @property
    def environment(self) -> dict[str, str]:
        """What the processes of this office are told."""
        return {**os.environ, "CASEFLOW_HOME": str(self.home), **self.settings}

    def kill_and_revive(self) -> None:
        """Kill the database server, or the web and one of those beside it, in turn; start anew."""
        self.kills += 1
        if self.postgres is not None and self.kills % 3 == 0:
            self.crashes += 1
            self.postgres.crash()
            return
        self.web.kill()
        if self.beside:
            name = self.beside[self.kills % len(self.beside)]
            kill_with_children(self.others[name])
            self.others[name] = self._other(name)
        self.web = self._web()

    def stop(self) -> None:
        """End everything by force: the ledger must be whole all the same."""
        self.web.kill()
        for process in self.others.values():
            kill_with_children(process)

    def said(self) -> str:
        """Return what the web said of what went wrong, the last of it."""
        lines = self.web.log.read_text(errors="replace").splitlines()
        return "\n".join([line for line in lines if "queue depth" not in line][-120:])

    def command(self, *arguments: str) -> tuple[int, str]:
        """Run `caseflow ARGUMENTS` on the home and return its exit code and what it said."""
        program = _program(*arguments)
        done = subprocess.run(program, env=self.environment, capture_output=True, check=False)
        return done.returncode, (done.stdout + done.stderr).decode()


@contextmanager
def in_production(home: Path, redis_url: str) -> Iterator[House]:
    """Yield an office of production that is up, with divisions and rules and nothing else, on a
    PostgreSQL that waits for the disk.
    """
    server = start_postgres(durable=True)
    try:
        with server.admin() as link:
            link.execute("CREATE DATABASE office TEMPLATE template0 ENCODING 'UTF8'")
        url = server.named("office")
        KeyRing.create(home / "keys.json")
        settings = {"CASEFLOW_DATABASE_URL": url, "CASEFLOW_REDIS_URL": redis_url}
        environment = {**os.environ, "CASEFLOW_HOME": str(home), **settings}
        subprocess.run(_program("init"), env=environment, check=True)
        house = House(home, url, settings, ("worker", "scheduler"), server)
        yield house
        house.stop()
    finally:
        server.stop()


def _program(*arguments: str) -> list[str | Path]:
    return [Path(sys.executable).with_name("caseflow"), *arguments]
