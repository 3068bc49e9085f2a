"""A letter that could be read goes into the ledger or into quarantine, in one transaction."""

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from caseflow.intake import asides, mail_stops
from caseflow.intake.channels.mailbox.parse import CHANNEL, Parsed
from caseflow.intake.filters import chain, storms
from caseflow.intake.filters.letter import Aside, Letter
from caseflow.intake.receive import Laid, Received, known_as, lay, take_new
from caseflow.intake.rooms import Rooms
from caseflow.ledger.report_tables import Report
from caseflow.people.actor import REPORTER
from caseflow.vault.originals import put_original


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
        return Became(
            quarantine=asides.stormed(session, rooms, storm, aside, CHANNEL, key, laid, now)
        )
    mail_stops.written(session, rooms, passed.report)
    received = take_new(session, passed.report, now, rooms, REPORTER, laid)
    asides.followed(session, received, now, passed.claims, passed.why)
    if storm.n > storms.FREE:
        storms.stands_for(session, storm, report_id=asides.report_of(session, received).id)
    return Became(received)


def _known(session: Session, rooms: Rooms, key: str) -> Became | None:
    """Return what became of a letter that came before."""
    received = known_as(session, rooms, CHANNEL, key)
    if received is not None:
        return Became(received)
    kept = asides.kept(session, CHANNEL, key)
    return None if kept is None else Became(quarantine=kept)


def _set_aside(
    session: Session, rooms: Rooms, aside: Aside, key: str, laid: Laid, now: datetime
) -> Became:
    if not aside.settled:
        storm = storms.of_machines(session, rooms, aside, now)
        if storm.n > storms.FREE:
            many = Aside(storms.MACHINES, case_id=aside.case_id)
            kept = asides.stormed(session, rooms, storm, many, CHANNEL, key, laid, now)
            return Became(quarantine=kept)
    return Became(quarantine=asides.row(session, rooms, aside, CHANNEL, key, laid, now).id)
