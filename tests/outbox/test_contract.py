"""What holds whoever carries the outbox out: the embedded runner, or RQ workers on Redis."""

from datetime import UTC, datetime

import redis
from sqlalchemy import select

from caseflow.db import Database
from caseflow.outbox.events import body_of
from caseflow.outbox.letters import requeue
from caseflow.outbox.metrics import figures
from caseflow.outbox.tables import Event, Message
from tests.outbox.carriers import Carriers
from tests.outbox.house import tell
from tests.outbox.office import DEADLY, REFUSED, TWICE


def present() -> datetime:
    """The processes go by the real clock."""
    return datetime.now(UTC)


def messages_of(database: Database, *events: int) -> list[Message]:
    with database.read() as session:
        query = select(Message).where(Message.event_id.in_(events)).order_by(Message.id)
        return list(session.scalars(query))


def all_in(carriers: Carriers, state: str, *events: int) -> list[Message]:
    """Return the messages of the events once they all exist and are in that state."""

    def settled() -> bool:
        found = messages_of(carriers.database, *events)
        come = {message.event_id for message in found} == set(events)
        return come and {message.state for message in found} == {state}

    carriers.wait_for(settled)
    return messages_of(carriers.database, *events)


def noted(database: Database, state: str) -> list[int]:
    """Return the ids of the messages that the ledger was told of, as often as it was told."""
    with database.read() as session:
        rows = session.scalars(select(Event).where(Event.name == f"noted_{state}"))
        return [body_of(event)["message"] for event in rows]


def test_every_message_is_sent_once_and_noted_once(carriers: Carriers) -> None:
    events = [tell(carriers.database, present(), "user:1", "user:2") for _ in range(15)]
    sent = all_in(carriers, "sent", *events)
    assert len(sent) == 30
    taken = carriers.lines("taken")
    assert [taken.count(message.message_id) for message in sent] == [1] * 30
    told = noted(carriers.database, "sent")
    assert [told.count(message.id) for message in sent] == [1] * 30


def test_a_transport_that_fails_twice_gets_it_at_the_third_try(carriers: Carriers) -> None:
    (message,) = all_in(
        carriers, "sent", tell(carriers.database, present(), "user:1", subject=TWICE)
    )
    assert message.attempts == 3
    assert carriers.lines("tries").count(message.message_id) == 3
    assert carriers.lines("taken").count(message.message_id) == 1


def test_one_that_fails_for_good_is_a_dead_letter_and_goes_when_requeued(
    carriers: Carriers,
) -> None:
    event = tell(carriers.database, present(), "user:1", subject=REFUSED)
    (dead,) = all_in(carriers, "dead", event)
    assert (dead.attempts, dead.reason) == (1, "SMTP 550: recipient")
    assert noted(carriers.database, "dead").count(dead.id) == 1
    (carriers.folder / "mended").touch()
    with carriers.database.transaction() as session:
        requeue(session, dead.id, present())
    (sent,) = all_in(carriers, "sent", event)
    assert sent.message_id == dead.message_id
    assert carriers.lines("taken").count(sent.message_id) == 1


def test_a_kill_between_send_and_mark_repeats_the_message_once(carriers: Carriers) -> None:
    with carriers.database.read() as session:
        before = figures(session, present()).possible_repeats
    event = tell(carriers.database, present(), "user:1", subject=DEADLY)
    carriers.wait_for(lambda: bool(carriers.dead()))
    (message,) = messages_of(carriers.database, event)
    assert message.state == "claimed"
    assert carriers.lines("taken").count(message.message_id) == 1
    carriers.revive()
    carriers.end_leases()
    (message,) = all_in(carriers, "sent", event)
    assert carriers.lines("taken").count(message.message_id) == 2
    assert noted(carriers.database, "sent").count(message.id) == 1
    with carriers.database.read() as session:
        assert figures(session, present()).possible_repeats == before + 1


def test_nothing_is_lost_when_redis_forgets_everything_in_between(carriers: Carriers) -> None:
    events = [tell(carriers.database, present(), "user:1", "user:2") for _ in range(40)]
    for share in (1, 20, 50):
        carriers.wait_for(lambda share=share: _sent(carriers, events) >= share)
        forget_everything(carriers)
    sent = all_in(carriers, "sent", *events)
    taken = carriers.lines("taken")
    assert [taken.count(message.message_id) for message in sent] == [1] * 80


def forget_everything(carriers: Carriers) -> None:
    """Empty Redis, where there is one."""
    if carriers.redis_url:
        with redis.Redis.from_url(carriers.redis_url) as link:
            link.flushall()


def _sent(carriers: Carriers, events: list[int]) -> int:
    return sum(m.state == "sent" for m in messages_of(carriers.database, *events))


def test_the_sweep_is_called_without_anybody_asking(carriers: Carriers) -> None:
    carriers.wait_for(lambda: bool(carriers.lines("swept")))
