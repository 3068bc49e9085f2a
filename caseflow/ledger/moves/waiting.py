"""A case that waits for its reporter (待补充材料): for which question, and what stands still."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from caseflow.deadlines import pauses
from caseflow.deadlines.tables import Clock
from caseflow.ledger.report_tables import Question
from caseflow.ledger.tables import Case


def open_question(session: Session, case_id: int) -> Question | None:
    """Return the question that a case waits for."""
    query = select(Question).where(Question.case_id == case_id, Question.ended_at.is_(None))
    return session.scalar(query.order_by(Question.id.desc()).limit(1))


def wait_too(session: Session, case: Case, started: Sequence[Clock], now: datetime) -> None:
    """Let clocks that start while their case waits stand still like those that ran already.

    A unit that puts its finding on record meanwhile must not be urged for want of an answer that
    the office itself still waits for.
    """
    if case.state != "awaiting_reporter":
        return
    question = open_question(session, case.id)
    if question is not None:
        pauses.pause(session, started, question.id, now, question.until)
