"""A document of an item's ladder before its date, as forms and in words (督办升级)."""

from collections.abc import Mapping
from typing import Any

from flask import url_for

from caseflow import words
from caseflow.clock import local
from caseflow.deadlines.ladder import Step
from caseflow.ledger import step_ups
from caseflow.ledger.step_up_tables import CAUSES, StepUp
from caseflow.ledger.tables import Item
from caseflow.web.clocks import document_label
from caseflow.web.console.forms import Field, Form
from caseflow.web.console.sight import Sight
from caseflow.web.locale import day_text, gettext

STEP_UPS = {
    "conduct": "推诿、拖延或敷衍",
    "sent_back": "多次退回",
    "false_rectification": "虚假整改",
    "many_reports": "同一单位反映集中",
    "instruction": "领导批示",
    "public_attention": "舆情关注",
    "retaliation": "打击报复反映人",
    "other": "其他",
}


def ask_step_up(sight: Sight, item: Item) -> Form | None:
    """Return the form that asks for it; None where something waits to be decided, where no unit has
    the item, or where nothing of its ladder is left.
    """
    left = _left(sight, item)
    if sight.step_up(item) or sight.withdrawal(item) or not left:
        return None
    causes = [(code, gettext(STEP_UPS[code])) for code in CAUSES]
    unit = sight.dossier.unit_name(step_ups.addressee(item))
    return _form(
        item,
        "ask_step_up",
        gettext("申请督办升级"),
        (
            gettext("不等到期，现在就对 %(unit)s 采取所选的一级；较轻的文书不再拟。", unit=unit),
            gettext("由分管领导审批，期限：%(when)s；文书另须签发。", when=sight.due("consent")),
            gettext("单位看不到事由和理由，签发后只读到文书。"),
        ),
        (
            Field(
                "select",
                "document",
                gettext("升到哪一级"),
                options=[(str(step.action), _label(step)) for step in left],
                blank=gettext("请选择"),
            ),
            Field("select", "cause", gettext("事由"), options=causes, blank=gettext("请选择")),
            Field("textarea", "reason", gettext("具体理由"), longest=2000),
        ),
        submit=gettext("提交审批"),
    )


def step_up(sight: Sight, item: Item) -> Form | None:
    """Return the form that approves; None for whoever asked, and where it cannot be done now."""
    row = _to_decide(sight, item)
    if row is None or not step_ups.is_about_holder(row, item):
        return None
    step = next((one for one in _left(sight, item) if one.action == row.action), None)
    if step is None:
        return None
    return _form(
        item,
        "step_up",
        gettext("同意督办升级"),
        (
            *_said(sight, row),
            gettext("将拟出：%(what)s，签发后才送达单位。", what=_label(step)),
        ),
        (Field("textarea", "remark", gettext("意见"), optional=True, longest=2000),),
    )


def refuse_step_up(sight: Sight, item: Item) -> Form | None:
    """Return the form that lets the ladder go by its dates; None for whoever asked."""
    row = _to_decide(sight, item)
    if row is None:
        return None
    return _form(
        item,
        "refuse_step_up",
        gettext("不同意督办升级"),
        (*_said(sight, row), gettext("仍按期限督办，将通知申请人。")),
        (Field("textarea", "reason", gettext("理由（申请人会看到）"), longest=2000),),
    )


def about(sight: Sight, item: Item) -> str:
    """Say what waits to be decided about an item's ladder; nothing else."""
    row = sight.step_up(item)
    return gettext("%(what)s（等待审批）", what=_said(sight, row)[0]) if row is not None else ""


def named(facts: Mapping[str, Any]) -> str:
    """Return which document an entry is about, as the screen may call it before it is signed."""
    action = facts.get("action")
    if action is None:
        return ""
    return document_label(action, words.ACTIONS[action], facts.get("rung", 0), "draft")


def because(facts: Mapping[str, Any]) -> str:
    """Return what brought a document before its date; nothing where its date did."""
    cause = STEP_UPS.get(facts.get("cause", ""), "")
    return gettext("事由：%(what)s", what=gettext(cause)) if cause else ""


def told(facts: Mapping[str, Any]) -> str:
    """Return what the history says of asking and deciding."""
    lines = [because(facts), str(facts.get("reason") or "")]
    if facts.get("remark"):
        lines.append(gettext("审批意见：%(what)s", what=facts["remark"]))
    return "\n".join(line for line in lines if line)


def _left(sight: Sight, item: Item) -> list[Step]:
    clock = step_ups.clock_of(sight.dossier.clocks, item)
    if clock is None or step_ups.addressee(item) is None:
        return []
    return step_ups.steps(sight.rules, clock, sight.dossier.clocks)


def _label(step: Step) -> str:
    return document_label(step.action, step.label, step.n, "draft")


def _to_decide(sight: Sight, item: Item) -> StepUp | None:
    row = sight.step_up(item)
    return row if row is not None and row.asked_by != sight.actor.id else None


def _said(sight: Sight, row: StepUp) -> tuple[str, ...]:
    who, when = sight.dossier.person(row.asked_by), day_text(local(row.asked_at).date())
    why = gettext(STEP_UPS[row.cause])
    return (
        gettext("%(who)s %(when)s 申请督办升级：%(why)s", who=who, when=when, why=why),
        gettext("具体理由：%(why)s", why=row.grounds),
    )


def _form(
    item: Item,
    move: str,
    title: str,
    what: tuple[str, ...],
    fields: tuple[Field, ...],
    submit: str = "",
) -> Form:
    action = url_for(f"console.{move}", item_id=item.id)
    return Form(f"item-{item.n}-{move}", title, action, what, fields, submit)
