"""A worker that vanishes leaves a claim behind; one that comes back late does no harm."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest

from caseflow.db import Database
from caseflow.outbox.lease import hold, let_go
from caseflow.outbox.letters import requeue
from caseflow.outbox.metrics import figures
from caseflow.outbox.patience import Patience
from caseflow.outbox.transport import Outgoing, TemporaryFailure
from tests.outbox.house import (
    HOUR,
    Notes,
    PostOffice,
    attempts,
    carry,
    messages,
    only,
    refuse_for_good,
    tell,
)

LEASE = Patience().lease_time
MINUTE = timedelta(minutes=1)


class PowerCut(BaseException):
    """Ends a worker where it stands, as far as one process can."""


def cut(_message: Outgoing) -> None:
    raise PowerCut


def vanish(database: Database, now: datetime) -> None:
    """Claim a message and never come back."""
    with pytest.raises(PowerCut):
        carry(database, PostOffice(cut), now)


def test_a_claim_is_left_alone_until_its_lease_ends(database: Database, now: datetime) -> None:
    tell(database, now)
    vanish(database, now)
    post = PostOffice()
    carry(database, post, now + LEASE - MINUTE)
    assert (post.letters, only(database).state) == ([], "claimed")
    carry(database, post, now + LEASE + MINUTE)
    message = only(database)
    assert (message.state, message.attempts, message.repeats) == ("sent", 2, 1)
    assert post.ids == [message.message_id]
    assert [attempt.note for attempt in attempts(database)] == ["lease_ran_out", ""]
    with database.read() as session:
        assert figures(session, now).possible_repeats == 1


def test_a_message_that_kills_five_workers_in_a_row_is_dead(
    database: Database, now: datetime
) -> None:
    tell(database, now)
    for hour in range(5):
        vanish(database, now + hour * HOUR)
    carry(database, PostOffice(cut), now + 6 * HOUR)
    assert (only(database).state, only(database).reason) == ("dead", "lease_ran_out")
    assert Notes.count(database, "dead") == 1


def test_a_send_that_outlasts_its_lease_is_noted_once(
    database: Database, database_url: str, now: datetime
) -> None:
    quicker, other = PostOffice(), Database(database_url)
    tell(database, now)
    slow = PostOffice(lambda _message: carry(other, quicker, now + LEASE + MINUTE) and None)
    carry(database, slow, now)
    assert slow.ids == quicker.ids
    assert (only(database).state, only(database).repeats) == ("sent", 1)
    assert Notes.count(database, "sent") == 1
    other.close()


def test_a_late_failure_does_not_touch_a_message_that_another_sent(
    database: Database, database_url: str, now: datetime
) -> None:
    quicker, other = PostOffice(), Database(database_url)

    def late(_message: Outgoing) -> None:
        carry(other, quicker, now + LEASE + MINUTE)
        raise TemporaryFailure("SMTP 451")

    tell(database, now)
    carry(database, PostOffice(late), now)
    assert (only(database).state, len(quicker.letters)) == ("sent", 1)
    other.close()


def test_a_late_failure_does_not_end_anothers_claim(
    database: Database, database_url: str, now: datetime
) -> None:
    other = Database(database_url)

    def late(_message: Outgoing) -> None:
        vanish(other, now + LEASE + MINUTE)
        raise TemporaryFailure("SMTP 451")

    tell(database, now)
    carry(database, PostOffice(late), now)
    message = only(database)
    assert (message.state, message.attempts) == ("claimed", 2)
    other.close()


def test_a_late_failure_from_before_a_requeue_does_not_end_the_new_claim(
    database: Database, database_url: str, now: datetime
) -> None:
    other = Database(database_url)

    def late(_message: Outgoing) -> None:
        carry(other, PostOffice(refuse_for_good), now + LEASE + MINUTE)
        with other.transaction() as session:
            requeue(session, only(other).id, now + HOUR)
        vanish(other, now + HOUR)
        raise TemporaryFailure("SMTP 451")

    tell(database, now)
    carry(database, PostOffice(late), now)
    assert (only(database).state, only(database).attempts) == ("claimed", 1)
    other.close()


def test_a_late_yes_counts_though_the_message_was_given_up(
    database: Database, database_url: str, now: datetime
) -> None:
    other = Database(database_url)

    def late(_message: Outgoing) -> None:
        vanish_for_good = Patience(repeats=1)
        carry(other, PostOffice(cut), now + LEASE + MINUTE, patience=vanish_for_good)
        assert only(other).state == "dead"

    tell(database, now)
    carry(database, PostOffice(late), now)
    assert (only(database).state, only(database).reason) == ("sent", None)
    other.close()


def test_two_senders_at_once_send_each_message_once(
    database: Database, database_url: str, now: datetime
) -> None:
    tell(database, now, *(f"user:{n}" for n in range(1, 41)))
    posts = [PostOffice(), PostOffice()]
    together = threading.Barrier(2)

    def sender(post: PostOffice) -> None:
        own = Database(database_url)
        together.wait()
        while carry(own, post, now):
            pass
        own.close()

    with ThreadPoolExecutor(2) as pool:
        for one in [pool.submit(sender, post) for post in posts]:
            one.result()
    sent = posts[0].ids + posts[1].ids
    assert sorted(sent) == sorted(message.message_id for message in messages(database))
    assert {message.state for message in messages(database)} == {"sent"}


def test_a_named_lease_has_one_holder_until_it_ends_or_is_let_go(
    database: Database, now: datetime
) -> None:
    def ask(holder: str, seconds: int) -> bool:
        moment = now + timedelta(seconds=seconds)
        return database.run(lambda session: hold(session, "scheduler", holder, moment, 10))

    assert [ask("a", 0), ask("b", 1), ask("a", 9), ask("b", 12)] == [True, False, True, False]
    assert [ask("b", 19), ask("a", 20)] == [True, False]
    database.run(lambda session: let_go(session, "scheduler", "a", now))
    assert ask("a", 21) is False
    database.run(lambda session: let_go(session, "scheduler", "b", now))
    assert ask("a", 21) is True


def test_of_two_that_ask_for_a_new_lease_at_once_one_gets_it(
    database: Database, database_url: str, now: datetime
) -> None:
    together = threading.Barrier(4)

    def ask(holder: str) -> bool:
        own = Database(database_url)
        together.wait()
        try:
            return own.run(lambda session: hold(session, "scheduler", holder, now, 10))
        finally:
            own.close()

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(ask, "abcd")) == [False, False, False, True]
