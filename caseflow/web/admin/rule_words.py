"""Rules of time in words: what a rule is about, what it says, what a new version changed."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from caseflow import words
from caseflow.clock import local
from caseflow.deadlines.calendar import Unit
from caseflow.deadlines.defaults import PETITION
from caseflow.deadlines.policies import COUNTED_BACK_FROM, REVIEW, Policy, Scope
from caseflow.deadlines.terms import CAN_BE_RETURNED, IS_TRIED, Terms
from caseflow.people import names
from caseflow.web.locale import day_text, gettext, ngettext, series

CATEGORIES = {**words.CATEGORIES, PETITION: "信访事项", REVIEW: "复查、复核"}
UNIT_NAMES = {
    Unit.minutes: "分钟",
    Unit.hours: "小时",
    Unit.working_hours: "工作小时",
    Unit.calendar_days: "天（自然日）",
    Unit.working_days: "工作日",
}


def area_names(session: Session, scopes: Iterable[Scope]) -> Mapping[str, str]:
    """Return the names of the areas that rules are about."""
    return names.areas(session, {scope.area for scope in scopes if scope.area})


def clock_text(clock: str) -> str:
    """Return the name of a promise."""
    return gettext(words.CLOCKS[clock])


def about_text(scope: Scope, areas: Mapping[str, str]) -> str:
    """Return which matters a rule is about."""
    category = CATEGORIES.get(scope.category or "", "")
    about = [
        areas.get(scope.area or "", scope.area or ""),
        gettext(words.KINDS[scope.kind]) if scope.kind else "",
        gettext(category) if category else scope.category or "",
        "" if scope.urgent is None else gettext("紧急") if scope.urgent else gettext("不紧急"),
    ]
    return series([one for one in about if one]) or gettext("全部")


def amount_text(n: int, unit: Unit) -> str:
    """Return an amount of time in words: 10 个工作日."""
    if unit is Unit.minutes:
        return ngettext("%(num)d 分钟", "%(num)d 分钟", n)
    if unit is Unit.hours:
        return ngettext("%(num)d 小时", "%(num)d 小时", n)
    if unit is Unit.working_hours:
        return ngettext("%(num)d 个工作小时", "%(num)d 个工作小时", n)
    if unit is Unit.calendar_days:
        return ngettext("%(num)d 天", "%(num)d 天", n)
    return ngettext("%(num)d 个工作日", "%(num)d 个工作日", n)


def margin_text(margin: int) -> str:
    """Return how much earlier than the case something is due."""
    if not margin:
        return gettext("与办结期限相同")
    return gettext("比办结期限早 %(margin)s", margin=amount_text(margin, Unit.working_days))


def extension_text(terms: Terms | Policy) -> str:
    """Return how often and by how much a promise may be extended; nothing where never."""
    if not terms.extendable_times:
        return ""
    return gettext(
        "可延期 %(times)d 次，每次 %(more)s",
        times=terms.extendable_times,
        more=amount_text(terms.extendable_amount, terms.unit),
    )


def how_text(policy: Policy) -> str:
    """Return what beside the amount decides the due moment."""
    said = [margin_text(policy.margin)] if policy.clock in COUNTED_BACK_FROM else []
    return gettext("；").join([*said, *filter(None, [extension_text(policy)])])


def pause_text(terms: Terms | Policy) -> str:
    """Return whether and for how long a clock may stand still."""
    if not terms.pausable:
        return gettext("不可暂停")
    days = amount_text(terms.pause_limit_days, Unit.working_days)
    return gettext("最多 %(days)s", days=days)


def said(clock: str, terms: Terms) -> list[tuple[str, str]]:
    """Return everything that a version says, as rows: what, and how much."""
    rows = [
        (gettext("期限"), amount_text(terms.amount, terms.unit)),
        (gettext("暂停"), pause_text(terms)),
        (gettext("延期"), extension_text(terms) or gettext("不可延期")),
    ]
    if clock in COUNTED_BACK_FROM:
        rows.append((gettext("怎样计算"), margin_text(terms.margin)))
    if clock in CAN_BE_RETURNED:
        least = amount_text(terms.minimum_after_return, Unit.working_days)
        rows.append((gettext("退回后至少"), least))
    if clock in IS_TRIED:
        days = amount_text(terms.attempt_days, Unit.calendar_days)
        rows.append((gettext("几天都没有接通，可以办结"), days))
    return rows


def differences(clock: str, before: Terms | None, after: Terms) -> list[tuple[str, str, str]]:
    """Return what a version changed: what, what it was, what it is; of a new rule everything."""
    new = said(clock, after)
    if before is None:
        return [(what, "", now) for what, now in new]
    old = dict(said(clock, before))
    return [(what, old[what], now) for what, now in new if old[what] != now]


def changed_text(clock: str, before: Terms | None, after: Terms) -> str:
    """Return in one line what a version changed."""
    return gettext("；").join(
        gettext("%(what)s：%(before)s → %(after)s", what=what, before=was, after=now)
        if was
        else gettext("%(what)s：%(value)s", what=what, value=now)
        for what, was, now in differences(clock, before, after)
    )


def terms_kept(kept: Mapping[str, object]) -> Terms | None:
    """Return the terms that the record of the office keeps; None where it keeps none."""
    if not kept:
        return None
    return Terms(**{**kept, "unit": Unit(str(kept["unit"]))})  # type: ignore[arg-type]


def since_text(moment: datetime) -> str:
    """Return the day on which a version begins."""
    return day_text(local(moment).date())


def plain_day(moment: datetime) -> str:
    """Return a day in figures."""
    return local(moment).date().isoformat()
