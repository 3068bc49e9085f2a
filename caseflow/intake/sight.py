"""Seeing what lies in quarantine: the original as text, with a reason and on the record.

Whoever discards something has seen it before. Taking it into the ledger is `intake.looking`'s.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from caseflow.errors import BadInput, NotFound
from caseflow.intake import looking, texts
from caseflow.intake.channels.mailbox import encoded, header
from caseflow.intake.channels.mailbox.charset import decode
from caseflow.intake.channels.mailbox.parse import CHANNEL
from caseflow.intake.channels.sms import CHANNEL as TEXT
from caseflow.intake.delivery import LARGEST
from caseflow.intake.quarantine import row_in_reach
from caseflow.intake.report import Contact
from caseflow.intake.rooms import Rooms
from caseflow.intake.tables import Quarantine
from caseflow.people.actor import Actor
from caseflow.people.permissions import require
from caseflow.vault.originals import open_original
from caseflow.vault.tables import Original, Reveal

SHOWN = 64 * 1024  # bytes of an original that cannot be read as a mail
SETTLED = 20


@dataclass(frozen=True)
class Sight:
    """What a person sees of an original; never kept, never logged.

    `parsed`: it could be read as a mail, and then taking it needs nothing typed. `cut`: only the
    beginning is shown.
    """

    subject: str
    contact: Contact
    kind: str
    text: str
    files: Sequence[str]
    parsed: bool
    cut: bool = False

    def __repr__(self) -> str:
        """Keep it out of every traceback and log line."""
        return "Sight(…)"


def row(session: Session, actor: Actor, quarantine_id: int) -> Quarantine:
    """Return one row of the actor's areas, settled or not. Raises NotPermitted, NotFound."""
    require(actor, "quarantine.look")
    query = select(Quarantine).where(Quarantine.id == quarantine_id, row_in_reach(actor))
    found = session.scalar(query)
    if found is None:
        raise NotFound("隔离区中没有这一条")
    return found


def size(session: Session, found: Quarantine) -> int:
    """Return the size of the original in bytes."""
    return session.get_one(Original, found.whole).size


def settled(session: Session, actor: Actor) -> Sequence[Quarantine]:
    """Return the last rows that somebody took or discarded, newest first."""
    require(actor, "quarantine.look")
    query = select(Quarantine).where(Quarantine.state != "waiting", row_in_reach(actor))
    return session.scalars(query.order_by(Quarantine.looked_at.desc()).limit(SETTLED)).all()


def see(rooms: Rooms, actor: Actor, quarantine_id: int, reason: str, now: datetime) -> Sight:
    """Open the original for a person, once who, when and why is on the record.

    Reading comes after the commit: a large mail takes seconds, and on SQLite nobody else could
    write meanwhile. Raises NotPermitted, NotFound, BadInput without a reason of four characters.
    """

    def on_record(session: Session) -> tuple[str, datetime, int, Iterator[bytes]]:
        found = row(session, actor, quarantine_id)
        pieces = open_original(
            session, rooms.ring, rooms.store, found.whole, actor.person, reason, now
        )
        return found.channel, found.received_at, size(session, found), pieces

    channel, received_at, bytes_of_it, pieces = rooms.database.run(on_record)
    if channel not in (CHANNEL, TEXT) or bytes_of_it > LARGEST:
        return _raw(next(pieces, b""), bytes_of_it)
    whole = b"".join(pieces)
    if channel == TEXT:
        report = texts.read_again(whole, received_at)
    else:
        report = looking.understood(quarantine_id, whole, received_at)
    if report is None:
        return _raw(whole, bytes_of_it)
    files = [file.name for file in report.files]
    return Sight(report.subject, report.contact, report.kind, report.text, files, parsed=True)


def _raw(content: bytes, bytes_of_it: int) -> Sight:
    """Return the beginning of something that cannot be read as a mail.

    Each header field and the body may be in a character set of its own.
    """
    beginning = content[:SHOWN]
    fields, body = header.split(beginning)
    lines = [f"{name}: {encoded.text(value)}" for name, value in fields.fields]
    text = "\n".join([*lines, "", decode(beginning[body:])] if lines else [decode(beginning)])
    return Sight("", Contact(), "", text, (), parsed=False, cut=bytes_of_it > len(beginning))


def has_seen(session: Session, actor: Actor, found: Quarantine) -> bool:
    """Tell whether this person opened the original."""
    query = select(Reveal.id).where(
        Reveal.original_id == found.whole, Reveal.user_id == actor.person
    )
    return session.scalar(query.limit(1)) is not None


def discard(
    session: Session, actor: Actor, quarantine_id: int, note: str, now: datetime
) -> Quarantine:
    """Discard with a reason what this person has seen. Raises as `looking.discard` does."""
    if not has_seen(session, actor, row(session, actor, quarantine_id)):
        raise BadInput({"note": "请先查看原件，再决定是否作废"})
    return looking.discard(session, actor, quarantine_id, note, now)
