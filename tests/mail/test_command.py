"""`caseflow mail deliver` as a mail server runs it: a pipe, an exit code, little memory."""

import hashlib
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from caseflow.intake.rooms import Rooms
from tests.mail.dovecot import Account
from tests.mail.ledger import counts, quarantined
from tests.mail.writing import DATE, FROM, MIME, TO, message
from tests.servers import ROOT

PLAIN = message(FROM, TO, DATE, b"Subject: canteen", MIME, body="投诉食堂".encode(), mid="pipe")
MIB = 1024 * 1024

# The high-water mark of this program alone: ru_maxrss would begin with that of its parent.
MEASURED = """
import sys
from pathlib import Path
from caseflow.cli import main
try:
    main(["mail", *sys.argv[1:]])
finally:
    [line] = [x for x in Path("/proc/self/status").read_text().splitlines() if "VmHWM" in x]
    print(line.split()[1], file=sys.stderr)
"""


@pytest.fixture
def settings(sqlite_rooms: Rooms, tmp_path: Path) -> dict[str, str]:
    """The environment of an office on SQLite."""
    url = sqlite_rooms.database.url
    return {**os.environ, "CASEFLOW_HOME": str(tmp_path), "CASEFLOW_DATABASE_URL": url}


def deliver(settings: dict[str, str], raw: bytes) -> subprocess.CompletedProcess[bytes]:
    """Pipe a message into the command."""
    command = [str(Path(sys.executable).with_name("caseflow")), "mail", "deliver"]
    return subprocess.run(
        command, input=raw, env=settings, cwd=ROOT, capture_output=True, check=False
    )


def test_a_message_is_kept_and_again_it_is_a_duplicate(
    settings: dict[str, str], sqlite_rooms: Rooms
) -> None:
    first, again = deliver(settings, PLAIN), deliver(settings, PLAIN)
    assert (first.returncode, again.returncode) == (0, 0), first.stderr + again.stderr
    assert first.stdout.split()[0] == b"kept"
    assert again.stdout.split() == [b"duplicate", *first.stdout.split()[1:]]
    assert counts(sqlite_rooms)["report"] == 1


@pytest.mark.parametrize("broken", ["files", "keys.json", "caseflow.db"])
def test_whatever_is_out_of_order_the_mail_server_keeps_the_message(
    settings: dict[str, str], sqlite_rooms: Rooms, tmp_path: Path, broken: str
) -> None:
    if broken == "caseflow.db":
        settings["CASEFLOW_DATABASE_URL"] = f"sqlite:///{tmp_path}/no/such/folder/caseflow.db"
    else:
        (tmp_path / broken).rename(tmp_path / "elsewhere")
        (tmp_path / broken).write_bytes(b"")
    refused = deliver(settings, PLAIN)
    assert (refused.returncode, refused.stdout) == (75, b""), refused.stderr
    assert b"Traceback" not in refused.stderr
    assert not any(counts(sqlite_rooms).values())


def test_sixty_megabytes_pass_through_with_little_memory(
    settings: dict[str, str], sqlite_rooms: Rooms
) -> None:
    def pieces() -> Iterator[bytes]:
        yield PLAIN
        yield from (hashlib.shake_256(b"%d" % number).digest(MIB) for number in range(60))

    process = subprocess.Popen(
        [sys.executable, "-c", MEASURED, "deliver"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=settings,
        cwd=ROOT,
    )
    assert process.stdin is not None
    for piece in pieces():
        process.stdin.write(piece)
    said, errors = process.communicate()
    assert (process.returncode, said.split()[0]) == (0, b"quarantined"), errors
    assert_little(errors)
    [(reason, raw)] = quarantined(sqlite_rooms)
    assert reason == "邮件超过 50 MB，未作解析"
    assert hashlib.sha256(raw).digest() == hashlib.sha256(b"".join(pieces())).digest()


def test_more_than_fifty_megabytes_are_fetched_in_little_memory(
    settings: dict[str, str], sqlite_rooms: Rooms, account: Account
) -> None:
    large = PLAIN + b"\r\n" + (b"x" * 998 + b"\r\n") * 58_000
    account.put(large)
    done = subprocess.run(
        [sys.executable, "-c", MEASURED, "poll"],
        env={**settings, "CASEFLOW_IMAP_URL": account.url},
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    assert (done.returncode, done.stdout.split()) == (0, [b"1"]), done.stderr
    assert_little(done.stderr)
    assert quarantined(sqlite_rooms) == [("邮件超过 50 MB，未作解析", large)]


def assert_little(errors: bytes) -> None:
    """Assert that the program's high-water mark, its last word, lies below 150 MiB."""
    peak = int(errors.split()[-1]) * 1024
    assert peak < 150 * MIB, f"{peak / MIB:.0f} MiB"
