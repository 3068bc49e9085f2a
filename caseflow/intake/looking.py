"""A person looks at what lies in quarantine: takes it into the ledger, or discards it with a note.

Either way the original stays. Nothing is answered from here.
"""

import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from caseflow.deadlines import clocks
from caseflow.deadlines.clocks import Subject
from caseflow.errors import BadInput, MoveNotAllowed, NotFound, Unavailable
from caseflow.intake import texts
from caseflow.intake.channels.mailbox.parse import CHANNEL, parse
from caseflow.intake.channels.sms import CHANNEL as TEXT
from caseflow.intake.delivery import LARGEST, NOT_REGISTERED, NOT_UNDERSTOOD
from caseflow.intake.filters import thread
from caseflow.intake.quarantine import row_in_reach
from caseflow.intake.receive import Laid, Received, lay, receive
from caseflow.intake.report import IncomingReport
from caseflow.intake.rooms import Rooms
from caseflow.intake.tables import Quarantine
from caseflow.ledger.report_tables import Report
from caseflow.people.actor import Actor
from caseflow.people.permissions import require
from caseflow.vault.originals import original_for_machine
from caseflow.vault.tables import Original

log = logging.getLogger(__name__)

READ = (CHANNEL, TEXT)
"""Doors where something is set aside, since it comes by itself: a machine can read it again."""
PAGE = 50
LONGEST_NOTE = 500
UNREADABLE = "这份来件无法自动解析，请看过原件后填写内容"
NEEDS_WORDS = "请看过原件后填写内容"
_OURS = (NOT_UNDERSTOOD, NOT_REGISTERED)
STILL = "仍不能自动登记，请查看原件后决定"
STILL_REFUSED = "重新登记仍然出错，请查看原件后登记"
REFUSED = "按读出的内容登记时出错，没有登记。可勾选这里再登记一次"


def waiting(session: Session, actor: Actor, after: int = 0) -> Sequence[Quarantine]:
    """Return up to PAGE rows that nobody has looked at, oldest first, with ids above `after`.

    Raises NotPermitted.
    """
    require(actor, "quarantine.look")
    query = select(Quarantine).where(
        Quarantine.state == "waiting", Quarantine.id > after, row_in_reach(actor)
    )
    return session.scalars(query.order_by(Quarantine.id).limit(PAGE)).all()


def discard(
    session: Session, actor: Actor, quarantine_id: int, note: str, now: datetime
) -> Quarantine:
    """Say that it is nothing for the ledger, and why; ends its clock. The original stays.

    Raises NotPermitted, NotFound, BadInput without a note, MoveNotAllowed when already looked at.
    """
    said = note.strip()
    if not said or len(said) > LONGEST_NOTE:
        raise BadInput({"note": "请填写理由，最多 500 字"})
    row = _found(session, actor, quarantine_id, lock=True)
    _looked(session, row, actor, "discarded", now)
    row.note = said
    return row


def take(
    rooms: Rooms,
    actor: Actor,
    quarantine_id: int,
    now: datetime,
    text: str = "",
    kind: str = "",
    *,
    words_only: bool = False,
) -> Received:
    """Take it into the ledger as a report and return the numbers once committed; ends its clock.

    A mail that can be read is read again; `text` and `kind` then replace what was read. One that
    cannot be read needs `text`: what the person who looked at the original wrote down. With
    `words_only` a mail is not read, and nothing but these words is registered: the ledger may have
    set it aside for something that stands in it, and then BadInput says so beside that field.
    Received is the moment at which it came in. Reading it and putting its
    files into the store come first and in no transaction: a large mail takes seconds, and on SQLite
    nobody else could write meanwhile. Raises as `discard` does.
    """
    with rooms.database.read() as session:
        row = _found(session, actor, quarantine_id)
        read = None if words_only else _read(session, rooms, row)
    said = (text.strip(), kind)
    if read is None and not said[0]:
        raise BadInput({"text": NEEDS_WORDS if words_only else UNREADABLE})
    laid = lay(rooms, read) if read else None
    try:
        return rooms.database.run(
            lambda session: _taken(session, rooms, actor, quarantine_id, now, said, read, laid)
        )
    except DBAPIError as error:
        if read is None:
            raise
        raise _refused(error) from error


def retry(rooms: Rooms, actor: Actor, quarantine_id: int, now: datetime) -> Received:
    """Read a mail or text message again and register it as it would have been, had it been
    understood at once.

    For what was set aside by a fault that was mended since. Nothing is opened for anybody's eyes.
    Raises as `take` does, BadInput where it still cannot be read or a machine wrote it.
    """
    with rooms.database.read() as session:
        row = _found(session, actor, quarantine_id)
        read = _read(session, rooms, row, by_machines=False)
    if read is None:
        raise BadInput({"retry": STILL})
    laid = lay(rooms, read)
    try:
        return rooms.database.run(
            lambda session: _taken(session, rooms, actor, quarantine_id, now, ("", ""), read, laid)
        )
    except (BadInput, DBAPIError) as error:
        raise BadInput({"retry": STILL_REFUSED}) from error


def is_by_fault(row: Quarantine) -> bool:
    """Tell whether a fault of ours set it aside, so that it may go the ordinary way once mended."""
    return row.reason.startswith(_OURS)


def retry_all(rooms: Rooms, actor: Actor, now: datetime) -> tuple[int, int]:
    """Retry up to PAGE of what a fault of ours set aside; return how many were registered, and
    how many still cannot be. Raises NotPermitted.
    """
    require(actor, "quarantine.look")
    query = select(Quarantine.id).where(
        Quarantine.state == "waiting",
        row_in_reach(actor),
        or_(*(Quarantine.reason.startswith(why) for why in _OURS)),
    )
    with rooms.database.read() as session:
        ids = session.scalars(query.order_by(Quarantine.id).limit(PAGE)).all()
    done = 0
    for one in ids:
        try:
            retry(rooms, actor, one, now)
            done += 1
        except (BadInput, MoveNotAllowed):
            continue  # it stays, or somebody was quicker
    return done, len(ids) - done


def _taken(
    session: Session,
    rooms: Rooms,
    actor: Actor,
    quarantine_id: int,
    now: datetime,
    said: tuple[str, str],
    read: IncomingReport | None,
    laid: Laid | None,
) -> Received:
    row = _found(session, actor, quarantine_id, lock=True)
    text, kind = said
    incoming = read or IncomingReport(
        channel=row.channel,
        channel_key=row.channel_key,
        received_at=row.received_at,
        kind="complaint",
        text=text,
        original=text.encode(),  # what came in stays with the quarantine row
    )
    incoming = replace(
        incoming,
        kind=kind or incoming.kind,
        text=text or incoming.text,
        area_code=row.area_code,
        logged_by=actor.person,
    )
    incoming = thread.without_codes(session, rooms, incoming, now)
    try:
        received = receive(session, incoming, now, rooms, actor, laid)
    except (Unavailable, DBAPIError, OSError):
        raise
    except Exception as error:
        if read is None:
            raise
        raise _refused(error) from error
    row.case_id = session.scalar(
        select(Report.case_id).where(Report.number == received.report_number)
    )
    _looked(session, row, actor, "taken", now)
    return received


def _refused(error: Exception) -> BadInput:
    """Return what to say when the ledger takes a mail no more than when it came."""
    log.error("quarantine not taken as it was read: %s", type(error).__name__)
    return BadInput({"words_only": REFUSED})


def _found(session: Session, actor: Actor, quarantine_id: int, *, lock: bool = False) -> Quarantine:
    require(actor, "quarantine.look")
    query = select(Quarantine).where(
        Quarantine.id == quarantine_id,
        Quarantine.original_id.is_not(None),  # a file of a case is nothing to be taken from here
        row_in_reach(actor),
    )
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    row = session.scalar(query)
    if row is None:
        raise NotFound("隔离区中没有这一条")
    if row.state != "waiting":
        raise MoveNotAllowed("这一条已有人处理")
    return row


def _looked(session: Session, row: Quarantine, actor: Actor, state: str, now: datetime) -> None:
    row.state, row.looked_by, row.looked_at = state, actor.person, now
    clocks.meet(session, Subject(quarantine_id=row.id), now, "look")


def _read(
    session: Session, rooms: Rooms, row: Quarantine, *, by_machines: bool = True
) -> IncomingReport | None:
    """Return the mail read again, None when it cannot or must not be read."""
    size = session.get_one(Original, row.whole).size
    if row.channel not in READ or size > LARGEST:
        return None
    raw = b"".join(original_for_machine(session, rooms.ring, rooms.store, row.whole))
    if row.channel == TEXT:
        return texts.read_again(raw, row.received_at)
    return understood(row.id, raw, row.received_at, by_machines=by_machines)


def understood(
    quarantine_id: int, raw: bytes, received_at: datetime, *, by_machines: bool = True
) -> IncomingReport | None:
    """Return the mail that was set aside, None where no sense can be made of it, or where a machine
    wrote it and only people's are wanted.

    Whatever broke the reading set it aside in the first place, and must not hide it for ever.
    """
    try:
        parsed = parse(raw, received_at)
        return parsed.report if by_machines or not parsed.automatic else None
    except Exception as error:  # noqa: BLE001 - a person says in words what it is
        log.info("quarantine %d cannot be read: %s", quarantine_id, type(error).__name__)
        return None
