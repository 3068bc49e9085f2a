"""How the office runs at this moment, in numbers, for whoever watches the installation.

All of it is asked of the database, so that every process of every machine tells the same. Nothing
here is about a case or a person.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, select, text
from sqlalchemy.orm import Session

from caseflow.deadlines.tables import Clock
from caseflow.outbox import lease, metrics, waiting
from caseflow.outbox.metrics import Figures

LATE_SECONDS: Mapping[str, float] = {"outbox": 600.0, "sweep": 300.0, "mail": 600.0}
"""From when on somebody should look: the oldest thing to be sent, a rung, the mailbox."""

_RUNNING = "state = 'running'"


@dataclass(frozen=True)
class Lags:
    """How late things are, in seconds; `since`: how long ago each job came to its end, by its name.

    `due`: rungs whose time has come and that the sweep has not climbed.
    """

    outbox: Figures
    due: int
    sweep: float
    since: Mapping[str, float]

    @property
    def by_name(self) -> dict[str, float]:
        """What can be late; the mailbox only where one is polled."""
        found = {"outbox": self.outbox.oldest_age, "sweep": self.sweep}
        return found | {name: age for name, age in self.since.items() if name == "mail"}

    @property
    def late(self) -> list[str]:
        """The names of what is late."""
        return [name for name, age in self.by_name.items() if age > LATE_SECONDS[name]]


def lags(session: Session, now: datetime) -> Lags:
    """Return what is late at `now`; all from small indexes."""
    due, first = session.execute(
        select(func.count(), func.min(Clock.next_rung_at)).where(
            text(_RUNNING), Clock.next_rung_at <= now
        )
    ).one()
    return Lags(
        outbox=metrics.figures(session, now),
        due=due,
        sweep=max(0.0, (now - first).total_seconds()) if first else 0.0,
        since={
            name: max(0.0, (now - moment).total_seconds())
            for name, moment in lease.ran(session).items()
        },
    )


MOST = 20_000
"""So many promises are counted at each look and no more: whoever watches asks every few seconds."""


@dataclass(frozen=True)
class Watched:
    """What there is besides; `breached`: promises that run and whose due moment is past. Of these
    and of all that run at most `MOST` are counted.
    """

    lags: Lags
    waiting: Mapping[str, int]
    running: int
    breached: int


def watch(session: Session, now: datetime, most: int = MOST) -> Watched:
    """Return all the numbers at `now`; of promises, in an index of those that run, at most `most`
    are counted.
    """
    by_due = select(Clock.due).where(text(_RUNNING)).order_by(Clock.due).limit(most)
    return Watched(
        lags(session, now),
        waiting.depths(session),
        running=_counted(session, by_due),
        breached=_counted(session, by_due.where(Clock.due < now)),
    )


def _counted(session: Session, these: Select[datetime]) -> int:
    return session.scalar(select(func.count()).select_from(these.subquery())) or 0
