"""Telling a reporter who was called back and is not satisfied why it stays as it is (解释说明).

The other way is to handle the matter again (重新办理): a person decides which, never the machine.
What was said stands on record with the way it was told; the case is closed by it once nobody else
is left who was not heard.
"""

from datetime import datetime

from sqlalchemy.orm import Session

from caseflow.errors import BadInput, MoveNotAllowed
from caseflow.ledger import gate
from caseflow.ledger.history import commitment
from caseflow.ledger.moves import closing
from caseflow.ledger.moves.calling import calls_of
from caseflow.ledger.moves.record import record, words
from caseflow.ledger.report_tables import Reply, Report
from caseflow.people.actor import Actor


def explain(
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
    """Explain to the sender of a report, by a `way` of replies that leads to them. By `message` it
    counts once the channel took it, other ways at once.

    Raises BadInput, and MoveNotAllowed for somebody who was not called back and displeased, or to
    whom it was explained since.
    """
    case = gate.lock(session, case_id, seen)
    said = words(text)
    report = session.get(Report, report_id)
    if report is None or report.case_id != case.id or report.follows is not None:
        raise BadInput({"report": "请选择要解释说明的来件"})
    if way == "impossible":
        raise BadInput({"way": "请选择怎样告诉反映人"})
    closing.check_way(session, report, way, proof)
    calls = calls_of(session, case)
    if report not in calls.displeased():
        raise MoveNotAllowed("只对回访时不满意、还没有解释说明的反映人解释说明")
    gate.pass_case(actor, case, "explain")
    sent = Reply(
        case_id=case.id,
        report_id=report.id,
        text=said,
        way=way,
        user_id=actor.person,
        at=now,
        delivered_at=None if way == "message" else now,
        proof=proof.strip(),
        round=case.reopened,
        explains=calls.about(report)[-1].id,
    )
    session.add(sent)
    session.flush()
    facts = {"report": report.id, "way": way, "text": commitment(said)}
    refs = {"report": report.id, "reply": sent.id, "way": way}
    record(session, case, actor, "explain", now, facts, refs=refs)
    closing.explained(session, actor, case, now)
    return sent
