"""A mailbox on a real Dovecot: everything is taken once, whatever happens in between."""

import imaplib
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest

from caseflow.adapters import imap
from caseflow.adapters.imap import BadMailboxAddress, open_mailbox
from caseflow.db import Database
from caseflow.errors import Unavailable
from caseflow.files.store import Readable
from caseflow.intake import mail
from caseflow.intake.delivery import Outcome, deliver
from caseflow.intake.mail import MailboxLost, MessageGone, poll
from caseflow.intake.rooms import Rooms
from tests.mail.dovecot import Account, Dovecot
from tests.mail.ledger import counts, quarantined, reported, rows
from tests.mail.scripted import provider
from tests.mail.writing import DATE, FROM, MIME, TO, message
from tests.servers import LOOPBACK, ROOT, free_port

UTF8 = b"Content-Type: text/plain; charset=utf-8"
TAKEN = {"CaseflowTaken", "\\Seen"}
POISON = b"Subject: x\r\nContent-Type: multipart/mixed; boundary=B\r\n\r\n" + b"--B\r\n\r\n" * 300


def letter(number: int) -> bytes:
    """Return a message of its own."""
    text = f"投诉第 {number} 件事".encode()
    return message(FROM, TO, DATE, b"Subject: canteen", MIME, UTF8, body=text, mid=str(number))


def fetch(rooms: Rooms, account: Account, now: datetime) -> int:
    """Poll an account as the job does."""
    return poll(rooms, lambda: open_mailbox(account.url), now)


def test_everything_waiting_is_taken_flagged_and_not_taken_again(
    rooms: Rooms, account: Account, now: datetime
) -> None:
    letters = [letter(number) for number in range(3)]
    account.put(*letters)
    assert fetch(rooms, account, now) == 3
    assert [raw for _, raw in reported(rooms)] == letters
    assert account.flags() == [TAKEN] * 3
    assert fetch(rooms, account, now) == 0
    account.put(letter(3))
    assert fetch(rooms, account, now) == 1


def test_a_poisoned_message_is_set_aside_and_the_next_goes_on(
    rooms: Rooms, account: Account, now: datetime
) -> None:
    account.put(letter(1), POISON, letter(2))
    assert fetch(rooms, account, now) == 3
    assert len(reported(rooms)) == 2
    assert quarantined(rooms) == [("邮件结构异常：超过 200 个部分", POISON)]
    assert account.flags() == [TAKEN] * 3


def test_a_message_somebody_opened_in_a_mail_program_is_taken_all_the_same(
    sqlite_rooms: Rooms, account: Account, now: datetime
) -> None:
    account.put(letter(1))
    with account.signed_in() as client:
        client.fetch("1", "(BODY[])")
    assert account.flags() == [{"\\Seen"}]
    assert fetch(sqlite_rooms, account, now) == 1


def test_the_same_message_twice_in_the_mailbox_is_one_report(
    sqlite_rooms: Rooms, account: Account, now: datetime
) -> None:
    account.put(letter(1), b"Received: by another way\r\n" + letter(1))
    assert fetch(sqlite_rooms, account, now) == 2
    assert counts(sqlite_rooms)["report"] == 1


def test_more_than_fifty_megabytes_are_fetched_in_pieces_and_set_aside(
    sqlite_rooms: Rooms, account: Account, now: datetime
) -> None:
    large = letter(1) + b"\r\n" + (b"x" * 998 + b"\r\n") * 51_000
    account.put(large, letter(2))
    assert fetch(sqlite_rooms, account, now) == 2
    assert quarantined(sqlite_rooms) == [("邮件超过 50 MB，未作解析", large)]
    assert counts(sqlite_rooms)["report"] == 1


def test_what_cannot_be_kept_stays_unflagged_and_unseen(
    sqlite_rooms: Rooms, account: Account, now: datetime
) -> None:
    account.put(letter(1))
    hasty = Database(sqlite_rooms.database.url, busy_ms=50)
    file = sqlite_rooms.database.url.removeprefix("sqlite:///")
    holder = sqlite3.connect(file, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    with pytest.raises(Unavailable):
        fetch(replace(sqlite_rooms, database=hasty), account, now)
    holder.execute("ROLLBACK")
    holder.close()
    hasty.close()
    assert account.flags() == [set()]
    assert fetch(sqlite_rooms, account, now) == 1


KILLED = """
import os, signal
from caseflow import clock
from caseflow.adapters import imap
from caseflow.adapters.imap import ImapMailbox
from caseflow.app import services

ImapMailbox.flag = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
services().poll_mail(clock.now())
"""


def test_killed_between_commit_and_flag_there_is_one_report(
    rooms: Rooms, account: Account, now: datetime, database_url: str, tmp_path: Path
) -> None:
    account.put(letter(1), letter(2))
    settings = {
        "CASEFLOW_HOME": str(tmp_path),
        "CASEFLOW_DATABASE_URL": database_url,
        "CASEFLOW_IMAP_URL": account.url,
    }
    command = [sys.executable, "-c", KILLED]
    killed = subprocess.run(command, env={**os.environ, **settings}, cwd=ROOT, check=False)
    assert killed.returncode == -signal.SIGKILL
    assert len(reported(rooms)) == 1, "it was killed after the commit"
    assert account.flags() == [set(), set()], "and before the flag"
    assert fetch(rooms, account, now) == 2
    assert rows(rooms, "SELECT count(*), count(DISTINCT channel_key) FROM report") == [(2, 2)]
    assert account.flags() == [TAKEN] * 2


def test_a_wrong_password_or_an_absent_server_is_said_without_its_address(
    sqlite_rooms: Rooms, dovecot: Dovecot, now: datetime
) -> None:
    for url in (
        f"imap://office:wrong@{LOOPBACK}:{dovecot.port}/INBOX",
        f"imap://office:wrong@{LOOPBACK}:{free_port()}/INBOX",
        f"imap://office:wrong@{LOOPBACK}:{dovecot.port}/NoSuchFolder",
    ):
        with pytest.raises(MailboxLost) as refused:
            poll(sqlite_rooms, lambda url=url: open_mailbox(url), now)  # type: ignore[misc]
        assert "wrong" not in str(refused.value)
        assert "office" not in str(refused.value)


def uids(mailbox: imap.ImapMailbox) -> list[str]:
    """Return the uids of what waits."""
    return [one.partition(".")[2] for one in mailbox.waiting()]


def test_a_mailbox_of_any_size_is_asked_window_by_window(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    """imaplib breaks off at an answer of a million bytes, some 140 000 messages."""
    monkeypatch.setattr(imap, "_WINDOW", 2)
    with open_mailbox(account.url) as mailbox:
        assert mailbox.waiting() == []
    account.put(*map(letter, range(7)))
    with account.signed_in() as client:
        client.store("5", "+FLAGS", "\\Deleted")
        client.expunge()
        client.store("3:4", "+FLAGS", imap.TAKEN)
    with open_mailbox(account.url) as mailbox:
        assert uids(mailbox) == ["1", "2", "6", "7"]
        monkeypatch.setattr(imap, "_PLENTY", 2)
        assert uids(mailbox) == ["1", "2"]
    monkeypatch.setattr(imap, "_PLENTY", 100)
    with provider(*map(letter, range(5))) as server, open_mailbox(server.url) as mailbox:
        assert uids(mailbox) == ["1", "2", "3", "4", "5"]
        assert server.longest == 2


def test_the_answer_about_a_window_is_never_too_long_for_the_library() -> None:
    assert imap._WINDOW * len(" 4294967295") < imaplib._MAXLINE / 1.5  # type: ignore[attr-defined]


@pytest.mark.parametrize("url", ["http://a:b@127.0.0.1/", "imaps:///INBOX", "imaps://127.0.0.1/"])
def test_an_address_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(BadMailboxAddress), open_mailbox(url):
        pass


# A server that behaves badly


@dataclass
class Unruly:
    """A mailbox whose server hangs up or loses messages, by their names."""

    messages: dict[str, bytes]
    flagged: list[str] = field(default_factory=list)
    given_up: list[str] = field(default_factory=list)
    connections: int = 0

    @contextmanager
    def connect(self) -> Iterator["Unruly"]:
        """Connect once more."""
        self.connections += 1
        yield self

    def waiting(self) -> list[str]:
        """Return what was not flagged."""
        return [name for name in self.messages if name not in self.flagged]

    def open(self, message: str, /) -> Readable:
        """Return a message, or misbehave."""
        if message.startswith("hangs up"):
            raise MailboxLost("connection closed")
        if message.startswith("gone"):
            raise MessageGone
        return BytesIO(self.messages[message])

    def flag(self, message: str, /) -> None:
        """Flag it."""
        self.flagged.append(message)

    def give_up(self, message: str, /) -> None:
        """Flag it, and say that it was given up."""
        self.flagged.append(message)
        self.given_up.append(message)


def test_a_message_over_which_the_server_hangs_up_keeps_nobody_back(
    sqlite_rooms: Rooms, now: datetime
) -> None:
    server = Unruly({"1": letter(1), "hangs up": b"", "gone": b"", "2": letter(2)})
    assert poll(sqlite_rooms, server.connect, now) == 2
    assert server.flagged == ["1", "2"]
    assert server.connections == 2
    with pytest.raises(Unavailable):
        poll(sqlite_rooms, server.connect, now)


def test_no_number_of_such_messages_at_the_head_stops_the_mailbox(
    sqlite_rooms: Rooms, now: datetime
) -> None:
    head = {f"hangs up {number}": b"" for number in range(30)}
    server = Unruly({**head, "1": letter(1), "2": letter(2)})
    assert poll(sqlite_rooms, server.connect, now) == 2
    assert server.flagged == ["2", "1"]


def broken(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make every message that says so fail in the ledger, as no message should."""

    def taken(rooms: Rooms, stream: Readable, at: datetime) -> Outcome:
        raw = stream.read(1024)
        if raw == b"broken":
            raise RuntimeError
        return deliver(rooms, BytesIO(raw), at)

    monkeypatch.setattr(mail, "deliver", taken)


def taken_at_last(rooms: Rooms, server: Unruly, wanted: list[str], now: datetime) -> bool:
    """Poll as a job does every minute, until what is wanted was taken or it is clearly hopeless."""
    for _ in range(500):  # each finds one of thirty messages with one chance in ten or better
        with suppress(Unavailable):
            poll(rooms, server.connect, now)
        if sorted(server.flagged) == wanted:
            return True
    return False


@pytest.mark.parametrize("bad", ["hangs up", "broken"])
def test_no_number_of_such_messages_at_both_ends_keeps_back_what_lies_between(
    sqlite_rooms: Rooms, now: datetime, monkeypatch: pytest.MonkeyPatch, bad: str
) -> None:
    broken(monkeypatch)
    head, tail = ({f"{bad} {end} {number}": b"broken" for number in range(12)} for end in "ab")
    server = Unruly({**head, "1": letter(1), **tail, f"{bad} c": b"broken"})
    assert taken_at_last(sqlite_rooms, server, ["1"], now)


def test_a_server_that_does_not_come_back_at_once_is_asked_for_another_message_in_time(
    sqlite_rooms: Rooms, now: datetime
) -> None:
    server = Unruly({"hangs up": b"", "1": letter(1), "2": letter(2)})

    def connect() -> AbstractContextManager[Unruly]:
        if server.connections:
            raise MailboxLost("connection refused")
        return server.connect()

    for minute in range(7 * 60):
        server.connections = 0
        with suppress(Unavailable):
            poll(sqlite_rooms, connect, now + timedelta(minutes=minute))
    assert sorted(server.flagged) == ["1", "2"]


def test_one_failure_after_three_hang_ups_ends_no_round(
    sqlite_rooms: Rooms, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken(monkeypatch)
    head = {f"hangs up {number}": b"" for number in range(3)}
    server = Unruly({**head, "1": letter(1), "2": letter(2), "broken": b"broken"})
    assert poll(sqlite_rooms, server.connect, now) == 2


def test_messages_that_fail_are_tried_once_in_a_round(
    sqlite_rooms: Rooms, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And so few of them that a ledger which takes nothing is soon left alone."""
    broken(monkeypatch)
    server = Unruly({f"broken {number}": b"broken" for number in range(20)})
    with pytest.raises(Unavailable, match=r"^7 "):
        poll(sqlite_rooms, server.connect, now)
    assert server.connections == 1


def test_a_provider_without_keywords_that_wants_an_introduction_is_served_too(
    sqlite_rooms: Rooms, now: datetime
) -> None:
    exactly = letter(2) + b"x" * (1024 * 1024 - len(letter(2)))
    with provider(letter(1), exactly) as server:
        assert poll(sqlite_rooms, lambda: open_mailbox(server.url), now) == 2
        assert server.flags == [{b"\\Flagged", b"\\Seen"}] * 2
        assert poll(sqlite_rooms, lambda: open_mailbox(server.url), now) == 0
    assert [raw for _, raw in reported(sqlite_rooms)] == [letter(1), exactly]


def test_a_server_that_hangs_up_over_everything_is_left_alone(
    sqlite_rooms: Rooms, now: datetime
) -> None:
    server = Unruly({f"hangs up {number}": b"" for number in range(20)})
    with pytest.raises(Unavailable):
        poll(sqlite_rooms, server.connect, now)
    assert server.connections < 10
