"""Keeps the schedule inside the web process: an office that installs nothing but Python.

Each job has a thread of its own, so that a mail server that hangs does not hold up the sweep.
"""

import logging
import threading
from collections.abc import Callable, Iterable
from datetime import datetime

from caseflow import clock
from caseflow.jobs.schedule import Job
from caseflow.outbox.failures import describe

log = logging.getLogger(__name__)

STOP_SECONDS = 2.0


class Runner:
    """Carries out jobs from `start` until `stop`, each first at once and then on its schedule."""

    def __init__(self, jobs: Iterable[Job], now: Callable[[], datetime] = clock.now) -> None:
        """Take the jobs; `now` is asked before each run."""
        self._now = now
        self._stopping = threading.Event()
        self._threads = [
            threading.Thread(target=self._keep, args=(job,), name=f"job-{job.name}", daemon=True)
            for job in jobs
        ]

    def start(self) -> None:
        """Begin. A runner starts once."""
        for thread in self._threads:
            thread.start()

    def stop(self, seconds: float = STOP_SECONDS) -> bool:
        """End after what is being done; False when that was not over after `seconds`.

        A send that still hangs then is left to the end of the process, as if it were killed: its
        claim runs out and the message is sent again.
        """
        self._stopping.set()
        end = clock.monotonic() + seconds
        for thread in self._threads:
            if thread.ident is not None:
                thread.join(max(0.0, end - clock.monotonic()))
        return not any(thread.is_alive() for thread in self._threads)

    def _keep(self, job: Job) -> None:
        while not self._stopping.is_set():
            if not self._once(job):
                self._rest(job)

    def _rest(self, job: Job) -> None:
        """Wait until the job's time has come again, or there is something to do."""
        began = clock.monotonic()
        if job.wait is not None and job.wait(job.every_seconds, self._stopping.is_set):
            return
        left = job.every_seconds - (clock.monotonic() - began)
        self._stopping.wait(max(0.0, left))

    def _once(self, job: Job) -> bool:
        """Run one job once and tell whether it wants to go on; an exception ends only this run."""
        try:
            return job.work(self._now())
        except Exception as error:  # noqa: BLE001 - logged; all state is in rows, the next run goes on
            log.error("job %s failed: %s", job.name, describe(error))
            return False
