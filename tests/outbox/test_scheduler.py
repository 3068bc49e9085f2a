"""Who asks the RQ workers, and that Redis keeps nothing that matters."""

from datetime import datetime, timedelta

import pytest
from redis import Redis

from caseflow.db import Database
from caseflow.jobs.queues import QUEUES, connect, put, queue_of
from caseflow.jobs.rq_worker import Timekeeper
from caseflow.jobs.schedule import Job
from tests.servers import free_port

JOBS = [Job("sweep", 60, lambda _now: False), Job("outbox", 2, lambda _now: False)]


def waiting(link: Redis) -> list[str]:
    return [job_id for name in QUEUES for job_id in queue_of(name, link).job_ids]


def test_a_job_is_asked_for_when_its_time_has_come(
    sqlite_database: Database, redis_url: str, link: Redis, present: list[datetime]
) -> None:
    keeper = Timekeeper(sqlite_database, JOBS, redis_url)
    assert keeper.tick() == ["sweep", "outbox"]
    assert keeper.tick() == []
    present[0] += timedelta(seconds=2)
    assert keeper.tick() == []  # the outbox's last tick still waits for a worker
    queue_of("outbox", link).empty()
    present[0] += timedelta(seconds=2)
    assert keeper.tick() == ["outbox"]
    keeper.close()


def test_the_job_that_waits_names_a_job_and_nobody(redis_url: str, link: Redis) -> None:
    put("outbox", 7, link)
    (job,) = queue_of("outbox", link).jobs
    assert (job.id, job.args, job.kwargs) == ("caseflow-outbox-7", ("outbox",), {})


def test_redis_may_forget_everything(
    sqlite_database: Database, redis_url: str, link: Redis, present: list[datetime]
) -> None:
    keeper = Timekeeper(sqlite_database, JOBS, redis_url)
    keeper.tick()
    link.flushall()
    present[0] += timedelta(seconds=60)
    assert keeper.tick() == ["sweep", "outbox"]
    keeper.close()


def test_two_schedulers_ask_once(
    sqlite_database: Database, redis_url: str, link: Redis, present: list[datetime]
) -> None:
    one, two = (Timekeeper(sqlite_database, JOBS, redis_url, holder) for holder in "ab")
    assert (one.tick(), two.tick()) == (["sweep", "outbox"], [])
    present[0] += timedelta(seconds=4)
    queue_of("outbox", link).empty()
    assert (two.tick(), one.tick()) == ([], ["outbox"])
    one.close()
    queue_of("outbox", link).empty()
    present[0] += timedelta(seconds=2)
    assert two.tick() == ["outbox"]
    two.close()


def test_the_next_one_takes_over_when_the_holder_is_gone(
    sqlite_database: Database, redis_url: str, link: Redis, present: list[datetime]
) -> None:
    one, two = (Timekeeper(sqlite_database, JOBS, redis_url, holder) for holder in "ab")
    one.tick()
    link.flushall()
    present[0] += timedelta(seconds=61)
    assert two.tick() == ["sweep", "outbox"]
    assert one.tick() == []
    for keeper in (one, two):
        keeper.close()


@pytest.mark.parametrize("back", [timedelta(hours=1), timedelta(days=7)], ids=["hour", "week"])
def test_a_clock_that_was_put_back_keeps_nobody_from_taking_over(
    sqlite_database: Database,
    redis_url: str,
    link: Redis,
    present: list[datetime],
    back: timedelta,
) -> None:
    """One holds the lease and is killed, the clock is put right: the ladders must go on."""
    one, two = (Timekeeper(sqlite_database, JOBS, redis_url, holder) for holder in "ab")
    assert one.tick() == ["sweep", "outbox"]
    link.flushall()
    present[0] -= back
    assert two.tick() == ["sweep", "outbox"]
    for keeper in (one, two):
        keeper.close()


def test_who_keeps_the_time_goes_by_the_clock_as_it_is_after_it_was_put_back(
    sqlite_database: Database, redis_url: str, link: Redis, present: list[datetime]
) -> None:
    one, two = (Timekeeper(sqlite_database, JOBS, redis_url, holder) for holder in "ab")
    one.tick()
    link.flushall()
    present[0] -= timedelta(days=7)
    assert one.tick() == ["sweep", "outbox"]
    assert two.tick() == []
    for keeper in (one, two):
        keeper.close()


def test_even_without_the_lease_a_tick_is_asked_for_once(redis_url: str, link: Redis) -> None:
    assert put("outbox", 7, link) is True
    assert put("outbox", 8, link) is False  # one that waits is enough
    queue_of("outbox", link).pop_job_id()  # a worker has taken it and is at it
    assert put("outbox", 7, link) is False
    assert put("outbox", 8, link) is True
    assert waiting(link) == ["caseflow-outbox-8"]


def test_a_redis_that_is_down_is_asked_again(
    sqlite_database: Database,
    redis_url: str,
    present: list[datetime],
    caplog: pytest.LogCaptureFixture,
) -> None:
    keeper = Timekeeper(sqlite_database, JOBS, f"redis://127.0.0.1:{free_port()}/0")
    assert keeper.tick() == []
    assert "scheduler: ConnectionError" in caplog.text
    keeper.link = connect(redis_url)
    assert keeper.tick() == ["sweep", "outbox"]
    keeper.close()
