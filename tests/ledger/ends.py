"""How a case ends without being handled: declined or referred, by luck as somebody proposed."""

from datetime import datetime

from sqlalchemy.orm import Session

from caseflow.ledger import proposals
from caseflow.ledger.moves import proposing, triage
from caseflow.ledger.tables import Case
from caseflow.people.actor import Actor

OTHERS = triage.Because("other", "不归我们管", "市场监管局")
APPROVES, SILENT = 2, 5
"""Luck with which who declines or refers does what was proposed; or says that nobody answered."""


def ends(session: Session, move: str, me: Actor, case: Case, luck: int, at: datetime) -> None:
    """Decline or refer a case: as somebody proposed that very end, or by themselves."""
    waits = proposals.undecided(proposals.asked(session, case.id))
    if waits is not None and waits.move == move and luck % 7 == APPROVES:
        proposing.approve(session, me, case.id, "", at)
    elif move == "decline":
        code = "unsupplemented" if luck % 7 == SILENT else "other"
        triage.decline(session, me, case.id, "不属于", at, code=code)
    else:
        triage.refer(session, me, case.id, "市场监管局", "主管", at)
