"""`deploy/` is what it says: compose, units and docs name the same, and it carries a report."""

import html
import http.client
import json
import os
import re
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import psycopg
import pytest

from caseflow.crypto.keys import KeyRing
from caseflow.setup import APPEND_ONLY
from config import ROOT, Settings
from tests.operations import deployed
from tests.postgres import Postgres
from tests.servers import LOOPBACK, Server, free_port, start

PATIENCE = 60.0
DOCS = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
NAMES = re.compile(r"CASEFLOW_[A-Z_]*[A-Z]")


class Heard(dict[str, str]):
    """An environment that remembers what it was asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: set[str] = set()

    def get(self, key: str, default: str = "") -> str:  # type: ignore[override]
        """Note it."""
        self.asked.add(key)
        return default


def known_settings() -> set[str]:
    """Return every setting that the application reads."""
    heard = Heard()
    Settings.read(heard)
    return heard.asked


OF_COMPOSE = {"CASEFLOW_PASSWORD", "CASEFLOW_OWNER_PASSWORD"}
"""What only the database's container and its script read."""
OF_GUNICORN = {"CASEFLOW_WEB_PROCESSES"}


def test_compose_and_units_start_the_same_and_the_docs_say_so() -> None:
    by_compose = {name: one["command"] for name, one in deployed.services().items()}
    by_systemd = deployed.commands_of_units()
    assert sorted(map(tuple, by_compose.values())) == sorted(map(tuple, by_systemd.values()))
    for command in by_systemd.values():
        assert f"`{' '.join(command)}`" in DOCS, command
    for name in by_systemd:
        assert name.partition("@")[0].removesuffix(".service") in DOCS
    assert "--config deploy/gunicorn.conf.py" in (deployed.DEPLOY / "Containerfile").read_text(
        encoding="utf-8"
    ).replace('", "', " ")


def test_every_setting_that_is_named_is_read_and_is_in_the_readme() -> None:
    readme = set(NAMES.findall((ROOT / "README.md").read_text(encoding="utf-8")))
    known = known_settings() | OF_GUNICORN
    assert known - readme == set(), "the README has the table of settings"
    files = [one for one in deployed.DEPLOY.rglob("*") if one.is_file() and one.suffix != ".pyc"]
    named = {name for one in files for name in NAMES.findall(one.read_text(encoding="utf-8"))}
    assert named - known - OF_COMPOSE == set()
    assert set(NAMES.findall(DOCS)) - known - OF_COMPOSE == set()
    assert set(deployed.settings("caseflow.env.example")) <= known


def test_every_unit_is_held_in() -> None:
    for name in deployed.commands_of_units():
        said = deployed.unit(name)
        assert said["User"] == ["caseflow"], name
        for key in ("ProtectHome", "PrivateTmp", "NoNewPrivileges", "RestrictNamespaces"):
            assert said[key] == ["yes"], (name, key)
        assert said["ProtectSystem"] == ["strict"]
        assert said["CapabilityBoundingSet"] == [""]
        assert "/etc/caseflow/caseflow.env" in said["EnvironmentFile"]
    for name, one in deployed.services().items():
        assert (one["read_only"], one["cap_drop"]) == ("true", ["ALL"]), name


def test_roles_are_told_what_they_may_by_the_command_that_migrates() -> None:
    assert deployed.services()["init"]["command"][-2:] == ["--for", "caseflow"]
    assert all(f"`{name}`" in DOCS for name in APPEND_ONLY)


class Installation:
    """The processes of the compose file, by hand: a home, a database with two roles, a Redis."""

    def __init__(self, home: Path, postgres: Postgres, database: str, redis_url: str) -> None:
        self.home, self.port = home, free_port()
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

    def run(self, name: str) -> Server:
        """Start a service with the command line of the compose file."""
        command = list(deployed.services()[name]["command"])
        environment = {k: v for k, v in os.environ.items() if not k.startswith("CASEFLOW_")}
        environment |= self.settings
        environment["PYTHONPATH"] = f"{ROOT}{os.pathsep}{environment.get('PYTHONPATH', '')}"
        if "owner.env" in deployed.services()[name]["env_file"]:
            environment["CASEFLOW_DATABASE_URL"] = self.addresses["caseflow_owner"]
        log = self.home / f"{name}.log"
        program = Path(sys.executable).with_name(command[0])
        return Server("", start([program, *command[1:]], log, environment), log)

    def done(self, name: str) -> str:
        """Start a service that comes to its end, and return what it said."""
        server = self.run(name)
        code = server.process.wait(timeout=PATIENCE)
        said = server.log.read_text()
        assert code == 0, said
        return said

    def ask(self, path: str, form: dict[str, str] | None = None, cookie: str = "") -> "Answer":
        """Ask as the proxy does: in plain, and with what it says of whoever asks."""
        link = http.client.HTTPConnection(LOOPBACK, self.port, timeout=30)
        headers = {**deployed.forwarded(), "Cookie": cookie}
        if form is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        try:
            link.request("GET" if form is None else "POST", path, form and urlencode(form), headers)
            response = link.getresponse()
            return Answer(response, response.read().decode())
        finally:
            link.close()


class Answer:
    """What came back."""

    def __init__(self, response: http.client.HTTPResponse, body: str) -> None:
        self.status, self.body = response.status, body
        self.cookie = ""
        for said in response.headers.get_all("Set-Cookie", []):
            if said.startswith("__Host-caseflow="):
                assert "Secure" in said
                self.cookie = said.partition(";")[0]

    @property
    def hidden(self) -> dict[str, str]:
        """The fields of the page that nobody sees."""
        found = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', self.body)
        return {name: html.unescape(value) for name, value in found}


def wait_for(so: Callable[[], object], servers: list[Server]) -> None:
    """Return once it is so."""
    end = time.monotonic() + PATIENCE
    while not so():
        said = [server.log.read_text()[-2000:] for server in servers]
        ended = [server for server in servers if server.process.poll() is not None]
        assert not ended, said
        assert time.monotonic() < end, said
        time.sleep(0.05)


@pytest.fixture
def installation(postgres: Postgres, redis_url: str, tmp_path: Path) -> Iterator[Installation]:
    """An installation with the roles and the database that `postgres/roles.sh` makes."""
    name = f"caseflow_{os.getpid()}_deployed"
    roles = (deployed.DEPLOY / "postgres" / "roles.sh").read_text(encoding="utf-8")
    made = re.findall(r"^(?:CREATE|REVOKE|GRANT) .*;$", roles, re.MULTILINE)
    assert len(made) == 5
    with postgres.admin() as link:
        for statement in made:
            said = re.sub(r"DATABASE caseflow\b", f"DATABASE {name}", statement)
            link.execute(re.sub(r":'(owner|app)'", "'x'", said))
    try:
        yield Installation(tmp_path, postgres, name, redis_url)
    finally:
        postgres.drop(name)
        with postgres.admin() as link:
            link.execute("DROP ROLE caseflow")
            link.execute("DROP ROLE caseflow_owner")


def test_the_processes_of_the_compose_file_carry_a_report(installation: Installation) -> None:
    one = installation
    one.done("init")
    with ExitStack() as running:
        servers = [
            running.enter_context(one.run(name))
            for name in ("web", "worker", "worker-immediate", "scheduler")
        ]

        def answers() -> bool:
            try:
                return one.ask("/readyz").status == 200
            except OSError:
                return False

        wait_for(answers, servers)
        form = one.ask("/report")
        said = {"kind": "complaint", "text": "食堂的菜里有虫。", "contact": "none", "place": "某路"}
        done = one.ask("/report", form.hidden | said, form.cookie)
        number = re.search(r'<dd class="big-number">([\d-]+)</dd>', done.body)
        assert (done.status, number is not None) == (200, True), done.body

        with psycopg.connect(one.addresses["caseflow"], autocommit=True) as link:

            def expanded() -> bool:
                found = link.execute("SELECT count(*), count(expanded_at) FROM event").fetchone()
                return found is not None and found[0] == found[1] > 0

            wait_for(expanded, servers)
            ran = "SELECT count(*) FROM lease WHERE name IN ('ran sweep', 'ran outbox')"
            wait_for(lambda: link.execute(ran).fetchone() == (2,), servers)
            for table in APPEND_ONLY:
                for change in (f"DELETE FROM {table}", f"TRUNCATE {table}"):
                    with pytest.raises(psycopg.errors.InsufficientPrivilege):
                        link.execute(change)
        seen = watched(one)
        name = 'caseflow_requests_total{route="/report",class="2xx"}'
        assert seen[name] == 2, "each process tells what all of them counted"
        assert {watched(one)[name] for _ in range(6)} == {2.0}
        assert seen["caseflow_database_up"] == 1
        assert one.ask("/metrics").status == 404
        backup = list(deployed.services()["backup"]["command"])
        assert backup[:-1] == ["caseflow", "backup", "--keep", "14"]
        for server in servers:
            server.process.terminate()
        for server in servers:
            server.process.wait(timeout=PATIENCE)
        lines = [line for server in servers for line in server.log.read_text().splitlines()]
    ended = {server.process.args[-1]: server.process.returncode for server in servers}  # type: ignore[index]
    assert set(ended.values()) == {0}, ended
    log = "\n".join(lines)
    requests = [json.loads(line) for line in lines]
    assert {"/report"} <= {line.get("route") for line in requests}
    for secret in ("食堂", "203.0.113.9", number[1] if number else ""):
        assert secret not in log


def watched(one: Installation) -> dict[str, float]:
    """Return what Prometheus is told from another machine."""
    link = http.client.HTTPConnection(LOOPBACK, one.port, timeout=30)
    headers = {"Authorization": "Bearer of-the-watcher", "X-Forwarded-For": "10.0.0.2"}
    link.request("GET", "/metrics", headers=headers)
    lines = link.getresponse().read().decode().splitlines()
    link.close()
    pairs = (line.rpartition(" ") for line in lines if not line.startswith("#"))
    return {name: float(value) for name, _, value in pairs}


def test_passwords_are_asked_for_by_the_names_that_are_documented() -> None:
    postgres = deployed.compose()["services"]["postgres"]["environment"]
    assert set(postgres) >= OF_COMPOSE
    assert urlsplit(deployed.settings("owner.env.example")["CASEFLOW_DATABASE_URL"]).username == (
        "caseflow_owner"
    )
