"""When the items of a case may move: it is handled, or waits for its reporter and will be again."""

from sqlalchemy import and_, or_

from caseflow.errors import MoveNotAllowed
from caseflow.ledger.literals import is_word
from caseflow.ledger.tables import Case

AT_WORK = or_(
    is_word(Case.state, "handling"),
    and_(is_word(Case.state, "awaiting_reporter"), is_word(Case.resume_to, "handling")),
)
"""In SQL: what `at_work` tells of one case."""


def at_work(case: Case) -> bool:
    """Tell whether the items of a case may move. One that was reopened and waits before anything
    went out is not at work.
    """
    waits = case.state == "awaiting_reporter" and case.resume_to == "handling"
    return case.state == "handling" or waits


def require_at_work(case: Case) -> None:
    """Raise MoveNotAllowed where the items of a case must not move."""
    if not at_work(case):
        raise MoveNotAllowed("办件当前状态不能办理问题项")
