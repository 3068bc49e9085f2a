"""One RQ queue for each job, so that a waiting tick is seen and the sweep goes first."""

from redis import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry
from rq import Queue
from rq.exceptions import DuplicateJobError

from caseflow.jobs.perform import perform
from caseflow.jobs.schedule import NAMES

JOB_SECONDS = 600
FAILED_KEPT_SECONDS = 86_400
CONNECT_SECONDS = 5.0


def connect(redis_url: str) -> Redis:
    """Return a client that fails soon rather than waiting for a Redis that is down."""
    return Redis.from_url(
        redis_url, socket_connect_timeout=CONNECT_SECONDS, retry=Retry(NoBackoff(), 0)
    )


def queues(link: Redis) -> list[Queue]:
    """Return every queue, in the order in which a worker should look into them."""
    return [queue_of(name, link) for name in NAMES]


def queue_of(name: str, link: Redis) -> Queue:
    """Return the queue of job `name`."""
    return Queue(f"caseflow-{name}", connection=link)


def put(name: str, tick: int, link: Redis) -> bool:
    """Ask the workers for job `name`; False when that was asked already.

    A tick that still waits is enough, since whoever takes it finds all the work there is. The
    number of the tick makes the id unique, so two schedulers ask once.
    """
    queue = queue_of(name, link)
    if queue.count:
        return False
    try:
        queue.enqueue_call(
            perform,
            (name,),
            job_id=f"caseflow-{name}-{tick}",
            unique=True,
            timeout=JOB_SECONDS,
            result_ttl=0,
            failure_ttl=FAILED_KEPT_SECONDS,
        )
    except DuplicateJobError:
        return False
    return True
