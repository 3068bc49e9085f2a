"""Which reporters are told of an event, and by which of the ways that they left."""

from collections.abc import Collection, Sequence
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from caseflow.ledger.moves.notice import BY_MESSAGE, reachable
from caseflow.ledger.moves.opening import first_reports
from caseflow.ledger.report_tables import Report
from caseflow.ledger.tables import Case
from caseflow.notices.matter import Matter
from caseflow.vault.identities import written_within

RECEIPTS_A_DAY = 10
"""To one address: two machines that answer each other would otherwise fill ledger and mailbox."""


def told(
    session: Session, matter: Matter, word: str, ways: Collection[str] = ("email",)
) -> list[tuple[Report, str]]:
    """Return the reports whose senders are to be told and can be in one of `ways`, and in which:
    the best that they left.
    """
    if matter.case is None:
        return []
    if word == "reporters":
        meant = _meant(session, matter, matter.case)
    else:
        named = session.get_one(Report, matter.body["report"])
        # A later contact has no receipt: its sender has that of the first.
        meant = [session.get_one(Report, named.follows) if named.follows else named]
    if word == "writer":
        meant = [one for one in meant if not _writes_too_much(session, one)]
    able = []
    for report in meant:
        left = reachable(session, report)
        best = next((way for way in BY_MESSAGE if way in left and way in ways), None)
        able += [(report, best)] if best else []
    return able


def _meant(session: Session, matter: Matter, case: Case) -> Sequence[Report]:
    """Return whom an event is about: the reports it names, whichever case they belong to by now."""
    named = matter.body.get("reports")
    if named is None:
        return first_reports(session, case)
    return session.scalars(select(Report).where(Report.id.in_(named)).order_by(Report.id)).all()


def _writes_too_much(session: Session, report: Report) -> bool:
    day, identity = timedelta(days=1), report.identity_id
    return identity is not None and written_within(session, identity, day) > RECEIPTS_A_DAY
