"""How the office runs at this moment, in numbers, for whoever watches the installation.

All of it is asked of the database, so that every process of every machine tells the same. Nothing
here is about a case or a person.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from caseflow.deadlines.tables import Clock
from caseflow.outbox import lease, metrics, waiting
from caseflow.outbox.metrics import Figures

LATE_SECONDS: Mapping[str, float] = {"outbox": 600.0, "sweep": 300.0, "mail": 600.0}
"""From when on somebody should look: the oldest thing to be sent, a rung, the mailbox."""

_RUNNING = "state = 'running'"


@dataclass(frozen=True)
class Watched:
    """Ages and lags in seconds; `since`: how long ago each job came to its end, by its name.

    `due`: rungs whose time has come and that the sweep has not climbed; `breached`: promises that
    run and whose due moment is past.
    """

    outbox: Figures
    waiting: Mapping[str, int]
    running: int
    breached: int
    due: int
    sweep_lag: float
    since: Mapping[str, float]

    @property
    def lags(self) -> dict[str, float]:
        """What can be late; the mailbox only where one is polled."""
        found = {"outbox": self.outbox.oldest_age, "sweep": self.sweep_lag}
        return found | {name: age for name, age in self.since.items() if name == "mail"}

    @property
    def late(self) -> list[str]:
        """The names of what is late."""
        return [name for name, age in self.lags.items() if age > LATE_SECONDS[name]]


def watch(session: Session, now: datetime) -> Watched:
    """Return the numbers at `now`: seven statements, of which one reads every running clock."""
    due, first = session.execute(
        select(func.count(), func.min(Clock.next_rung_at)).where(
            text(_RUNNING), Clock.next_rung_at <= now
        )
    ).one()
    running, breached = session.execute(
        select(func.count(), func.count().filter(Clock.due < now)).where(text(_RUNNING))
    ).one()
    return Watched(
        outbox=metrics.figures(session, now),
        waiting=waiting.depths(session),
        running=running,
        breached=breached,
        due=due,
        sweep_lag=max(0.0, (now - first).total_seconds()) if first else 0.0,
        since={
            name: max(0.0, (now - moment).total_seconds())
            for name, moment in lease.ran(session).items()
        },
    )
