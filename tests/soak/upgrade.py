"""The code before this one at work on the tables of this one, and the change under load.

What `docs/operations.md` says of a new version, done while people submit and officers move cases:
the old processes serve, the new code migrates, the old ones go on serving on the new tables, then
web, worker and scheduler are restarted one after the other behind the socket that systemd keeps.
"""

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from caseflow import migrating
from config import ROOT
from tests.faults import checker, staff
from tests.faults.clients import Crowd, submission
from tests.faults.staff import Staff
from tests.operations.installation import Installation, installed
from tests.postgres import start_postgres
from tests.servers import LOOPBACK, Server, start_redis, wait_until
from tests.soak.trouble import met

PEOPLE = 6
MADE = ("static/vendor", "caseflow/translations/en/LC_MESSAGES/messages.mo")
"""What make makes and a commit does not hold."""


def code_before(folder: Path) -> str:
    """Put the code that did not know the newest migration yet into a folder; return its commit, or
    nothing where the history does not reach back to it.
    """
    newest = next((migrating.MIGRATIONS / "versions").glob(f"{migrating.head()}_*.py"))
    added = ["log", "-1", "--diff-filter=A", "--format=%P", "--", str(newest.relative_to(ROOT))]
    before = _git(*added).decode().split()[:1]
    if not before:
        return ""
    archive = _git("archive", before[0])
    subprocess.run(["tar", "--extract", "--directory", folder], input=archive, check=True)
    for name in MADE:
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copyfile
        copy(ROOT / name, folder / name)
    return before[0]


def _git(*arguments: str) -> bytes:
    done = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, check=False)
    return done.stdout if done.returncode == 0 else b""


@dataclass
class House:
    """An installation and its processes, whose web listens on a socket that outlives it."""

    one: Installation
    url: str
    socket: socket.socket
    running: dict[str, Server]

    def start(self, name: str) -> None:
        """Start a service with the code of the moment."""
        handed = self.socket.fileno() if name == "web" else None
        self.running[name] = self.one.run(name, handed)

    def restart(self, name: str) -> None:
        """Stop a service as systemd does, and start it anew."""
        self.running[name].stop()
        self.start(name)
        if name == "web":
            wait_until(lambda: ready(self.one), self.running[name])


def ready(one: Installation) -> bool:
    """Tell whether the web says that it can serve."""
    with suppress(OSError):
        return one.watched().get("caseflow_database_up") == 1
    return False


@contextmanager
def house(home: Path, code: Path) -> Iterator[House]:
    """Yield an office of the code in a folder, up and with people."""
    with ExitStack() as held:
        postgres, redis = start_postgres(durable=True), held.enter_context(start_redis())
        held.callback(postgres.stop)
        one = held.enter_context(installed(postgres, redis.url, home))
        one.code = code
        one.settings["CASEFLOW_PUBLIC_URL"] = f"http://{LOOPBACK}:{one.port}"
        one.done("init")
        (home / "lib" / "keys.json").symlink_to(one.settings["CASEFLOW_KEYS"])
        url = postgres.named(one.database)
        listening = held.enter_context(closing(socket.create_server((LOOPBACK, one.port))))
        listening.listen(512)
        found = House(one, url, listening, {})
        held.callback(lambda: [server.stop() for server in found.running.values()])
        for name in ("web", "worker", "scheduler"):
            found.start(name)
        wait_until(lambda: ready(one), found.running["web"])
        yield found


def run(house: House, seconds: float) -> dict[str, object]:
    """Change the code under load; return what people met."""
    staff.employ(house.url)
    before = migrating.current_revision(_address(house))
    crowd = Crowd(house.one.port, PEOPLE, map(submission, count()))
    officers = Staff(house.one.port)
    try:
        crowd.begin()
        officers.begin()
        stood_still = _change(house, seconds)
        crowd.send_home()
        crowd.finish()
        officers.finish()
    except AssertionError as wrong:
        wrong.add_note(_wrong(house))
        raise
    ask = checker.query_of(house.url)
    checker.check(ask, house.one.home / "lib", crowd.sent)
    staff.moves_are_in_the_ledger(ask, officers.made)
    for command in (("doctor", "--laws"), ("ledger", "verify")):
        code, said = house.one.command(*command)
        assert code == 0, said
    after = migrating.current_revision(_address(house))
    return {
        "migrated": f"{before} to {after}, in {stood_still:.1f} s",
        "people": met(crowd.sent, seconds, errors=PEOPLE),
        "moves": len(officers.made),
    }


def _change(house: House, seconds: float) -> float:
    """Migrate, let the old code go on, restart; return how long the migration took."""
    time.sleep(seconds / 6)
    house.one.code = ROOT
    began = time.monotonic()
    house.one.done("init")
    took = time.monotonic() - began
    time.sleep(seconds / 3)
    assert ready(house.one), "the old web does not go on"
    for name in ("web", "worker", "scheduler"):
        house.restart(name)
    time.sleep(seconds / 3)
    return took


def _wrong(house: House) -> str:
    """Return what the processes said of what went wrong, the last of it."""
    lines = [line for log in house.one.home.glob("*.log") for line in log.open(errors="replace")]
    return "".join([line for line in lines if '"level": "error"' in line][-20:])


def _address(house: House) -> str:
    return house.url.replace("postgresql:", "postgresql+psycopg:")
