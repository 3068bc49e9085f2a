"""Which case a letter belongs to: only where it is proven, and only for who is a party to it.

The proof is one of our own Message-IDs, which nobody can make up, or a report's query code. It is
not enough: whoever was sent our message on may have it too, so the letter must come from an address
that the reporter gave. Whoever names a number alone, or has a proof that is another's, opens a
report of their own that *says* it belongs to a case; a person decides. Staff write into a case by
the same two: a proof, and the address of their account.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from caseflow.crypto import blind, receipts
from caseflow.crypto.message_ids import proven
from caseflow.intake import limits
from caseflow.intake.channels.mailbox import threads
from caseflow.intake.channels.mailbox.parse import Parsed
from caseflow.intake.filters import staff
from caseflow.intake.filters.letter import Aside, Letter
from caseflow.intake.report import IncomingReport
from caseflow.intake.rooms import Rooms
from caseflow.ledger.report_tables import Report
from caseflow.ledger.tables import Case
from caseflow.outbox.tables import Message
from caseflow.people.tables import User
from caseflow.vault.tables import Identity

_NUMBERS = 5  # of a letter are looked up


@dataclass(frozen=True)
class Known:
    """Reports that a letter names, and those of them that it has a code for."""

    named: list[Report]
    proven: list[Report]


def check(session: Session, rooms: Rooms, letter: Letter, now: datetime) -> Letter | Aside:
    """Join what is proven, note what is only said; hide every query code in its words."""
    said = letter.parsed.threads
    if not (said.answers or said.reports or said.cases or said.in_text):
        return letter
    answered = _answered(session, rooms, said.answers)
    if answered is not None and answered.recipient.startswith("user:"):
        user = session.get_one(User, int(answered.recipient.partition(":")[2]))
        if user.active and _same(user.email or "", letter.report.contact.email):
            return staff.note(session, user, answered, letter, now)
        answered = None
    about = _about(session, answered)
    known, letter = by_numbers(session, rooms, letter, about, now)
    candidates = [*([about] if about else []), *known.proven]
    for report in candidates:
        if is_party(session, rooms, report, letter.report.contact.email):
            return _joined(session, letter, report)
    if candidates:
        return replace(letter, claims=candidates[0].case_id, why="stranger")
    if answered is not None:  # another office answers the report back that we mailed to it
        return replace(letter, claims=answered.case_id, why="stranger")
    claims = claimed(session, known, said)
    return replace(letter, claims=claims, why="number") if claims else letter


def _answered(session: Session, rooms: Rooms, answers: Iterable[str]) -> Message | None:
    """Return the message of ours that a letter answers, the newest that is proven."""
    for one in answers:
        message_id = proven(rooms.ring, one)
        if message_id:
            return session.scalar(select(Message).where(Message.message_id == message_id))
    return None


def _about(session: Session, answered: Message | None) -> Report | None:
    if answered is None or not answered.recipient.startswith("report:"):
        return None
    return session.get(Report, int(answered.recipient.partition(":")[2]))


def by_numbers(
    session: Session, rooms: Rooms, letter: Letter, about: Report | None, now: datetime
) -> tuple[Known, Letter]:
    """Return what a letter names and has codes for, and the letter without those codes."""
    said = letter.parsed.threads
    in_words = letter.report.subject + "\n" + letter.report.text
    numbers = list(dict.fromkeys([*said.reports, *said.in_text]))[:_NUMBERS]
    found = session.scalars(select(Report).where(Report.number.in_(numbers))).all()
    named = [one for one in found if one.number in said.reports]
    codes = threads.codes(in_words)
    able = [one for one in {*found, about} - {None} if one and one.receipt_hash]
    if not (codes and able) or not limits.is_open(session, rooms.ring, limits.THE_DOOR, now):
        return Known(named, []), letter
    right = {code: one for code in codes for one in able if _opens(rooms, one, code)}
    if not right:
        limits.count(session, rooms.ring, limits.THE_DOOR, now)
        return Known(named, []), letter
    report = replace(
        letter.report,
        subject=threads.without_codes(letter.report.subject, right.__contains__),
        text=threads.without_codes(letter.report.text, right.__contains__),
    )
    return Known(named, list(right.values())), replace(letter, report=report)


def without_codes(
    session: Session, rooms: Rooms, report: IncomingReport, now: datetime
) -> IncomingReport:
    """Return what a person registers of something that was set aside, with every query code hidden
    that opens a report it names: whoever reads the case could use it. It proves nothing there.
    """
    said = threads.named(f"{report.subject}\n{report.text}")
    letter = Letter(Parsed(report, threads=said), report)
    return by_numbers(session, rooms, letter, None, now)[1].report


def _opens(rooms: Rooms, report: Report, code: str) -> bool:
    kept, key = report.receipt_hash, report.receipt_key
    return bool(kept and key) and receipts.matches(
        rooms.ring, report.number, code, kept or "", key or ""
    )


def _same(known: str, said: str) -> bool:
    normal = blind.normal_email(said)
    return normal is not None and blind.normal_email(known) == normal


def is_party(session: Session, rooms: Rooms, report: Report, address: str) -> bool:
    """Tell whether an address is one that this reporter gave, with this contact or another."""
    index = blind.email_index(rooms.ring, address)
    if index is None:
        return False
    first = report.follows or report.id
    query = (
        select(func.count())
        .select_from(Report)
        .join(Identity, Identity.id == Report.identity_id)
        .where(or_(Report.id == first, Report.follows == first), Identity.email_index == index)
    )
    return bool(session.scalar(query))


def _joined(session: Session, letter: Letter, report: Report) -> Letter:
    first = session.get_one(Report, report.follows) if report.follows else report
    return replace(letter, report=replace(letter.report, belongs_to=first.number))


def claimed(session: Session, known: Known, said: threads.Threads) -> int | None:
    """Return the case that a letter's subject names, by the number of a report or its own."""
    if known.named:
        return known.named[0].case_id
    query = select(Case.id).where(Case.number.in_(said.cases[:_NUMBERS])).order_by(Case.id)
    return session.scalar(query.limit(1)) if said.cases else None
