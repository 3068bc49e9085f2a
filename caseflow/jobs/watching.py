"""A process of its own that hears of mail as it comes in, where nobody serves the web beside it."""

import signal
import threading

from caseflow.jobs.embedded import Runner
from caseflow.jobs.schedule import schedule
from caseflow.jobs.services import Services


def watch_mail(services: Services) -> bool:
    """Fetch mail until told to stop (SIGTERM, SIGINT); False at once without a mailbox."""
    jobs = [job for job in schedule(services) if job.name == "mail"]
    if not jobs:
        return False
    ending = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda _number, _frame: ending.set())
    runner = Runner(jobs)
    runner.start()
    ending.wait()
    runner.stop()
    return True
