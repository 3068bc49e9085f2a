"""Taking down what somebody says: report, card of a danger and answer in one transaction."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from caseflow.intake import calls, drafts
from caseflow.intake.channels.desk import CHANNELS, Logged
from caseflow.intake.receive import Received, receive
from caseflow.intake.rooms import Rooms
from caseflow.ledger.moves import triage, urgency
from caseflow.ledger.report_tables import Report
from caseflow.ledger.tables import Case
from caseflow.people.actor import Actor


def take_down(rooms: Rooms, logged: Logged, actor: Actor, now: datetime) -> Received:
    """Keep what was written down and return its numbers once it is committed.

    An urgent one is acknowledged in the same transaction by whoever wrote it down; an answer on
    the spot is recorded; the draft goes. Saving the same sheet twice gives the first receipt and
    changes nothing. Raises NotPermitted where the operator may not make that move (recusal).
    """

    def work(session: Session) -> Received:
        received = receive(session, logged.incoming, now, rooms, actor)
        if not received.duplicate:
            _settle(session, received, logged, actor, now)
        drafts.drop(session, actor.person, logged.incoming.channel_key)
        return received

    try:
        return rooms.database.run(work)
    except IntegrityError:
        # The same sheet was sent twice at once and the other one won: now it is found.
        return rooms.database.run(work)


def _settle(
    session: Session, received: Received, logged: Logged, actor: Actor, now: datetime
) -> None:
    if logged.card is None and not logged.answer and logged.call is None:
        return
    case, report = written_down(session, received)
    case_id = case.id
    if logged.call is not None:
        calls.written_down(session, actor, logged.call, report.id, now)
    if logged.card is not None:
        urgency.acknowledge(session, actor, case_id, logged.card, now)
    if logged.answer:
        way = logged.incoming.channel
        triage.answer(session, actor, case_id, logged.answer, now, way=way)


def saved_before(session: Session, nonce: str) -> Report | None:
    """Return the report that a sheet became, whichever door it was for and whoever wrote it."""
    query = select(Report).where(Report.channel.in_(CHANNELS), Report.channel_key == nonce)
    return session.scalar(query.limit(1))


def written_down(session: Session, received: Received) -> tuple[Case, Report]:
    """Return the case and the report that the numbers of a receipt name."""
    query = select(Case, Report).join(Report, Report.case_id == Case.id)
    row = session.execute(query.where(Report.number == received.report_number)).one()
    return row[0], row[1]
