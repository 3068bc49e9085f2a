"""What is remembered of a mailbox between two rounds: that it rests, and what cannot be had.

A message over which a round broke off three times, or its process died, is given up: a row of
quarantine says so, and it stays in the mailbox, flagged. Nothing is written for a message that is
taken, so that taking it costs nothing more: a round leaves a mark, and only after one that was
killed is each message marked before it is tried.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from caseflow.intake import quarantine
from caseflow.intake.channels.mailbox.parse import CHANNEL
from caseflow.intake.mail_tables import Fetching
from caseflow.intake.rooms import Rooms

TRIES = 3
HOPELESS = "邮箱中有一封邮件三次都没能取入，原件仍在邮箱里，已加旗标"
_ROUND, _DOWN = "", "down"
_FIRST, _LONGEST = timedelta(minutes=1), timedelta(minutes=30)
_FORGOTTEN = timedelta(days=30)


def key_of(rooms: Rooms, address: str) -> str:
    """Return what a mailbox is called in the database: not by its address, which has a password."""
    return rooms.ring.mac("mailbox", address.encode(), rooms.ring.oldest_key).hex()


def rests(session: Session, mailbox: str, now: datetime) -> bool:
    """Tell whether a mailbox that could not be reached is to be left alone a while longer."""
    row = session.get(Fetching, (mailbox, _DOWN))
    if row is None:
        return False
    pause = min(_FIRST * 2 ** min(row.tries - 1, 10), _LONGEST)
    return bool(row.at <= now < row.at + pause - _FIRST / 2)


def is_down(session: Session, mailbox: str, now: datetime) -> None:
    """Note that a mailbox could not be reached."""
    _count(session, mailbox, _DOWN, now)


@dataclass
class Book:
    """The notes of one round on one mailbox; without a `mailbox` nothing is noted."""

    rooms: Rooms
    mailbox: str
    now: datetime
    careful: bool = False
    was_down: bool = False
    suspect: str | None = None
    hopeless: set[str] = field(default_factory=set)

    def begin(self) -> None:
        """Begin a round: what others left says what is hopeless, and whether to be careful."""
        if self.mailbox:
            self.rooms.database.run(self._begin)

    def _begin(self, session: Session) -> None:
        old = self.now - _FORGOTTEN
        mine = Fetching.mailbox == self.mailbox
        session.execute(delete(Fetching).where(mine, Fetching.at < old, Fetching.tries < TRIES))
        known = session.scalars(select(Fetching).where(mine)).all()
        self.careful = any(row.message == _ROUND for row in known)
        self.was_down = any(row.message == _DOWN for row in known)
        self.hopeless = {
            row.message
            for row in known
            if row.tries >= TRIES and row.message not in (_ROUND, _DOWN)
        }
        if not self.careful:
            _count(session, self.mailbox, _ROUND, self.now)

    def end(self) -> None:
        """End a round: its process lives, whatever became of it."""
        if self.mailbox:
            self.rooms.database.run(lambda session: _drop(session, self.mailbox, [_ROUND]))

    def answers(self) -> None:
        """The server answers: whatever broke off the last conversation was the message in hand."""
        if self.suspect is not None:
            self.failed(self.suspect)
            self.suspect = None
        if self.was_down:
            self.was_down = False
            self.rooms.database.run(lambda session: _drop(session, self.mailbox, [_DOWN]))

    def before(self, message: str) -> None:
        """A message is about to be tried."""
        if self.careful:
            self.failed(message)

    def after(self, message: str) -> None:
        """A message was taken, or is gone."""
        if self.careful or message in self.hopeless:
            self.rooms.database.run(lambda session: _drop(session, self.mailbox, [message]))

    def failed(self, message: str) -> None:
        """A message could not be taken, and it was not our own database or disk."""
        if not self.mailbox:
            return
        tries = self.rooms.database.run(
            lambda session: _count(session, self.mailbox, message, self.now)
        )
        if tries >= TRIES:
            self.hopeless.add(message)

    def give_up(self, message: str) -> None:
        """Say in quarantine that a message cannot be had; the mailbox keeps it."""
        _, _, uid = message.rpartition(".")
        note = f"UID {uid}\n".encode()
        key = f"hopeless:{self.mailbox[:32]}:{message}"
        self.rooms.database.run(
            lambda session: quarantine.set_aside(
                session, self.rooms, CHANNEL, key, note, HOPELESS, self.now
            )
        )
        self.after(message)


def _count(session: Session, mailbox: str, message: str, now: datetime) -> int:
    row = session.get(Fetching, (mailbox, message), with_for_update=True)
    if row is None:
        row = Fetching(mailbox=mailbox, message=message, tries=0, at=now)
        session.add(row)
    row.tries, row.at = row.tries + 1, now
    session.flush()
    return row.tries


def _drop(session: Session, mailbox: str, messages: Iterable[str]) -> None:
    session.execute(
        delete(Fetching).where(Fetching.mailbox == mailbox, Fetching.message.in_(list(messages)))
    )
