"""Every recurring job, in one list."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

from caseflow.db import Database
from caseflow.jobs import work
from caseflow.jobs.services import Services, Waiting
from caseflow.outbox.lease import NOTED_SECONDS, note_run, ran


@dataclass(frozen=True)
class Job:
    """Something to be done every so many seconds.

    `work` is given the moment and returns whether it would like to be called again at once. `wait`
    waits for something to do in between, where that can be waited for.
    """

    name: str
    every_seconds: float
    work: Callable[[datetime], bool]
    wait: Waiting | None = None


NAMES = ("sweep", "mail", "pictures", "outbox", "calls", "look", "ledgers", "anchor", "files")
"""In order of precedence: a slow mail server must not keep a ladder waiting."""


def schedule(services: Services) -> list[Job]:
    """Return the jobs of this installation, in order of precedence."""
    jobs = [
        Job("sweep", 60, partial(work.sweep, services)),
        Job("mail", 60, partial(work.poll_mail, services), services.await_mail),
        Job("pictures", 20, partial(work.fetch_pictures, services)),
        Job("outbox", 2, partial(work.carry_out_outbox, services)),
        Job("calls", 30, partial(work.mind_calls, services)),
        Job("look", 10, partial(work.examine_files, services)),
        Job("ledgers", 5, partial(work.import_ledgers, services)),
        Job("anchor", 1800, partial(work.anchor, services)),
        Job("files", 6 * 3600, partial(work.forget_files, services)),
    ]
    lacking = {"mail"} if services.poll_mail is None else set()
    lacking |= {"pictures"} if services.fetch_pictures is None else set()
    known = [job for job in jobs if job.name not in lacking]
    return [replace(job, work=partial(_noted, services.database, job)) for job in known]


def _noted(database: Database, job: Job, now: datetime) -> bool:
    """Carry out a job and put down, now and then, that it came to its end: /metrics shows it."""
    more = job.work(now)
    with database.read() as session:
        last = ran(session).get(job.name)
    if last is None or not timedelta(0) <= now - last < timedelta(seconds=NOTED_SECONDS):
        database.run(lambda session: note_run(session, job.name, now))
    return more


def asked_for(services: Services) -> list[Job]:
    """Return what workers are asked for when a row of the outbox is due, by its queue."""
    return [
        Job("immediate", 1, partial(work.carry_out_urgent, services)),
        Job("notices", 1, partial(work.carry_out_outbox, services)),
        Job("bulk", 1, partial(work.carry_out_outbox, services)),
    ]


def job_named(name: str, services: Services) -> Job:
    """Return the job `name`. Raises KeyError when this installation has none."""
    return {job.name: job for job in [*schedule(services), *asked_for(services)]}[name]
