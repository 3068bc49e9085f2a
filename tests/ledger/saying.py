"""Reports that say something of their own, for tests of what is alike."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from caseflow.ledger.moves import opening
from caseflow.ledger.tables import Case
from caseflow.people.actor import REPORTER
from tests import office as offices


def said(session: Session, now: datetime, text: str, **more: object) -> Case:
    """Open a case for a report with this text; see `offices.new_report`, and of `NewReport` the
    category.
    """
    category = more.pop("category", None)
    new = offices.new_report(session, now, **more)  # type: ignore[arg-type]
    new = replace(new, text=text, category=str(category) if category else None)
    return opening.open_case(session, REPORTER, new, now).case
