"""What is measured: an office on PostgreSQL with its default settings, served by two processes."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path

import psycopg

from bench import filling
from bench.filling import Plan
from bench.ledgers import Ledger, OnPostgreSQL, OnSQLite
from bench.load import ask
from caseflow import clock, setup
from caseflow.app import Services, services
from caseflow.crypto.keys import KeyRing
from config import ROOT, Settings
from tests.postgres import Postgres, start_postgres
from tests.servers import free_port

PASSWORD = "measured-by-the-bench"
CITY = "430500"
"""Whose form is measured: it offers counties. The demo office is that of one of them."""
WORKERS = 2
THREADS = 4


@contextmanager
def postgresql() -> Iterator[Postgres]:
    """Start a private PostgreSQL with fsync on and stop it afterwards."""
    server = start_postgres(durable=True)
    try:
        yield server
    finally:
        server.stop()


@contextmanager
def an_office(server: Postgres, name: str) -> Iterator[Mapping[str, str]]:
    """Make a database with the demo office in it; yield the settings of its processes."""
    with server.admin() as link, tempfile.TemporaryDirectory(prefix="caseflow-bench-") as home:
        link.execute(f"DROP DATABASE IF EXISTS {name} (FORCE)")
        link.execute(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'")
        keys = Path(home) / "keys.json"
        KeyRing.create(keys)
        settings = {
            "CASEFLOW_HOME": home,
            "CASEFLOW_DATABASE_URL": server.named(name),
            "CASEFLOW_KEYS": str(keys),
            "CASEFLOW_DEMO_PASSWORD": PASSWORD,
        }
        with built(settings) as office:
            setup.prepare(office)
            setup.fill_with_demo(office, clock.now())
        yield {**settings, "CASEFLOW_AREA": CITY}


@contextmanager
def an_embedded_office() -> Iterator[Mapping[str, str]]:
    """Make an office on SQLite with the demo in it; yield the settings of its one process."""
    with tempfile.TemporaryDirectory(prefix="caseflow-bench-") as home:
        settings = {"CASEFLOW_HOME": home, "CASEFLOW_DEMO_PASSWORD": PASSWORD}
        with built(settings) as office:
            setup.prepare(office)
            setup.fill_with_demo(office, clock.now())
        yield {**settings, "CASEFLOW_AREA": CITY}


@contextmanager
def built(settings: Mapping[str, str]) -> Iterator[Services]:
    """Open an office in this process."""
    office = services(Settings.read(settings))
    try:
        yield office
    finally:
        office.database.close()


def connect(settings: Mapping[str, str]) -> "psycopg.Connection[tuple[object, ...]]":
    """Connect to an office's database, past the application."""
    return psycopg.connect(settings["CASEFLOW_DATABASE_URL"])


def fill(settings: Mapping[str, str], plan: Plan) -> None:
    """Fill an office's ledger, and let the planner know."""
    with ExitStack() as held:
        ledger: Ledger
        if "CASEFLOW_DATABASE_URL" in settings:
            ledger = OnPostgreSQL(held.enter_context(connect(settings)))
        else:
            ledger = OnSQLite(held.enter_context(built(settings)).database)
        filling.fill(ledger, plan)
        ledger.finish()


def served(
    app: str, settings: Mapping[str, str], workers: int = WORKERS
) -> AbstractContextManager[int]:
    """Serve an application by gunicorn's processes; yield the port once it answers."""
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", app, "--bind", f"127.0.0.1:{port}"]
    command += ["--workers", str(workers), "--threads", str(THREADS), "--preload"]
    command += ["--log-level", "warning"]
    return _running(command, settings, port)


def embedded(settings: Mapping[str, str]) -> AbstractContextManager[int]:
    """Serve web and runner in one process, as `make run` does; yield the port once it answers."""
    port = free_port()
    command = [str(Path(sys.executable).with_name("caseflow")), "up"]
    return _running(command, {**settings, "CASEFLOW_PORT": str(port)}, port)


@contextmanager
def _running(command: Sequence[str], settings: Mapping[str, str], port: int) -> Iterator[int]:
    process = subprocess.Popen(
        command, cwd=ROOT, env={**os.environ, **settings}, stdout=subprocess.DEVNULL
    )
    _processes[port] = process.pid
    try:
        _wait(process, port)
        yield port
    finally:
        process.terminate()
        process.wait(30)


_processes: dict[int, int] = {}


def memory(port: int) -> float:
    """Return the proportional set size, in MiB, of all processes that serve a port."""
    first = _processes[port]
    listed = Path(f"/proc/{first}/task/{first}/children").read_text().split()
    maps = [Path(f"/proc/{pid}/smaps_rollup").read_text() for pid in [str(first), *listed]]
    lines = [line for text in maps for line in text.splitlines() if line.startswith("Pss:")]
    return sum(int(line.split()[1]) for line in lines) / 1024


def _wait(process: "subprocess.Popen[bytes]", port: int, longest: float = 30) -> None:
    until = time.monotonic() + longest
    while time.monotonic() < until and process.poll() is None:
        try:
            ask(port, "/")
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError("the server did not answer")
