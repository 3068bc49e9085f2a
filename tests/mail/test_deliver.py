"""One message from standard input: kept, joined to nothing twice, or set aside whole."""

import hashlib
import re
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime
from io import BytesIO
from pathlib import Path

import pytest
from sqlalchemy import event
from sqlalchemy import text as sql

from caseflow.adapters.file_store import LocalStore
from caseflow.db import Database
from caseflow.errors import Unavailable
from caseflow.intake import delivery
from caseflow.intake.delivery import Outcome, deliver
from caseflow.intake.mail import mail_deliver
from caseflow.intake.rooms import Rooms
from tests.mail.ledger import counts, original, quarantined, reported, rows
from tests.mail.stores import WritesApart
from tests.mail.writing import DATE, FROM, MIME, TO, b64, message, multipart, part
from tests.servers import LOOPBACK, free_port

UTF8 = b"Content-Type: text/plain; charset=utf-8"
HEAD = (FROM, TO, DATE, b"Subject: canteen", MIME)
TEXT = "投诉：食堂饭菜不新鲜。"
PLAIN = message(*HEAD, UTF8, body=TEXT.encode(), mid="one")
MIXED = b"Content-Type: multipart/mixed; boundary=B"


def with_file(content: bytes, mid: str = "file") -> bytes:
    """Return a message with an attached file."""
    attached = part(
        b"Content-Type: image/jpeg; name=1.jpg",
        b"Content-Transfer-Encoding: base64",
        body=b64(content),
    )
    body = multipart(b"B", part(UTF8, body=TEXT.encode()), attached)
    return message(*HEAD, MIXED, body=body, mid=mid)


def give(rooms: Rooms, raw: bytes, now: datetime) -> Outcome:
    """Deliver bytes."""
    return deliver(rooms, BytesIO(raw), now)


def test_a_message_becomes_a_report_with_its_original_and_files(
    rooms: Rooms, now: datetime
) -> None:
    picture = bytes(range(256)) * 400
    raw = with_file(picture)
    outcome = give(rooms, raw, now)
    [(number, case)] = rows(
        rooms, "SELECT r.number, c.number FROM report r JOIN case_file c ON c.id = r.case_id"
    )
    assert outcome.line == f"kept {number} {case}"
    assert reported(rooms) == [(TEXT, raw)]
    [file] = rows(
        rooms, "SELECT a.name, a.size, b.sha256 FROM attachment a JOIN blob b ON b.id = a.blob_id"
    )
    assert file == ("1.jpg", len(picture), hashlib.sha256(picture).hexdigest())


def test_the_same_message_by_another_route_is_the_same_report(rooms: Rooms, now: datetime) -> None:
    first = give(rooms, b"Received: from a\r\n" + PLAIN, now)
    again = give(rooms, b"Delivered-To: x\nReceived: from b\n" + PLAIN.replace(b"\r", b""), now)
    assert (first.word, again.word) == ("kept", "duplicate")
    assert (first.report, first.case) == (again.report, again.case)
    assert counts(rooms)["report"] == 1


def test_a_copied_message_id_swallows_nothing(rooms: Rooms, now: datetime) -> None:
    other = message(*HEAD, UTF8, body="另一件事：校门口太堵。".encode(), mid="one")
    assert [give(rooms, raw, now).word for raw in (PLAIN, other)] == ["kept", "kept"]


def test_without_a_message_id_a_redelivery_is_known_all_the_same(
    rooms: Rooms, now: datetime
) -> None:
    bare = message(*HEAD, UTF8, body=TEXT.encode())
    assert [give(rooms, bare, now).word for _ in range(2)] == ["kept", "duplicate"]


def test_a_machine_opens_no_case_and_is_set_aside_once_with_a_clock(
    rooms: Rooms, now: datetime
) -> None:
    raw = message(b"Auto-Submitted: auto-replied", *HEAD, UTF8, body=b"away", mid="auto")
    first, again = give(rooms, raw, now), give(rooms, b"Received: x\r\n" + raw, now)
    assert first.line == again.line == f"quarantined {first.quarantine}"
    assert quarantined(rooms) == [("自动回复", raw)]
    clocks = rows(rooms, "SELECT name, quarantine_id, state FROM clock")
    assert clocks == [("look", first.quarantine, "running")]
    assert rows(rooms, "SELECT count(*) FROM event") == [(0,)], "nobody is answered"


def test_what_is_no_message_is_set_aside_whole(rooms: Rooms, now: datetime) -> None:
    raw = b"\x00\xff\xfe nothing of a message\n"
    assert give(rooms, raw, now).word == "quarantined"
    assert quarantined(rooms) == [("不是可识别的邮件格式", raw)]


@pytest.mark.parametrize("step", ["parse", "take_in"])
def test_an_error_nobody_foresaw_sets_the_message_aside_and_tells_nothing_of_it(
    rooms: Rooms, now: datetime, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError("13812345678 lihua@example.com")

    monkeypatch.setattr(delivery, step, fail)
    assert give(rooms, PLAIN, now).word == "quarantined"
    [(reason, raw)] = quarantined(rooms)
    assert raw == PLAIN
    assert reason.endswith("（ZeroDivisionError）")
    assert counts(rooms)["report"] == 0


def test_a_message_that_the_ledger_refuses_is_set_aside_and_not_sent_round_for_ever(
    rooms: Rooms, now: datetime
) -> None:
    with rooms.database.transaction() as session:
        session.execute(sql("DELETE FROM policy WHERE clock = 'resolve'"))
    assert give(rooms, PLAIN, now).word == "quarantined"
    [(reason, raw)] = quarantined(rooms)
    assert raw == PLAIN
    assert reason.endswith("（NoPolicy）")
    assert counts(rooms)["report"] == 0


def test_a_limit_of_the_database_is_the_messages_fault_and_not_the_moments(
    postgres_rooms: Rooms, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    def exceed(rooms: Rooms, *_: object) -> None:
        with rooms.database.transaction() as session:
            session.execute(sql("DO $$ BEGIN RAISE SQLSTATE '54000'; END $$"))

    monkeypatch.setattr(delivery, "take_in", exceed)
    assert give(postgres_rooms, PLAIN, now).word == "quarantined"


def test_thirty_megabytes_are_accepted(rooms: Rooms, now: datetime) -> None:
    content = hashlib.shake_256(b"30").digest(22_500_000)
    raw = with_file(content)
    assert len(raw) > 30_000_000
    assert give(rooms, raw, now).word == "kept"
    assert rows(rooms, "SELECT size FROM attachment") == [(len(content),)]
    assert reported(rooms)[0][1] == raw


def test_as_much_text_as_a_page_takes_can_be_stored_and_found(rooms: Rooms, now: datetime) -> None:
    text = "".join(chr(0x20000 + number % 40_000) for number in range(99_000))
    assert give(rooms, message(*HEAD, UTF8, body=text.encode(), mid="long"), now).word == "kept"
    assert reported(rooms)[0][0] == text


def test_what_is_too_large_is_set_aside_unread_and_once(rooms: Rooms, now: datetime) -> None:
    raw = message(*HEAD, UTF8, body=b"x" * 51_000_000, mid="large")
    first, again = give(rooms, raw, now), give(rooms, b"Received: b\r\n" + raw, now)
    assert first.line == again.line
    assert quarantined(rooms) == [("邮件超过 50 MB，未作解析", raw)]
    assert counts(rooms)["original"] == 1


# Try again later, and nothing stored


def assert_later(rooms: Rooms, raw: bytes, now: datetime) -> None:
    """Delivery is refused for now, and tables are as they were."""
    assert mail_deliver(rooms, BytesIO(raw), now) == 75


def nothing_stored(rooms: Rooms) -> bool:
    """Tell whether no table that mail fills has a row."""
    return not any(counts(rooms).values())


def broken_store(rooms: Rooms) -> Rooms:
    """Return the rooms with a file store whose folder became something else."""
    assert isinstance(rooms.store, LocalStore)
    moved = rooms.store.root.with_name("elsewhere")
    rooms.store.root.rename(moved)
    rooms.store.root.write_bytes(b"")
    return rooms


@pytest.mark.parametrize("size", [300_000, 51_000_000])
def test_a_stopped_file_store_means_later_and_nothing_stored(
    rooms: Rooms, now: datetime, size: int
) -> None:
    raw = with_file(bytes(size)) if size < 1_000_000 else PLAIN + bytes(size)
    assert_later(broken_store(rooms), raw, now)
    assert nothing_stored(rooms)


def test_a_locked_database_means_later_and_nothing_stored(
    sqlite_rooms: Rooms, now: datetime
) -> None:
    file = sqlite_rooms.database.url.removeprefix("sqlite:///")
    hasty = Database(sqlite_rooms.database.url, busy_ms=50)
    holder = sqlite3.connect(file, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    for raw in (PLAIN, b"Auto-Submitted: auto-replied\r\n" + PLAIN, b"no message"):
        assert_later(replace(sqlite_rooms, database=hasty), raw, now)
    holder.execute("ROLLBACK")
    holder.close()
    hasty.close()
    assert nothing_stored(sqlite_rooms)


def test_an_unreachable_database_means_later(sqlite_rooms: Rooms, now: datetime) -> None:
    nowhere = Database(f"postgresql://nobody@{LOOPBACK}:{free_port()}/nothing")
    assert_later(replace(sqlite_rooms, database=nowhere), PLAIN, now)
    nowhere.close()


def test_a_stream_that_breaks_off_means_later_and_nothing_stored(
    sqlite_rooms: Rooms, now: datetime
) -> None:
    class Broken(BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            piece = super().read(size)
            if not piece:
                raise OSError("pipe")
            return piece

    assert mail_deliver(sqlite_rooms, Broken(PLAIN[:100]), now) == 75
    assert nothing_stored(sqlite_rooms)


def test_the_line_is_printed_and_nothing_else(
    sqlite_rooms: Rooms, now: datetime, capsys: pytest.CaptureFixture[str]
) -> None:
    assert mail_deliver(sqlite_rooms, BytesIO(PLAIN), now) == 0
    assert mail_deliver(sqlite_rooms, BytesIO(PLAIN), now) == 0
    assert mail_deliver(sqlite_rooms, BytesIO(b""), now) == 0
    said = capsys.readouterr()
    numbers = r"430503-20260303-\d{4} 430503-2026-\d{6}"
    assert re.fullmatch(rf"kept {numbers}\nduplicate {numbers}\nquarantined \d+\n", said.out)
    assert said.err == ""


# At the same moment


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (PLAIN, {"kept": 1, "duplicate": 7}),
        (b"Auto-Submitted: auto-replied\r\n" + PLAIN, {"quarantined": 8}),
    ],
)
def test_eight_deliveries_of_one_message_at_once_are_one(
    postgres_rooms: Rooms, now: datetime, raw: bytes, words: dict[str, int]
) -> None:
    with ThreadPoolExecutor(8) as pool:
        task: Callable[[int], Outcome] = lambda _: give(postgres_rooms, raw, now)  # noqa: E731
        outcomes = list(pool.map(task, range(8)))
    found = [outcome.word for outcome in outcomes]
    assert {word: found.count(word) for word in set(found)} == words
    assert len({outcome.line.split(" ", 1)[1] for outcome in outcomes}) == 1
    stored = counts(postgres_rooms)
    assert (stored["report"] + stored["quarantine"], stored["original"]) == (1, 1)


def test_the_original_of_a_small_message_is_not_readable_in_the_database(
    sqlite_rooms: Rooms, now: datetime
) -> None:
    give(sqlite_rooms, PLAIN, now)
    [(sealed, one)] = rows(sqlite_rooms, "SELECT sealed, id FROM original")
    assert b"lihua" not in sealed
    assert original(sqlite_rooms, one) == PLAIN


def test_unavailable_is_raised_to_whoever_calls_deliver(sqlite_rooms: Rooms, now: datetime) -> None:
    with pytest.raises(Unavailable):
        give(broken_store(sqlite_rooms), with_file(bytes(300_000)), now)


def test_no_transaction_waits_for_the_file_store(
    sqlite_rooms: Rooms, now: datetime, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    store = WritesApart(tmp_path / "files", sqlite_rooms.ring, sqlite_rooms.database)
    rooms = replace(sqlite_rooms, store=store)
    kept = give(rooms, with_file(b"x" * 100_000), now)
    assert (kept.word, store.puts) == ("kept", 2), "a file and the original"
    machine = give(rooms, b"Auto-Submitted: auto-replied\r\n" + with_file(b"y" * 100_000), now)
    assert (machine.word, store.puts) == ("quarantined", 3)
    monkeypatch.setattr(delivery, "LARGEST", 1_000_000)
    large = give(rooms, with_file(b"z" * 1_000_000), now)
    assert (large.word, store.puts) == ("quarantined", 4)


def test_a_number_is_taken_when_all_that_takes_time_is_done(rooms: Rooms, now: datetime) -> None:
    """Whoever holds a counter holds up every other report of the area (engine 3)."""
    sent: list[str] = []

    def note(_c: object, _cursor: object, statement: str, *_more: object) -> None:
        sent.append(statement)

    event.listen(rooms.database.engine, "before_cursor_execute", note)
    give(rooms, with_file(bytes(range(256)) * 400), now)
    taken = next(n for n, one in enumerate(sent) if one.startswith("INSERT INTO counter"))
    sealed = [
        n for n, one in enumerate(sent) if re.match(r"INSERT INTO (identity|original|blob)", one)
    ]
    assert len(sealed) >= 3
    assert max(sealed) < taken
