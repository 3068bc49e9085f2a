"""`caseflow mail watch` as a service manager runs it, beside a real mail server."""

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from caseflow.intake.rooms import Rooms
from tests.mail.dovecot import Account
from tests.mail.ledger import counts
from tests.mail.writing import DATE, FROM, MIME, TO, message
from tests.servers import Server, start, wait_until

FIRST, SECOND = (
    message(FROM, TO, DATE, b"Subject: canteen", MIME, body=b"There are worms.", mid=mid)
    for mid in ("watch-1", "watch-2")
)


def watching(rooms: Rooms, home: Path, url: str) -> Server:
    environment = {
        **{name: said for name, said in os.environ.items() if not name.startswith("CASEFLOW_")},
        "CASEFLOW_HOME": str(home),
        "CASEFLOW_DATABASE_URL": rooms.database.url,
        "CASEFLOW_IMAP_URL": url,
    }
    command: list[str | Path] = [sys.executable, "-m", "caseflow.cli", "mail", "watch"]
    log = home / "watch.log"
    return Server("", start(command, log, environment), log)


@pytest.fixture
def watcher(sqlite_rooms: Rooms, account: Account, tmp_path: Path) -> Iterator[Server]:
    """The command, for a mailbox in which one message lies already."""
    account.put(FIRST)
    with watching(sqlite_rooms, tmp_path, account.url) as running:
        yield running


def test_it_fetches_what_lies_there_and_what_comes_in_and_ends_when_told(
    watcher: Server, sqlite_rooms: Rooms, account: Account
) -> None:
    wait_until(lambda: counts(sqlite_rooms)["report"] == 1, watcher)
    account.put(SECOND)
    wait_until(lambda: counts(sqlite_rooms)["report"] == 2, watcher)
    wait_until(lambda: all("\\Seen" in flags for flags in account.flags()), watcher)
    assert watcher.stop() == 0


def test_a_mailbox_that_refuses_it_is_said_in_its_log_without_the_password(
    sqlite_rooms: Rooms, account: Account, tmp_path: Path
) -> None:
    wrong = account.url.replace(account.user + ":", account.user + ":not-")
    log = tmp_path / "watch.log"
    with watching(sqlite_rooms, tmp_path, wrong) as running:
        wait_until(lambda: b"mail" in log.read_bytes(), running)
    said = log.read_text()
    assert "not-" not in said
    assert account.user not in said
    assert all(json.loads(line) for line in said.splitlines())
