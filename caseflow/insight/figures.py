"""The figures that every office must report (trade.md); `docs/figures.md` defines each of them.

All are about what came in during a period of Shanghai days, as it stands now, in one area's
subtree. A fixed number of statements, whatever the size of the ledger.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import ColumnElement, and_, case, func, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from caseflow.clock import SHANGHAI
from caseflow.deadlines.tables import Clock
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
class Period:
    """From the first to the last Shanghai day, both included."""

    first: date
    last: date

    @property
    def since(self) -> datetime:
        """The moment at which it begins."""
        return _midnight(self.first)

    @property
    def until(self) -> datetime:
        """The moment at which it is over."""
        return _midnight(self.last + timedelta(days=1))


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
class Figures:
    """`shares` and `counts` by name; how many are late at this moment, the most first."""

    shares: dict[str, Share]
    counts: dict[str, int]
    late_units: Sequence[tuple[str, int]]
    late_areas: Sequence[tuple[str, int]]


def figures(session: Session, scope: Scope, period: Period, now: datetime) -> Figures:
    """Return the figures of a scope's area for a period, with what is overdue at `now`."""
    shares, counts = _reports(session, scope, period)
    for more, told in (_called(session, scope, period), _items(session, scope, period)):
        shares |= more
        counts |= told
    shares |= _on_time(session, scope, period, now)
    late = _late_units(session, scope, now), _late_areas(session, scope, now)
    return Figures(shares, counts, *late)


_OF_ITSELF = Case.reviews.is_(None)
"""A review looks at an answer that counts already, and is no matter of its own."""


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), SHANGHAI).astimezone(UTC)


def _came_in(scope: Scope, period: Period) -> ColumnElement[bool]:
    during = and_(Report.received_at >= period.since, Report.received_at < period.until)
    return and_(during, visible(scope), _OF_ITSELF)


def _opened(scope: Scope, period: Period) -> ColumnElement[bool]:
    during = and_(Case.opened_at >= period.since, Case.opened_at < period.until)
    return and_(during, visible(scope), _OF_ITSELF)


def _how_many(
    one: ColumnElement[int] | InstrumentedAttribute[int], *of: ColumnElement[bool]
) -> ColumnElement[int]:
    """Count each `one` of which all that follows is true once, however often it was joined."""
    return func.count(one.distinct()).filter(and_(true(), *of))


def _reports(
    session: Session, scope: Scope, period: Period
) -> tuple[dict[str, Share], dict[str, int]]:
    told = and_(
        Clock.report_id == Report.id,
        Clock.name == "notice",
        Clock.state == "met",
        Clock.ended_at <= Clock.due,
    )
    first, named = Report.follows.is_(None), Report.anonymous.is_(False)
    valid = and_(first, named, Case.state.not_in(_NOT_OURS))
    query = (
        select(
            _how_many(Report.id),
            _how_many(Report.id, first),
            _how_many(Report.id, first, Report.anonymous.is_(True)),
            _how_many(Report.id, first, Case.state.in_(_NOT_OURS)),
            _how_many(Report.id, valid),
            _how_many(Report.id, valid, Clock.id.is_not(None)),
        )
        .select_from(Report)
        .join(Case, Case.id == Report.case_id)
        .outerjoin(Clock, told)
        .where(_came_in(scope, period))
    )
    contacts, firsts, anonymous, elsewhere, asked, answered = session.execute(query).one()
    shares = {
        "response": Share(answered, asked),
        "repeated": Share(contacts - firsts, contacts),
    }
    return shares, {"reports": firsts, "anonymous": anonymous, "not_ours": elsewhere}


def _called(
    session: Session, scope: Scope, period: Period
) -> tuple[dict[str, Share], dict[str, int]]:
    tried = (
        select(func.max(case((CallBack.reached, CallBack.id))).label("heard"))
        .join(Report, Report.id == CallBack.report_id)
        .join(Case, Case.id == Report.case_id)
        .where(_came_in(scope, period))
        .group_by(Report.id)
        .subquery()
    )
    query = (
        select(
            func.count(),
            func.count(tried.c.heard),
            _how_many(CallBack.id, CallBack.solved.is_(True)),
            _how_many(CallBack.id, CallBack.satisfied.is_(True)),
        )
        .select_from(tried)
        .outerjoin(CallBack, CallBack.id == tried.c.heard)
    )
    tries, heard, solved, satisfied = session.execute(query).one()
    shares = {"solution": Share(solved, heard), "satisfaction": Share(satisfied, heard)}
    return shares, {"called": heard, "unreached": tries - heard}


def _items(
    session: Session, scope: Scope, period: Period
) -> tuple[dict[str, Share], dict[str, int]]:
    check, work = aliased(Clock), aliased(Clock)
    item = (
        select(Item.id, Item.finding, Item.returns, func.min(check.started_at).label("submitted"))
        .join(Case, Case.id == Item.case_id)
        .outerjoin(check, and_(check.item_id == Item.id, check.name == "check"))
        .where(_opened(scope, period))
        .group_by(Item.id, Item.finding, Item.returns)
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
    query = select(
        _how_many(item.id, item.finding.is_not(None)),
        _how_many(item.id, item.finding.in_(TO_RECTIFY)),
        _how_many(item.id, item.submitted.is_not(None)),
        _how_many(item.id, item.returns > 0),
        _how_many(item.id, item.submitted.is_not(None), work.id.is_(None)),
    ).outerjoin(work, broken)
    found, proven, given, returned, early = session.execute(query).one()
    shares = {
        "substantiated": Share(proven, found),
        "sent_back": Share(returned, given),
        "submission": Share(early, given),
    }
    return shares, {}


def _on_time(session: Session, scope: Scope, period: Period, now: datetime) -> dict[str, Share]:
    kept = and_(Clock.state == "met", Clock.ended_at <= Clock.due)
    broken = and_(Clock.state == "running", Clock.due <= now)
    query = (
        select(
            Clock.name,
            _how_many(Clock.id, kept),
            _how_many(Clock.id, or_(Clock.state == "met", broken)),
        )
        .join(Case, Case.id == Clock.root_case_id)
        .where(_opened(scope, period), Clock.name.in_(ON_TIME.values()))
        .group_by(Clock.name)
    )
    found = {name: Share(part, whole) for name, part, whole in session.execute(query)}
    return {figure: found.get(name, Share(0, 0)) for figure, name in ON_TIME.items()}


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
