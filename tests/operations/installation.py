"""An installation as the compose file starts it: the very same command lines, by hand."""

import http.client
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from caseflow.crypto.keys import KeyRing
from config import ROOT
from tests.operations import deployed
from tests.postgres import Postgres
from tests.servers import LOOPBACK, Server, free_port, start

PATIENCE = 60.0


class Installation:
    """The processes of the compose file, by hand: a home, a database with two roles, a Redis."""

    def __init__(self, home: Path, postgres: Postgres, database: str, redis_url: str) -> None:
        self.home, self.port = home, free_port()
        self.code = ROOT
        """The checkout that its processes are started from."""
        self.database = database
        keys = home / "etc" / "keys.json"
        keys.parent.mkdir()
        KeyRing.create(keys)
        keys.chmod(0o400)
        self.addresses = {
            role: postgres.named(database).replace("//postgres@", f"//{role}@")
            for role in ("caseflow_owner", "caseflow")
        }
        self.settings = {
            **deployed.settings("caseflow.env.example"),
            "CASEFLOW_DATABASE_URL": self.addresses["caseflow"],
            "CASEFLOW_REDIS_URL": redis_url,
            "CASEFLOW_HOME": str(home / "lib"),
            "CASEFLOW_KEYS": str(keys),
            "CASEFLOW_HOST": LOOPBACK,
            "CASEFLOW_PORT": str(self.port),
            "CASEFLOW_METRICS_TOKEN": "of-the-watcher",
        }

    def run(self, name: str, socket_fd: int | None = None) -> Server:
        """Start a service with the command line of the compose file; the web may be handed a
        socket, as `caseflow-web.socket` does.
        """
        command = list(deployed.services()[name]["command"])
        environment = self.environment
        if "owner.env" in deployed.services()[name]["env_file"]:
            environment["CASEFLOW_DATABASE_URL"] = self.addresses["caseflow_owner"]
        log = self.home / f"{name}.log"
        process = start(_program(command), log, environment, self.code, socket_fd)
        return Server("", process, log)

    @property
    def environment(self) -> dict[str, str]:
        """What its processes are told: nothing of whoever runs the tests."""
        found = {k: v for k, v in os.environ.items() if not k.startswith("CASEFLOW_")}
        found |= self.settings
        found["PYTHONPATH"] = f"{self.code}{os.pathsep}{found.get('PYTHONPATH', '')}"
        return found

    def command(self, *arguments: str) -> tuple[int, str]:
        """Run `caseflow ARGUMENTS` and return its exit code and what it said."""
        program = _program(["caseflow", *arguments])
        done = subprocess.run(
            program, env=self.environment, capture_output=True, check=False, cwd=self.code
        )
        return done.returncode, (done.stdout + done.stderr).decode()

    def done(self, name: str) -> str:
        """Start a service that comes to its end, and return what it said."""
        server = self.run(name)
        code = server.process.wait(timeout=PATIENCE)
        said = server.log.read_text()
        assert code == 0, said
        return said

    def watched(self) -> dict[str, float]:
        """Return what Prometheus is told from another machine."""
        link = http.client.HTTPConnection(LOOPBACK, self.port, timeout=30)
        token = f"Bearer {self.settings['CASEFLOW_METRICS_TOKEN']}"
        headers = {"Authorization": token, "X-Forwarded-For": "10.0.0.2"}
        link.request("GET", "/metrics", headers=headers)
        lines = link.getresponse().read().decode().splitlines()
        link.close()
        pairs = (line.rpartition(" ") for line in lines if not line.startswith("#"))
        return {name: float(value) for name, _, value in pairs}


@contextmanager
def installed(postgres: Postgres, redis_url: str, home: Path) -> Iterator[Installation]:
    """Yield an installation with the roles and the database that `postgres/roles.sh` makes."""
    name = f"caseflow_{os.getpid()}_deployed"
    roles = (deployed.DEPLOY / "postgres" / "roles.sh").read_text(encoding="utf-8")
    made = re.findall(r"^(?:CREATE|REVOKE|GRANT) .*;$", roles, re.MULTILINE)
    if len(made) != 5:
        raise ValueError(f"roles.sh says {len(made)} things, of which 5 were expected")
    with postgres.admin() as link:
        for statement in made:
            said = re.sub(r"DATABASE caseflow\b", f"DATABASE {name}", statement)
            link.execute(re.sub(r":'(owner|app)'", "'x'", said))
    try:
        yield Installation(home, postgres, name, redis_url)
    finally:
        postgres.drop(name)
        with postgres.admin() as link:
            link.execute("DROP ROLE caseflow")
            link.execute("DROP ROLE caseflow_owner")


def _program(command: list[str]) -> list[str | Path]:
    return [Path(sys.executable).with_name(command[0]), *command[1:]]
