"""Reading the ledger within somebody's scope: the one place where scope becomes SQL (law 11)."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Integer,
    Select,
    String,
    and_,
    bindparam,
    false,
    literal_column,
    or_,
    select,
    true,
    tuple_,
)
from sqlalchemy.orm import Session

from caseflow import refs
from caseflow.db import Moment
from caseflow.errors import NotFound
from caseflow.ledger import gate, search
from caseflow.ledger.asker import kind_of, said_of
from caseflow.ledger.history_tables import Entry
from caseflow.ledger.literals import among, is_word, not_among
from caseflow.ledger.report_tables import Report
from caseflow.ledger.states import CASE_STATES, NOT_CLOSED, OPEN_CASE_STATES
from caseflow.ledger.tables import Case, Item
from caseflow.ledger.turns import waits_for
from caseflow.people.actor import Actor
from caseflow.people.scope import Scope

PAGE = 25


@dataclass(frozen=True)
class Filters:
    """What a work list is narrowed by; empty means all. `state`: one state, `open` or `closed`.

    `turn`: whose next step it is; `nobodys`: no handler yet.
    """

    state: str = "open"
    kind: str = ""
    handler: int | None = None
    turn: Actor | None = None
    nobodys: bool = False
    overdue_at: datetime | None = None
    rung: int = 0

    @property
    def newest_first(self) -> bool:
        """Whether what is listed need not be open: then nothing burns."""
        return self.state not in _BURNING


@dataclass(frozen=True)
class Place:
    """Where a keyset page ended."""

    rank: int
    next_due: datetime
    id: int


def visible(scope: Scope) -> ColumnElement[bool]:
    """Return the SQL condition on `Case` for what a scope covers; nothing where it covers none."""
    if scope.reach != "area":
        return false()
    inside: ColumnElement[bool] = getattr(Case, scope.level) == scope.code
    if not scope.recused:
        return inside
    return and_(inside, or_(Case.unit_id.is_(None), Case.unit_id.not_in(scope.recused)))


def standing(scope: Scope) -> ColumnElement[bool]:
    """Return the SQL condition on `Case` for what a scope covers and may be one with another
    matter: not what came by an import that was undone, and never should have been.
    """
    return and_(visible(scope), Case.state != "void")


def held(scope: Scope) -> ColumnElement[bool]:
    """Return the SQL condition on `Item` for what a unit or inspector holds or held."""
    if scope.reach != "holder":
        return false()
    mine = []
    if scope.unit is not None:
        verifies = and_(Item.verifying_unit_id == scope.unit, Item.inspector_id.is_(None))
        mine += [verifies, Item.rectifying_unit_id == scope.unit]
    if scope.person is not None:
        mine.append(Item.inspector_id == scope.person)
    if not mine:
        return false()
    # A unit may be named, or recused from, after somebody got the item.
    theirs = select(Case.id).where(Case.unit_id.in_(scope.recused))
    far = [Item.case_id.not_in(theirs)] if scope.recused else []
    return and_(Item.state != "draft", or_(*mine), *far)


def case_by_number(session: Session, scope: Scope, number: str) -> Case:
    """Return a case within the scope; raises NotFound, also for one outside it."""
    case = session.scalar(select(Case).where(Case.number == number, visible(scope)))
    if case is None:
        raise NotFound("没有这个办件，或不在您的辖区内")
    return case


def item_in_scope(session: Session, scope: Scope, item_id: int) -> tuple[Case, Item]:
    """Return an item and its case within the scope; raises NotFound."""
    query = select(Case, Item).join(Item, Item.case_id == Case.id).where(Item.id == item_id)
    row = session.execute(query).first()
    if row is None or not gate.covers(scope, *row):
        raise NotFound("没有这个问题项，或不在您这里")
    return row[0], row[1]


def work_list(
    session: Session,
    scope: Scope,
    filters: Filters,
    after: Place | None = None,
    limit: int = PAGE,
) -> Sequence[Case]:
    """Return what burns first: urgent ones, then by the next due moment; keyset pages.

    Where the list is not of open cases only, nothing burns: then the newest come first.
    """
    if scope.reach != "area":
        return []
    said: dict[str, Any] = {
        **(said_of(filters.turn) if filters.turn is not None else {}),
        _HERE.key: scope.code,
        _AWAY.key: sorted(scope.recused),
        **{bound.key: getattr(filters, name) for name, bound in _SAID.items()},
        **({bound.key: getattr(after, name) for name, bound in _AFTER.items()} if after else {}),
    }
    kind = kind_of(filters.turn) if filters.turn is not None else None
    said_too = frozenset(name for name in _SAID if getattr(filters, name))
    where = (scope.level, bool(scope.recused))
    shape = _Shape(*where, filters.state, said_too, kind, filters.nobodys, bool(after), limit)
    return session.scalars(_listed(shape), said).all()


class _Shape(NamedTuple):
    """What a statement of a work list is built from; all else is said when it is carried out."""

    level: str
    recused: bool
    state: str
    said: frozenset[str]
    turn: Actor | None
    nobodys: bool
    after: bool
    limit: int


_HERE = bindparam("scope_code", type_=String)
_AWAY = bindparam("scope_away", type_=Integer, expanding=True)
_SAID: Mapping[str, BindParameter[Any]] = {
    "kind": bindparam("of_kind", type_=String),
    "handler": bindparam("of_handler", type_=Integer),
    "overdue_at": bindparam("overdue_at", type_=Moment),
    "rung": bindparam("from_rung", type_=Integer),
}
_AFTER: Mapping[str, BindParameter[Any]] = {
    "rank": bindparam("after_rank", type_=Integer),
    "next_due": bindparam("after_due", type_=Moment),
    "id": bindparam("after_id", type_=Integer),
}
_IN_STATE = {
    **{state: is_word(Case.state, state) for state in CASE_STATES},
    # What an index of theirs holds has to be said as it is there: SQLite infers nothing.
    **{state: is_word(Case.state, state) & among(Case.state, NOT_CLOSED) for state in NOT_CLOSED},
    "": true(),
    "open": among(Case.state, OPEN_CASE_STATES),
    # Whatever it ended as; what should never have been ended as nothing.
    "closed": not_among(Case.state, (*OPEN_CASE_STATES, "void")),
}
_NARROWED = {
    "kind": Case.kind == _SAID["kind"],
    "handler": Case.handler_id == _SAID["handler"],
    "overdue_at": Case.next_due <= _SAID["overdue_at"],
    "rung": Case.rung >= _SAID["rung"],
}
_ORDER = (Case.rank, Case.next_due, Case.id)
_BURNING = ("open", *OPEN_CASE_STATES)


@lru_cache(maxsize=512)
def _listed(shape: _Shape) -> Select[Any]:
    """Building such a statement takes longer than carrying it out."""
    conditions: list[ColumnElement[bool]] = [getattr(Case, shape.level) == _HERE]
    if shape.recused:
        conditions.append(or_(Case.unit_id.is_(None), Case.unit_id.not_in(_AWAY)))
    conditions.append(_IN_STATE[shape.state])
    conditions += [_NARROWED[name] for name in _SAID if name in shape.said]
    if shape.turn is not None:
        conditions.append(waits_for(shape.turn))
    if shape.nobodys:
        conditions.append(Case.handler_id.is_(None))
    burns = shape.state in _BURNING  # see Filters.newest_first
    if shape.after and burns:
        conditions.append(tuple_(*_ORDER) > tuple_(*_AFTER.values()))
    elif shape.after:
        conditions.append(Case.id < _AFTER["id"])
    # A number that is only said later could be a large one, for which another plan would do.
    page: ColumnElement[int] = literal_column(str(shape.limit))
    order = _ORDER if burns else (Case.id.desc(),)
    return select(Case).where(*conditions).order_by(*order).limit(page)


_ITEM_NUMBER = re.compile(r"(?:事项)?\s*([0-9]{6,9})", re.ASCII)  # not said


def find(session: Session, scope: Scope, words: str, limit: int = PAGE) -> Sequence[Case]:
    """Find cases by report, case or item number, by what a report says, by the name of the unit
    they are about; newest first, in the scope.
    """
    typed = words.strip()
    number = refs.plain(typed)
    typed = number if refs.parse_case(number) or refs.parse_report(number) else typed
    query = select(Case).where(visible(scope))
    if refs.parse_case(typed):
        query = query.where(Case.number == typed)
    elif refs.parse_report(typed):
        query = query.where(Case.id.in_(select(Report.case_id).where(Report.number == typed)))
    else:
        hit = search.matching(session, typed, visible(scope), limit)
        if hit is None:
            return []
        found = hit
        item = _ITEM_NUMBER.fullmatch(typed)
        if item is not None:  # what a unit says on the telephone (`holding.reference`)
            found |= Case.id.in_(select(Item.case_id).where(Item.id == int(item[1])))
        query = query.where(found)
    return session.scalars(query.order_by(Case.id.desc()).limit(limit)).all()


_ENTRIES = (
    select(Entry)
    .where(Entry.case_id == bindparam("case"), Entry.n > bindparam("since"))
    .order_by(Entry.n.desc())
)
_ITEMS = select(Item).where(Item.case_id == bindparam("case")).order_by(Item.n)


def entries(session: Session, case: Case, since: int = 0) -> Sequence[Entry]:
    """Return the history of a case after entry `since`, newest first."""
    return session.scalars(_ENTRIES, {"case": case.id, "since": since}).all()


def items_of(session: Session, case: Case) -> Sequence[Item]:
    """Return the items of a case in order."""
    return session.scalars(_ITEMS, {"case": case.id}).all()
