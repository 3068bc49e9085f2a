"""Asking for more time and deciding on it as forms: of an item, and of the case itself (延期)."""

from collections.abc import Iterable, Sequence

from flask import url_for

from caseflow.clock import local
from caseflow.ledger import extensions
from caseflow.ledger.application_tables import Extension
from caseflow.ledger.dossier import Dossier
from caseflow.ledger.tables import Item
from caseflow.web.clocks import due_text
from caseflow.web.console.forms import Field, Form
from caseflow.web.console.sight import Sight
from caseflow.web.locale import day_text, gettext, sentences


def extend(sight: Sight, item: Item | None, *, consent: bool = False) -> Form | None:
    """Return the form that asks for more time; None where nobody can now."""
    room = sight.room(item)
    if room.bar or sight.undecided(item) is not None:
        return None
    last = gettext("最多延到 %(day)s。", day=day_text(room.last))
    decided = gettext("由另一人审批；审批期间原期限照常计算。")
    told = learnt(sight) if item is None else (gettext("办件期限不变。"),)
    agreed = Field(
        "textarea", "consent", gettext("来文机关同意延期的情况（谁、何时、怎么说）"), longest=2000
    )
    return _form(
        sight,
        item,
        "extend",
        gettext("申请延期") if item else gettext("申请办件延期"),
        (last, decided, *told),
        (
            Field(
                "date",
                "until",
                gettext("延期到"),
                room.last.isoformat(),
                hint=gettext("工作日，到当天 24:00"),
                first=room.first.isoformat(),
                last=room.last.isoformat(),
            ),
            Field("textarea", "grounds", gettext("延期理由"), longest=2000),
            *((agreed,) if consent else ()),
        ),
    )


def grant(sight: Sight, item: Item | None) -> Form | None:
    """Return the form that gives the time that was asked for; None for whoever asked."""
    row = _to_decide(sight, item)
    if row is None:
        return None
    told = [gettext("将通知：申请人和正在承办的单位或责任督学。")]
    if item is None:
        told = [gettext("将通知：申请人。"), *learnt(sight, row)]
    return _form(
        sight,
        item,
        "grant",
        gettext("准予延期"),
        (*said(sight, item, row), *told),
        (Field("textarea", "remark", gettext("意见"), optional=True, longest=2000),),
    )


def refuse(sight: Sight, item: Item | None) -> Form | None:
    """Return the form that leaves the promise as it is; None for whoever asked."""
    row = _to_decide(sight, item)
    if row is None:
        return None
    return _form(
        sight,
        item,
        "refuse",
        gettext("不予延期"),
        (*said(sight, item, row), gettext("原期限不变，将通知申请人。")),
        (Field("textarea", "reason", gettext("理由（申请人会看到）"), longest=2000),),
    )


def said(sight: Sight, item: Item | None, row: Extension) -> tuple[str, ...]:
    """Return what was asked for, as whoever decides reads it."""
    who, when = sight.dossier.person(row.asked_by), day_text(local(row.asked_at).date())
    until = due_text(row.until)
    asked = gettext("%(who)s %(when)s 申请延期到 %(until)s：", who=who, when=when, until=until)
    told = gettext("来文机关的意见：%(what)s", what=row.consent) if row.consent else ""
    return tuple(text for text in (asked + row.grounds, _further(sight, item, row), told) if text)


def _further(sight: Sight, item: Item | None, row: Extension) -> str:
    """Say by how much, which is what whoever decides has to weigh."""
    now = extensions.promise(sight.dossier.clocks, item)
    if now is None:
        return ""
    calendar = sight.rules.calendar
    days = calendar.working_days_between(calendar.due_day(now.due), calendar.due_day(row.until))
    return gettext("比现在的期限晚 %(n)s 个工作日。", n=days)


def learnt(sight: Sight, row: Extension | None = None) -> tuple[str, ...]:
    """Say beforehand how the reporters learn of the new day: those who were promised an earlier
    one. `row`: what was asked for; without it nobody knows the day yet and all are meant.
    """
    meant = []
    for report in sight.dossier.first_reports:
        reply = sight.dossier.clock("reply", report=report.id)
        if row is None or (reply is not None and reply.due < row.until):
            meant.append(sight.dossier.ways[report.id])
    return _learn(meant)


def granted(dossier: Dossier) -> str:
    """Say of a case that was just given more time who hears of it, and who has to be told."""
    entry = next(one for one in dossier.entries if one.verb == "grant_case")
    meant = [dossier.ways[report] for report in entry.facts["reports"]]
    return sentences((gettext("已准予延期，申请人会收到通知。"), *_learn(meant)))


def _learn(reporters: Iterable[Sequence[str]]) -> tuple[str, ...]:
    """Promise a message to nobody who gets none; each is what one reporter can be reached by."""
    best = {next((way for way in _BEST if way in ways), "") for ways in reporters}
    return tuple(gettext(_LEARN[way]) for way in (*_BEST, "") if way in best)


# How somebody is told of a new day: by the first of the ways that they left.
_BEST = ("email", "text", "phone", "letter")
_LEARN = {
    "email": "留了邮箱的反映人会收到邮件，写明新的期限。",
    "text": "同意收短信的反映人会收到短信，按短信到查询页面看新的期限。",
    "phone": "只留了电话的反映人，须打电话告知新的期限。",
    "letter": "只留了地址的反映人，须写信告知新的期限。",
    "": "没有留联系方式的反映人，在查询页面可以看到新的期限。",
}


def told(sight: Sight) -> tuple[str, ...]:
    """Return what a reporter must be told of a case that was given more time: the day, not why."""
    promise = extensions.promise(sight.dossier.clocks, None)
    granted = promise is not None and any(
        one.row.item_id is None
        and one.row.outcome == "granted"
        and one.row.asked_at >= promise.started_at  # else it was before the case was reopened
        for one in sight.dossier.extensions
    )
    if promise is None or not granted:
        return ()
    until = due_text(promise.due)
    return (
        gettext("办理期限已延长到 %(until)s，请一并告知；延期理由不要告诉反映人。", until=until),
    )


def _to_decide(sight: Sight, item: Item | None) -> Extension | None:
    row = sight.undecided(item)
    return row if row is not None and row.asked_by != sight.actor.id else None


def _form(
    sight: Sight,
    item: Item | None,
    move: str,
    title: str,
    what: tuple[str, ...],
    fields: tuple[Field, ...],
) -> Form:
    if item is None:
        name = f"{move}_case"
        action = url_for(f"console.{name}", number=sight.case.number)
        return Form(name, title, action, what, fields)
    action = url_for(f"console.{move}", item_id=item.id)
    return Form(f"item-{item.n}-{move}", title, action, what, fields)
