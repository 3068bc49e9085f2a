"""What must hold of files of inquiry as they lie there, asked of the rows; for `doctor --laws`."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import ColumnElement, Select, String, exists, or_, select

from caseflow.escalation.accountability_states import ACCOUNTABILITY_EDGES, OPENED
from caseflow.escalation.accountability_tables import (
    AccountabilityFile,
    AccountabilityInquirer,
    AccountabilityStep,
)
from caseflow.escalation.order_states import OUT
from caseflow.escalation.tables import Order

Query = Select[Any]
_NAMED = "file " + AccountabilityFile.id.cast(String)


def broken() -> Iterator[Query]:
    """A person issued the proposal; no step is left out; whoever inquired did not decide, and the
    decision is on record as what the file says.
    """
    issued = exists().where(
        Order.id == AccountabilityFile.order_id,
        Order.kind == "accountability",
        Order.state.in_(OUT),
        Order.issued_by.is_not(None),
        Order.issued_at <= AccountabilityFile.opened_at,
    )
    yield select(_NAMED).where(~issued)
    yield select(_NAMED).where(~_step(AccountabilityStep.verb == OPENED))
    for state, needed in sorted(_needed().items()):
        missing = [~_step(AccountabilityStep.verb == verb) for verb in needed]
        yield select(_NAMED).where(AccountabilityFile.state == state, or_(*missing))
    inquired = exists().where(
        AccountabilityInquirer.file_id == AccountabilityFile.id,
        AccountabilityInquirer.user_id == AccountabilityFile.decided_by,
    )
    yield select(_NAMED).where(inquired)
    decided = _step(
        AccountabilityStep.verb == "decision_made",
        AccountabilityStep.user_id == AccountabilityFile.decided_by,
        AccountabilityStep.choice == AccountabilityFile.outcome,
    )
    yield select(_NAMED).where(AccountabilityFile.outcome.is_not(None), ~decided)


def _step(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(AccountabilityStep.file_id == AccountabilityFile.id, *conditions)


def _needed() -> dict[str, tuple[str, ...]]:
    """Return for each state the steps on every way to it, read off the table itself."""
    ways: dict[str, set[str]] = {"opened": set()}
    for edge in ACCOUNTABILITY_EDGES:  # in the order in which a file takes them
        way = ways[edge.source] | {edge.move}
        ways[edge.target] = ways[edge.target] & way if edge.target in ways else way
    return {state: tuple(sorted(way)) for state, way in ways.items() if way}
