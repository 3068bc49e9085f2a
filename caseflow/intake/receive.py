"""Taking in a report: kept before its channel is told yes, and never twice (laws 1 and 2)."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from caseflow.crypto import receipts
from caseflow.errors import NotFound
from caseflow.files import blobs
from caseflow.files.blobs import Put
from caseflow.files.names import safe_name
from caseflow.files.tables import Blob
from caseflow.intake.report import HandedDown, IncomingFile, IncomingReport
from caseflow.intake.rooms import Rooms
from caseflow.ledger import gate
from caseflow.ledger.moves import infecting, opening
from caseflow.ledger.moves.opening import Filed, NewReport, Opened, Registered
from caseflow.ledger.report_tables import Attachment, Report
from caseflow.ledger.tables import Case
from caseflow.people.actor import REPORTER, Actor
from caseflow.people.tables import Area, Unit
from caseflow.vault.identities import keep_identity, sorted_ways
from caseflow.vault.originals import keep_original, original_for_machine, put_original
from caseflow.vault.stops import is_stopped


@dataclass(frozen=True)
class Received:
    """What the door is told: numbers, and the code of the receipt where there is one.

    `opened`: the rows themselves where a case was opened, within the transaction that did.
    """

    report_number: str
    case_number: str
    code: str | None
    duplicate: bool = False
    joined: bool = False
    opened: Opened | None = None

    def __repr__(self) -> str:
        """Keep the code out of every traceback and log line."""
        return f"Received({self.report_number}, {self.case_number})"


@dataclass(frozen=True, repr=False)
class Laid:
    """What of a report lies in the file store, rows not yet: the original when it is large, and
    each file, in their order, that has no row.
    """

    original: bytes | Put
    files: tuple[Put | None, ...]


def lay(rooms: Rooms, incoming: IncomingReport) -> Laid:
    """Put what a report brings into the store, before the transaction that names it.

    When that fails, bytes are left that no row names, never the opposite. Raises Unavailable.
    """
    return Laid(
        put_original(rooms.store, incoming.original),
        tuple(
            rooms.accept(file.content) if file.blob_id is None else None for file in incoming.files
        ),
    )


def _nobody(_session: Session, _received: Received) -> None:
    """Tell nobody."""


def take_in(
    rooms: Rooms,
    incoming: IncomingReport,
    now: datetime,
    actor: Actor = REPORTER,
    told: Callable[[Session, Received], None] = _nobody,
) -> Received:
    """Keep a report in a transaction of its own and answer once it is committed.

    What it brings is put into the store first, so that nobody waits for the writing.
    Two deliveries of the same contact at the same moment make one report: the loser of the race
    finds the winner's. `told` is handed what became of it last, within the transaction; whatever
    it changed would be kept as well.
    """
    laid = lay(rooms, incoming)

    def keep(session: Session) -> Received:
        received = receive(session, incoming, now, rooms, actor, laid)
        told(session, received)
        return replace(received, opened=None)  # rows are nobody's after the commit

    try:
        return rooms.database.run(keep)
    except IntegrityError as error:
        with rooms.database.read() as session:
            known = known_as(session, rooms, incoming.channel, incoming.channel_key)
            if known is None:
                raise error
            told(session, known)
        return known


def said_the_same(rooms: Rooms, incoming: IncomingReport) -> bool:
    """Tell whether what is kept under this key says the same, word for word and file for file.

    A form that is sent again because no answer came does; one that was changed meanwhile does not,
    and nobody may be told that the change was taken.
    """
    with rooms.database.read() as session:
        query = select(Report.id, Report.original_id).where(
            Report.channel == incoming.channel, Report.channel_key == incoming.channel_key
        )
        report_id, original_id = session.execute(query).one()
        pieces = original_for_machine(session, rooms.ring, rooms.store, original_id)
        files = select(Attachment.name, Attachment.blob_id).where(Attachment.report_id == report_id)
        kept = sorted((row[0], row[1]) for row in session.execute(files))
        came = sorted((safe_name(file.name), file.blob_id) for file in incoming.files)
        return kept == came and b"".join(pieces) == incoming.original


def receive(
    session: Session,
    incoming: IncomingReport,
    now: datetime,
    rooms: Rooms,
    actor: Actor = REPORTER,
    laid: Laid | None = None,
) -> Received:
    """Keep a report within the caller's transaction; the same contact gets the same receipt.

    `laid`: what `lay` put into the store before; without it that is done here, which is right for
    what is small.
    """
    known = known_as(session, rooms, incoming.channel, incoming.channel_key)
    return known or take_new(session, incoming, now, rooms, actor, laid)


def take_new(
    session: Session,
    incoming: IncomingReport,
    now: datetime,
    rooms: Rooms,
    actor: Actor = REPORTER,
    laid: Laid | None = None,
) -> Received:
    """Keep a report of which the caller knows that it did not come before, as `receive` does."""
    if incoming.belongs_to:
        return _joined(session, incoming, now, rooms, actor, laid)
    area = _area(session, incoming, rooms)  # held to the end: the case is opened in it as well
    receipt = receipts.derive(rooms.ring, incoming.channel, incoming.channel_key)
    new = _sealed(session, incoming, now, rooms, area.code, laid, opening.register_both)
    digest = receipts.code_hash(rooms.ring, new.registered.number, receipt.code, receipt.key_id)
    new = replace(new, receipt_hash=digest, receipt_key=receipt.key_id)
    opened = opening.open_case(session, actor, new, now)
    infecting.known(session, opened.case, [file.blob_id for file in new.files], now)
    return Received(opened.report.number, opened.case.number, receipt.code, opened=opened)


# Said once: every report that comes in asks it.
_KNOWN = (
    select(Report.number, Report.receipt_hash, Case.number)
    .join(Case, Case.id == Report.case_id)
    .where(Report.channel == bindparam("channel"), Report.channel_key == bindparam("key"))
)


def known_as(session: Session, rooms: Rooms, channel: str, key: str) -> Received | None:
    """Return what became of a contact by its channel's own id, with the receipt it got."""
    row = session.execute(_KNOWN, {"channel": channel, "key": key}).first()
    if row is None:
        return None
    receipt = receipts.derive(rooms.ring, channel, key)
    return Received(row[0], row[2], receipt.code if row[1] else None, duplicate=True)


def _area(session: Session, incoming: IncomingReport, rooms: Rooms) -> Area:
    """Return the area that the report counts in: as said, else the unit's, else the office's."""
    said = session.get(Area, incoming.area_code) if incoming.area_code else None
    if said is not None:
        return said
    unit = session.get(Unit, incoming.unit_id) if incoming.unit_id else None
    return session.get_one(Area, unit.area_code if unit else rooms.area)


def _joined(
    session: Session,
    incoming: IncomingReport,
    now: datetime,
    rooms: Rooms,
    actor: Actor,
    laid: Laid | None,
) -> Received:
    first = session.scalar(select(Report).where(Report.number == incoming.belongs_to))
    if first is None:
        raise NotFound("没有这个来件编号")
    case = gate.lock_of_report(session, first.id)
    new = _sealed(session, incoming, now, rooms, first.area_code, laid)
    report = opening.join(session, actor, case, first, new, now)
    infecting.known(session, case, [file.blob_id for file in new.files], now)
    return Received(report.number, case.number, None, joined=True)


def _sealed(
    session: Session,
    incoming: IncomingReport,
    now: datetime,
    rooms: Rooms,
    area: str,
    laid: Laid | None,
    register: Callable[[Session, str, datetime], Registered] = opening.register,
) -> NewReport:
    """Seal who and what into the vault, keep the files, and take the number last: whoever holds a
    counter holds up every other report of the area (engine 3).
    """
    contact = incoming.contact
    identity_id = _identity(session, incoming, now, rooms)
    handed = incoming.handed_down or HandedDown("")
    laid = laid or lay(rooms, incoming)
    files = tuple(
        _filed(session, file, lies, now)
        for file, lies in zip(incoming.files, laid.files, strict=True)
    )
    original_id = keep_original(session, rooms.ring, rooms.store, laid.original, now)
    return NewReport(
        registered=register(session, area, incoming.received_at),
        channel=incoming.channel,
        channel_key=incoming.channel_key,
        received_at=incoming.received_at,
        kind=incoming.kind,
        text=incoming.text,
        subject=incoming.subject,
        category=incoming.category,
        unit_id=incoming.unit_id,
        place=incoming.place,
        happened=incoming.happened,
        disclosure=incoming.disclosure,
        call_back=incoming.call_back,
        reachable=not {"phone", "email"}.isdisjoint(
            sorted_ways(contact, answerable=incoming.answerable)
        ),
        anonymous=not contact,
        locale=incoming.locale,
        identity_id=identity_id,
        original_id=original_id,
        logged_by=incoming.logged_by,
        handed_by=handed.sender,
        handed_number=handed.number,
        imposed_due=handed.due,
        report_back=handed.report_back,
        handed_at=handed.sent_at,
        back_due=handed.back_due,
        urgent=incoming.urgent,
        instructed=handed.instructed,
        call_began=incoming.call_began,
        call_ended=incoming.call_ended,
        files=files,
    )


def _identity(
    session: Session, incoming: IncomingReport, now: datetime, rooms: Rooms
) -> str | None:
    contact = incoming.contact
    if not contact:
        return None
    texts = incoming.texts and not is_stopped(session, rooms.ring, contact.phone)
    return keep_identity(
        session, rooms.ring, contact, now, answerable=incoming.answerable, texts=texts
    )


def _filed(session: Session, file: IncomingFile, lies: Put | None, now: datetime) -> Filed:
    blob = blobs.name(session, lies, now) if lies else session.get_one(Blob, file.blob_id)
    return Filed(blob.id, safe_name(file.name), blob.media_type, blob.size, blob.sha256)
