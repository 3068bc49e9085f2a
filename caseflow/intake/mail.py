"""The two ways mail comes in: piped to us by a mail server, or fetched from a mailbox.

Each message has transactions of its own, and is acknowledged or flagged only after the commit.
"""

import logging
import sys
from collections import deque
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from random import SystemRandom
from typing import Protocol

from caseflow.errors import CaseflowError, Told, Unavailable
from caseflow.files.store import Readable
from caseflow.intake.delivery import LATER, deliver
from caseflow.intake.fetching import Book
from caseflow.intake.rooms import Rooms

TRY_AGAIN = 75  # EX_TEMPFAIL: the mail server keeps the message
BATCH = 100  # messages per call
# How many messages in a row may fail before the next is looked for elsewhere: from the oldest, then
# from the newest, then anywhere. After that it is hardly the messages, and the round is over.
_PATIENCE = (3, 2, 2)
_ANYWHERE = 2
# Every so many minutes a round looks anywhere from the start: a server that fell over the oldest
# message may not be back within the round. Seven, so that rounds at any usual pace meet it.
_EVERY = 7
_log = logging.getLogger(__name__)


def mail_deliver(rooms: Rooms, stream: Readable, now: datetime) -> int:
    """Take one message, print what became of it, return the exit code: 0 kept, 75 try again.

    Any error not foreseen is 75 too: the mail server then still has the message.
    """
    try:
        outcome = deliver(rooms, stream, now)
    except CaseflowError as error:
        sys.stderr.write(f"{error}\n")
        return TRY_AGAIN
    except Exception as error:  # noqa: BLE001 - said below, and the mail server keeps the message
        sys.stderr.write(f"{LATER}: {type(error).__name__}\n")
        return TRY_AGAIN
    sys.stdout.write(f"{outcome.line}\n")
    sys.stdout.flush()
    return 0


class MailboxLost(Unavailable):
    """The connection to the mail server broke, or the server refused what it must not refuse."""


class MessageGone(Exception):
    """Somebody removed the message since it was listed."""


class Mailbox(Protocol):
    """A mailbox that remembers what was taken. Every method raises MailboxLost."""

    def waiting(self) -> list[str]:
        """Return the ids of messages not flagged as taken, oldest first."""
        ...

    def open(self, message: str, /) -> Readable:
        """Return a message as a stream that fetches as it is read; marks nothing.

        Raises MessageGone, also while it is read.
        """
        ...

    def flag(self, message: str, /) -> None:
        """Flag a message as taken."""
        ...

    def give_up(self, message: str, /) -> None:
        """Flag a message as not to be tried again, so that a person finds it there."""
        ...


@dataclass
class _Round:
    """What one call of `poll` has done so far, and where it looks for the next message."""

    taken: int = 0
    current: str | None = None
    troubled: set[str] = field(default_factory=set)
    way: int = 0
    in_a_row: int = 0

    @property
    def over(self) -> bool:
        """Whether enough was taken, or enough was tried in vain."""
        return self.taken >= BATCH or self.way >= len(_PATIENCE)

    def next(self, waiting: deque[str]) -> str:
        """Take the message to be tried next out of those that wait."""
        if self.way == 0:
            return waiting.popleft()
        if self.way == 1:
            return waiting.pop()
        at = SystemRandom().randrange(len(waiting))
        waiting.rotate(-at)
        found = waiting.popleft()
        waiting.rotate(at)
        return found

    def trouble(self, what: str) -> None:
        """Leave the message for another time, and look elsewhere when there were several."""
        _log.error("mail %s not taken: %s", self.current, what)
        if self.current is not None:
            self.troubled.add(self.current)
        self.current = None
        self.in_a_row += 1
        if self.in_a_row >= _PATIENCE[self.way]:
            self.way, self.in_a_row = self.way + 1, 0


def poll(
    rooms: Rooms,
    connect: Callable[[], AbstractContextManager[Mailbox]],
    now: datetime,
    name: str = "",
) -> int:
    """Take up to BATCH waiting messages and return how many were taken and flagged.

    A message that cannot be taken, or over which the server hangs up, stays unflagged for the next
    time and keeps back no other: after some of them the next is looked for at the other end, then
    anywhere, each time anew, and now and then anywhere from the start. So wherever such messages
    lie and however many they are, every other one has its turn. Killed between commit and flag, the
    next call meets a duplicate. By `name` (`fetching.key_of`) it is remembered what broke off a
    round; after three times a message is given up. Raises Unavailable when nothing could be taken
    though something waits.
    """
    book = Book(rooms, name, now)
    book.begin()
    try:
        return _round(rooms, connect, now, book)
    finally:
        book.end()


def _round(
    rooms: Rooms,
    connect: Callable[[], AbstractContextManager[Mailbox]],
    now: datetime,
    book: Book,
) -> int:
    progress = _Round(way=0 if int(now.timestamp()) // 60 % _EVERY else _ANYWHERE)
    while not progress.over:
        try:
            with connect() as mailbox:
                book.answers()
                _take_waiting(rooms, mailbox, progress, now, book)
            break
        except MailboxLost:
            if progress.current is None:
                raise
            book.suspect = progress.current
            progress.trouble("MailboxLost")
    if progress.troubled and not progress.taken:
        raise Unavailable(Told("%(n)d 封邮件暂时无法取入，下次再试", n=len(progress.troubled)))
    return progress.taken


def _take_waiting(
    rooms: Rooms, mailbox: Mailbox, progress: _Round, now: datetime, book: Book
) -> None:
    found = mailbox.waiting()
    for hopeless in book.hopeless.intersection(found):
        book.give_up(hopeless)
        mailbox.give_up(hopeless)
    spared = progress.troubled | book.hopeless
    waiting = deque(one for one in found if one not in spared)
    while waiting and not progress.over:
        progress.current = progress.next(waiting)
        book.before(progress.current)
        try:
            deliver(rooms, mailbox.open(progress.current), now)
            mailbox.flag(progress.current)
            book.after(progress.current)
            progress.taken += 1
            progress.in_a_row = 0
        except MessageGone:
            _log.info("mail %s was removed before it was taken", progress.current)
        except MailboxLost:
            raise
        except Exception as error:  # noqa: BLE001 - stays unflagged, is logged, and `poll` raises
            if not (isinstance(error, Unavailable) or book.careful):
                book.failed(progress.current)
            progress.trouble(type(error).__name__)
    progress.current = None
