"""Reading the ledger within somebody's scope: the one place where scope becomes SQL (law 11)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    bindparam,
    exists,
    false,
    literal,
    or_,
    select,
    text,
    tuple_,
    union_all,
)
from sqlalchemy.orm import Session

from caseflow import refs
from caseflow.db import Moment
from caseflow.deadlines.tables import Clock
from caseflow.errors import NotFound
from caseflow.ledger import gate, search
from caseflow.ledger.asker import ME, said_of
from caseflow.ledger.history_tables import Entry
from caseflow.ledger.literals import among, is_word, not_among
from caseflow.ledger.oversights import looks_into
from caseflow.ledger.report_tables import Report
from caseflow.ledger.states import OPEN_CASE_STATES
from caseflow.ledger.tables import OWING, UNSIGNED, Case, Item
from caseflow.ledger.turns import excludes, looks_again, waits_for
from caseflow.people.actor import Actor
from caseflow.people.permissions import may
from caseflow.people.scope import Scope, scope_of

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


def _narrowed(filters: Filters) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if filters.state == "open":
        conditions.append(among(Case.state, OPEN_CASE_STATES))
    elif filters.state == "closed":
        conditions.append(not_among(Case.state, OPEN_CASE_STATES))
    elif filters.state:
        conditions.append(Case.state == filters.state)
    if filters.kind:
        conditions.append(Case.kind == filters.kind)
    if filters.handler is not None:
        conditions.append(Case.handler_id == filters.handler)
    if filters.turn is not None:
        conditions.append(waits_for(filters.turn))
    if filters.nobodys:
        conditions.append(Case.handler_id.is_(None))
    if filters.overdue_at is not None:
        conditions.append(Case.next_due <= filters.overdue_at)
    if filters.rung:
        conditions.append(Case.rung >= filters.rung)
    return conditions


def work_list(
    session: Session,
    scope: Scope,
    filters: Filters,
    after: Place | None = None,
    limit: int = PAGE,
) -> Sequence[Case]:
    """Return what burns first: urgent ones, then by the next due moment; keyset pages."""
    query = select(Case).where(visible(scope), *_narrowed(filters))
    if after is not None:
        place = tuple_(literal(after.rank), literal(after.next_due, Moment), literal(after.id))
        query = query.where(tuple_(Case.rank, Case.next_due, Case.id) > place)
    query = query.order_by(Case.rank, Case.next_due, Case.id)
    asker = said_of(filters.turn) if filters.turn is not None else {}
    return session.scalars(query.limit(limit), asker).all()


def cries(session: Session, scope: Scope) -> Sequence[Case]:
    """Return cases that are over and in which somebody must act at once all the same: a reporter
    who is retaliated against after the end, a reason for not calling the police that nobody has
    countersigned. Through the running clocks and an index of their own, which hold few.
    """
    query = (
        select(Case)
        .where(Case.id.in_(union_all(alarmed(), unsigned())))
        .where(visible(scope), not_among(Case.state, OPEN_CASE_STATES))
        .order_by(Case.next_due, Case.id)
    )
    return session.scalars(query.limit(PAGE)).all()


def second_looks(session: Session, actor: Actor) -> Sequence[Case]:
    """Return the cases that are over and whose end this person is to look at, what ends first
    first: through the running clocks, as `cries` does.
    """
    over = (visible(scope_of(actor)), not_among(Case.state, OPEN_CASE_STATES))
    query = select(Case).where(Case.id.in_(looked_at()), *over, looks_again(actor))
    query = query.order_by(Case.next_due, Case.id).limit(PAGE)
    return session.scalars(query, said_of(actor)).all()


def exclusions(session: Session, actor: Actor) -> Sequence[Case]:
    """Return the cases that this person decides to leave out of the figures, or not; what was
    promised first first. By an index that holds few.
    """
    query = select(Case).where(visible(scope_of(actor)), excludes(actor))
    return session.scalars(query.order_by(Case.next_due, Case.id).limit(PAGE), said_of(actor)).all()


def overseen(session: Session, actor: Actor) -> Sequence[Case]:
    """Return the cases that came back too often and wait for this person, of the level above, to
    look into them, open or over. By an index that holds few.
    """
    query = select(Case).where(visible(scope_of(actor)), looks_into(actor))
    query = query.order_by(Case.rank, Case.next_due, Case.id).limit(PAGE)
    return session.scalars(query, said_of(actor)).all()


def later(session: Session, actor: Actor) -> Sequence[Case]:
    """Return the cases that are over, are this person's or nobody's, and whose reporter wrote again
    and waits for an answer: what is promised first first. By an index that holds few.
    """
    query = select(Case).where(visible(scope_of(actor)), wrote_again(actor))
    return session.scalars(query.order_by(Case.next_due, Case.id).limit(PAGE), said_of(actor)).all()


def wrote_again(actor: Actor) -> ColumnElement[bool]:
    """Return the condition that a case is over and somebody waits for an answer all the same, which
    is this person's to give.
    """
    if not may(actor, "case.reply"):
        return false()
    waits = select(Clock.id).where(
        Clock.root_case_id == Case.id, is_word(Clock.name, "reply"), is_word(Clock.state, "running")
    )
    mine = or_(Case.handler_id == ME, Case.handler_id.is_(None))
    return and_(text(OWING), mine, exists(waits.correlate(Case)))


def looked_at() -> Select[int | None]:
    """Return the ids of cases whose end another person must look at."""
    return select(Clock.case_id).where(
        is_word(Clock.state, "running"), is_word(Clock.name, "second_look")
    )


def alarmed() -> Select[int | None]:
    """Return the ids of cases that somebody must take over at once."""
    return select(Clock.case_id).where(
        is_word(Clock.state, "running"), is_word(Clock.name, "immediate")
    )


def unsigned() -> Select[int]:
    """Return the ids of cases with a reason that waits for its countersignature."""
    return select(Case.id).where(text(UNSIGNED))


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
        found: ColumnElement[bool] = Case.id.in_(hit)
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
