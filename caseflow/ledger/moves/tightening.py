"""A reporter who changed their mind about who may know: only ever fewer (加强身份保密).

Consent is recorded and revocable (design §3). What a unit was told before cannot be unsaid, so the
history keeps from when on it holds; widening it again takes a new report.
"""

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from caseflow.errors import BadInput
from caseflow.ledger import gate
from caseflow.ledger.moves import two_matters
from caseflow.ledger.moves.record import record
from caseflow.ledger.report_tables import Report
from caseflow.ledger.states import DISCLOSURES
from caseflow.people.actor import REPORTER


def stricter(disclosure: str) -> tuple[str, ...]:
    """Return what a disclosure may be tightened to, the strictest first."""
    return DISCLOSURES[: DISCLOSURES.index(disclosure)]


def tighten(session: Session, report_id: int, disclosure: str, now: datetime) -> bool:
    """Tighten the disclosure of a report and what its sender added, and of what else is handled of
    the same letter; False where it is so already.

    In any state of the case: whoever is afraid need not wait. Raises BadInput for a looser one.
    """
    report = session.get_one(Report, report_id)
    if disclosure != report.disclosure and disclosure not in stricter(report.disclosure):
        raise BadInput({"disclosure": "请选择比现在更严的一种"})
    letter = two_matters.same_letter(session, report)
    done = [_tighten(session, one.id, disclosure, now) for one in letter]
    return any(done)


def _tighten(session: Session, report_id: int, disclosure: str, now: datetime) -> bool:
    case = gate.lock_of_report(session, report_id)
    report = session.get_one(Report, report_id, populate_existing=True)
    was = report.disclosure
    if disclosure not in stricter(was):
        return False
    theirs = (Report.id == report.id) | (Report.follows == report.id)
    session.execute(update(Report).where(theirs).values(disclosure=disclosure))
    facts = {"report": report.number, "was": was, "disclosure": disclosure}
    record(session, case, REPORTER, "tighten", now, facts, refs={"report": report.id})
    return True
