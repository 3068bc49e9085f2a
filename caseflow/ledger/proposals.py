"""What was proposed for a case: not to accept it (拟不予受理), or to send it on (拟转送).

For verbs and pages. At most one waits; it is over when the matter is accepted, or comes to where
it can be neither declined nor referred.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from caseflow.deadlines import clocks
from caseflow.deadlines.clocks import Subject
from caseflow.deadlines.policies import ClockName
from caseflow.ledger.application_tables import Proposal
from caseflow.ledger.shelving_tables import Shelving
from caseflow.ledger.tables import Case

_LAPSE = (
    update(Proposal)
    .where(Proposal.case_id == bindparam("case"), Proposal.outcome.is_(None))
    .values(outcome="lapsed", decided_at=bindparam("now"))
)
_LAPSE_TOO = (
    update(Shelving)
    .where(Shelving.case_id == bindparam("case"), Shelving.outcome.is_(None))
    .values(outcome="lapsed", decided_at=bindparam("now"))
)


def asked(session: Session, case_id: int) -> Sequence[Proposal]:
    """Return every proposal of a case, oldest first."""
    query = select(Proposal).where(Proposal.case_id == case_id).order_by(Proposal.id)
    # `lapse` writes past what a session has loaded.
    return session.scalars(query.execution_options(populate_existing=True)).all()


def undecided(known: Iterable[Proposal]) -> Proposal | None:
    """Return the proposal that waits for its decision."""
    return next((row for row in known if row.outcome is None), None)


def lapse(session: Session, case: Case, now: datetime) -> None:
    """Let a proposal, or that the case be shelved, be over without anybody's decision: the case
    went another way. At most one of the two waits.
    """
    for statement in (_LAPSE, _LAPSE_TOO):
        session.execute(statement, {"case": case.id, "now": now})
    clocks.stop(session, of(case), now, ClockName.consent)


def of(case: Case) -> Subject:
    """Return the subject of the promise to decide on a proposal."""
    return Subject(case_id=case.id, root_case_id=case.id)
