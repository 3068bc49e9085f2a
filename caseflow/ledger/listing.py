"""What stands beside cases on a list: a fixed number of statements whatever the number of rows."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Select, and_, bindparam, func, select
from sqlalchemy import case as sql_case
from sqlalchemy.orm import Session

from caseflow.db import Moment
from caseflow.deadlines.clocks import ALIVE
from caseflow.deadlines.tables import Clock
from caseflow.ledger.asker import KINDS, ME, kind_of, said_of, within
from caseflow.ledger.history_tables import Entry
from caseflow.ledger.literals import among, is_word, not_among
from caseflow.ledger.states import COUNTED_APART, OPEN_CASE_STATES
from caseflow.ledger.tables import Case, Item
from caseflow.ledger.turns import stirs, waits_for
from caseflow.many import one_of
from caseflow.people import names
from caseflow.people.actor import Actor
from caseflow.people.tables import Unit


@dataclass(frozen=True)
class Beside:
    """What a row shows besides its case, by case id (names by their own ids).

    `clocks`: the one that ends first, a standing one where none runs. `items`: struck off, all.
    """

    clocks: Mapping[int, Clock]
    items: Mapping[int, tuple[int, int]]
    last: Mapping[int, Entry]
    units: Mapping[int, Unit]
    areas: Mapping[str, str]
    handlers: Mapping[int, str]


def beside(session: Session, cases: Sequence[Case]) -> Beside:
    """Load everything that the rows of some cases show, in one statement for each kind of thing."""
    ids = [case.id for case in cases]
    return Beside(
        clocks=_clocks(session, ids),
        items=_items(session, ids),
        last=_last(session, ids),
        units=names.units(session, {case.unit_id for case in cases if case.unit_id}),
        areas=names.areas(session, {case.area_code for case in cases}),
        handlers=names.users(session, {case.handler_id for case in cases if case.handler_id}),
    )


def _clocks(session: Session, ids: Collection[int]) -> dict[int, Clock]:
    found = session.scalars(_CLOCKS, {"ids": ids})
    return {clock.root_case_id: clock for clock in found if clock.root_case_id is not None}


def _first_to_end() -> Select[Clock]:
    """Select of each case the clock that ends first, a standing one where none runs."""
    alive = (one_of(Clock.root_case_id, "ids"), among(Clock.state, ALIVE))
    order = (Clock.state.desc(), Clock.due, Clock.id)  # running ones before paused ones
    place = func.row_number().over(partition_by=Clock.root_case_id, order_by=order)
    placed = select(Clock.id, place.label("place")).where(*alive).subquery()
    return select(Clock).join(placed, placed.c.id == Clock.id).where(placed.c.place == 1)


_CLOCKS = _first_to_end()


def promised(session: Session, cases: Sequence[Case], name: str) -> dict[int, Clock]:
    """Return the running clock of a name that stands on each of some cases, by case id."""
    found = session.scalars(_PROMISED, {"ids": [case.id for case in cases], "name": name})
    return {clock.case_id: clock for clock in found if clock.case_id is not None}


_PROMISED = select(Clock).where(
    one_of(Clock.case_id, "ids"), Clock.name == bindparam("name"), is_word(Clock.state, "running")
)


def _items(session: Session, ids: Collection[int]) -> dict[int, tuple[int, int]]:
    rows = session.execute(_ITEMS, {"ids": ids})
    return {case_id: (int(struck_off), total) for case_id, struck_off, total in rows}


_ITEMS = (
    select(Item.case_id, func.sum(sql_case((Item.state == "struck_off", 1), else_=0)), func.count())
    .where(one_of(Item.case_id, "ids"), not_among(Item.state, COUNTED_APART))
    .group_by(Item.case_id)
)


def _last(session: Session, ids: Collection[int]) -> dict[int, Entry]:
    return {entry.case_id: entry for entry in session.scalars(_LAST, {"ids": ids})}


_LAST = (
    select(Entry)
    .join(Case, and_(Case.id == Entry.case_id, Case.head_n == Entry.n))
    .where(one_of(Case.id, "ids"))
)


@dataclass(frozen=True)
class Group:
    """How many open cases share these marks; the counts beside the filters are sums of them."""

    state: str
    kind: str
    rung: int
    mine: bool
    turn: bool
    nobodys: bool
    overdue: bool
    count: int


_NOW = bindparam("moment", type_=Moment)
_YES = ("mine", "turn", "nobodys", "overdue")


def groups(session: Session, actor: Actor, now: datetime) -> list[Group]:
    """Return the open cases in somebody's scope by what lists are filtered by: one statement.

    `actor`: whose cases count as `mine`, whose next step as `turn`. At most states × kinds ×
    rungs × 12 rows come back.
    """
    rows = session.execute(_marked(kind_of(actor)), {**said_of(actor), _NOW.key: now})
    return [Group(**{**row, **{name: bool(row[name]) for name in _YES}}) for row in rows.mappings()]


@lru_cache(maxsize=KINDS)
def _marked(kind: Actor) -> Select[Any]:
    inner = (
        select(
            Case.state,
            Case.kind,
            Case.rung,
            sql_case((Case.handler_id == ME, 1), else_=0).label("mine"),
            sql_case((and_(stirs(kind), waits_for(kind)), 1), else_=0).label("turn"),
            sql_case((Case.handler_id.is_(None), 1), else_=0).label("nobodys"),
            sql_case((Case.next_due <= _NOW, 1), else_=0).label("overdue"),
        )
        .where(within(kind), among(Case.state, OPEN_CASE_STATES))
        .subquery()
    )
    marks = [inner.c[name] for name in ("state", "kind", "rung", *_YES)]
    return select(*marks, func.count().label("count")).group_by(*marks)
