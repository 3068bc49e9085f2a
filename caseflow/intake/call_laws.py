"""What must hold of telephone calls, as questions whose answers break it (`caseflow doctor`)."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import ColumnElement, Select, String, and_, cast, exists, literal, or_, select
from sqlalchemy.orm import aliased

from caseflow.deadlines.clocks import ALIVE
from caseflow.deadlines.tables import Clock
from caseflow.intake.call_states import UNANSWERED
from caseflow.intake.call_tables import Call


def broken() -> Iterator[Select[Any]]:
    """Ask for calls that nobody rings back: without a clock, or behind one that was settled; and
    for clocks of calls that need none any more.
    """
    named = Call.area_code + literal(" call ") + cast(Call.id, String)
    runs = exists().where(Clock.call_id == Call.id, Clock.state.in_(ALIVE))
    head = aliased(Call)
    waits = exists().where(head.id == Call.head_id, head.settled.is_(None))
    yield select(named).where(_owed(), Call.head_id.is_(None), ~runs)
    yield select(named).where(_owed(), Call.head_id.is_not(None), ~waits)
    yield select(named).where(Call.settled.is_not(None), runs)


def _owed() -> ColumnElement[bool]:
    can_be = or_(Call.number_index.is_not(None), Call.recorded.is_(True))
    return and_(Call.outcome.in_(UNANSWERED), Call.settled.is_(None), can_be)
