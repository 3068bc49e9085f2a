"""A letter that could be read goes into the ledger or into quarantine, in one transaction."""

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from caseflow.intake import quarantine
from caseflow.intake.channels.mailbox.parse import CHANNEL, Parsed
from caseflow.intake.filters import chain, storms
from caseflow.intake.filters.letter import Aside, Letter
from caseflow.intake.mail_tables import Claim, Folded, Storm
from caseflow.intake.receive import Laid, Received, known_as, lay, take_new
from caseflow.intake.rooms import Rooms
from caseflow.intake.tables import Quarantine
from caseflow.ledger import gate
from caseflow.ledger.moves import asking
from caseflow.ledger.moves.waiting import open_question
from caseflow.ledger.report_tables import Report
from caseflow.outbox.events import JSON, emit
from caseflow.people.actor import REPORTER
from caseflow.vault.originals import put_original

# The row of quarantine that holds a letter, on its own or with others; built once: it is asked for
# every letter.
_KEPT = (
    select(Quarantine.id)
    .where(Quarantine.channel == bindparam("channel"), Quarantine.channel_key == bindparam("key"))
    .union_all(
        select(Folded.quarantine_id).where(
            Folded.channel == bindparam("channel"), Folded.channel_key == bindparam("key")
        )
    )
)


@dataclass(frozen=True)
class Became:
    """What a letter became: a report, or a row of quarantine."""

    received: Received | None = None
    quarantine: int | None = None


def take_in(rooms: Rooms, parsed: Parsed, now: datetime) -> Became:
    """Decide on a letter and keep it, in a transaction of its own; return once it is committed.

    What it brings is put into the store first. Of two deliveries at the same moment the loser finds
    what the winner kept.
    """
    wanted = replace(parsed.report, files=()) if parsed.automatic else parsed.report
    laid = lay(rooms, wanted)  # a machine's letter becomes no report, whose files would be wanted
    try:
        return rooms.database.run(lambda session: _taken(session, rooms, parsed, laid, now))
    except IntegrityError:
        with rooms.database.read() as session:
            known = _known(session, rooms, parsed.report.channel_key)
        if known is None:
            raise
        return known


def set_letter_aside(
    rooms: Rooms, aside: Aside, key: str, original: bytes, now: datetime
) -> Became:
    """Set aside what could not be read, in a transaction of its own."""
    laid = Laid(put_original(rooms.store, original), ())

    def work(session: Session) -> Became:
        return _known(session, rooms, key) or _set_aside(session, rooms, aside, key, laid, now)

    return rooms.database.run(work)


def _taken(session: Session, rooms: Rooms, parsed: Parsed, laid: Laid, now: datetime) -> Became:
    known = _known(session, rooms, parsed.report.channel_key)
    if known is not None:
        return known
    passed = chain.run(session, rooms, Letter(parsed, parsed.report), now)
    key = parsed.report.channel_key
    if isinstance(passed, Aside):
        return _set_aside(session, rooms, passed, key, laid, now)
    storm = storms.of_sender(session, rooms, passed, now)
    if storm.n > storms.FREE and storm.report_id is not None:
        root = session.get_one(Report, storm.report_id)
        aside = Aside(storms.TOO_MANY, case_id=root.case_id)
        return _stormed(session, rooms, storm, aside, key, laid, now)
    received = take_new(session, passed.report, now, rooms, REPORTER, laid)
    _followed(session, passed, received, now)
    if storm.n > storms.FREE:
        storms.stands_for(session, storm, report_id=_report(session, received).id)
    return Became(received)


def _known(session: Session, rooms: Rooms, key: str) -> Became | None:
    """Return what became of a letter that came before."""
    received = known_as(session, rooms, CHANNEL, key)
    if received is not None:
        return Became(received)
    kept = session.scalar(_KEPT, {"channel": CHANNEL, "key": key})
    return None if kept is None else Became(quarantine=kept)


def _set_aside(
    session: Session, rooms: Rooms, aside: Aside, key: str, laid: Laid, now: datetime
) -> Became:
    if not aside.settled:
        storm = storms.of_machines(session, rooms, aside, now)
        if storm.n > storms.FREE:
            many = Aside(storms.MACHINES, case_id=aside.case_id)
            return _stormed(session, rooms, storm, many, key, laid, now)
    return Became(quarantine=_row(session, rooms, aside, key, laid, now).id)


def _row(
    session: Session, rooms: Rooms, aside: Aside, key: str, laid: Laid, now: datetime
) -> Quarantine:
    return quarantine.set_aside(
        session,
        rooms,
        CHANNEL,
        key,
        laid.original,
        aside.reason,
        now,
        settled=aside.settled,
        case_id=aside.case_id,
    )


def _stormed(
    session: Session,
    rooms: Rooms,
    storm: Storm,
    aside: Aside,
    key: str,
    laid: Laid,
    now: datetime,
) -> Became:
    """Keep a letter of a storm with the others; the first of them raises the alarm."""
    if storm.quarantine_id is not None:
        quarantine.fold(session, rooms, storm.quarantine_id, CHANNEL, key, laid.original, now)
        return Became(quarantine=storm.quarantine_id)
    row = _row(session, rooms, aside, key, laid, now)
    storms.stands_for(session, storm, quarantine_id=row.id)
    body: dict[str, JSON] = {"quarantine": row.id, "area": row.area_code}
    emit(session, "mail_storm", case_id=None, at=now, body=body)
    return Became(quarantine=row.id)


def _report(session: Session, received: Received) -> Report:
    query = select(Report).where(Report.number == received.report_number)
    return session.scalars(query).one()


def _followed(session: Session, letter: Letter, received: Received, now: datetime) -> None:
    """Note what a letter claims, and let a case go on that waited for its reporter's answer."""
    if letter.claims is not None:
        report_id = _report(session, received).id
        session.add(Claim(report_id=report_id, case_id=letter.claims, why=letter.why))
    if received.joined:
        report = _report(session, received)
        case = gate.lock(session, report.case_id)
        question = open_question(session, case.id)
        asked = question is not None and question.report_id == report.follows
        if asked and case.state == "awaiting_reporter":
            asking.go_on(session, REPORTER, case, now)
