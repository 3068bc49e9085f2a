"""Messages are sent, with retries, and what became of each is written down."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from caseflow.db import Database
from caseflow.outbox.patience import Patience
from caseflow.outbox.transport import Outgoing, TransportDown
from tests.outbox.house import (
    HOUR,
    Notes,
    PostOffice,
    attempts,
    carry,
    messages,
    only,
    refuse_for_good,
    refuse_times,
    tell,
)


def test_a_message_is_sent_once_and_noted_once(database: Database, now: datetime) -> None:
    tell(database, now, "user:7")
    post = PostOffice()
    for hour in range(3):
        carry(database, post, now + hour * HOUR)
    ((address, letter),) = post.letters
    message = only(database)
    assert address == "user7@example.com"
    assert letter.message_id == message.message_id
    assert (message.state, message.reason, message.owed) == ("sent", None, False)
    assert message.sent_at is not None
    assert message.sent_at >= now
    assert [attempt.ok for attempt in attempts(database)] == [True]
    assert Notes.count(database, "sent") == 1


def test_nothing_of_the_database_is_held_while_sending(
    database: Database, database_url: str, now: datetime
) -> None:
    other = Database(database_url, busy_ms=200)
    post = PostOffice(lambda _message: tell(other, now + HOUR) and None)
    tell(database, now)
    carry(database, post, now)
    assert only(database).state == "sent"
    other.close()


def test_urgent_messages_go_first(database: Database, now: datetime) -> None:
    for number in range(3):
        tell(database, now, subject=str(number))
    tell(database, now, subject="urgent", urgent=True)
    post = PostOffice()
    carry(database, post, now)
    assert [letter.subject for _address, letter in post.letters] == ["urgent", "0", "1", "2"]


def test_a_failure_is_tried_again_after_its_wait_and_not_before(
    database: Database, now: datetime
) -> None:
    tell(database, now)
    post = refuse_times(2)
    for seconds in (0, 29, 38, 97, 118, 200):
        carry(database, post, now + timedelta(seconds=seconds))
    notes = [(attempt.ok, attempt.note) for attempt in attempts(database)]
    assert notes == [(False, "SMTP 451"), (False, "SMTP 451"), (True, "")]
    message = only(database)
    assert (message.state, message.attempts, message.repeats) == ("sent", 3, 0)
    assert post.ids == [message.message_id]


def test_a_refusal_for_good_is_a_dead_letter_at_once(database: Database, now: datetime) -> None:
    tell(database, now)
    for hour in range(3):
        carry(database, PostOffice(refuse_for_good), now + hour * HOUR)
    message = only(database)
    assert (message.state, message.reason, message.attempts) == ("dead", "SMTP 550: recipient", 1)
    assert Notes.count(database, "dead") == 1


def test_the_last_try_makes_a_dead_letter(database: Database, now: datetime) -> None:
    tell(database, now)
    post = refuse_times(99)
    for hour in range(0, 20, 2):
        carry(database, post, now + hour * HOUR, patience=Patience(tries=3))
    assert (only(database).state, only(database).attempts) == ("dead", 3)
    assert Notes.count(database, "dead") == 1


def test_an_unknown_failure_is_tried_again_and_its_words_are_not_kept(
    database: Database, now: datetime, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    tell(database, now)
    post = refuse_times(1, type("Odd", (Exception,), {}))
    post.letters = []
    carry(database, post, now)
    message = only(database)
    assert (message.state, message.attempts) == ("pending", 1)
    assert message.reason is not None
    assert message.reason.startswith("Odd in ")
    assert "451" not in message.reason + caplog.text
    carry(database, post, now + HOUR)
    assert only(database).state == "sent"


def test_without_an_address_or_a_way_a_message_is_withheld(
    database: Database, now: datetime
) -> None:
    tell(database, now, "user:0")
    tell(database, now, "user:1", way="pigeon")
    post = PostOffice()
    carry(database, post, now)
    assert [(m.state, m.reason) for m in messages(database)] == [
        ("withheld", "no_address"),
        ("withheld", "no_transport"),
    ]
    assert post.letters == []
    assert Notes.count(database, "withheld") == 2


def test_a_way_that_is_down_is_tried_once_in_a_run_and_others_go_on(
    database: Database, now: datetime
) -> None:
    for way in ("mail", "mail", "sms"):
        tell(database, now, way=way)
    post = refuse_times(99, TransportDown)
    sms = PostOffice()
    carry(database, post, now, transports={"mail": post, "sms": sms})
    assert [m.attempts for m in messages(database)] == [1, 0, 1]
    assert len(sms.letters) == 1


def test_a_note_that_fails_is_owed_and_the_message_not_sent_again(
    database: Database, now: datetime, caplog: pytest.LogCaptureFixture
) -> None:
    tell(database, now)
    post, notes = PostOffice(), Notes(failing=True)
    carry(database, post, now, notes=notes)
    carry(database, post, now + HOUR, notes=notes)
    assert (only(database).state, only(database).owed) == ("sent", True)
    assert Notes.count(database, "sent") == 0
    notes.failing = False
    carry(database, post, now + 2 * HOUR, notes=notes)
    carry(database, post, now + 3 * HOUR, notes=notes)
    assert only(database).owed is False
    assert Notes.count(database, "sent") == 1
    assert len(post.letters) == 1
    assert "张三" not in caplog.text


def test_a_message_put_off_owes_no_note(database: Database, now: datetime) -> None:
    tell(database, now)
    carry(database, refuse_times(1), now, notes=Notes(failing=True))
    assert (only(database).state, only(database).owed) == ("pending", False)


def test_the_lease_is_counted_from_the_claim_however_long_earlier_sends_took(
    database: Database, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    passed = [0.0]
    monkeypatch.setattr("caseflow.outbox.sending.monotonic", lambda: passed[0])
    leases: list[datetime | None] = []

    def slow(_message: Outgoing) -> None:
        leases.extend(m.lease_until for m in messages(database) if m.state == "claimed")
        passed[0] += 170

    tell(database, now, "user:1", "user:2")
    carry(database, PostOffice(slow), now)
    lease = Patience().lease_time
    assert leases == [now + lease, now + timedelta(seconds=170) + lease]


def test_waiting_doubles_up_to_an_hour_and_spreads_by_at_most_a_quarter() -> None:
    patience = Patience()
    for attempt, plain in ((1, 30), (2, 60), (5, 480), (9, 3600), (60, 3600), (5000, 3600)):
        waits = {patience.wait(f"message {n}", attempt).total_seconds() for n in range(200)}
        assert plain <= min(waits) < plain * 1.05
        assert plain * 1.2 < max(waits) <= plain * 1.25
    assert patience.wait("message 7", 3) == replace(patience).wait("message 7", 3)


def test_a_weekend_without_mail_server_kills_no_message() -> None:
    patience = Patience()
    waited = sum(
        (patience.wait("message 1", attempt) for attempt in range(1, patience.tries)),
        timedelta(0),
    )
    assert waited > timedelta(days=2, hours=12)
