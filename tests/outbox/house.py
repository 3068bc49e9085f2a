"""A small house around the outbox: one rule, one post office, and a note of what was delivered."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from caseflow.db import Database
from caseflow.outbox.events import body_of, emit
from caseflow.outbox.handlers import Draft, Handlers
from caseflow.outbox.patience import Patience
from caseflow.outbox.run import BATCH, run
from caseflow.outbox.tables import Attempt, Event, Message
from caseflow.outbox.transport import Outgoing, PermanentFailure, TemporaryFailure

HOUR = timedelta(hours=1)


def told(_session: Session, event: Event) -> Sequence[Draft]:
    """Tell everybody whom the event's body names."""
    body = body_of(event)
    return [
        Draft("told", recipient, body.get("way", "mail"), "zh", body.get("subject", "办件"), "看")
        for recipient in body["to"]
    ]


def resolve(_session: Session, recipient: str, _way: str) -> str | None:
    """Know everybody's address but that of `user:0`."""
    return None if recipient == "user:0" else f"{recipient.replace(':', '')}@example.com"


@dataclass
class PostOffice:
    """Takes letters. `before` is called with each one first and may raise or do as it likes."""

    before: Callable[[Outgoing], None] = lambda _message: None
    letters: list[tuple[str, Outgoing]] = field(default_factory=list)

    def send(self, address: str, message: Outgoing) -> None:
        """Take one letter."""
        self.before(message)
        self.letters.append((address, message))

    @property
    def ids(self) -> list[str]:
        """The message ids in the order of delivery."""
        return [letter.message_id for _address, letter in self.letters]


def refuse_times(times: int, error: type[Exception] = TemporaryFailure) -> PostOffice:
    """Return a post office that refuses that many letters and then takes them."""
    left = [times]

    def before(_message: Outgoing) -> None:
        if left[0]:
            left[0] -= 1
            raise error("SMTP 451")

    return PostOffice(before)


def refuse_for_good(_message: Outgoing) -> None:
    """Refuse."""
    raise PermanentFailure("SMTP 550: recipient")


@dataclass
class Notes:
    """What the ledger was told of, as rows in its database: quiet events."""

    failing: bool = False

    def __call__(self, session: Session, message: Message, now: datetime) -> None:
        """Note what became of the message, or fail after having written."""
        name = f"noted_{message.state}"
        emit(session, name, case_id=None, at=now, body={"message": message.id}, quiet=True)
        session.flush()
        if self.failing:
            raise RuntimeError("张三 13800000000")

    @staticmethod
    def count(database: Database, state: str) -> int:
        """Return how many notes of that state are in the database."""
        with database.read() as session:
            found = session.scalars(select(Event).where(Event.name == f"noted_{state}"))
            return len(found.all())


def handlers(post: PostOffice, notes: Notes | None = None, **changes: object) -> Handlers:
    """Return the handlers of this house; `patience` and others may be changed."""
    notes = notes or Notes()
    given: dict[str, object] = {
        "rules": told,
        "resolve": resolve,
        "transports": {"mail": post},
        "on_sent": notes,
        "on_dead": notes,
        "on_withheld": notes,
        "patience": Patience(),
        **changes,
    }
    return Handlers(**given)  # type: ignore[arg-type]


def tell(database: Database, now: datetime, *to: str, **more: object) -> int:
    """Emit one event that names recipients; return its id."""
    urgent = bool(more.pop("urgent", False))
    body = {"to": list(to or ("user:1",)), **more}
    with database.transaction() as session:
        event = emit(session, "told", case_id=None, at=now, body=body, urgent=urgent)  # type: ignore[arg-type]
        session.flush()
        return event.id


def carry(
    database: Database, post: PostOffice, now: datetime, limit: int = BATCH, **more: object
) -> int:
    """Carry out the outbox once."""
    return run(database, handlers(post, **more), now, "tester", limit)  # type: ignore[arg-type]


def messages(database: Database) -> list[Message]:
    """Return every message in the order of writing."""
    with database.read() as session:
        return list(session.scalars(select(Message).order_by(Message.id)))


def only(database: Database) -> Message:
    """Return the one message there is."""
    (message,) = messages(database)
    return message


def attempts(database: Database) -> list[Attempt]:
    """Return every attempt in the order of trying."""
    with database.read() as session:
        return list(session.scalars(select(Attempt).order_by(Attempt.id)))


def event_of(database: Database, event_id: int) -> Event:
    """Return one event."""
    with database.read() as session:
        return session.get_one(Event, event_id)
