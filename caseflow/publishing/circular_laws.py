"""What must hold of circulars as they lie there, asked of the rows alone; for `doctor --laws`."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import ColumnElement, Select, String, and_, exists, select

from caseflow.publishing.circular_record import WRITES
from caseflow.publishing.circular_states import OUT, PUBLIC
from caseflow.publishing.tables import Circular, CircularEntry, Correction

Query = Select[Any]
_NAMED = "circular " + Circular.id.cast(String)


def broken() -> Iterator[Query]:
    """Other eyes checked and signed what is out, on the record; what is public was published; a
    correction was published by another person than wrote it.
    """
    for judge in (Circular.checked_by, Circular.issued_by):
        yield select(_NAMED).where(_entry(CircularEntry.verb.in_(WRITES), judge))
    signed = Circular.state.in_(OUT)
    for verb, who in (
        ("circular_checked", Circular.checked_by),
        ("circular_issued", Circular.issued_by),
    ):
        yield select(_NAMED).where(signed, ~_entry(CircularEntry.verb == verb, who))
    published = exists().where(
        CircularEntry.circular_id == Circular.id, CircularEntry.verb == "circular_published"
    )
    yield select(_NAMED).where(Circular.state.in_(PUBLIC), ~published)
    own = exists().where(
        Correction.circular_id == Circular.id, Correction.decided_by == Correction.drafted_by
    )
    yield select(_NAMED).where(own)


def _entry(verb: ColumnElement[bool], who: Any) -> ColumnElement[bool]:
    """Return the condition that somebody stands in an entry of such a verb."""
    mine = and_(CircularEntry.circular_id == Circular.id, CircularEntry.user_id == who)
    return exists().where(mine, verb)
