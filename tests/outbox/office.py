"""The services of a process that the contract tests start: its database, its odd post office.

What is to happen to a letter stands in its subject, and what happened in files of one folder, so
that it can be seen from outside whatever becomes of the process.
"""

import os
import signal
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy.orm import Session

import caseflow.tables  # noqa: F401 - the outbox's keys point at tables of the ledger
from caseflow.db import Database
from caseflow.outbox.handlers import Handlers
from caseflow.outbox.patience import Patience
from caseflow.outbox.transport import Outgoing, PermanentFailure, TemporaryFailure
from tests.outbox.house import handlers

TWICE = "fails twice"
REFUSED = "refused until mended"
DEADLY = "kills whoever sends it, once"


@dataclass
class OddPostOffice:
    """Takes letters into files under `folder`."""

    folder: Path
    kills_parent: bool

    def send(self, _address: str, message: Outgoing) -> None:
        """Do with the letter what its subject says."""
        name = message.message_id
        self._add("tries", name)
        if message.subject == TWICE and self._lines("tries").count(name) <= 2:
            raise TemporaryFailure("SMTP 451")
        if message.subject == REFUSED and not (self.folder / "mended").exists():
            raise PermanentFailure("SMTP 550: recipient")
        self._add("taken", name)
        if message.subject == DEADLY and self._lines("taken").count(name) == 1:
            self._die()

    def _die(self) -> None:
        if self.kills_parent:  # the RQ worker, whose child for this one job we are
            os.kill(os.getppid(), signal.SIGKILL)
        os.kill(os.getpid(), signal.SIGKILL)

    def _add(self, file: str, line: str) -> None:
        with (self.folder / file).open("a") as out:
            out.write(line + "\n")

    def _lines(self, file: str) -> list[str]:
        return (self.folder / file).read_text().split()


@dataclass
class Office:
    """What the jobs of such a process are given."""

    database: Database
    handlers: Handlers
    folder: Path
    poll_mail: None = None
    fetch_pictures: None = None
    await_mail: None = None

    def mind_calls(self, _now: datetime) -> int:
        """Mind none."""
        return 0

    def examine_files(self, _now: datetime) -> int:
        """Look at none."""
        return 0

    def forget_files(self, _now: datetime) -> int:
        """Forget none."""
        return 0

    def sweep(self, _session: Session, _now: datetime) -> int:
        """Leave a trace."""
        with (self.folder / "swept").open("a") as out:
            out.write(f"{os.getpid()}\n")
        return 0


def services() -> Office:
    """Build the services from what the test put into the environment."""
    folder = Path(os.environ["OFFICE_FOLDER"])
    post = OddPostOffice(folder, kills_parent="OFFICE_REDIS_URL" in os.environ)
    hasty = Patience(first_wait=0.1, longest_wait=0.5)
    return Office(
        Database(os.environ["OFFICE_DATABASE_URL"]),
        handlers(post, patience=hasty),  # type: ignore[arg-type]
        folder,
    )
