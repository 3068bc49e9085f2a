"""A text message goes into the ledger or into quarantine, in one transaction (decision 61).

It joins a case only where that is proven: by number and query code in its words, as on the tracking
page, or because its sender was asked something, and nothing else, in exactly one open case. Any
other opens a report of its own; one that names a number *says* that it belongs there.
"""

import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from caseflow.crypto import blind
from caseflow.db import is_down
from caseflow.errors import Unavailable
from caseflow.intake import asides, erasing
from caseflow.intake.channels import sms
from caseflow.intake.channels.mailbox import parse as mailbox
from caseflow.intake.channels.sms import CHANNEL, Parsed, Unparseable
from caseflow.intake.delivery import NOT_REGISTERED, NOT_UNDERSTOOD
from caseflow.intake.filters import blocked, storms, thread
from caseflow.intake.filters.letter import Aside, Letter
from caseflow.intake.receive import Laid, known_as, lay, take_new
from caseflow.intake.report import IncomingReport
from caseflow.intake.rooms import Rooms
from caseflow.intake.text_tables import Picture
from caseflow.ledger.report_tables import Question, Report
from caseflow.ledger.tables import Case
from caseflow.people.actor import REPORTER
from caseflow.vault import stops
from caseflow.vault.originals import put_original
from caseflow.vault.tables import Identity

STOPPED = "退订短信已登记，不再向该号码发短信"
STARTED = "已恢复向该号码发短信"
COMMANDS = {"stop": Aside("回复退订", STOPPED), "start": Aside("回复恢复短信", STARTED)}
log = logging.getLogger(__name__)


def deliver(rooms: Rooms, raw: bytes, now: datetime, own: str = "") -> None:
    """Take one text message (`sms.original`) in a transaction; return once it is committed.

    Delivered again it changes nothing. `own`: our own number, from which nothing is taken. Raises
    Unavailable, and then nothing was stored; nothing else: what cannot be taken is set aside whole.
    """
    key = sms.key_of(raw)
    try:
        parsed = sms.parse(raw, now)
        if own and parsed.number == blind.normal_phone(own):
            raise Unparseable(sms.BY_MACHINE)
    except Unparseable as error:
        _aside(rooms, Aside(error.reason), key, raw, now)
        return
    except Exception as error:  # noqa: BLE001 - law 1: kept whole, and the reason says which error
        _aside(rooms, Aside(_why(NOT_UNDERSTOOD, error)), key, raw, now)
        return
    laid = lay(rooms, parsed.report)
    try:
        rooms.database.run(lambda session: _taken(session, rooms, parsed, laid, now))
    except IntegrityError:
        with rooms.database.read() as session:
            if not _known(session, rooms, key):
                raise
    except Unavailable:
        raise
    except Exception as error:
        if isinstance(error, OSError) or is_down(error):
            raise
        _aside(rooms, Aside(_why(NOT_REGISTERED, error)), key, raw, now)


def _aside(rooms: Rooms, aside: Aside, key: str, raw: bytes, now: datetime) -> None:
    """Set aside what could not be read, in a transaction of its own."""
    laid = Laid(put_original(rooms.store, raw), ())

    def work(session: Session) -> None:
        if not _known(session, rooms, key):
            _await_pictures(session, key, sms.places_of(raw), now)
            _erase_there(session, raw, key, now)
            _set_aside(session, rooms, aside, key, laid, now)

    rooms.database.run(work)


def _taken(session: Session, rooms: Rooms, parsed: Parsed, laid: Laid, now: datetime) -> None:
    key = parsed.report.channel_key
    if _known(session, rooms, key):
        return
    if parsed.command:
        _obey(session, rooms, parsed, now)
        _erase_there(session, parsed.report.original, key, now)
        asides.row(session, rooms, COMMANDS[parsed.command], CHANNEL, key, laid, now)
        return
    _await_pictures(session, key, parsed.places, now)
    _erase_there(session, parsed.report.original, key, now)
    caught = blocked.of_number(
        session,
        rooms,
        parsed.number,
        lambda: _threaded(session, rooms, parsed, now).report.belongs_to is not None,
    )
    if caught is not None:
        asides.row(session, rooms, caught, CHANNEL, key, laid, now)
        return
    storm = storms.of_number(session, rooms, parsed.number, now)
    if storm.n > storms.FREE and storm.report_id is not None:
        root = session.get_one(Report, storm.report_id)
        aside = Aside(storms.TOO_MANY, case_id=root.case_id)
        asides.stormed(session, rooms, storm, aside, CHANNEL, key, laid, now)
        return
    letter = _threaded(session, rooms, parsed, now)
    received = take_new(session, letter.report, now, rooms, REPORTER, laid)
    asides.followed(session, received, now, letter.claims, letter.why)
    if storm.n > storms.FREE:
        storms.stands_for(session, storm, report_id=asides.report_of(session, received).id)


def _await_pictures(session: Session, key: str, places: Sequence[str], now: datetime) -> None:
    session.add_all(
        Picture(channel_key=key, n=n, place=place, not_before=now) for n, place in enumerate(places)
    )


def _erase_there(session: Session, raw: bytes, key: str, now: datetime) -> None:
    """Let the provider forget number and words, once all is here."""
    place = sms.message_of(raw)
    if place:
        erasing.note(session, place, now, after=key)


def _known(session: Session, rooms: Rooms, key: str) -> bool:
    known = known_as(session, rooms, CHANNEL, key)
    return known is not None or asides.kept(session, CHANNEL, key) is not None


def _obey(session: Session, rooms: Rooms, parsed: Parsed, now: datetime) -> None:
    if parsed.command == "stop":
        stops.stop(session, rooms.ring, parsed.number, now)
    else:
        stops.start(session, rooms.ring, parsed.number)


def _set_aside(
    session: Session, rooms: Rooms, aside: Aside, key: str, laid: Laid, now: datetime
) -> None:
    storm = storms.of_machines(session, rooms, aside, now)
    if storm.n > storms.FREE:
        asides.stormed(session, rooms, storm, aside, CHANNEL, key, laid, now)
    else:
        asides.row(session, rooms, aside, CHANNEL, key, laid, now)


def _threaded(session: Session, rooms: Rooms, parsed: Parsed, now: datetime) -> Letter:
    """Return the message as it is to be registered: joined where proven, its code hidden."""
    known_to_mail = mailbox.Parsed(parsed.report, threads=parsed.threads)
    letter = Letter(known_to_mail, parsed.report)
    known, letter = thread.by_numbers(session, rooms, letter, None, now)
    if known.proven:
        return _joined(session, letter, known.proven[0])
    asked = _asked(session, rooms, parsed.number)
    if asked is not None:
        return _joined(session, letter, asked)
    claims = thread.claimed(session, known, parsed.threads)
    return replace(letter, claims=claims, why="number") if claims else letter


def _joined(session: Session, letter: Letter, report: Report) -> Letter:
    first = session.get_one(Report, report.follows) if report.follows else report
    return replace(letter, report=replace(letter.report, belongs_to=first.number))


def _asked(session: Session, rooms: Rooms, number: str) -> Report | None:
    """Return the report about which this number was asked something in the only open case that
    waits for its answer; None where there is none, or more than one.
    """
    index = blind.phone_index(rooms.ring, number)
    theirs = select(func.coalesce(Report.follows, Report.id)).join(
        Identity, Identity.id == Report.identity_id
    )
    query = (
        select(Report)
        .join(Question, Question.report_id == Report.id)
        .join(Case, Case.id == Question.case_id)
        .where(
            Question.ended_at.is_(None),
            Case.state == "awaiting_reporter",
            Report.id.in_(theirs.where(Identity.phone_index == index)),
        )
        .distinct()
        .limit(2)
    )
    found = session.scalars(query).all()
    return found[0] if len(found) == 1 else None


def _why(what: str, error: Exception) -> str:
    """Return a reason that names the class of an error and nothing of the message."""
    log.error("text message set aside: %s", type(error).__name__)
    return f"{what}（{type(error).__name__}）"


def read_again(raw: bytes, received_at: datetime) -> IncomingReport | None:
    """Return what was set aside as a report, None where no sense can be made of it."""
    try:
        parsed = sms.parse(raw, received_at)
    except Exception as error:  # noqa: BLE001 - a person says in words what it is
        log.info("text message cannot be read: %s", type(error).__name__)
        return None
    return None if parsed.command else parsed.report
