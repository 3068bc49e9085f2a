"""A clock as the screen shows it: a word, what and when, what is left, the rung it reached."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from caseflow import words
from caseflow.clock import local
from caseflow.deadlines.calendar import Calendar, Remaining, Unit
from caseflow.deadlines.clocks import ladder_of
from caseflow.deadlines.rules import Rules
from caseflow.deadlines.tables import Clock
from caseflow.web.locale import day_text, gettext, ngettext

_DAYS = (Unit.calendar_days, Unit.working_days)


@dataclass(frozen=True)
class ClockView:
    """What `components/clock.html` expects; `level`: ok, soon, overdue, paused, met."""

    name: str
    label: str
    level: str
    text: str
    rung: str
    provisional: bool
    due_iso: str


def clock_view(rules: Rules, clock: Clock, now: datetime) -> ClockView:
    """Return one clock for the screen."""
    left = rules.calendar.remaining(now, clock.due, Unit(clock.unit))
    return ClockView(
        name=clock.name,
        label=gettext(words.CLOCKS[clock.name]),
        level=_level(rules.calendar, clock, left, now),
        text=_text(clock, left),
        rung=_rung(rules, clock),
        provisional=clock.provisional,
        due_iso=clock.due.isoformat(),
    )


def clock_views(rules: Rules, clocks: Iterable[Clock], now: datetime) -> list[ClockView]:
    """Return several clocks, the one that ends first first."""
    return [clock_view(rules, clock, now) for clock in sorted(clocks, key=lambda one: one.due)]


def _level(calendar: Calendar, clock: Clock, left: Remaining, now: datetime) -> str:
    if clock.state == "paused":
        return "paused"
    if clock.state != "running":
        return "met"
    if left.overdue:
        return "overdue"
    return "soon" if _soon(calendar, clock, now) else "ok"


def _soon(calendar: Calendar, clock: Clock, now: datetime) -> bool:
    """A day limit is near on its last working day but one, an hour limit in its second half."""
    if Unit(clock.unit) in _DAYS:
        return now >= calendar.less_working_days(clock.due, 1)
    return now >= clock.due - (clock.due - clock.started_at) / 2


def _text(clock: Clock, left: Remaining) -> str:
    return gettext("%(when)s，%(left)s", when=due_text(clock.due), left=remaining_text(left))


def due_text(due: datetime) -> str:
    """Return a due moment as an office writes it: 3月6日(周五) 24:00."""
    here = local(due)
    if here.hour == here.minute == here.second == 0:
        return f"{day_text(here.date() - timedelta(days=1))} 24:00"
    return f"{day_text(here.date())} {here:%H:%M}"


def remaining_text(left: Remaining) -> str:
    """Return what is left, or by how much it is late, in words."""
    n = left.amount
    if left.unit == Unit.working_days:
        late = ngettext("超期 %(num)d 个工作日", "超期 %(num)d 个工作日", n)
        rest = ngettext("剩 %(num)d 个工作日", "剩 %(num)d 个工作日", n)
    elif left.unit == Unit.calendar_days:
        late = ngettext("超期 %(num)d 天", "超期 %(num)d 天", n)
        rest = ngettext("剩 %(num)d 天", "剩 %(num)d 天", n)
    elif left.unit == Unit.minutes:
        late = ngettext("超时 %(num)d 分钟", "超时 %(num)d 分钟", n)
        rest = ngettext("剩 %(num)d 分钟", "剩 %(num)d 分钟", n)
    else:
        late = ngettext("超时 %(num)d 小时", "超时 %(num)d 小时", n)
        rest = ngettext("剩 %(num)d 小时", "剩 %(num)d 小时", n)
    if left.overdue:
        return late
    return gettext("今天到期") if n == 0 and left.unit in _DAYS else rest


def _rung(rules: Rules, clock: Clock) -> str:
    if not clock.last_rung:
        return ""
    return gettext(ladder_of(rules, clock).step(clock.last_rung, Unit(clock.unit)).label)
