"""Leaving a case out of the figures as forms (考核剔除): asked for, decided, and lifted."""

from flask import url_for

from caseflow.clock import local
from caseflow.ledger import exclusions
from caseflow.ledger.application_tables import Exclusion
from caseflow.ledger.dossier import Happened
from caseflow.web.console.forms import Field, Form, Option
from caseflow.web.console.sentences import Sentence, moved, with_name, worded
from caseflow.web.console.sight import Sight
from caseflow.web.locale import day_text, gettext

EXCLUSIONS = {
    "repeated": "恶意重复",
    "unreasonable": "无理诉求",
    "not_ours": "非职责范围",
    "other": "其他",
}


def ask_exclusion(sight: Sight) -> Form | None:
    """Return the form that asks for it; None where it is asked or decided already."""
    known = sight.dossier.exclusions
    if exclusions.undecided(known) or exclusions.lasting(known):
        return None
    options: list[Option] = [(code, gettext(EXCLUSIONS[code])) for code in exclusions.REASONS]
    return _form(
        sight,
        "ask_exclusion",
        gettext("申请考核剔除"),
        (
            gettext(
                "由另一人审批（督办负责人或分管领导），期限：%(when)s。", when=sight.due("consent")
            ),
            gettext("办理结果不变；统计同时列出剔除前和剔除后。反映人和单位看不到。"),
        ),
        (
            Field("select", "code", gettext("理由类别"), options=options, blank=gettext("请选择")),
            Field("textarea", "reason", gettext("具体理由"), longest=2000),
        ),
    )


def exclude(sight: Sight) -> Form | None:
    """Return the form that leaves the case out; None for whoever asked for it."""
    row = _to_decide(sight)
    if row is None:
        return None
    return _form(
        sight,
        "exclude",
        gettext("同意考核剔除"),
        (*_said(sight, row), gettext("统计同时列出剔除前和剔除后，以后可以撤销。")),
        (Field("textarea", "remark", gettext("意见"), optional=True, longest=2000),),
    )


def refuse_exclusion(sight: Sight) -> Form | None:
    """Return the form that lets the case count; None for whoever asked to leave it out."""
    row = _to_decide(sight)
    if row is None:
        return None
    return _form(
        sight,
        "refuse_exclusion",
        gettext("不同意考核剔除"),
        (*_said(sight, row), gettext("照常计入考核，将通知申请人。")),
        (Field("textarea", "reason", gettext("理由（申请人会看到）"), longest=2000),),
    )


def lift_exclusion(sight: Sight) -> Form | None:
    """Return the form that lets a case count again that was left out."""
    row = exclusions.lasting(sight.dossier.exclusions)
    if row is None:
        return None
    return _form(
        sight,
        "lift_exclusion",
        gettext("撤销考核剔除"),
        (_because(row), gettext("重新计入考核，将通知申请人。")),
        (Field("textarea", "reason", gettext("理由（申请人会看到）"), longest=2000),),
    )


BUILDERS = {
    "ask_exclusion": ask_exclusion,
    "exclude": exclude,
    "refuse_exclusion": refuse_exclusion,
    "lift_exclusion": lift_exclusion,
}


def waits(sight: Sight) -> str:
    """Say who decides on it, where somebody asked."""
    if exclusions.undecided(sight.dossier.exclusions) is None:
        return ""
    return gettext("另一人审批考核剔除（督办负责人或分管领导）")


def facts(sight: Sight) -> list[tuple[str, str]]:
    """Return what the page says of a case that is left out of the figures, and why."""
    row = exclusions.lasting(sight.dossier.exclusions)
    return [(gettext("考核剔除"), _because(row))] if row is not None else []


def told(entry: Happened, asked_by: str) -> Sentence:
    """Return what the history says of it; `asked_by`: who asked for what was decided."""
    said = entry.facts
    head = moved(entry)
    if said.get("code"):
        head = with_name(entry, worded(EXCLUSIONS, said["code"]))
    lines = [str(said.get("reason") or "")]
    if entry.verb == "exclude" and asked_by:
        lines.append(gettext("%(who)s 提出，另一人同意", who=asked_by))
    if "round" in said:
        lines.append(gettext("办件重新办理，从此照常计入考核"))
    if said.get("remark"):
        lines.append(gettext("审批意见：%(what)s", what=said["remark"]))
    return head, "\n".join(line for line in lines if line)


def _because(row: Exclusion) -> str:
    why = gettext(EXCLUSIONS[row.code])
    return gettext("%(what)s：%(why)s", what=why, why=row.grounds)


def _to_decide(sight: Sight) -> Exclusion | None:
    row = exclusions.undecided(sight.dossier.exclusions)
    return row if row is not None and row.asked_by != sight.actor.id else None


def _said(sight: Sight, row: Exclusion) -> tuple[str, ...]:
    who, when = sight.dossier.person(row.asked_by), day_text(local(row.asked_at).date())
    why = gettext(EXCLUSIONS[row.code])
    return (
        gettext("%(who)s %(when)s 申请考核剔除：%(why)s。", who=who, when=when, why=why),
        gettext("具体理由：%(why)s", why=row.grounds),
    )


def _form(
    sight: Sight, move: str, title: str, what: tuple[str, ...], fields: tuple[Field, ...]
) -> Form:
    return Form(move, title, url_for(f"console.{move}", number=sight.case.number), what, fields)
