"""A reporter who changed their mind about who may know: only ever fewer (加强身份保密).

Consent is recorded and revocable (design §3). What a unit was told before cannot be unsaid, so the
history keeps from when on it holds; widening it again takes a new report.
"""

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from caseflow.errors import BadInput
from caseflow.ledger import gate
from caseflow.ledger.moves.record import record
from caseflow.ledger.report_tables import Report
from caseflow.ledger.states import DISCLOSURES
from caseflow.people.actor import REPORTER


def stricter(disclosure: str) -> tuple[str, ...]:
    """Return what a disclosure may be tightened to, the strictest first."""
    return DISCLOSURES[: DISCLOSURES.index(disclosure)]


def tighten(session: Session, report_id: int, disclosure: str, now: datetime) -> bool:
    """Tighten the disclosure of a report and what its sender added; False where it is so already.

    In any state of the case: whoever is afraid need not wait. Raises BadInput for a looser one.
    """
    case = gate.lock_of_report(session, report_id)
    report = session.get_one(Report, report_id)
    was = report.disclosure
    if disclosure == was:
        return False
    if disclosure not in stricter(was):
        raise BadInput({"disclosure": "请选择比现在更严的一种"})
    theirs = (Report.id == report.id) | (Report.follows == report.id)
    session.execute(update(Report).where(theirs).values(disclosure=disclosure))
    facts = {"report": report.number, "was": was, "disclosure": disclosure}
    record(session, case, REPORTER, "tighten", now, facts, refs={"report": report.id})
    return True
