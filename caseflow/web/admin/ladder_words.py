"""Ladders in words: their steps, and what a new version changed."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from caseflow.deadlines.calendar import Unit
from caseflow.deadlines.ladder import Event, Ladder, Step, Trigger
from caseflow.web.admin.rule_words import amount_text
from caseflow.web.clocks import document_label, unspoken
from caseflow.web.locale import gettext, series

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


def variants(ladder: Ladder) -> list[tuple[str, tuple[Step, ...]]]:
    """Return the variants of a ladder with their titles; one without a title is the only one."""
    by_days, by_hours = ladder.variant(Unit.working_days), ladder.variant(Unit.hours)
    if by_days == by_hours:
        return [("", by_days)]
    return [(gettext("按天计的时限"), by_days), (gettext("按小时计的时限"), by_hours)]


def variant_rows(ladder: Ladder) -> list[dict[str, Any]]:
    """Return the variants as a page lists them."""
    return [
        {"title": title, "steps": [step_row(step) for step in steps]}
        for title, steps in variants(ladder)
    ]


def step_row(step: Step) -> dict[str, Any]:
    """Return a step as a page shows it."""
    return {
        "n": step.n,
        "when": when_text(step),
        "label": label_text(step),
        "signed": gettext(step.label) if unspoken(step.action, "draft") else "",
        "document": step.document,
        "to": to_text(step),
    }


def label_text(step: Step) -> str:
    """Return what a step is called before anybody signed anything."""
    return document_label(step.action, step.label, step.n, "draft")


def to_text(step: Step) -> str:
    """Return whom a step turns to."""
    return series([gettext(AUDIENCES.get(one, one)) for one in step.audience])


def when_text(step: Step) -> str:
    """Return when a step comes."""
    if step.of_limit is not None:
        word = _OF_LIMIT.get(step.of_limit)
        if word:
            return gettext(word)
        return gettext("时限的 %(percent)d%%", percent=int(step.of_limit * 100))
    if not step.amount:
        return gettext("到期时")
    amount = amount_text(abs(step.amount), step.unit)
    if step.amount < 0:
        return gettext("到期前 %(amount)s", amount=amount)
    return gettext("到期后 %(amount)s", amount=amount)


def differences(before: Ladder, after: Ladder) -> list[tuple[str, str, str]]:
    """Return what a version changed: which step, what it was, what it is; "" is: it is not there.

    A step is known by its label within its variant (`deadlines.steps`).
    """
    old = dict(variants(before))
    rows: list[tuple[str, str, str]] = []
    for title, steps in variants(after):
        rows += _of_variant(title, old.get(title, ()), steps)
    return rows + _of_events(before, after)


EVENTS = {"sent_back": "多次退回", "many_reports": "同一单位反映集中"}


def event_text(trigger: Trigger) -> str:
    """Return when an event brings a document."""
    if trigger.event == Event.sent_back:
        return gettext("同一事项第 %(n)d 次退回", n=trigger.times)
    return gettext("%(days)d 天内有 %(n)d 人反映同一单位", days=trigger.days, n=trigger.times)


def brought_text(ladder: Ladder, trigger: Trigger) -> str:
    """Return which document an event brings."""
    step = ladder.brings(trigger, Unit.working_days)
    return label_text(step) if step is not None else gettext("无")


def _of_events(before: Ladder, after: Ladder) -> list[tuple[str, str, str]]:
    rows = []
    for event, name in EVENTS.items():
        said = [_brings(one, event) for one in (before, after)]
        if said[0] != said[1]:
            rows.append((gettext("按事件升级：%(what)s", what=gettext(name)), said[0], said[1]))
    return rows


def _brings(ladder: Ladder, event: str) -> str:
    found = ladder.trigger(event)
    if found is None:
        return ""
    what = brought_text(ladder, found)
    return gettext("%(when)s，升到%(what)s", when=event_text(found), what=what)


def _of_variant(title: str, old: Sequence[Step], new: Sequence[Step]) -> list[tuple[str, str, str]]:
    was = {step.label: step for step in old}
    now = {step.label: step for step in new}
    prefix = gettext("%(what)s：", what=title) if title else ""
    found = []
    for label in [*was, *(one for one in now if one not in was)]:
        said = [_said(one[label]) if label in one else "" for one in (was, now)]
        if said[0] != said[1]:
            found.append((prefix + label_text(was.get(label) or now[label]), said[0], said[1]))
    return found


def _said(step: Step) -> str:
    return gettext("%(when)s，发给%(to)s", when=when_text(step), to=to_text(step))


def changed_text(before: Ladder, after: Ladder) -> str:
    """Return in one line what a version changed."""
    none = gettext("无")
    return gettext("；").join(
        gettext(
            "%(what)s：由“%(before)s”改为“%(after)s”",
            what=what,
            before=was or none,
            after=now or none,
        )
        for what, was, now in differences(before, after)
    )
