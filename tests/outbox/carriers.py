"""Whoever carries the outbox out, as processes of their own: they can be killed."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import text

from caseflow.db import Database
from tests.servers import start

PATIENCE = 30.0
"""Seconds to wait for what must come; a busy machine needs some."""


@dataclass
class Carriers:
    """The processes on one database; `parts` are what `tests.outbox.carry` can be."""

    database: Database
    folder: Path
    parts: tuple[str, ...]
    redis_url: str | None = None
    _processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def begin(self) -> None:
        """Start every part."""
        self._processes = [self._start(part) for part in self.parts]

    def end(self) -> list[int]:
        """Stop every part politely, once it can hear that; return the exit codes."""
        self.wait_for(lambda: all(map(_listens, self._processes)))
        for process in self._processes:
            process.terminate()
        return [process.wait(timeout=PATIENCE) for process in self._processes]

    def dead(self) -> list[str]:
        """Return which parts are not running."""
        return [
            part
            for part, process in zip(self.parts, self._processes, strict=True)
            if process.poll() is not None
        ]

    def kill_all(self) -> None:
        """End every part and what it forked as a power cut would."""
        for process in self._processes:
            process.send_signal(signal.SIGSTOP)  # so that it forks no more while we look
            for child in _children(process.pid):
                os.kill(child, signal.SIGKILL)
            process.kill()
        for process in self._processes:
            process.wait()

    def revive(self) -> None:
        """Start anew what ended, as a service manager does."""
        for number, process in enumerate(self._processes):
            if process.poll() is not None:
                self._processes[number] = self._start(self.parts[number])

    def end_leases(self) -> None:
        """Let all leases be over, as if three minutes had passed."""
        with self.database.transaction() as session:
            session.execute(
                text("UPDATE message SET not_before = created_at WHERE state = 'claimed'")
            )
            session.execute(text("DELETE FROM lease"))

    def lines(self, file: str) -> list[str]:
        """Return what the post office noted: `tries`, `taken`, or `swept`."""
        path = self.folder / file
        return path.read_text().split() if path.exists() else []

    def wait_for(self, what: Callable[[], bool]) -> None:
        """Return once it is so; AssertionError with what the processes said if it never is."""
        end = time.monotonic() + PATIENCE
        while not what():
            if time.monotonic() > end:
                said = [log.read_text()[-3000:] for log in self.folder.glob("*.log")]
                raise AssertionError("it never came to that:\n" + "\n".join(said))
            time.sleep(0.02)

    def _start(self, part: str) -> subprocess.Popen[bytes]:
        environment = {
            **os.environ,
            "OFFICE_DATABASE_URL": self.database.url,
            "OFFICE_FOLDER": str(self.folder),
            **({"OFFICE_REDIS_URL": self.redis_url} if self.redis_url else {}),
        }
        command: list[str | Path] = [sys.executable, "-m", "tests.outbox.carry", part]
        return start(command, self.folder / f"{part}.log", environment)


def _listens(process: subprocess.Popen[bytes]) -> bool:
    """Tell whether a process has got so far that SIGTERM does not simply end it; or is over."""
    if process.poll() is not None:
        return True
    status = Path(f"/proc/{process.pid}/status").read_text()
    caught = next(line for line in status.splitlines() if line.startswith("SigCgt:"))
    return bool(int(caught.split()[1], 16) >> (signal.SIGTERM - 1) & 1)


def _children(pid: int) -> list[int]:
    """Return the children that all threads of a process forked."""
    tasks = Path(f"/proc/{pid}/task").glob("*/children")
    return [int(child) for task in tasks for child in task.read_text().split()]
