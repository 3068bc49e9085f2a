"""`deploy/` is what it says: compose, units and docs name the same, and it carries a report."""

import html
import http.client
import json
import re
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import psycopg
import pytest

from caseflow.setup import APPEND_ONLY
from config import ROOT, Settings
from tests.operations import deployed
from tests.operations.installation import PATIENCE, Installation, installed
from tests.postgres import Postgres
from tests.servers import LOOPBACK, Server

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


def ask(
    one: Installation, path: str, form: dict[str, str] | None = None, cookie: str = ""
) -> "Answer":
    """Ask as the proxy does: in plain, and with what it says of whoever asks."""
    link = http.client.HTTPConnection(LOOPBACK, one.port, timeout=30)
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
    """An installation that nobody initialised."""
    with installed(postgres, redis_url, tmp_path) as one:
        yield one


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
                return ask(one, "/readyz").status == 200
            except OSError:
                return False

        wait_for(answers, servers)
        form = ask(one, "/report")
        said = {"kind": "complaint", "text": "食堂的菜里有虫。", "contact": "none", "place": "某路"}
        done = ask(one, "/report", form.hidden | said, form.cookie)
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
        seen = one.watched()
        name = 'caseflow_requests_total{route="/report",class="2xx"}'
        assert seen[name] == 2, "each process tells what all of them counted"
        assert {one.watched()[name] for _ in range(6)} == {2.0}
        assert seen["caseflow_database_up"] == 1
        assert ask(one, "/metrics").status == 404
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


def test_a_command_by_hand_has_the_settings_and_the_user_of_the_office(tmp_path: Path) -> None:
    """There is no systemd in the tests; what it would be asked for is."""
    asked = tmp_path / "systemd-run"
    asked.write_text('#!/bin/sh\nprintf "%s\\n" "$@"\n', encoding="utf-8")
    asked.chmod(0o755)
    web = deployed.unit("caseflow-web.service")

    def said(*arguments: str) -> list[str]:
        program = [deployed.DEPLOY / "caseflow", *arguments]
        environment = {"PATH": f"{tmp_path}:/usr/bin:/bin"}
        done = subprocess.run(program, env=environment, capture_output=True, text=True, check=True)
        return done.stdout.splitlines()

    plain, owner = said("administrator", "chen.jing", "陈 静"), said("--owner", "restore", "f")
    settings, own = web["EnvironmentFile"][0], "/etc/caseflow/owner.env"
    named = [one.rpartition("=")[2] for one in owner if "EnvironmentFile" in one]
    assert named == deployed.unit("caseflow-init.service")["EnvironmentFile"] == [settings, own]
    assert [one for one in plain if own in one] == []
    assert {f"--uid={web['User'][0]}", f"--working-directory={web['WorkingDirectory'][0]}"} <= {
        *plain
    }
    program = f"{deployed.INSTALLED}caseflow"
    assert plain[plain.index(program) :] == [program, "administrator", "chen.jing", "陈 静"]
    assert owner[owner.index(program) :] == [program, "restore", "f"]


def test_while_nobody_answers_the_proxy_says_so_in_our_words_and_by_itself() -> None:
    proxy = (deployed.DEPLOY / "nginx.conf").read_text(encoding="utf-8")
    assert "error_page 502 504 =503 /busy.html;" in proxy
    assert (
        "./busy.html:/etc/nginx/busy.html:ro" in deployed.compose()["services"]["proxy"]["volumes"]
    )
    page = (deployed.DEPLOY / "busy.html").read_text(encoding="utf-8")
    assert "再提交一次" in page
    assert re.findall(r"(?:src|href|url)\b", page) == [], "nothing that would have to be fetched"
    assert "`deploy/busy.html`" in DOCS


def test_passwords_are_asked_for_by_the_names_that_are_documented() -> None:
    postgres = deployed.compose()["services"]["postgres"]["environment"]
    assert set(postgres) >= OF_COMPOSE
    assert urlsplit(deployed.settings("owner.env.example")["CASEFLOW_DATABASE_URL"]).username == (
        "caseflow_owner"
    )
