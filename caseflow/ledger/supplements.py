"""What a reporter was asked to supplement before anybody decided whether to accept (补正)."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from caseflow.ledger.history_tables import Entry
from caseflow.ledger.report_tables import Question
from caseflow.ledger.tables import Case

SILENT = "sweep"
"""How a question ended whose time ran out."""


def undecided(case: Case) -> bool:
    """Tell whether a case waits for a supplement: nobody has decided whether it is accepted."""
    return case.resume_to == "received"


def ends(session: Session, case_id: int) -> list[str | None]:
    """Return how each request for a supplement ended, None for the one that waits."""
    same = (Entry.case_id == Question.case_id) & (Entry.at == Question.asked_at)
    query = select(Question.ended_by).join(Entry, same)
    return list(session.scalars(query.where(Entry.case_id == case_id, Entry.verb == "supplement")))
