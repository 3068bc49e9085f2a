"""No test reaches another machine, and no program that a test starts.

Python loads a module of this name by itself at its start; tests/conftest.py leads every child here.
An audit hook hears of each connection and each name looked up, and cannot be taken out again.
"""

import sys
from typing import Any

HERE = ("", "127.0.0.1", "::1", "localhost")


class OutsideWorldError(AssertionError):
    """Somebody tried to reach another machine."""


def _refuse_outside(event: str, arguments: tuple[Any, ...]) -> None:
    if event == "socket.connect" and isinstance(arguments[1], tuple):
        host = arguments[1][0]
    elif event == "socket.getaddrinfo":
        host = arguments[0] or ""
    else:
        return
    name = host.decode() if isinstance(host, bytes) else str(host)
    if name not in HERE:
        raise OutsideWorldError(f"reached for {name}")


sys.addaudithook(_refuse_outside)
