"""An embedded office starts, starts again, and serves as many visitors as an office has."""

import socket
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.servers import LOOPBACK, ROOT, Server, start_caseflow

BROWSERS, HELD_BY_EACH = 100, 6


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Server]:
    """An empty office that serves."""
    with start_caseflow(tmp_path, "up", "--no-demo") as server:
        yield server


def numbers(home: Path) -> list[tuple[str]]:
    """Return the numbers of all cases that lie under a home."""
    link = sqlite3.connect(home / "caseflow.db")
    found = link.execute("SELECT number FROM case_file ORDER BY number").fetchall()
    link.close()
    return found


def test_a_second_start_runs_no_installer() -> None:
    command = ["make", "--dry-run", "--no-print-directory", "run"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["exec .venv/bin/caseflow up"]


def test_a_second_start_keeps_what_is_there_and_reaches_for_no_other_machine(
    tmp_path: Path,
) -> None:
    with start_caseflow(tmp_path):
        first = numbers(tmp_path)
    with start_caseflow(tmp_path) as again:
        assert numbers(tmp_path) == first
    assert len([number for (number,) in first if number.startswith("430503-")]) == 52
    assert again.process.returncode == 0
    said = again.log.read_text()
    assert said.count("正在建立演示办公室") == 1
    assert said.count("演示账号") == 2, "each start says how to sign in"
    assert "OutsideWorldError" not in said
    assert "Traceback" not in said


def test_people_who_only_look_shut_nobody_out(office: Server) -> None:
    port = int(office.url.rpartition(":")[2])
    with ExitStack() as held:
        for _ in range(BROWSERS * HELD_BY_EACH + 1):
            link = held.enter_context(socket.create_connection((LOOPBACK, port), timeout=5))
            link.sendall(b"GET /track HTTP/1.1\r\nHost: localhost\r\n\r\n")
            assert link.recv(12) == b"HTTP/1.1 200"
