"""Declining and referring as forms: decided at once, or proposed to somebody who decides."""

from flask import url_for

from caseflow import words
from caseflow.clock import local
from caseflow.ledger import reasons, supplements
from caseflow.ledger.application_tables import Proposal
from caseflow.web.clocks import due_text
from caseflow.web.console.forms import Field, Form, Option
from caseflow.web.console.sight import Sight
from caseflow.web.locale import day_text, gettext


def telling(sight: Sight) -> str:
    """Say how the reporters will learn of a decision."""
    ways = {way for report in sight.dossier.first_reports for way in sight.dossier.ways[report.id]}
    if "email" in ways:
        return gettext("将发邮件告知反映人。")
    if "text" in ways:
        return gettext("将发短信告知反映人。")
    if ways:
        clock = next((one for one in sight.dossier.clocks if one.name == "notice"), None)
        when = due_text(clock.due) if clock else sight.due("notice")
        return gettext("须电话告知反映人，最迟 %(when)s。", when=when)
    return gettext("反映人没有留联系方式，可在查询页面看到。")


def decline(sight: Sight) -> Form | None:
    """Return the form that declines; None where a proposal is to be decided first, or where the
    office above ordered that the matter be handled.
    """
    if sight.case.countersign or may_decide(sight) or sight.is_ordered:  # other eyes first
        return None
    again = gettext("下一工作日由另一人复看。")
    return _form(
        sight,
        "decline",
        gettext("决定不予受理"),
        (telling(sight), again),
        _asked(sight, "decline"),
        look="alarm",
    )


def refer(sight: Sight) -> Form | None:
    """Return the form that refers; None where `decline` has none."""
    if sight.case.countersign or may_decide(sight) or sight.is_ordered:  # other eyes first
        return None
    what = (telling(sight), _not_to())
    return _form(sight, "refer", gettext("转送其他机关"), what, _asked(sight, "refer"))


def propose_decline(sight: Sight) -> Form | None:
    """Return the form that proposes to decline; None where something else waits."""
    if _waits(sight):
        return None
    title = gettext("拟不予受理，请负责人审批")
    return _form(sight, "propose_decline", title, _decided(sight), _asked(sight, "decline"))


def propose_refer(sight: Sight) -> Form | None:
    """Return the form that proposes to refer; None where something else waits."""
    if _waits(sight):
        return None
    title, what = gettext("拟转送，请负责人审批"), (*_decided(sight), _not_to())
    return _form(sight, "propose_refer", title, what, _asked(sight, "refer"))


def approve(sight: Sight) -> Form | None:
    """Return the form that does what was proposed; None for whoever proposed it."""
    row = sight.proposal
    if row is None or not may_decide(sight) or sight.case.countersign:
        return None
    declines = row.move == reasons.DECLINE
    seen_twice = gettext("两人已先后看过，不再复看。") if declines else _not_to()
    return _form(
        sight,
        "approve",
        gettext("同意不予受理") if declines else gettext("同意转送"),
        (*said(sight, row), telling(sight), seen_twice),
        (
            Field(
                "textarea",
                "remark",
                gettext("意见"),
                hint=gettext("只记入办理记录，反映人看不到"),
                optional=True,
                longest=2000,
            ),
        ),
        look="alarm" if declines else "",
    )


def refuse_proposal(sight: Sight) -> Form | None:
    """Return the form that lets the case go on; None for whoever proposed to end it."""
    row = sight.proposal
    if row is None or not may_decide(sight):
        return None
    goes_on = gettext("照常办理，将通知提出人。")
    return _form(
        sight,
        "refuse_proposal",
        gettext("不同意拟办意见"),
        (*said(sight, row), goes_on),
        (Field("textarea", "reason", gettext("理由（提出人会看到）"), longest=2000),),
    )


def may_decide(sight: Sight) -> bool:
    """Tell whether this person decides on the proposal that waits."""
    row = sight.proposal
    return row is not None and "refuse_proposal" in sight.moves and row.asked_by != sight.actor.id


def said(sight: Sight, row: Proposal) -> tuple[str, ...]:
    """Return what was proposed, as whoever decides reads it."""
    who, when = sight.dossier.person(row.asked_by), day_text(local(row.asked_at).date())
    why = gettext(words.REASONS[row.move][row.code])
    if row.move == reasons.DECLINE:
        what = gettext("%(who)s %(when)s 拟不予受理：%(why)s。", who=who, when=when, why=why)
    else:
        told = "%(who)s %(when)s 拟转送%(whom)s：%(why)s。"
        what = gettext(told, who=who, when=when, whom=row.authority, why=why)
    return what, gettext("具体理由：%(why)s", why=row.grounds)


def _waits(sight: Sight) -> bool:
    one = sight.proposal is not None or sight.shelving is not None
    return one or sight.case.countersign or sight.is_ordered


def _decided(sight: Sight) -> tuple[str, ...]:
    by = gettext("由督办负责人审批，期限：%(when)s。", when=sight.due("consent"))
    return by, gettext("同意前照常办理，期限照常计算；反映人还看不到。")


def _not_to() -> str:
    return gettext("不得转给被反映的单位。")


def _asked(sight: Sight, move: str) -> tuple[Field, ...]:
    known: list[Option] = [
        (reason.code, gettext(words.REASONS[move][reason.code]))
        for reason in reasons.fitting(move, sight.case.kind)
        if reason.code != reasons.UNSUPPLEMENTED or supplements.SILENT in sight.supplements
    ]
    whom = Field(
        "text",
        "authority",
        gettext("有权处理的机关"),
        hint=gettext("从列表中选，或写全称"),
        options=[(name,) for name in reasons.AUTHORITIES],
        longest=120,
    )
    label = gettext("具体理由（反映人会看到）")
    if move == reasons.REFER:
        label = gettext("具体说明（反映人看不到）")
    return (
        *((whom,) if move == reasons.REFER else ()),
        Field(
            "select",
            "code",
            gettext("理由类别（反映人会看到）"),
            known[0][0] if known[0][0] == reasons.UNSUPPLEMENTED else "",
            options=known,
            blank=gettext("请选择"),
        ),
        Field("textarea", "reason", label, longest=2000),
    )


def _form(
    sight: Sight,
    move: str,
    title: str,
    what: tuple[str, ...],
    fields: tuple[Field, ...],
    look: str = "",
) -> Form:
    action = url_for(f"console.{move}", number=sight.case.number)
    return Form(move, title, action, what, fields, look=look)


BUILDERS = {
    "approve": approve,
    "refuse_proposal": refuse_proposal,
    "decline": decline,
    "refer": refer,
    "propose_decline": propose_decline,
    "propose_refer": propose_refer,
}
