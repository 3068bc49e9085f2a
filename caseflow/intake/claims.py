"""Which reports say that they belong to a case, and do not prove it; a person decides."""

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from caseflow.intake.mail_tables import Claim
from caseflow.ledger.queries import visible
from caseflow.ledger.report_tables import Report
from caseflow.ledger.tables import Case
from caseflow.people.scope import Scope

_DOORS = ("mailbox", "text")
"""Where somebody may name a number without anybody there to ask them for the code."""


def of_reports(
    session: Session, scope: Scope, reports: Iterable[Report]
) -> Mapping[int, tuple[str, str]]:
    """Return by report id why it claims, and the number of the case it claims to belong to: empty
    for a case out of sight. One that was merged there since claims nothing any more.
    """
    mine = {report.id: report.case_id for report in reports if report.channel in _DOORS}
    if not mine:
        return {}
    seen = select(Case.number).where(Case.id == Claim.case_id, visible(scope)).scalar_subquery()
    query = select(Claim, seen).where(Claim.report_id.in_(mine))
    return {
        claim.report_id: (claim.why, number or "")
        for claim, number in session.execute(query)
        if claim.case_id != mine[claim.report_id]
    }


def on_case(session: Session, scope: Scope, case: Case) -> Sequence[Case]:
    """Return the other cases in sight whose reports say that they belong to this one."""
    query = (
        select(Case)
        .join(Report, Report.case_id == Case.id)
        .join(Claim, Claim.report_id == Report.id)
        .where(Claim.case_id == case.id, Case.id != case.id, visible(scope))
        .distinct()
        .order_by(Case.id)
    )
    return session.scalars(query).all()
