"""What every machine's door does with what it takes aside, or lets join: mail and text messages."""

from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from caseflow.intake import quarantine
from caseflow.intake.filters import storms
from caseflow.intake.filters.letter import Aside
from caseflow.intake.mail_tables import Claim, Folded, Storm
from caseflow.intake.receive import Laid, Received
from caseflow.intake.rooms import Rooms
from caseflow.intake.tables import Quarantine
from caseflow.ledger import gate
from caseflow.ledger.moves import asking
from caseflow.ledger.moves.waiting import open_question
from caseflow.ledger.report_tables import Report
from caseflow.outbox.events import JSON, emit
from caseflow.people.actor import REPORTER

# The row of quarantine that holds something, on its own or with others; built once: it is asked for
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


def kept(session: Session, channel: str, key: str) -> int | None:
    """Return the row of quarantine that holds what came under this key; None where none does."""
    return session.scalar(_KEPT, {"channel": channel, "key": key})


def row(
    session: Session,
    rooms: Rooms,
    aside: Aside,
    channel: str,
    key: str,
    laid: Laid,
    now: datetime,
) -> Quarantine:
    """Set something aside and return its row."""
    return quarantine.set_aside(
        session,
        rooms,
        channel,
        key,
        laid.original,
        aside.reason,
        now,
        settled=aside.settled,
        case_id=aside.case_id,
    )


def stormed(
    session: Session,
    rooms: Rooms,
    storm: Storm,
    aside: Aside,
    channel: str,
    key: str,
    laid: Laid,
    now: datetime,
) -> int:
    """Keep one of a storm with the others and return their row; the first raises the alarm."""
    if storm.quarantine_id is not None:
        quarantine.fold(session, rooms, storm.quarantine_id, channel, key, laid.original, now)
        return storm.quarantine_id
    found = row(session, rooms, aside, channel, key, laid, now)
    storms.stands_for(session, storm, quarantine_id=found.id)
    body: dict[str, JSON] = {"quarantine": found.id, "area": found.area_code}
    emit(session, "mail_storm", case_id=None, at=now, body=body)
    return found.id


def report_of(session: Session, received: Received) -> Report:
    """Return the report that something became."""
    query = select(Report).where(Report.number == received.report_number)
    return session.scalars(query).one()


def followed(
    session: Session, received: Received, now: datetime, claims: int | None, why: str
) -> None:
    """Note what it claims (`Claim`), and let a case go on that waited for its reporter's answer."""
    if claims is not None:
        session.add(Claim(report_id=report_of(session, received).id, case_id=claims, why=why))
    if received.joined:
        report = report_of(session, received)
        case = gate.lock(session, report.case_id)
        question = open_question(session, case.id)
        asked = question is not None and question.report_id == report.follows
        if asked and case.state == "awaiting_reporter":
            asking.go_on(session, REPORTER, case, now)
