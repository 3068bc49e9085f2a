"""What the outbox asks of whoever carries a message: mail server, SMS gateway, folder."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


class TemporaryFailure(Exception):
    """It did not go through this time. The text is kept and shown: no address, no case text."""


class TransportDown(TemporaryFailure):
    """The far end cannot be reached at all; the rest of this way had better wait as well."""


class NotYet(TemporaryFailure):
    """Its turn comes later, at `until` (an aware moment): nothing failed, and no try is counted."""

    def __init__(self, words: str, until: datetime) -> None:
        super().__init__(words)
        self.until = until


class PermanentFailure(Exception):
    """It will never go through. The text is kept and shown: no address, no case text."""


@dataclass(frozen=True)
class Enclosure:
    """A PDF that goes with a message; `content` makes it as it is sent, and may raise."""

    name: str
    content: Callable[[], bytes]


@dataclass(frozen=True)
class Outgoing:
    """A message as its transport sees it. `message_id` is the same at every try.

    `recipient`: the reference it is meant for, no address. `may_stop`: whoever gets it may ask for
    no more such messages by answering with its id.
    """

    message_id: str
    subject: str
    text: str
    locale: str
    enclosure: Enclosure | None = None
    recipient: str = ""
    may_stop: bool = False


class Transport(Protocol):
    """One way to reach people. Called with no database transaction open."""

    def send(self, address: str, message: Outgoing) -> None:
        """Hand `message` over to `address`; returning means that the far end has taken it.

        Raises TemporaryFailure (try again later, `NotYet` when) or PermanentFailure (never). It may
        be called again with the same `message_id` after a crash and had better recognise it. It
        must end within `Patience.lease` seconds.
        """
