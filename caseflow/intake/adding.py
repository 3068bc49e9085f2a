"""Joining what a reporter says later to what they reported, from the letter to them."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from caseflow.intake.receive import Received, receive
from caseflow.intake.report import IncomingReport
from caseflow.intake.rooms import Rooms
from caseflow.ledger import gate
from caseflow.ledger.moves import asking
from caseflow.ledger.moves.waiting import open_question
from caseflow.ledger.states import ENDS
from caseflow.ledger.tables import Case
from caseflow.people.actor import REPORTER


@dataclass(frozen=True)
class Joined:
    """What became of a further contact. `open`: the question was, or none was asked; `again`: the
    form had been taken before, and nothing was kept now; `over`: the matter was over, so that it is
    answered on its own.
    """

    open: bool
    again: bool
    over: bool


def add(
    rooms: Rooms, incoming: IncomingReport, now: datetime, question: int | None = None
) -> Joined:
    """Join a further contact, and with `question` let the case go on, in one transaction.

    The same contact sent twice is taken once.
    """

    def work(session: Session) -> Joined:
        received = receive(session, incoming, now, rooms)
        still = question is None or _answered(session, received, question, now)
        state = session.scalar(select(Case.state).where(Case.number == received.case_number))
        return Joined(still, received.duplicate, state in ENDS)

    try:
        return rooms.database.run(work)
    except IntegrityError:  # the same contact came at this very moment: now it is known
        return rooms.database.run(work)


def _answered(session: Session, received: Received, question_id: int, now: datetime) -> bool:
    """Let the case go on where it still waits for this question's answer."""
    if received.duplicate:
        return True
    case_id = session.scalars(select(Case.id).where(Case.number == received.case_number)).one()
    case = gate.lock(session, case_id)
    waiting = open_question(session, case.id)
    if waiting is None or waiting.id != question_id or case.state != "awaiting_reporter":
        return False
    asking.go_on(session, REPORTER, case, now)
    return True
