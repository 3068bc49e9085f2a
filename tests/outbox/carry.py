"""A process of the contract tests: `python -m tests.outbox.carry runner|worker|scheduler`."""

import os
import signal
import sys
import threading
from dataclasses import replace

from caseflow.jobs import context
from caseflow.jobs.embedded import Runner
from caseflow.jobs.schedule import schedule


def run_embedded() -> int:
    """Keep the schedule, in a hurry, as the web process does, until SIGTERM."""
    told = threading.Event()
    signal.signal(signal.SIGTERM, lambda _number, _frame: told.set())
    jobs = [replace(job, every_seconds=0.2) for job in schedule(context.services())]
    runner = Runner(jobs)
    runner.start()
    told.wait()
    return 0 if runner.stop() else 1


def main(part: str) -> int:
    """Be that part of the house."""
    context.configure("tests.outbox.office:services")
    if part == "runner":
        return run_embedded()
    from caseflow.jobs import rq_worker

    address = os.environ["OFFICE_REDIS_URL"]
    {"worker": rq_worker.work, "scheduler": rq_worker.keep_time}[part](address)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
