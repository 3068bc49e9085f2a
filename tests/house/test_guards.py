"""The guards that every other test relies on do bite."""

import socket
import subprocess
import sys
import urllib.request
import warnings
from datetime import UTC, datetime

import pytest

OUTSIDE = "192.0.2.1"  # reserved for documentation: no machine has it


def test_a_socket_to_another_machine_is_refused() -> None:
    with socket.socket() as line, pytest.raises(AssertionError, match="reached for"):
        line.connect((OUTSIDE, 80))


def test_a_name_of_another_machine_is_not_looked_up() -> None:
    with pytest.raises(AssertionError, match="reached for"):
        urllib.request.urlopen("http://example.invalid/")


def test_a_program_that_a_test_starts_is_held_back_too() -> None:
    reach = f"import socket; socket.create_connection(('{OUTSIDE}', 80), timeout=1)"
    done = subprocess.run([sys.executable, "-c", reach], capture_output=True, check=False)
    assert b"OutsideWorldError" in done.stderr


def test_a_socket_to_this_machine_is_let_through() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(server.getsockname()).close()


def test_a_warning_is_an_error() -> None:
    with pytest.raises(UserWarning, match="careless"):
        warnings.warn("careless", UserWarning, stacklevel=1)


def test_the_tests_live_in_a_strange_time_zone() -> None:
    noon = datetime(2026, 3, 3, 12, tzinfo=UTC)
    assert noon.astimezone().hour == 7
