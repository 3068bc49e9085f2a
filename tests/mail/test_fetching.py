"""A mailbox and its server in trouble: nothing is lost, comes twice or stands still."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from io import BytesIO

import pytest
from sqlalchemy import select

from caseflow.adapters import imap_idle
from caseflow.adapters.imap import open_mailbox
from caseflow.adapters.imap_names import encoded
from caseflow.errors import Unavailable
from caseflow.files.store import Readable
from caseflow.intake import fetching, mail, mailboxes
from caseflow.intake.fetching import TRIES, key_of
from caseflow.intake.mail import MailboxLost, MessageGone, poll
from caseflow.intake.mail_tables import Fetching
from caseflow.intake.rooms import Rooms
from caseflow.jobs.embedded import Runner
from caseflow.jobs.schedule import Job
from tests.mail.dovecot import Account, Dovecot, start_dovecot
from tests.mail.ledger import counts, quarantined, reported, rows
from tests.mail.scripted import provider
from tests.mail.test_poll import Unruly, letter
from tests.servers import LOOPBACK, free_port


def box(rooms: Rooms, url: str) -> dict[str, mailboxes.Connect]:
    """Return a mailbox as the job has it."""
    return {key_of(rooms, url): partial(open_mailbox, url)}


def noted(rooms: Rooms) -> dict[str, int]:
    """Return what is remembered of all mailboxes: messages and tries."""
    with rooms.database.read() as session:
        return {one.message: one.tries for one in session.scalars(select(Fetching))}


# The server


def test_a_server_killed_while_a_message_is_fetched_loses_nothing_and_repeats_nothing(
    sqlite_rooms: Rooms, now: datetime
) -> None:
    with start_dovecot() as server:
        account = server.fresh_account()
        large = letter(2) + b"\r\n" + (b"x" * 998 + b"\r\n") * 3_000
        account.put(letter(1), large, letter(3))
        boxes = box(sqlite_rooms, account.url)
        with _killed_at(server, 2), suppress(Unavailable):
            mailboxes.poll_all(sqlite_rooms, boxes, now)
        assert [raw for _, raw in reported(sqlite_rooms)] == [letter(1)]
        later = now + timedelta(minutes=1)
        with pytest.raises(Unavailable):
            mailboxes.poll_all(sqlite_rooms, boxes, later)
        server.start_again()
        much_later = now + timedelta(hours=1)
        assert mailboxes.poll_all(sqlite_rooms, boxes, much_later) == 2
        assert sorted(raw for _, raw in reported(sqlite_rooms)) == sorted(
            [letter(1), large, letter(3)]
        )
        assert noted(sqlite_rooms) == {}, "it was the server, and no message"


@contextmanager
def _killed_at(server: Dovecot, piece: int) -> Iterator[None]:
    """Kill the server before so many pieces of a message were fetched."""
    from caseflow.adapters.imap import ImapMailbox

    fetch = ImapMailbox.fetch

    def until(self: ImapMailbox, message: str, offset: int, size: int) -> tuple[bytes, int]:
        if offset and offset >= (piece - 1) * size:
            server.kill()
        return fetch(self, message, offset, size)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ImapMailbox, "fetch", until)
        yield


def test_ten_thousand_messages_are_listed_and_taken_a_hundred_at_a_time(
    sqlite_rooms: Rooms, account: Account, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mail, "BATCH", 3)
    account.fill(10_000, b"From: a@b.example\r\nSubject: x\r\nMessage-ID: <%d@x>\r\n\r\nx\r\n")
    with open_mailbox(account.url) as mailbox:
        assert len(set(mailbox.waiting())) == 10_000
    assert mailboxes.poll_all(sqlite_rooms, box(sqlite_rooms, account.url), now) == 3
    assert counts(sqlite_rooms)["report"] == 3
    with open_mailbox(account.url) as mailbox:
        assert len(mailbox.waiting()) == 9_997


@pytest.mark.parametrize("folder", ["来件/举报箱", "R&D 投诉", 'a"b\\c', "日本語ノ箱~"])
def test_folders_are_called_as_people_call_them(
    sqlite_rooms: Rooms, account: Account, now: datetime, folder: str
) -> None:
    folder = folder.replace("/", ".") if "/" in folder else folder
    with account.signed_in() as client:
        assert client.create(encoded(folder))[0] == "OK"
        assert client.append(encoded(folder), "", "", letter(1))[0] == "OK"
    assert mailboxes.poll_all(sqlite_rooms, box(sqlite_rooms, account.url_of(folder)), now) == 1


def test_the_name_of_a_folder_is_what_the_standard_says() -> None:
    assert encoded("台北/日本語") == '"&U,BTFw-/&ZeVnLIqe-"'
    assert encoded("a&b") == '"a&-b"'


def test_a_folder_made_anew_gives_no_message_for_another(
    dovecot: Dovecot, account: Account
) -> None:
    account.put(letter(1))
    with open_mailbox(account.url) as mailbox:
        [old] = mailbox.waiting()
    dovecot.make_anew(account)
    with open_mailbox(account.url) as mailbox:
        [new] = mailbox.waiting()
        assert old.partition(".")[2] == new.partition(".")[2]
        for call in (mailbox.open, mailbox.flag, mailbox.give_up):
            with pytest.raises(MessageGone):
                call(old)
        assert mailbox.waiting() == [new]
        mailbox.give_up(new)
        assert mailbox.waiting() == []
    assert account.flags() == [{"CaseflowTaken", "\\Seen", "\\Flagged"}]


# Several mailboxes


def test_a_mailbox_that_is_down_keeps_back_no_other_and_is_left_alone_for_a_while(
    sqlite_rooms: Rooms, account: Account, now: datetime
) -> None:
    account.put(letter(1))
    down = f"imap://a:b@{LOOPBACK}:{free_port()}/INBOX"
    tried: list[int] = []

    @contextmanager
    def connect() -> Iterator[mail.Mailbox]:
        tried.append(1)
        with open_mailbox(down) as mailbox:
            yield mailbox

    boxes = {**box(sqlite_rooms, account.url), key_of(sqlite_rooms, down): connect}
    assert mailboxes.poll_all(sqlite_rooms, boxes, now) == 1
    del boxes[key_of(sqlite_rooms, account.url)]
    for minute in range(1, 61):
        with suppress(Unavailable):
            mailboxes.poll_all(sqlite_rooms, boxes, now + timedelta(minutes=minute))
    assert len(tried) in (6, 7), "after 1, 2, 4, 8, 16, 30 minutes"
    assert noted(sqlite_rooms) == {"down": len(tried)}
    [(kept,)] = rows(sqlite_rooms, "SELECT mailbox FROM mail_fetching")
    assert LOOPBACK not in kept


def test_the_same_message_in_two_mailboxes_is_one_report(
    rooms: Rooms, dovecot: Dovecot, now: datetime
) -> None:
    accounts = [dovecot.fresh_account() for _ in range(3)]
    for one in accounts:
        one.put(letter(1))
    boxes = {key: value for one in accounts for key, value in box(rooms, one.url).items()}
    assert mailboxes.poll_all(rooms, boxes, now) == 3
    assert counts(rooms)["report"] == 1


def test_a_slow_mailbox_holds_up_no_other(sqlite_rooms: Rooms, now: datetime) -> None:
    """Each waits until all of them are connected: one after another, the first waits in vain."""
    together = threading.Barrier(mailboxes.MOST, timeout=10)

    @contextmanager
    def connect(n: int) -> Iterator[mail.Mailbox]:
        together.wait()
        yield Unruly({"1": letter(n)})

    boxes: dict[str, mailboxes.Connect] = {
        f"box {n}": partial(connect, n) for n in range(mailboxes.MOST)
    }
    assert mailboxes.poll_all(sqlite_rooms, boxes, now) == mailboxes.MOST


# Messages that cannot be had


def test_a_message_over_which_the_server_hangs_up_is_given_up_after_three_tries(
    sqlite_rooms: Rooms, now: datetime
) -> None:
    server = Unruly({"9.1": letter(1), "hangs up.7": b"", "9.2": letter(2)})
    for minute in range(TRIES + 1):
        with suppress(Unavailable):
            poll(sqlite_rooms, server.connect, now + timedelta(minutes=minute), "box")
    assert sorted(server.flagged) == ["9.1", "9.2", "hangs up.7"]
    assert server.given_up == ["hangs up.7"]
    assert quarantined(sqlite_rooms) == [(fetching.HOPELESS, b"UID 7\n")]
    assert noted(sqlite_rooms) == {}
    assert poll(sqlite_rooms, Unruly({}).connect, now, "box") == 0


def test_our_own_trouble_is_no_messages_fault(sqlite_rooms: Rooms, now: datetime) -> None:
    server = Unruly({"1": letter(1)})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(mail, "deliver", _unavailable)
        for _ in range(TRIES + 1):
            with pytest.raises(Unavailable):
                poll(sqlite_rooms, server.connect, now, "box")
    assert poll(sqlite_rooms, server.connect, now, "box") == 1


def _unavailable(*_: object) -> None:
    raise Unavailable("later")


@dataclass
class _Deadly(Unruly):
    """A mailbox one of whose messages kills whoever reads it."""

    def open(self, message: str, /) -> Readable:
        if message == "deadly":
            raise KeyboardInterrupt
        return BytesIO(self.messages[message])


def test_a_message_that_kills_its_reader_is_given_up_too(
    sqlite_rooms: Rooms, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A killed process says goodbye to nobody: the round's own end is left out here."""
    server = _Deadly({"deadly": b"", "1": letter(1)})
    with monkeypatch.context() as patch:
        patch.setattr(fetching.Book, "end", lambda _self: None)
        for minute in range(TRIES + 1):
            with pytest.raises(KeyboardInterrupt):
                poll(sqlite_rooms, server.connect, now + timedelta(minutes=minute), "box")
    poll(sqlite_rooms, server.connect, now + timedelta(minutes=9), "box")
    assert (sorted(server.flagged), server.given_up) == (["1", "deadly"], ["deadly"])
    assert noted(sqlite_rooms) == {}


# Waiting


def test_mail_that_comes_in_is_heard_at_once(account: Account) -> None:
    heard: list[bool] = []
    stop = threading.Event()
    listener = threading.Thread(
        target=lambda: heard.append(imap_idle.News(account.url)(20, stop.is_set))
    )
    listener.start()
    began = time.monotonic()
    while not heard and time.monotonic() - began < 15:
        account.put(letter(1))
        listener.join(0.3)
    stop.set()
    listener.join()
    assert heard == [True]


def test_what_came_between_a_round_and_the_waiting_is_heard_once(account: Account) -> None:
    news = imap_idle.News(account.url)
    assert news(0.1, lambda: False) is False
    account.put(letter(1))
    assert news(0.1, lambda: False) is True
    assert news(0.1, lambda: False) is False, "a message that cannot be taken is no news again"
    account.put(letter(2))
    assert news(0.1, lambda: False) is True
    account.put(letter(3))
    with open_mailbox(account.url) as mailbox:
        for taken in mailbox.waiting():
            mailbox.flag(taken)
    assert news(0.1, lambda: False) is False


def test_nobody_waits_longer_than_asked_nor_when_told_to_stop(account: Account) -> None:
    assert imap_idle.News(account.url)(0.1, lambda: False) is False
    assert imap_idle.News(account.url)(60, lambda: True) is False


def test_the_runner_takes_up_what_is_heard_and_else_waits_for_its_time(now: datetime) -> None:
    rounds, waits = threading.Event(), iter([False, True])
    began: list[float] = []

    def work(_now: datetime) -> bool:
        began.append(time.monotonic())
        if len(began) == 3:
            rounds.set()
        return False

    def wait(_seconds: float, stopping: Callable[[], bool]) -> bool:
        if (heard := next(waits, None)) is None:
            while not stopping():
                time.sleep(0.01)
        return bool(heard)

    runner = Runner([Job("mail", 0.3, work, wait)], now=lambda: now)
    runner.start()
    assert rounds.wait(10)
    assert runner.stop() is True
    assert began[1] - began[0] >= 0.3, "nothing was heard, so it waits for its time"
    assert began[2] - began[1] < 0.3


def test_a_server_that_cannot_tell_is_asked_on_the_minute() -> None:
    with provider(letter(1)) as server:
        assert imap_idle.News(server.url)(60, lambda: False) is False


def test_a_mailbox_that_is_down_is_waited_for_by_nobody(account: Account) -> None:
    down = imap_idle.News(f"imap://a:b@{LOOPBACK}:{free_port()}/INBOX")
    quiet = imap_idle.News(account.url)
    assert mailboxes.await_any([down, quiet], 0.1, lambda: False) is False
    with pytest.raises(MailboxLost):
        down(0.1, lambda: False)
    news = [quiet, lambda _seconds, _stopping: True]
    assert mailboxes.await_any(news, 60, lambda: False) is True, "one that hears wakes all"
