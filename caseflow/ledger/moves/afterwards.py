"""What comes after the end: a further word of the same reporter, which is answered on its own, and
a further report on facts whose answer stands for good (终结), which is answered so.

Neither takes a matter up anew: for that a person reopens it, because of new facts, with a reason.
"""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from caseflow.deadlines import clocks
from caseflow.errors import BadInput, MoveNotAllowed
from caseflow.ledger import gate, reasons
from caseflow.ledger.moves import closing, opening, triage
from caseflow.ledger.moves.record import of_report, words
from caseflow.ledger.moves.triage import Because
from caseflow.ledger.report_tables import Reply, Report
from caseflow.ledger.tables import Case
from caseflow.people.actor import Actor
from caseflow.people.scope import scope_of

ENDED = "ended"


def answer_later(
    session: Session,
    actor: Actor,
    case_id: int,
    report_id: int,
    text: str,
    way: str,
    now: datetime,
    *,
    proof: str = "",
    seen: int | None = None,
) -> Reply:
    """Answer what came after a case was over, without taking it up again: by a `way` of replies
    that leads to its sender. Raises BadInput, MoveNotAllowed where an answer is on its way or came.
    """
    case = gate.lock(session, case_id, seen)
    said = words(text)
    report = session.get(Report, report_id)
    if report is None or report.case_id != case.id or report.follows is None:
        raise BadInput({"report": "请选择要答复的来件"})
    closing.check_way(session, session.get_one(Report, report.follows), way, proof)
    gate.pass_case(actor, case, "answer_later")
    owed = clocks.alive(session, of_report(case, report.id), "reply")
    if not owed or is_on_its_way(session, report.id):
        raise MoveNotAllowed("这份来件已经答复，或答复正在送达")
    return closing.send(
        session, actor, case, report, said, way, now, proof=proof, move="answer_later"
    )


def is_on_its_way(session: Session, report_id: int) -> bool:
    """Tell whether the channel has an answer and has not said yet what became of it."""
    return bool(session.scalar(select(opening.is_on_its_way(report_id))))


def decline_ended(
    session: Session,
    actor: Actor,
    case_id: int,
    ended: str,
    reason: str,
    now: datetime,
    *,
    seen: int | None = None,
) -> None:
    """Decline what repeats an ended matter, and link it to that: `ended` is its number, `reason`
    what the reporter reads. Another person looks at it as at every decision to decline.
    """
    case = gate.lock(session, case_id, seen)
    because = triage.checked(session, case, reasons.DECLINE, Because(ENDED, reason))
    other = session.scalar(select(Case).where(Case.number == ended.strip()))
    seen_by = other is not None and gate.covers(scope_of(actor), other)
    if other is None or not seen_by or other.ended_at is None:
        raise BadInput({"ended": "没有这个已终结的办件"})
    case.same_as = other.id
    triage.carry_out(session, actor, case, reasons.DECLINE, because, now, same_as=other.number)
