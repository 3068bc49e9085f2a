"""Events become messages, each once."""

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import TypeVar

import pytest
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from caseflow.db import Database
from caseflow.outbox.events import emit
from caseflow.outbox.handlers import Draft
from caseflow.outbox.letters import dead_events, discard_event, requeue_event
from caseflow.outbox.patience import Patience
from caseflow.outbox.run import expand
from caseflow.outbox.tables import Event, Message
from tests.outbox.house import HOUR, event_of, messages, only, tell, told

T = TypeVar("T")


def failing(_session: Session, _event: Event) -> Sequence[Draft]:
    raise RuntimeError("张三 13800000000")


def test_an_event_becomes_a_message_for_each_recipient(database: Database, now: datetime) -> None:
    event = tell(database, now, "user:1", "report:2", subject="有新办件", urgent=True)
    assert expand(database, told, now, 10) == 1
    first, second = messages(database)
    assert (first.recipient, second.recipient) == ("user:1", "report:2")
    assert (first.state, first.subject, first.urgent) == ("pending", "有新办件", True)
    assert first.message_id != second.message_id
    assert event_of(database, event).expanded_at == now
    assert expand(database, told, now, 10) == 0


def test_a_quiet_event_tells_nobody(database: Database, now: datetime) -> None:
    with database.transaction() as session:
        emit(session, "told", case_id=None, at=now, body={"to": ["user:1"]}, quiet=True)
    assert expand(database, told, now, 10) == 0
    assert messages(database) == []


def test_one_rule_writes_to_one_recipient_once(database: Database, now: datetime) -> None:
    def twice(_session: Session, _event: Event) -> Sequence[Draft]:
        return [Draft("told", "user:1", "mail", "zh", words, "看") for words in ("一", "二")]

    tell(database, now)
    expand(database, twice, now, 10)
    assert (only(database).recipient, only(database).subject) == ("user:1", "一")


def test_the_database_refuses_a_second_message_of_the_key(
    database: Database, now: datetime
) -> None:
    event = tell(database, now)
    expand(database, told, now, 10)
    twin = {"event_id": event, "rule": "told", "recipient": "user:1", "way": "sms"}
    words = {"subject": "", "text": "", "message_id": "twin"}
    with pytest.raises(IntegrityError), database.transaction() as session:
        session.add(Message(**twin, **words, created_at=now, not_before=now))


def test_rules_that_raise_are_put_off_and_do_not_hold_up_others(
    database: Database, now: datetime
) -> None:
    def touchy(session: Session, event: Event) -> Sequence[Draft]:
        return failing(session, event) if event.id == bad else told(session, event)

    bad = tell(database, now, urgent=True)
    good = tell(database, now)
    assert expand(database, touchy, now, 10) == 2
    assert event_of(database, good).expanded_at == now
    put_off = event_of(database, bad)
    assert (put_off.expanded_at, put_off.dead_at, put_off.attempts) == (None, None, 1)
    assert put_off.not_before > now
    assert put_off.error is not None
    assert put_off.error.startswith("RuntimeError in ")
    assert "张三" not in put_off.error
    assert expand(database, touchy, now, 10) == 0


def test_rules_that_fail_half_way_leave_no_message(database: Database, now: datetime) -> None:
    def half(_session: Session, _event: Event) -> Iterator[Draft]:
        yield Draft("told", "user:1", "mail", "zh", "办件", "看")
        raise RuntimeError

    def wrong(_session: Session, _event: Event) -> Sequence[Draft]:
        good = Draft("told", "user:1", "mail", "zh", "办件", "看")
        return [good, Draft("told", "user:2", "mail", "zh", "办件", None)]  # type: ignore[arg-type]

    event = tell(database, now)
    expand(database, half, now, 10)  # type: ignore[arg-type]
    expand(database, wrong, now + HOUR, 10)
    assert messages(database) == []
    assert event_of(database, event).attempts == 2


def test_an_event_that_keeps_failing_is_dead_until_somebody_requeues_it(
    database: Database, now: datetime
) -> None:
    event = tell(database, now)
    patience = Patience(event_tries=3)
    for hour in range(5):
        expand(database, failing, now + hour * HOUR, 10, patience)
    assert (event_of(database, event).attempts, event_of(database, event).dead_at) == (
        3,
        now + 2 * HOUR,
    )
    with database.transaction() as session:
        assert [one.id for one in dead_events(session)] == [event]
        requeue_event(session, event, now + 5 * HOUR)
    assert expand(database, told, now + 5 * HOUR, 10) == 1
    assert only(database).event_id == event


def test_a_discarded_event_tells_nobody(database: Database, now: datetime) -> None:
    event = tell(database, now)
    expand(database, failing, now, 10, Patience(event_tries=1))
    with database.transaction() as session:
        discard_event(session, event, now)
        assert dead_events(session) == []
    assert expand(database, told, now + HOUR, 10) == 0


def test_two_expanders_at_once_expand_each_event_once(
    database: Database, database_url: str, now: datetime
) -> None:
    for _ in range(30):
        tell(database, now, "user:1", "user:2")
    together = threading.Barrier(2)

    def expander() -> int:
        own = Database(database_url)
        together.wait()
        try:
            return expand(own, told, now, 100)
        finally:
            own.close()

    with ThreadPoolExecutor(2) as pool:
        counts = [one.result() for one in [pool.submit(expander), pool.submit(expander)]]
    assert sum(counts) == 30
    assert len(messages(database)) == 60


def test_an_event_that_another_expanded_after_our_failure_is_left_alone(
    database_url: str, now: datetime
) -> None:
    class Slow(Database):
        def run(self, work: Callable[[Session], T]) -> T:
            try:
                return super().run(work)
            except RuntimeError:
                expand(other, told, now, 10)
                raise

    slow, other = Slow(database_url), Database(database_url)
    event = tell(other, now)
    expand(slow, failing, now, 10)
    assert (event_of(other, event).attempts, event_of(other, event).error) == (0, None)
    assert len(messages(other)) == 1
    for database in (slow, other):
        database.close()


def test_an_event_in_hand_is_passed_over_by_others(
    postgres_database: Database, postgres_url: str, now: datetime
) -> None:
    other = Database(postgres_url)
    seen: list[int] = []

    def slow(session: Session, event: Event) -> Sequence[Draft]:
        seen.append(expand(other, told, now, 10))
        return told(session, event)

    tell(postgres_database, now)
    assert expand(postgres_database, slow, now, 10) == 1
    assert seen == [0]
    assert len(messages(postgres_database)) == 1
    other.close()
