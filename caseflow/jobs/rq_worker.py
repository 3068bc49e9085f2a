"""The production way to keep the schedule: RQ workers, and a clock that asks them.

Loaded only by `caseflow worker` and `caseflow scheduler`. Redis holds nothing but requests to look
into the database; it may be emptied or lost at any moment.
"""

import logging
import signal
import threading
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from types import FrameType

from redis.exceptions import RedisError
from rq import Worker

from caseflow import clock
from caseflow.db import Database
from caseflow.jobs import context
from caseflow.jobs.queues import QUEUES, connect, put, put_row, queue_of
from caseflow.jobs.schedule import Job, schedule
from caseflow.jobs.work import worker_name
from caseflow.outbox.failures import describe
from caseflow.outbox.lease import hold, let_go
from caseflow.outbox.waiting import waiting

log = logging.getLogger(__name__)

TICK_SECONDS = 1.0
LEASE = "scheduler"
LEASE_SECONDS = 6.0
PAUSE_SECONDS = 1.0


class _Worker(Worker):
    """An RQ worker that remembers whether it was told to stop, or gave up by itself."""

    told_to_stop = False
    max_connection_wait_time = 5.0

    def request_stop(self, signum: int, frame: FrameType | None) -> None:
        """Finish the job in hand, then end."""
        self.told_to_stop = True
        super().request_stop(signum, frame)  # type: ignore[no-untyped-call]


def work(redis_url: str, names: Sequence[str] = QUEUES, burst: bool = False) -> None:
    """Carry out jobs until told to stop (SIGTERM, SIGINT); with `burst`, until none waits.

    `names`: the queues it looks into, in this order.

    RQ's worker gives up when Redis forgets it in the middle of a job, or is not there at the
    start; then a new one takes over.
    """
    context.services()  # built once, before the fork of each job
    while not _work_until_lost(redis_url, names, burst):
        clock.sleep(PAUSE_SECONDS)


def _work_until_lost(redis_url: str, names: Sequence[str], burst: bool) -> bool:
    """Be one RQ worker; True when it ended as it should."""
    link = connect(redis_url)
    try:
        queues = [queue_of(name, link) for name in names]
        worker = _Worker(queues, connection=link, log_job_description=False)
        worker.work(burst=burst, logging_level="WARNING")
        return burst or worker.told_to_stop
    except RedisError as error:
        log.error("worker lost Redis: %s", describe(error))
        return False
    finally:
        link.close()


def keep_time(redis_url: str) -> None:
    """Ask the workers for every job when its time has come, until SIGTERM or SIGINT.

    Any number of these may run: a lease in the database lets one at a time ask.
    """
    stopping = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda _number, _frame: stopping.set())
    services = context.services()
    timekeeper = Timekeeper(services.database, schedule(services), redis_url)
    while not stopping.is_set():
        timekeeper.tick()
        stopping.wait(TICK_SECONDS)
    timekeeper.close()


class Timekeeper:
    """Knows which tick of each job was asked for last."""

    def __init__(
        self, database: Database, jobs: Iterable[Job], redis_url: str, holder: str = ""
    ) -> None:
        """Take the jobs; Redis is not asked before the first tick. `holder` names the process."""
        self._database = database
        self._jobs = list(jobs)
        self.link = connect(redis_url)
        self._holder = holder or worker_name()
        self._asked: dict[str, int] = {}
        self._held_at = datetime.min.replace(tzinfo=clock.UTC)

    def tick(self) -> list[str]:
        """Ask for what is due and return the names; nothing when another one keeps the time.

        Neither store being down ends it: it is logged and asked again at the next tick.
        """
        now = clock.now()
        asked: list[str] = []
        try:
            if not self._hold():
                return []
            for job in self._jobs:
                number = int(now.timestamp() // job.every_seconds)
                if self._asked.get(job.name) == number:
                    continue
                if put(job.name, number, self.link):
                    asked.append(job.name)
                self._asked[job.name] = number
            asked += self._ask_for_rows(now)
        except Exception as error:  # noqa: BLE001 - logged, and the next tick asks again
            log.error("scheduler: %s", describe(error))
        return asked

    def _ask_for_rows(self, now: datetime) -> list[str]:
        """Ask for what is due in the outbox, each row by its id; return their names."""
        with self._database.read() as session:
            found = list(waiting(session, now))
        return [row.name for row in found if put_row(row, now.timestamp(), self.link)]

    def close(self) -> None:
        """Hand the lease back and let go of Redis."""
        now = clock.now()
        self._database.run(lambda session: let_go(session, LEASE, self._holder, now))
        self.link.close()

    def _hold(self) -> bool:
        """Take the lease, or keep it once half of it has passed; False while another has it.

        Where the clock was put back it is taken anew, to end by the clock as it is now.
        """
        now = clock.now()
        if self._held_at <= now < self._held_at + timedelta(seconds=LEASE_SECONDS / 2):
            return True
        held = self._database.run(
            lambda session: hold(session, LEASE, self._holder, now, LEASE_SECONDS)
        )
        if held:
            self._held_at = now
        return held
