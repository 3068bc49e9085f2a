"""The recurring work, one function each.

Each returns whether there may be more at once, so that whoever runs it can stop in between.
"""

import os
import socket
from datetime import datetime

from caseflow.jobs.services import Services
from caseflow.outbox.run import BATCH, run, run_urgent


def carry_out_outbox(services: Services, now: datetime) -> bool:
    """Expand events and send messages. A second run takes what is left, each row once."""
    return run(services.database, services.handlers, now, worker_name()) >= BATCH


def carry_out_urgent(services: Services, now: datetime) -> bool:
    """Do the same with what is urgent, and nothing else."""
    return run_urgent(services.database, services.handlers, now, worker_name()) >= BATCH


def sweep(services: Services, now: datetime) -> bool:
    """Take a batch of due clocks one rung up, in a transaction. A second run finds none due."""
    return services.database.run(lambda session: services.sweep(session, now)) > 0


def poll_mail(services: Services, now: datetime) -> bool:
    """Fetch mail. A second run finds it flagged, or known by its message id."""
    return services.poll_mail is not None and services.poll_mail(now) > 0


def fetch_pictures(services: Services, now: datetime) -> bool:
    """Fetch what text messages brought. A second run finds those that are left."""
    return services.fetch_pictures is not None and services.fetch_pictures(now) > 0


def mind_calls(services: Services, now: datetime) -> bool:
    """End silent calls, fetch recordings. A second run takes what is left, each row once."""
    return services.mind_calls(now) > 0


def anchor(services: Services, now: datetime) -> bool:
    """Sign what the histories came to. A second run finds the day's anchor."""
    services.anchor(now)
    return False


def examine_files(services: Services, now: datetime) -> bool:
    """Look at files and have them scanned. A second run finds the next ones."""
    return services.examine_files(now) > 0


def import_ledgers(services: Services, now: datetime) -> bool:
    """Check or take over old ledgers. A second run finds them checked, or done."""
    return services.import_ledgers(now) > 0


def forget_files(services: Services, now: datetime) -> bool:
    """Forget files that nothing names. A second run finds none."""
    services.forget_files(now)
    return False


def worker_name() -> str:
    """Return which process this is, for the claims it makes."""
    return f"{os.getpid()}@{socket.gethostname()}"
