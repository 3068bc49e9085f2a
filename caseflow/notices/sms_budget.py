"""What text messages may cost in a day: so many segments, paid for before one is handed over.

What is over waits for the next day and is not lost. Receipts and what is urgent may use up all of
it; anything else leaves them a share. A message is paid for once a day, however often it is tried.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from sqlalchemy import select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from caseflow import clock
from caseflow.clock import SHANGHAI, local
from caseflow.db import Database
from caseflow.notices.sms_segments import fitting, segments
from caseflow.notices.sms_tables import TextDay, TextSent
from caseflow.outbox.events import JSON, emit
from caseflow.outbox.tables import Message
from caseflow.outbox.transport import NotYet, Outgoing, Transport

LONGEST = 6
"""So many segments is one text message at most."""
SHARE = 0.8
"""Of the day, for what is neither a receipt nor urgent."""
FIRST = ("receipt",)
SPENT = "over_budget"


@dataclass(frozen=True)
class Budgeted:
    """A transport of text messages that keeps to a budget of `daily` segments for the office of
    `area`. A message that cannot be paid for raises NotYet.
    """

    inner: Transport
    database: Database
    daily: int
    area: str

    def send(self, address: str, message: Outgoing) -> None:
        """Pay for a message and hand it on, cut to what may be. Raises as the transport does."""
        text = fitting(message.text, LONGEST)
        now = clock.now()
        if not self.database.run(lambda session: self._paid(session, message, segments(text), now)):
            raise NotYet(SPENT, _tomorrow(now))
        self.inner.send(address, Outgoing(message.message_id, "", text, message.locale))

    def _paid(self, session: Session, message: Outgoing, cost: int, now: datetime) -> bool:
        own_id = message.message_id.partition("-")[0]
        query = select(Message).where(Message.message_id == own_id)
        row = session.scalars(query.with_for_update()).one()
        day = day_of(now)
        paid = session.get(TextSent, row.id)
        if paid is not None:
            paid.fate, paid.never = "handed", False  # what was said of an earlier try is over
            if paid.day == day:
                return True
        most = self.daily if row.urgent or row.rule in FIRST else int(self.daily * SHARE)
        if not _take(session, day, cost, most):
            self._tell_once(session, day, now)
            return False
        if paid is None:
            session.add(TextSent(message_id=row.id, day=day, segments=cost, at=now))
        else:
            paid.day, paid.segments = day, cost
        return True

    def _tell_once(self, session: Session, day: str, now: datetime) -> None:
        """Let the office know, once a day, that something waits."""
        told = update(TextDay).where(TextDay.day == day, TextDay.told.is_(False)).values(told=True)
        if session.execute(told.returning(TextDay.day)).first() is not None:
            body: dict[str, JSON] = {"area": self.area}
            emit(session, "text_budget", case_id=None, at=now, body=body)


def day_of(now: datetime) -> str:
    """Return the Shanghai day whose budget pays."""
    return f"{local(now):%Y%m%d}"


def spent(session: Session, now: datetime) -> int:
    """Return how many segments the day has cost so far."""
    query = select(TextDay.segments).where(TextDay.day == day_of(now))
    return session.scalar(query) or 0


def _take(session: Session, day: str, cost: int, most: int) -> bool:
    """Take so many segments of a day; False where that would be more than `most`. One statement
    counts, so that several processes never take more together.
    """
    insert = (sqlite if session.get_bind().dialect.name == "sqlite" else postgresql).insert
    begin = insert(TextDay).values(day=day, segments=0, told=False)
    session.execute(begin.on_conflict_do_nothing())
    taken = (
        update(TextDay)
        .where(TextDay.day == day, TextDay.segments + cost <= most)
        .values(segments=TextDay.segments + cost)
        .returning(TextDay.day)
    )
    return session.execute(taken).first() is not None


def _tomorrow(now: datetime) -> datetime:
    """Return when the next day's budget begins: in the morning, when nobody is woken."""
    day = local(now).date() + timedelta(days=1)
    return datetime.combine(day, time(8), SHANGHAI).astimezone(UTC)
