"""A reporter who takes back what they reported, or settled it with the other side (撤回, 和解).

That ends nothing: whoever handles the case withdraws its items, to which another person consents,
or the office goes on of its own accord (依职权), as it must where a child or the public is
concerned. At once it only ends what is asked of the reporter: no question waits for them any
longer, and nobody calls them back.
"""

from datetime import datetime

from sqlalchemy.orm import Session

from caseflow.errors import BadInput, MoveNotAllowed
from caseflow.ledger import gate
from caseflow.ledger.moves import asking, calling
from caseflow.ledger.moves.record import record
from caseflow.ledger.moves.waiting import open_question
from caseflow.ledger.report_tables import Report
from caseflow.ledger.retractions import retracted
from caseflow.ledger.states import RETRACTED
from caseflow.people.actor import SWEEP, Actor

RETRACTED_ALREADY = "这个来件的反映人已经撤回"


def retract(
    session: Session,
    actor: Actor,
    report_id: int,
    why: str,
    now: datetime,
    *,
    case_id: int | None = None,
    seen: int | None = None,
) -> None:
    """Note that whoever sent a report takes it back. `why`: one of `states.RETRACTED`.

    `case_id`: the case that somebody of the office has before them. Raises BadInput; MoveNotAllowed
    once the matter is being answered, or where they said so before.
    """
    case = gate.lock(session, case_id, seen) if case_id else gate.lock_of_report(session, report_id)
    report = session.get(Report, report_id)
    if report is None or report.case_id != case.id or report.follows is not None:
        raise BadInput({"report": "请选择来件"})
    if why not in RETRACTED:
        raise BadInput({"why": "请选择撤回的原因"})
    gate.pass_case(actor, case, "retract")
    gone = retracted(session, case)
    if report.number in gone:
        raise MoveNotAllowed(RETRACTED_ALREADY)
    facts = {"report": report.number, "why": why}
    record(session, case, actor, "retract", now, facts, refs={"report": report.id})
    case.call_back = calling.anybody(session, case)
    question = open_question(session, case.id)
    if question is not None and question.report_id == report.id:
        asking.go_on(session, SWEEP, case, now, ended_by="person")
