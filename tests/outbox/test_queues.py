"""RQ's queues by urgency: what is immediate waits for no backlog, and Redis stays small."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from redis import Redis
from rq import SimpleWorker
from sqlalchemy import insert, select

from caseflow.db import Database
from caseflow.jobs import context, perform
from caseflow.jobs.queues import AHEAD, QUEUES, put, queue_of
from caseflow.jobs.rq_worker import Timekeeper
from caseflow.jobs.schedule import NAMES
from caseflow.outbox import letters
from caseflow.outbox.run import BATCH
from caseflow.outbox.tables import Event, Message
from caseflow.outbox.transport import Outgoing
from caseflow.outbox.waiting import depths, waiting
from tests.outbox.house import PostOffice, handlers, only, refuse_for_good, tell
from tests.outbox.test_jobs import House

BACKLOG = 500


@pytest.fixture
def office(
    sqlite_database: Database, present: list[datetime], monkeypatch: pytest.MonkeyPatch
) -> Iterator[PostOffice]:
    """A post office whose letters workers in this process carry out, a batch a job."""
    monkeypatch.setattr(perform, "GO_ON_SECONDS", 0.0)
    office = PostOffice()
    house = House(sqlite_database, handlers(office))
    globals()["the_house"] = lambda: house
    context.configure(f"{__name__}:the_house")
    yield office
    context.configure("caseflow.app:services")


def backlog(database: Database, now: datetime) -> None:
    """Let so many messages wait that nobody waits for."""
    with database.transaction() as session:
        session.add(Event(name="told", at=now, not_before=now, expanded_at=now))
        session.flush()
        event = session.scalars(select(Event.id)).one()
        row = {"event_id": event, "rule": "told", "way": "mail", "subject": "办件", "text": "看"}
        row |= {"created_at": now, "not_before": now}
        session.execute(
            insert(Message),
            [{**row, "recipient": f"user:{n}", "message_id": f"m{n}"} for n in range(1, BACKLOG)],
        )


def urgently(database: Database, now: datetime, who: str) -> None:
    """Let somebody be told of something urgent."""
    tell(database, now, who, urgent=True)


def one_job(link: Redis, *names: str) -> None:
    """Be a worker on these queues for one job."""
    worker = SimpleWorker([queue_of(name, link) for name in names or QUEUES], connection=link)
    worker.work(burst=True, max_jobs=1, logging_level="WARNING")


def test_a_backlog_starves_nothing_that_is_immediate(
    office: PostOffice,
    sqlite_database: Database,
    redis_url: str,
    link: Redis,
    present: list[datetime],
) -> None:
    backlog(sqlite_database, present[0])
    keeper = Timekeeper(sqlite_database, [], redis_url)
    asked = keeper.tick()
    assert asked == [f"message-{1 + n * BATCH}-0" for n in range(AHEAD)]
    assert keeper.tick() == []
    ids = [job for name in QUEUES for job in queue_of(name, link).job_ids]
    assert [job.rpartition("-")[0] for job in ids] == [f"caseflow-{name}" for name in asked]
    one_job(link)
    assert len(office.letters) == BATCH

    # The next worker that is free takes it first.
    urgently(sqlite_database, present[0], "user:9001")
    assert keeper.tick()[0].startswith("event-")
    assert queue_of("immediate", link).count == 1
    one_job(link)
    assert office.letters[BATCH][0] == "user9001@example.com"
    assert len(office.letters) == BATCH + 1

    # Whoever is in the middle of a batch sends it before what waits there already.
    def meanwhile(_letter: Outgoing) -> None:
        if len(office.letters) == BATCH + 5:
            office.before = lambda _more: None
            urgently(sqlite_database, present[0], "user:9002")
            with sqlite_database.read() as session:
                assert depths(session)["immediate"] == 1
            keeper.tick()
            one_job(link, "immediate")  # another worker, for what is immediate alone
            assert office.letters[-1][0] == "user9002@example.com"
            urgently(sqlite_database, present[0], "user:9003")

    office.before = meanwhile
    one_job(link, "notices")
    one_job(link, "notices")
    last = next(n for n, (to, _) in enumerate(office.letters) if to == "user9003@example.com")
    assert last <= BATCH + 6 + 2 * BATCH

    # And the backlog comes to its end, each once.
    while keeper.tick() or any(queue_of(name, link).count for name in QUEUES):
        one_job(link)
    assert len(office.ids) == len(set(office.ids)) == BACKLOG - 1 + 3
    with sqlite_database.read() as session:
        assert depths(session) == dict.fromkeys(QUEUES, 0)
    keeper.close()


def test_a_row_whose_job_was_lost_is_asked_for_again(
    office: PostOffice,
    sqlite_database: Database,
    redis_url: str,
    link: Redis,
    present: list[datetime],
) -> None:
    tell(sqlite_database, present[0], "user:1")
    keeper = Timekeeper(sqlite_database, [], redis_url)
    assert keeper.tick() == ["event-1-0"]
    queue_of("notices", link).pop_job_id()  # and its worker is gone, the job's record is not
    assert keeper.tick() == []
    present[0] += timedelta(seconds=31)
    assert keeper.tick() == ["event-1-0"]
    link.flushall()
    assert keeper.tick() == ["event-1-0"]
    one_job(link)
    assert only(sqlite_database).state == "sent"
    assert keeper.tick() == []
    keeper.close()


def test_what_was_given_up_is_a_row_of_the_outbox_and_can_be_asked_for_again(
    office: PostOffice,
    sqlite_database: Database,
    redis_url: str,
    link: Redis,
    present: list[datetime],
) -> None:
    office.before = refuse_for_good
    tell(sqlite_database, present[0], "user:1")
    keeper = Timekeeper(sqlite_database, [], redis_url)
    keeper.tick()
    one_job(link)
    assert (only(sqlite_database).state, keeper.tick()) == ("dead", [])
    assert queue_of("notices", link).failed_job_registry.count == 0
    office.before = lambda _letter: None
    with sqlite_database.transaction() as session:
        letters.requeue(session, 1, present[0])
    assert keeper.tick() == ["message-1-0"]
    one_job(link)
    assert only(sqlite_database).state == "sent"
    keeper.close()


def test_rows_wait_by_how_soon_somebody_should_look(database: Database, now: datetime) -> None:
    tell(database, now, "user:1")
    urgently(database, now, "user:2")
    with database.transaction() as session:
        session.add(Event(name="told", at=now, not_before=now + timedelta(hours=1)))
        row = {"event_id": 1, "rule": "x", "way": "mail", "subject": "x", "text": "x"}
        for n, more in enumerate([{}, {"calm": True}, {"urgent": True}, {"state": "sent"}]):
            moments = {"created_at": now, "not_before": now, "attempts": n}
            session.add(Message(**row, **moments, recipient=f"u:{n}", message_id=f"m{n}", **more))
    with database.read() as session:
        assert [tuple(one) for one in waiting(session, now)] == [
            ("immediate", "event-2-0"),
            ("immediate", "message-3-2"),
            ("notices", "event-1-0"),
            ("notices", "message-1-0"),
            ("bulk", "message-2-1"),
        ]
        assert depths(session) == {"immediate": 2, "notices": 3, "bulk": 1}


def test_what_comes_round_waits_where_it_holds_up_nobody(redis_url: str, link: Redis) -> None:
    for name in NAMES:  # each lands where workers look
        assert put(name, 1, link)
        assert not put(name, 2, link)
    assert {name: queue_of(name, link).count for name in QUEUES} == {
        "immediate": 1,
        "notices": 4,
        "bulk": 4,
    }
    with pytest.raises(KeyError):
        put("a job that nobody placed", 1, link)
