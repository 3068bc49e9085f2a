"""Three RQ queues by urgency. A job in them is a request to look into the database, never data.

What comes round (`schedule`) is asked for by its name and the number of its tick; what lies in the
outbox by the id of the row that is due first, so that nobody asks twice for the same row at once.
"""

from collections.abc import Mapping

from redis import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry
from rq import Queue
from rq.exceptions import DuplicateJobError

from caseflow.jobs.perform import perform
from caseflow.outbox.waiting import BULK, IMMEDIATE, NOTICES, Waiting

QUEUES = (IMMEDIATE, NOTICES, BULK)
"""In the order in which a worker looks into them."""

PLACES: Mapping[str, str] = {
    "sweep": IMMEDIATE,
    "mail": NOTICES,
    "pictures": NOTICES,
    "outbox": NOTICES,
    "calls": NOTICES,
    "look": BULK,
    "anchor": BULK,
    "ledgers": BULK,
    "files": BULK,
}
"""Where what comes round waits: a slow mail server must not keep a ladder waiting, nor a backlog of
notices a report that comes in by mail.
"""

AHEAD = 4
"""So many jobs of one queue wait at most for rows of the outbox: Redis stays small whatever the
backlog, and a worker that is started later finds something to do.
"""
ASKED_AGAIN_SECONDS = 30
"""A row whose job was lost with its worker is asked for again after so long."""

JOB_SECONDS = 600
FAILED_KEPT_SECONDS = 86_400
CONNECT_SECONDS = 5.0


def connect(redis_url: str) -> Redis:
    """Return a client that fails soon rather than waiting for a Redis that is down."""
    return Redis.from_url(
        redis_url, socket_connect_timeout=CONNECT_SECONDS, retry=Retry(NoBackoff(), 0)
    )


def queue_of(name: str, link: Redis) -> Queue:
    """Return the queue of that name, or the one in which the job of that name waits.

    Raises KeyError for any other: what waits in a queue of its own nobody would ever take.
    """
    return Queue(f"caseflow-{name if name in QUEUES else PLACES[name]}", connection=link)


def put(name: str, tick: int, link: Redis) -> bool:
    """Ask the workers for job `name`; False when that was asked already.

    A tick that still waits is enough, since whoever takes it finds all the work there is. The
    number of the tick makes the id unique, so two schedulers ask once.
    """
    queue = queue_of(name, link)
    if any(waits.startswith(f"caseflow-{name}-") for waits in queue.job_ids):
        return False
    return _asked(queue, name, f"caseflow-{name}-{tick}")


def put_row(row: Waiting, moment: float, link: Redis) -> bool:
    """Ask the workers for a row of the outbox; False when that was asked already, or enough was.

    What a second job for the same row does: it finds the row done, or in hand, and takes others.
    """
    queue = queue_of(row.queue, link)
    if queue.count >= AHEAD:
        return False
    return _asked(queue, row.queue, f"caseflow-{row.name}-{int(moment // ASKED_AGAIN_SECONDS)}")


def _asked(queue: Queue, name: str, job_id: str) -> bool:
    try:
        queue.enqueue_call(
            perform,
            (name,),
            job_id=job_id,
            unique=True,
            timeout=JOB_SECONDS,
            result_ttl=0,
            failure_ttl=FAILED_KEPT_SECONDS,
        )
    except DuplicateJobError:
        return False
    return True
