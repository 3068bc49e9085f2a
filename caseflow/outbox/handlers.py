"""What the outbox is handed from outside, since it knows no domain (engine 13)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session

from caseflow.outbox.patience import Patience
from caseflow.outbox.tables import Event, Message
from caseflow.outbox.transport import Enclosure, Transport


@dataclass(frozen=True)
class Draft:
    """A message that a rule wants written. `recipient` is a reference, never an address.

    `calm`: it may wait until people may be disturbed, and be told with others.
    """

    rule: str
    recipient: str
    way: str
    locale: str
    subject: str
    text: str
    urgent: bool = False
    calm: bool = False


Rules = Callable[[Session, Event], Sequence[Draft]]
"""Turns an event into drafts; runs in the transaction that marks the event as expanded."""

Resolve = Callable[[Session, str, str], str | None]
"""(read session, recipient, way) to the address at this moment, or None when there is none."""

Complete = Callable[[Session, str, str], str]
"""(read session, recipient, text) to the text as it is sent: puts in what must lie in no row."""


def as_it_stands(_session: Session, _recipient: str, text: str) -> str:
    """Send the text of the row."""
    return text


Enclose = Callable[[Session, str], Enclosure | None]
"""(read session, recipient) to what goes with the message."""


def nothing_enclosed(_session: Session, _recipient: str) -> None:
    """Send the words alone."""


Waking = Callable[[datetime], datetime]
"""The first moment from the one given on at which people may be disturbed."""


def at_any_hour(now: datetime) -> datetime:
    """Disturb at once."""
    return now


Summarise = Callable[[Session, str, Sequence[Message]], Draft]
"""(session, recipient, their messages, oldest first) to the one message in their place."""

Note = Callable[[Session, Message, datetime], None]
"""Called in the very transaction that records what became of a message."""


def note_nothing(_session: Session, _message: Message, _now: datetime) -> None:
    """Take no note."""


@dataclass(frozen=True)
class Handlers:
    """Everything the outbox needs to know about the rest of the house.

    `on_sent` is carried out once for each message that was sent, if need be later than the
    sending. `on_dead` and `on_withheld` are carried out at most once for each time that a message
    is given up, or is found to have no address or no way.
    """

    rules: Rules
    resolve: Resolve
    transports: Mapping[str, Transport]
    complete: Complete = as_it_stands
    enclose: Enclose = nothing_enclosed
    on_sent: Note = note_nothing
    on_dead: Note = note_nothing
    on_withheld: Note = note_nothing
    patience: Patience = field(default_factory=Patience)
    waking: Waking = at_any_hour
    summarise: Summarise | None = None
