"""The two ways mail comes in: piped to us by a mail server, or fetched from a mailbox.

Each message has transactions of its own, and is acknowledged or flagged only after the commit.
"""

import logging
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from caseflow.errors import CaseflowError, Told, Unavailable
from caseflow.files.store import Readable
from caseflow.intake.delivery import LATER, deliver
from caseflow.intake.rooms import Rooms

TRY_AGAIN = 75  # EX_TEMPFAIL: the mail server keeps the message
BATCH = 100  # messages per call
_RECONNECTS = 6
_FROM_THE_END = 3  # reconnects after which the newest come first
_IN_A_ROW = 3
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


@dataclass
class _Round:
    """What one call of `poll` has done so far."""

    taken: int = 0
    current: str | None = None
    troubled: set[str] = field(default_factory=set)
    in_a_row: int = 0
    lost: int = 0


def poll(
    rooms: Rooms, connect: Callable[[], AbstractContextManager[Mailbox]], now: datetime
) -> int:
    """Take up to BATCH waiting messages and return how many were taken and flagged.

    A message that cannot be taken stays unflagged for the next time and never keeps back the ones
    after it, even when the server hangs up over it: when that goes on, the rest is taken from the
    newest end, so that no number of such messages at the head stops the mailbox. Killed between
    commit and flag, the next call meets a duplicate. Raises Unavailable when nothing could be
    taken though something waits.
    """
    progress = _Round()
    for _ in range(_RECONNECTS + 1):
        try:
            with connect() as mailbox:
                _take_waiting(rooms, mailbox, progress, now)
            break
        except MailboxLost:
            if progress.current is None:
                raise
            progress.lost += 1
            _trouble(progress, "MailboxLost")
    if progress.troubled and not progress.taken:
        raise Unavailable(Told("%(n)d 封邮件暂时无法取入，下次再试", n=len(progress.troubled)))
    return progress.taken


def _take_waiting(rooms: Rooms, mailbox: Mailbox, progress: _Round, now: datetime) -> None:
    waiting = mailbox.waiting()
    if progress.lost >= _FROM_THE_END:
        waiting = waiting[::-1]
    for message in waiting:
        if progress.taken >= BATCH:
            return
        if message in progress.troubled:
            continue
        progress.current = message
        try:
            deliver(rooms, mailbox.open(message), now)
            mailbox.flag(message)
            progress.taken += 1
            progress.in_a_row = 0
        except MessageGone:
            _log.info("mail %s was removed before it was taken", message)
        except MailboxLost:
            raise
        except Exception as error:  # stays unflagged, is logged, and `poll` raises
            _trouble(progress, type(error).__name__)
            if progress.in_a_row >= _IN_A_ROW:
                raise Unavailable("连续多封邮件无法保存，下次再试") from error
        progress.current = None


def _trouble(progress: _Round, what: str) -> None:
    if progress.current is not None:
        progress.troubled.add(progress.current)
    progress.in_a_row += 1
    _log.error("mail %s not taken: %s", progress.current, what)
    progress.current = None
