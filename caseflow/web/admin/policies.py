"""The rules of time and both ladders, in words."""

from datetime import datetime
from fractions import Fraction
from typing import Any

from flask import render_template
from sqlalchemy.orm import Session

from caseflow import words
from caseflow.clock import local
from caseflow.deadlines import listed
from caseflow.deadlines.calendar import Unit
from caseflow.deadlines.defaults import PETITION
from caseflow.deadlines.ladder import Ladder, Step
from caseflow.deadlines.policies import COUNTED_BACK_FROM, Policy
from caseflow.people import names
from caseflow.web.admin.frame import Page, blueprint
from caseflow.web.clocks import document_label, unspoken
from caseflow.web.edge import needs, read
from caseflow.web.locale import gettext, ngettext, series

LADDERS = {"units": "单位督办阶梯", "office": "本办督办阶梯"}
AUDIENCES = {
    "unit_handler": "单位经办人",
    "unit_head": "单位负责人",
    "office_handler": "承办岗",
    "assignee": "承办人",
    "shift_leader": "值班长",
    "supervisor": "督办负责人",
    "leader": "分管领导",
    "level_above": "上一级",
}
_OF_LIMIT = {
    Fraction(1, 2): "时限过半",
    Fraction(1): "到期",
    Fraction(2): "两倍时限",
    Fraction(3): "三倍时限",
}


@blueprint.get("/policies")
@needs("policy.read")
def policies() -> Page:
    """Show every rule of time and every ladder that is kept."""
    with read() as session:
        rows = _rules(session)
        ladders = [_ladder(ladder, since) for ladder, since in listed.ladders(session)]
    return render_template("admin/policies.html", active="policies", rows=rows, ladders=ladders)


def _rules(session: Session) -> list[dict[str, Any]]:
    found = listed.policies(session)
    areas = names.areas(session, {one.area for one in found if one.area})
    return [_rule(policy, areas.get(policy.area or "", "")) for policy in found]


def _rule(policy: Policy, area: str) -> dict[str, Any]:
    category = {**words.CATEGORIES, PETITION: "信访事项"}.get(policy.category or "", "")
    about = [
        area,
        gettext(words.KINDS[policy.kind]) if policy.kind else "",
        gettext(category) if category else policy.category or "",
        gettext("紧急") if policy.urgent else "",
    ]
    return {
        "clock": gettext(words.CLOCKS[policy.clock]),
        "about": series([one for one in about if one]) or gettext("全部"),
        "amount": amount_text(policy.amount, policy.unit),
        "how": _how(policy),
        "pause": _pause(policy),
        "ladder": gettext(LADDERS.get(policy.ladder, policy.ladder)),
        "version": policy.version,
        "since": _day(policy.effective_from),
    }


def _how(policy: Policy) -> str:
    """Return what beside the amount decides the due moment."""
    said = []
    if policy.clock in COUNTED_BACK_FROM:
        margin = amount_text(policy.margin, Unit.working_days)
        said.append(
            gettext("比办结期限早 %(margin)s", margin=margin)
            if policy.margin
            else gettext("与办结期限相同")
        )
    if policy.extendable_times:
        said.append(
            gettext(
                "可延期 %(times)d 次，每次 %(more)s",
                times=policy.extendable_times,
                more=amount_text(policy.extendable_amount, policy.unit),
            )
        )
    return gettext("；").join(said)


def _pause(policy: Policy) -> str:
    if not policy.pausable:
        return gettext("不可暂停")
    return gettext("最多 %(days)s", days=amount_text(policy.pause_limit_days, Unit.working_days))


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


def _ladder(ladder: Ladder, since: datetime) -> dict[str, Any]:
    return {
        "name": gettext(LADDERS.get(ladder.name, ladder.name)),
        "version": ladder.version,
        "since": _day(since),
        "variants": [
            {"title": title, "steps": [_step(step) for step in steps]}
            for title, steps in _variants(ladder)
        ],
    }


def _variants(ladder: Ladder) -> list[tuple[str, tuple[Step, ...]]]:
    by_days, by_hours = ladder.variant(Unit.working_days), ladder.variant(Unit.hours)
    if by_days == by_hours:
        return [("", by_days)]
    return [(gettext("按天计的时限"), by_days), (gettext("按小时计的时限"), by_hours)]


def _step(step: Step) -> dict[str, Any]:
    return {
        "n": step.n,
        "when": _when(step),
        "label": document_label(step.action, step.label, step.n, "draft"),
        "signed": gettext(step.label) if unspoken(step.action, "draft") else "",
        "document": step.document,
        "to": series([gettext(AUDIENCES.get(one, one)) for one in step.audience]),
    }


def _when(step: Step) -> str:
    if step.of_limit is not None:
        word = _OF_LIMIT.get(step.of_limit)
        return gettext(word) if word else gettext("时限的 %(times)s 倍", times=step.of_limit)
    if not step.amount:
        return gettext("到期时")
    amount = amount_text(abs(step.amount), step.unit)
    if step.amount < 0:
        return gettext("到期前 %(amount)s", amount=amount)
    return gettext("到期后 %(amount)s", amount=amount)


def _day(moment: datetime) -> str:
    return local(moment).date().isoformat()
