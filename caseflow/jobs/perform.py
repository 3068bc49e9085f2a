"""The one function that RQ calls. Its argument is the name of a job, never anybody's data."""

from caseflow import clock
from caseflow.jobs import context
from caseflow.jobs.schedule import job_named
from caseflow.outbox.failures import describe

GO_ON_SECONDS = 30.0
"""How long one RQ job goes on with what is left, before it makes room for other queues."""


class JobFailed(Exception):
    """A job raised; the text says what and where, without anybody's data."""


def perform(name: str) -> None:
    """Carry out the job `name`, for some 30 seconds if there is that much to do.

    A second run is as harmless as that of the job itself. Raises JobFailed in place of what went
    wrong, because RQ keeps and logs the whole text of an exception.
    """
    job = job_named(name, context.services())
    end = clock.monotonic() + GO_ON_SECONDS
    try:
        while job.work(clock.now()) and clock.monotonic() < end:
            pass
    except Exception as error:  # noqa: BLE001 - raised anew, cleaned
        raise JobFailed(f"{name}: {describe(error)}") from None
