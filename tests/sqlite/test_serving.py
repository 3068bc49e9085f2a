"""The embedded office's server: as many visitors as an office has, each holding connections."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.servers import LOOPBACK, Server, start_caseflow

BROWSERS, HELD_BY_EACH = 40, 6


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Server]:
    """An empty office that serves."""
    with start_caseflow(tmp_path, "up", "--no-demo") as server:
        yield server


def test_people_who_only_look_shut_nobody_out(office: Server) -> None:
    port = int(office.url.rpartition(":")[2])
    with ExitStack() as held:
        for _ in range(BROWSERS * HELD_BY_EACH + 1):
            link = held.enter_context(socket.create_connection((LOOPBACK, port), timeout=5))
            link.sendall(b"GET /track HTTP/1.1\r\nHost: localhost\r\n\r\n")
            assert link.recv(12) == b"HTTP/1.1 200"
