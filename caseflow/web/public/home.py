"""The front page and how to reach the office."""

from dataclasses import dataclass

from flask import render_template

from caseflow import words
from caseflow.deadlines.calendar import Unit
from caseflow.deadlines.policies import ClockName, Matter, NoPolicy
from caseflow.deadlines.rules import Rules, rules_of
from caseflow.people.tables import Area
from caseflow.web import edge
from caseflow.web.locale import gettext, ngettext, series
from caseflow.web.public.frame import blueprint


@dataclass(frozen=True)
class Limits:
    """What the rules in force promise. `longest` is empty where times cannot be compared."""

    immediate: str
    urgent: str
    replies: str
    longest: str
    working_days: bool


@blueprint.get("/")
def home() -> str:
    """Answer four questions and open two doors."""
    return render_template("public/home.html", limits=_limits())


@blueprint.get("/contact")
def contact() -> str:
    """Tell every way to reach the office."""
    return render_template("public/contact.html")


def _limits() -> Limits | None:
    """Return the promises of this moment; None where the rules have a hole: promise nothing."""
    with edge.read() as session:
        rules = rules_of(session)
        here = session.get(Area, edge.rooms().area)
        path = here.path if here else ()
    try:
        return _promised(rules, path)
    except NoPolicy:
        return None


def _promised(rules: Rules, area: tuple[str, ...]) -> Limits:
    def asked(clock: str, kind: str, *, urgent: bool = False) -> tuple[int, Unit]:
        matter = Matter(kind, None, urgent, area, "webform")
        policy = rules.policy(clock, matter, edge.now())
        return policy.amount, policy.unit

    grouped: dict[tuple[int, Unit], list[str]] = {}
    for kind in words.KINDS:
        grouped.setdefault(asked(ClockName.resolve, kind), []).append(gettext(words.KINDS[kind]))
    replies = [
        gettext("%(kinds)s %(time)s内", kinds=series(kinds), time=_time(*limit))
        for limit, kinds in grouped.items()
    ]
    units = {unit for _, unit in grouped}
    return Limits(
        immediate=_time(*asked(ClockName.immediate, "complaint")),
        urgent=_time(*asked(ClockName.immediate, "complaint", urgent=True)),
        replies=gettext("；").join(replies),
        longest=_time(*max(grouped)) if len(units) == 1 else "",
        working_days=units == {Unit.working_days},
    )


def _time(amount: int, unit: Unit) -> str:
    if unit == Unit.working_days:
        return ngettext("%(num)d 个工作日", "%(num)d 个工作日", amount)
    if unit == Unit.calendar_days:
        return ngettext("%(num)d 天", "%(num)d 天", amount)
    if unit == Unit.minutes:
        return ngettext("%(num)d 分钟", "%(num)d 分钟", amount)
    if unit == Unit.working_hours:
        return ngettext("%(num)d 个工作小时", "%(num)d 个工作小时", amount)
    return ngettext("%(num)d 小时", "%(num)d 小时", amount)
