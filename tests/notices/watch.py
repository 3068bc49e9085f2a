"""Sees which messages the moves of a test make, and to whom."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import partial
from types import SimpleNamespace

from sqlalchemy import select
from sqlalchemy.orm import Session

from caseflow.crypto.keys import KeyRing
from caseflow.notices.handlers import build, drafts
from caseflow.outbox.handlers import Draft, Handlers
from caseflow.outbox.tables import Event
from caseflow.outbox.transport import Outgoing, PermanentFailure, TransportDown
from caseflow.people.tables import User
from tests.office import DISTRICT

BASE = "https://tips.example"
rules = partial(drafts, BASE)


def drafted(session: Session, after: int = 0) -> list[Draft]:
    """Return the messages of every event after that id."""
    session.flush()
    events = session.scalars(select(Event).where(Event.id > after).order_by(Event.id))
    return [draft for event in events if not event.quiet for draft in rules(session, event)]


@dataclass
class Watch:
    """Tells what came new since it was last asked."""

    session: Session
    seen: int = 0

    def told(self) -> set[str]:
        """Return `rule > recipient` for each message since the last question."""
        found = drafted(self.session, self.seen)
        self.seen = max(self.session.scalars(select(Event.id)), default=0)
        return {f"{draft.rule} > {self._name(draft.recipient)}" for draft in found}

    def forget(self) -> None:
        """Let what came so far be."""
        self.told()

    def _name(self, recipient: str) -> str:
        sort, _, number = recipient.partition(":")
        if sort == "report":
            return "reporter"
        return self.session.get_one(User, int(number)).username


@dataclass
class PostOffice:
    """Keeps letters; refuses for good what goes to one of `refused`; takes none while `down`."""

    refused: Iterable[str] = ()
    down: bool = False
    letters: list[tuple[str, Outgoing]] = field(default_factory=list)

    def send(self, address: str, message: Outgoing) -> None:
        """Take or refuse one letter."""
        if self.down:
            raise TransportDown("SMTP: TimeoutError")
        if address in self.refused:
            raise PermanentFailure("SMTP 550: recipient")
        self.letters.append((address, message))


def handlers(post: PostOffice, ring: KeyRing, **more: object) -> Handlers:
    """Return the house's own handlers with that post office."""
    return build(SimpleNamespace(ring=ring, area=DISTRICT), {"email": post}, BASE, **more)
