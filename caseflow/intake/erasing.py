"""What a provider is to delete because we have it, or are done with it: messages, their numbers.

Noted in the transaction that keeps the thing here, done by a job, tried until none is left there.
"""

import logging
from datetime import datetime

from sqlalchemy import delete, exists, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from caseflow.intake.rooms import Rooms
from caseflow.intake.telephony import KeptFiles, NotKept, ProviderDown
from caseflow.intake.text_tables import Erasure, Picture
from caseflow.outbox.patience import Patience

BATCH = 50
_PATIENCE = Patience()
log = logging.getLogger(__name__)


def note(session: Session, place: str, now: datetime, after: str = "") -> None:
    """Let a place be deleted at the provider, once the pictures of message `after` are fetched.
    Noted twice it is one.
    """
    insert = (sqlite if session.get_bind().dialect.name == "sqlite" else postgresql).insert
    values = {"place": place, "channel_key": after, "tries": 0, "not_before": now}
    session.execute(insert(Erasure).values(values).on_conflict_do_nothing())


def erase(rooms: Rooms, provider: KeptFiles, now: datetime) -> int:
    """Delete up to BATCH places and return how many; a second run finds those that are left."""
    awaited = exists().where(Picture.channel_key == Erasure.channel_key, Picture.state == "waiting")
    due = select(Erasure.place).where(Erasure.not_before <= now, ~awaited)
    with rooms.database.read() as session:
        places = session.scalars(due.order_by(Erasure.not_before).limit(BATCH)).all()
    return sum(_one(rooms, provider, place, now) for place in places)


def _one(rooms: Rooms, provider: KeptFiles, place: str, now: datetime) -> bool:
    try:
        provider.delete(place)
    except NotKept:
        log.error("a place that no provider knows was noted for deletion")
    except ProviderDown as error:
        log.info("not deleted at the provider: %s", error)
        rooms.database.run(lambda session: _put_off(session, place, now))
        return False
    rooms.database.run(lambda session: _done(session, place))
    return True


def _done(session: Session, place: str) -> None:
    session.execute(delete(Erasure).where(Erasure.place == place))


def _put_off(session: Session, place: str, now: datetime) -> None:
    row = session.get(Erasure, place)
    if row is not None:
        row.tries += 1
        row.not_before = now + _PATIENCE.wait(place, row.tries)
