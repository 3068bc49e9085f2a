"""Shelving a case as forms (挂账): asked for, decided, its milestones, and taking it up again."""

from datetime import date, timedelta

from flask import url_for

from caseflow.clock import local
from caseflow.ledger import shelvings
from caseflow.ledger.dossier import Happened
from caseflow.ledger.shelving_tables import Milestone, Shelving
from caseflow.web.clocks import due_text
from caseflow.web.console.forms import Field, Form, Option
from caseflow.web.console.sight import Sight
from caseflow.web.locale import day_text, gettext

_DAY = timedelta(days=1)


def ask_shelving(sight: Sight) -> Form | None:
    """Return the form that asks for a case to be shelved; None while something else of how it goes
    on waits for its decision.
    """
    if sight.shelving is not None or sight.proposal is not None:
        return None
    fields = [
        Field(
            "textarea",
            "grounds",
            gettext("为什么现在办不了"),
            hint=gettext("例如：需要基建、预算，或等法院判决"),
            longest=2000,
        ),
        Field("textarea", "plan", gettext("怎样办成：计划和负责人"), longest=2000),
        Field(
            "textarea",
            "told",
            gettext("告诉反映人的理由（反映人会看到）"),
            hint=gettext("不写单位内部的事，不提其他反映人"),
            longest=1000,
        ),
    ]
    for n in range(1, shelvings.MOST + 1):
        what = gettext("节点 %(n)s：做什么", n=n)
        fields += [
            Field("text", f"what_{n}", what, optional=n > 1, longest=200),
            _day(sight, f"until_{n}", gettext("到哪一天"), optional=n > 1),
        ]
    return _form(
        sight,
        "ask_shelving",
        gettext("申请挂账"),
        (
            gettext("由分管领导审批，期限：%(when)s。", when=sight.due("consent")),
            gettext("同意前照常办理，期限照常计算。"),
            gettext("挂账期间办结、答复、核查、整改的时限停止，节点按日期催办。"),
        ),
        tuple(fields),
    )


def shelve(sight: Sight) -> Form | None:
    """Return the form that shelves a case; None for whoever asked for it."""
    row = _to_decide(sight)
    if row is None:
        return None
    return _form(
        sight,
        "shelve",
        gettext("同意挂账"),
        (
            *_said(sight, row),
            gettext("各项时限停止，恢复时按剩余时间继续；将告知反映人、申请人和正在承办的单位。"),
        ),
        (Field("textarea", "remark", gettext("意见"), optional=True, longest=2000),),
    )


def refuse_shelving(sight: Sight) -> Form | None:
    """Return the form that lets a case go on; None for whoever asked for it."""
    row = _to_decide(sight)
    if row is None:
        return None
    return _form(
        sight,
        "refuse_shelving",
        gettext("不同意挂账"),
        (*_said(sight, row), gettext("照常办理，将通知申请人。")),
        (Field("textarea", "reason", gettext("理由（申请人会看到）"), longest=2000),),
    )


def meet_milestone(sight: Sight) -> Form | None:
    """Return the form that says that what was waited for is there."""
    left = _left(sight)
    if not left:
        return None
    last = gettext("这是最后一个节点：完成后自动销账，恢复办理。") if len(left) == 1 else ""
    return _form(
        sight,
        "meet_milestone",
        gettext("节点完成"),
        (last,),
        (_which(left), Field("textarea", "note", gettext("完成情况"), longest=2000)),
    )


def ask_milestone(sight: Sight) -> Form | None:
    """Return the form that asks for a milestone to be moved; None while another is asked for."""
    left = _left(sight)
    if not left or shelvings.wished(left) is not None:
        return None
    return _form(
        sight,
        "ask_milestone",
        gettext("申请调整节点"),
        (
            gettext("由分管领导审批，期限：%(when)s。", when=sight.due("consent")),
            gettext("同意前按原日期催办。"),
        ),
        (
            _which(left),
            _day(sight, "until", gettext("改到")),
            Field("textarea", "grounds", gettext("调整理由"), longest=2000),
        ),
    )


def move_milestone(sight: Sight) -> Form | None:
    """Return the form that moves a milestone; None for whoever asked for it."""
    one = _wish(sight)
    if one is None:
        return None
    return _form(
        sight,
        "move_milestone",
        gettext("同意调整节点"),
        (_wished(sight, one), gettext("将告知反映人新的日期，并通知申请人。")),
        (Field("textarea", "remark", gettext("意见"), optional=True, longest=2000),),
    )


def refuse_milestone(sight: Sight) -> Form | None:
    """Return the form that leaves a milestone where it is; None for whoever asked to move it."""
    one = _wish(sight)
    if one is None:
        return None
    return _form(
        sight,
        "refuse_milestone",
        gettext("不同意调整节点"),
        (_wished(sight, one), gettext("原日期不变，将通知申请人。")),
        (Field("textarea", "reason", gettext("理由（申请人会看到）"), longest=2000),),
    )


def take_up(sight: Sight) -> Form | None:
    """Return the form that takes a case off the books."""
    return _form(
        sight,
        "take_up",
        gettext("销账，恢复办理"),
        (
            gettext("未完成的节点不再计时；各项时限按剩余时间继续，至少留出规定的天数。"),
            gettext("将告知反映人和正在承办的单位。"),
        ),
        (Field("textarea", "reason", gettext("为什么现在可以办了"), longest=2000),),
    )


BUILDERS = {
    "ask_shelving": ask_shelving,
    "shelve": shelve,
    "refuse_shelving": refuse_shelving,
    "meet_milestone": meet_milestone,
    "ask_milestone": ask_milestone,
    "move_milestone": move_milestone,
    "refuse_milestone": refuse_milestone,
    "take_up": take_up,
}


def waits(sight: Sight) -> str:
    """Say what a shelved case waits for, or that somebody has to decide whether it is shelved."""
    row = sight.shelving
    if row is None:
        return ""
    if row.outcome is None:
        clock = sight.dossier.clock("consent")
        when = due_text(clock.due) if clock else ""
        return gettext("挂账申请等待分管领导审批，期限：%(when)s", when=when)
    left = _left(sight)
    return gettext("已挂账，下一个节点：%(what)s", what=_called(left[0])) if left else ""


def facts(sight: Sight) -> list[tuple[str, str]]:
    """Return what the page says of a shelved case: why, how it will be solved, and by when."""
    row = shelvings.lasting(sight.dossier.shelvings)
    if row is None:
        return []
    known = shelvings.of(sight.dossier.milestones, row)
    return [
        (gettext("挂账理由"), row.grounds),
        (gettext("计划"), row.plan),
        *((gettext("节点 %(n)s", n=one.n), _stands(one)) for one in known),
    ]


def told(entry: Happened) -> str:
    """Return what the history says of shelving beside the move."""
    said = entry.facts
    lines = [str(said.get(name) or "") for name in ("what", "grounds", "plan")]
    lines += [_line(one["what"], one["until"]) for one in said.get("milestones", ())]
    if said.get("old"):
        old, new = (_in_words(said[name]) for name in ("old", "until"))
        lines.append(gettext("%(old)s → %(new)s", old=old, new=new))
    lines += [str(said.get(name) or "") for name in ("note", "reason", "remark")]
    return "\n".join(line for line in lines if line)


def _in_words(day: str) -> str:
    return day_text(date.fromisoformat(day))


def _line(what: str, day: str) -> str:
    return gettext("%(day)s：%(what)s", day=_in_words(day), what=what)


def _left(sight: Sight) -> list[Milestone]:
    row = shelvings.lasting(sight.dossier.shelvings)
    return shelvings.still_open(sight.dossier.milestones, row) if row is not None else []


def _wish(sight: Sight) -> Milestone | None:
    one = shelvings.wished(_left(sight))
    return one if one is not None and one.wish_by != sight.actor.id else None


def _to_decide(sight: Sight) -> Shelving | None:
    row = shelvings.undecided(sight.dossier.shelvings)
    return row if row is not None and row.asked_by != sight.actor.id else None


def _said(sight: Sight, row: Shelving) -> tuple[str, ...]:
    who, when = sight.dossier.person(row.asked_by), day_text(local(row.asked_at).date())
    known = shelvings.of(sight.dossier.milestones, row)
    return (
        gettext("%(who)s %(when)s 申请挂账：%(why)s", who=who, when=when, why=row.grounds),
        gettext("计划：%(what)s", what=row.plan),
        *(gettext("节点 %(n)s：%(what)s", n=one.n, what=_called(one)) for one in known),
        gettext("反映人会看到：%(what)s", what=row.told),
    )


def _wished(sight: Sight, one: Milestone) -> str:
    until = due_text(one.wish_until) if one.wish_until else ""
    return gettext(
        "%(who)s 申请把「%(what)s」改到 %(until)s：%(why)s",
        who=sight.dossier.person(one.wish_by),
        what=_called(one),
        until=until,
        why=one.wish_grounds,
    )


def _called(one: Milestone) -> str:
    return gettext("%(what)s，%(when)s 前", what=one.what, when=due_text(one.until))


def _stands(one: Milestone) -> str:
    if one.met_at is None:
        return _called(one)
    day = day_text(local(one.met_at).date())
    return gettext("%(what)s，%(day)s 已完成：%(note)s", what=one.what, day=day, note=one.note)


def _which(left: list[Milestone]) -> Field:
    options: list[Option] = [(str(one.n), _called(one)) for one in left]
    if len(options) == 1:
        return Field("hidden", "milestone", value=options[0][0])
    return Field("select", "milestone", gettext("节点"), options=options)


def _day(sight: Sight, name: str, label: str, *, optional: bool = False) -> Field:
    today = local(sight.now).date()
    last = shelvings.last_day(sight.session, sight.case, sight.now)
    return Field(
        "date",
        name,
        label,
        hint="" if optional else gettext("到当天 24:00；不是工作日的，顺延到下一个工作日"),
        optional=optional,
        first=(today + _DAY).isoformat(),
        last=sight.rules.calendar.due_day(last).isoformat(),
    )


def _form(
    sight: Sight, move: str, title: str, what: tuple[str, ...], fields: tuple[Field, ...]
) -> Form:
    action = url_for(f"console.{move}", number=sight.case.number)
    return Form(move, title, action, tuple(one for one in what if one), fields)
