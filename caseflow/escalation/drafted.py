"""What became of the documents that clocks drafted: what a screen may say of a rung.

That a rung was reached says nothing to anybody outside the office, for its document is a draft
until a person issues it, and may never be issued (trade.md, "Two things never to mix").
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, aliased

from caseflow.deadlines.clocks import reached
from caseflow.deadlines.tables import Clock
from caseflow.escalation.tables import Order, Rung
from caseflow.many import one_of


@dataclass(frozen=True)
class Drafted:
    """A rung's document: its state, and whether it is addressed to a unit."""

    state: str
    to_unit: bool


# By the id of the clock and what the rung did: its number is another where the ladder was changed
# since. A rung that drafted nothing is not in it.
Documents = Mapping[tuple[int, str], Drafted]

NONE: Documents = MappingProxyType({})


def documents(session: Session, clocks: Iterable[Clock]) -> Documents:
    """Return the documents of the rungs that clocks climbed: one statement for any number."""
    climbed = [clock.id for clock in clocks if reached(clock)]
    if not climbed:
        return NONE
    rows = session.execute(_DOCUMENTS, {"ids": climbed})
    return {
        (clock_id, did): Drafted(state, unit is not None) for clock_id, did, state, unit in rows
    }


def _documents() -> Select[int, str, str, int | None]:
    """Select the documents of clocks and of those they took the place of when their due moment
    moved (`superseded`): the rungs that happened stayed with them (`deadlines.clocks.supersede`).
    """
    itself = select(Clock.id.label("clock_id"), Clock.id.label("by_id"), Clock.follows)
    line = itself.where(one_of(Clock.id, "ids")).cte("line", recursive=True)
    older = aliased(Clock)
    before = select(line.c.clock_id, older.id, older.follows).join(
        older, (older.id == line.c.follows) & (older.state == "superseded")
    )
    line = line.union_all(before)
    return (
        select(line.c.clock_id, Rung.action, Order.state, Order.unit_id)
        .join(Rung, Rung.clock_id == line.c.by_id)
        .join(Order, Order.rung_id == Rung.id)
        .order_by(Order.id)
    )


_DOCUMENTS = _documents()
