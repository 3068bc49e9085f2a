"""A clock as the screen shows it: a word, what and when, what is left, the rung it reached.

A rung that is a document is a draft until a person issues it. Outside the office it does not show
before; within it shows as a draft, and none is called accountability before a person decided.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from caseflow import words
from caseflow.clock import local
from caseflow.deadlines.calendar import Calendar, Remaining, Unit
from caseflow.deadlines.clocks import ladder_of, reached
from caseflow.deadlines.ladder import Action
from caseflow.deadlines.rules import Rules
from caseflow.deadlines.tables import Clock
from caseflow.escalation.drafted import NONE, Documents
from caseflow.escalation.order_states import OUT
from caseflow.web.locale import day_text, gettext, ngettext

_DAYS = (Unit.calendar_days, Unit.working_days)


@dataclass(frozen=True)
class ClockView:
    """What `components/clock.html` expects; `level`: ok, soon, overdue, paused, met.

    `due_iso` is empty while the clock stands still: when it will be due is not known then.
    """

    name: str
    label: str
    level: str
    text: str
    rung: str
    provisional: bool
    due_iso: str


def _named(clock: Clock) -> str:
    """Return what a promise is called: a document's answer is judged, its item is checked."""
    of_document = clock.order_id is not None and clock.name == "check"
    return "审核答复期限" if of_document else words.CLOCKS[clock.name]


def clock_view(
    rules: Rules,
    clock: Clock,
    now: datetime,
    documents: Documents = NONE,
    *,
    outside: bool = False,
) -> ClockView:
    """Return one clock for the screen; `outside`: it says only what was issued to the unit.

    `documents` (`escalation.drafted`) are read once for all clocks of a page; a document that is
    not among them does not show.
    """
    still = clock.state == "paused"
    at = clock.paused_at if still and clock.paused_at else now
    left = rules.calendar.remaining(at, clock.due, Unit(clock.unit))
    return ClockView(
        name=clock.name,
        label=gettext(_named(clock)),
        level=_level(rules.calendar, clock, left, now),
        text=_spent(left) if still else _text(clock, left),
        rung=(_announced if outside else _reached)(rules, clock, documents),
        provisional=clock.provisional and not still,
        due_iso="" if still else clock.due.isoformat(),
    )


def clock_views(
    rules: Rules,
    clocks: Iterable[Clock],
    now: datetime,
    documents: Documents = NONE,
    *,
    outside: bool = False,
) -> list[ClockView]:
    """Return several clocks, the one that ends first first."""
    in_order = sorted(clocks, key=lambda one: one.due)
    return [clock_view(rules, one, now, documents, outside=outside) for one in in_order]


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
    if left.amount == 0 and left.unit in _DAYS and not left.overdue:
        return gettext("今天到期")
    return _spent(left)


# Late by less than one: until the next working day begins, which may be far.
_JUST_LATE = {
    Unit.working_days: "超期不足 1 个工作日",
    Unit.calendar_days: "超期不足 1 天",
}


def _spent(left: Remaining) -> str:
    n = left.amount
    if left.overdue and not n:
        return gettext(_JUST_LATE.get(left.unit, "刚超时"))
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
    return late if left.overdue else rest


def _reached(rules: Rules, clock: Clock, documents: Documents) -> str:
    """Return the highest rung that a clock reached and that did something, as the office reads it:
    one may draft no document, because another promise does meanwhile.
    """
    steps = ladder_of(rules, clock).variant(Unit(clock.unit))
    for step in reversed([step for step in steps if step.n <= reached(clock)]):
        drafted = documents.get((clock.id, step.action))
        if drafted is not None:
            label = document_label(step.action, step.label, step.n, drafted.state)
            return with_state(label, drafted.state)
        if not step.document:
            return gettext(step.label)
    return ""


def _announced(rules: Rules, clock: Clock, documents: Documents) -> str:
    """Return the highest rung that the unit was told of: a message, or a document issued to it."""
    steps = ladder_of(rules, clock).variant(Unit(clock.unit))
    below = [step for step in steps if step.n <= reached(clock)]
    for step in reversed(below):
        drafted = documents.get((clock.id, step.action))
        issued = drafted is not None and drafted.to_unit and drafted.state in OUT
        if issued or (not step.document and step.n <= clock.last_rung):
            return gettext(step.label)
    return ""


def document_label(action: str, label: str, n: int, state: str) -> str:
    """Return what the office calls a rung's document: no screen says 问责 before it was issued."""
    return gettext("第 %(n)s 级督办", n=n) if unspoken(action, state) else gettext(label)


def unspoken(action: str, state: str) -> bool:
    """Tell whether a document must not be called by its name yet."""
    return action == Action.accountability and state not in OUT


def with_state(label: str, state: str) -> str:
    """Return a document's name with its state, where that is not simply issued."""
    if state in OUT:
        return label
    said = gettext(words.ORDER_STATES[state])
    return gettext("%(what)s（%(more)s）", what=label, more=said)
