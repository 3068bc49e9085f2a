"""The figures that every office must report (trade.md); `docs/figures.md` defines each of them.

All are about what came in during a period of Shanghai days, as it stands now, in one area's
subtree, with the cases that were left out (考核剔除) and without. A fixed number of statements,
whatever the size of the ledger.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, case, func, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from caseflow.clock import Period
from caseflow.deadlines.tables import Clock
from caseflow.ledger import exclusions
from caseflow.ledger.application_tables import Exclusion
from caseflow.ledger.queries import visible
from caseflow.ledger.report_tables import CallBack, Report
from caseflow.ledger.states import OPEN_CASE_STATES, TO_RECTIFY
from caseflow.ledger.tables import Case, Item
from caseflow.people.scope import Scope
from caseflow.people.tables import Area, Unit

ON_TIME = {"signing": "sign_for", "acceptance": "immediate", "closure": "resolve"}
"""A figure of lateness, and the promise that it counts."""

_NOT_OURS = ("declined", "referred")
_HELD = ("sign_for", "verify", "rectify")


@dataclass(frozen=True)
class Share:
    """How many of how many."""

    part: int
    whole: int

    @property
    def percent(self) -> float | None:
        """Return the share in percent; None of nothing."""
        return 100 * self.part / self.whole if self.whole else None


@dataclass(frozen=True)
class Counted:
    """Shares and counts by their names."""

    shares: dict[str, Share]
    counts: dict[str, int]


@dataclass(frozen=True)
class Figures:
    """The figures of `every` case, and of those that are `kept` (剔除后): all but what was left out
    by a decision; how many are late at this moment, the most first.
    """

    every: Counted
    kept: Counted
    late_units: Sequence[tuple[str, int]]
    late_areas: Sequence[tuple[str, int]]


def figures(session: Session, scope: Scope, period: Period, now: datetime) -> Figures:
    """Return the figures of a scope's area for a period, with what is overdue at `now`."""
    every, kept = Counted({}, {}), Counted({}, {})
    for query, named in (
        (_reports(scope, period), _of_reports),
        (_called(scope, period), _of_calls),
        (_items(scope, period), _of_items),
        (_on_time(scope, period, now), _of_promises),
        (_taken_over(scope, period), _of_imports),
    ):
        rows = session.execute(query).all()
        width = len(query.selected_columns) - 1
        for into, some in ((every, rows), (kept, [row for row in rows if not row[0]])):
            shares, counts = named(*_summed(some, width))
            into.shares.update(shares)
            into.counts.update(counts)
    late = _late_units(session, scope, now), _late_areas(session, scope, now)
    return Figures(every, kept, *late)


def _summed(rows: Iterable[Row[Any]], width: int) -> list[int]:
    """Add up the counts of rows that say first whether they are of cases that were left out."""
    return [sum(column) for column in zip([0] * width, *(row[1:] for row in rows), strict=True)]


_OF_ITSELF = Case.reviews.is_(None)
"""A review looks at an answer that counts already, and is no matter of its own."""
_OLD = "import"
"""What was taken over from an old ledger began elsewhere, where none of these promises ran: it is
counted apart. Contacts are told apart one by one: merging puts old and new ones into one case.
"""


def _came_in(scope: Scope, period: Period) -> ColumnElement[bool]:
    during = and_(Report.received_at >= period.since, Report.received_at < period.until)
    return and_(during, visible(scope), _OF_ITSELF, Report.channel != _OLD)


def _opened(scope: Scope, period: Period) -> ColumnElement[bool]:
    during = and_(Case.opened_at >= period.since, Case.opened_at < period.until)
    return and_(during, visible(scope), _OF_ITSELF, Case.channel != _OLD)


def _how_many(
    one: ColumnElement[int] | InstrumentedAttribute[int], *of: ColumnElement[bool]
) -> ColumnElement[int]:
    """Count each `one` of which all that follows is true once, however often it was joined."""
    return func.count(one.distinct()).filter(and_(true(), *of))


Named = tuple[dict[str, Share], dict[str, int]]
_LEFT_OUT = Exclusion.id.is_not(None)
"""The case lies in a row of those that were left out; at most one exclusion of a case lasts."""


def _reports(scope: Scope, period: Period) -> Select[*tuple[Any, ...]]:
    told = and_(
        Clock.report_id == Report.id,
        Clock.name == "notice",
        Clock.state == "met",
        Clock.ended_at <= Clock.due,
    )
    first, named = Report.follows.is_(None), Report.anonymous.is_(False)
    valid = and_(first, named, Case.state.not_in(_NOT_OURS))
    return (
        select(
            _LEFT_OUT,
            _how_many(Report.id),
            _how_many(Report.id, first),
            _how_many(Report.id, first, Report.anonymous.is_(True)),
            _how_many(Report.id, first, Case.state.in_(_NOT_OURS)),
            _how_many(Report.id, valid),
            _how_many(Report.id, valid, Clock.id.is_not(None)),
        )
        .select_from(Report)
        .join(Case, Case.id == Report.case_id)
        .outerjoin(Exclusion, exclusions.of_case())
        .outerjoin(Clock, told)
        .where(_came_in(scope, period))
        .group_by(_LEFT_OUT)
    )


def _of_reports(
    contacts: int, firsts: int, anonymous: int, elsewhere: int, asked: int, answered: int
) -> Named:
    shares = {
        "response": Share(answered, asked),
        "repeated": Share(contacts - firsts, contacts),
    }
    return shares, {"reports": firsts, "anonymous": anonymous, "not_ours": elsewhere}


def _called(scope: Scope, period: Period) -> Select[*tuple[Any, ...]]:
    heard = func.max(case((CallBack.reached, CallBack.id))).label("heard")
    tried = (
        select(heard, func.max(Exclusion.id).label("exclusion"))
        .select_from(CallBack)
        .join(Report, Report.id == CallBack.report_id)
        .join(Case, Case.id == Report.case_id)
        .outerjoin(Exclusion, exclusions.of_case())
        .where(_came_in(scope, period))
        .group_by(Report.id)
        .subquery()
    )
    left_out = tried.c.exclusion.is_not(None)
    return (
        select(
            left_out,
            func.count(),
            func.count(tried.c.heard),
            _how_many(CallBack.id, CallBack.solved.is_(True)),
            _how_many(CallBack.id, CallBack.satisfied.is_(True)),
        )
        .select_from(tried)
        .outerjoin(CallBack, CallBack.id == tried.c.heard)
        .group_by(left_out)
    )


def _of_calls(tries: int, heard: int, solved: int, satisfied: int) -> Named:
    shares = {"solution": Share(solved, heard), "satisfaction": Share(satisfied, heard)}
    return shares, {"called": heard, "unreached": tries - heard}


def _items(scope: Scope, period: Period) -> Select[*tuple[Any, ...]]:
    check, work = aliased(Clock), aliased(Clock)
    submitted = func.min(check.started_at).label("submitted")
    item = (
        select(Item.id, Item.finding, Item.returns, submitted, Exclusion.id.label("exclusion"))
        .join(Case, Case.id == Item.case_id)
        .outerjoin(Exclusion, exclusions.of_case())
        .outerjoin(check, and_(check.item_id == Item.id, check.name == "check"))
        .where(_opened(scope, period))
        .group_by(Item.id, Item.finding, Item.returns, Exclusion.id)
        .subquery()
        .c
    )
    broken = and_(
        work.item_id == item.id,
        work.name.in_(("verify", "rectify")),
        work.state == "met",
        work.ended_at <= item.submitted,
        work.ended_at > work.due,
    )
    left_out = item.exclusion.is_not(None)
    query = select(
        left_out,
        _how_many(item.id, item.finding.is_not(None)),
        _how_many(item.id, item.finding.in_(TO_RECTIFY)),
        _how_many(item.id, item.submitted.is_not(None)),
        _how_many(item.id, item.returns > 0),
        _how_many(item.id, item.submitted.is_not(None), work.id.is_(None)),
    )
    return query.outerjoin(work, broken).group_by(left_out)


def _of_items(found: int, proven: int, given: int, returned: int, early: int) -> Named:
    shares = {
        "substantiated": Share(proven, found),
        "sent_back": Share(returned, given),
        "submission": Share(early, given),
    }
    return shares, {}


def _on_time(scope: Scope, period: Period, now: datetime) -> Select[*tuple[Any, ...]]:
    kept = and_(Clock.state == "met", Clock.ended_at <= Clock.due)
    broken = and_(Clock.state == "running", Clock.due <= now)
    counted = []
    for name in ON_TIME.values():
        of_it = Clock.name == name
        counted += [_how_many(Clock.id, of_it, kept)]
        counted += [_how_many(Clock.id, of_it, or_(Clock.state == "met", broken))]
    return (
        select(_LEFT_OUT, *counted)
        .select_from(Clock)
        .join(Case, Case.id == Clock.root_case_id)
        .outerjoin(Exclusion, exclusions.of_case())
        .where(_opened(scope, period), Clock.name.in_(ON_TIME.values()))
        .group_by(_LEFT_OUT)
    )


def _of_promises(*counted: int) -> Named:
    pairs = zip(counted[::2], counted[1::2], strict=True)
    return {figure: Share(*pair) for figure, pair in zip(ON_TIME, pairs, strict=True)}, {}


def _taken_over(scope: Scope, period: Period) -> Select[*tuple[Any, ...]]:
    during = and_(Report.received_at >= period.since, Report.received_at < period.until)
    once = and_(Report.channel == _OLD, Report.split_from.is_(None))
    here = and_(once, Case.state != "void", Report.follows.is_(None))
    return (
        select(_LEFT_OUT, _how_many(Report.id))
        .select_from(Report)
        .join(Case, Case.id == Report.case_id)
        .outerjoin(Exclusion, exclusions.of_case())
        .where(during, visible(scope), here)
        .group_by(_LEFT_OUT)
    )


def _of_imports(taken_over: int) -> Named:
    return {}, {"imported": taken_over}


def _late_units(session: Session, scope: Scope, now: datetime) -> Sequence[tuple[str, int]]:
    second = Item.state == "rectifying"
    holder = case((second, Item.rectifying_unit_id), else_=Item.verifying_unit_id)
    items = func.count(Item.id.distinct())
    query = (
        select(Unit.name, items)
        .select_from(Clock)
        .join(Item, Item.id == Clock.item_id)
        .join(Case, Case.id == Item.case_id)
        .join(Unit, Unit.id == holder)
        .where(Clock.state == "running", Clock.due <= now, Clock.name.in_(_HELD), visible(scope))
        .group_by(Unit.id, Unit.name)
        .order_by(items.desc(), Unit.id)
    )
    return [(name, n) for name, n in session.execute(query)]


def _late_areas(session: Session, scope: Scope, now: datetime) -> Sequence[tuple[str, int]]:
    cases = func.count(Case.id)
    query = (
        select(Area.name, cases)
        .select_from(Case)
        .join(Area, Area.code == Case.area_code)
        .where(Case.state.in_(OPEN_CASE_STATES), Case.next_due <= now, visible(scope))
        .group_by(Area.code, Area.name)
        .order_by(cases.desc(), Area.code)
    )
    return [(name, n) for name, n in session.execute(query)]
