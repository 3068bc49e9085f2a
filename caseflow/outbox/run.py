"""The outbox as its runner sees it: expand what happened, send what is due.

Carried out by the embedded runner or by any number of RQ workers, with the same code.
"""

from datetime import datetime

from caseflow.db import Database
from caseflow.outbox.expansion import expand
from caseflow.outbox.folding import fold
from caseflow.outbox.handlers import Handlers
from caseflow.outbox.night import put_off
from caseflow.outbox.sending import send

__all__ = ["BATCH", "expand", "run", "run_urgent", "send"]

BATCH = 20
"""Events and messages in one go: few enough to stop soon, or to let the sweep have its turn."""


def run_urgent(
    database: Database, handlers: Handlers, now: datetime, worker: str, limit: int = BATCH
) -> int:
    """Do as `run` does with what is urgent and leave all else to others; return how many."""
    expanded = expand(
        database,
        handlers.rules,
        now,
        limit,
        handlers.patience,
        handlers.waking,
        only_urgent=True,
    )
    return expanded + _send(database, handlers, now, worker, limit, only_urgent=True)


def run(
    database: Database, handlers: Handlers, now: datetime, worker: str, limit: int = BATCH
) -> int:
    """Expand up to `limit` events, then send up to `limit` messages; return how many of both.

    While there are more events than that, what is calm waits a little: who is to be told of many
    things is told of them together; in the night for the morning. What a second run does: it takes
    up what is left, each row once.
    """
    expanded = expand(database, handlers.rules, now, limit, handlers.patience, handlers.waking)
    put_off(database, handlers.waking, now)
    more_to_come = handlers.summarise is not None and expanded >= limit
    if handlers.summarise is not None and not more_to_come:
        fold(database, handlers.summarise, now)
    return expanded + _send(database, handlers, now, worker, limit, calm=not more_to_come)


def _send(
    database: Database,
    handlers: Handlers,
    now: datetime,
    worker: str,
    limit: int,
    *,
    calm: bool = True,
    only_urgent: bool = False,
) -> int:
    return send(
        database,
        handlers.transports,
        handlers.resolve,
        now,
        worker,
        limit,
        complete=handlers.complete,
        enclose=handlers.enclose,
        on_sent=handlers.on_sent,
        on_dead=handlers.on_dead,
        on_withheld=handlers.on_withheld,
        patience=handlers.patience,
        waking=handlers.waking,
        calm=calm,
        only_urgent=only_urgent,
    )
