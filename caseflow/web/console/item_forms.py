"""The moves of an item as forms: offered only where the verb would take them."""

from collections.abc import Callable
from dataclasses import replace

from flask import url_for

from caseflow import words
from caseflow.deadlines import preview
from caseflow.ledger import gate
from caseflow.ledger.at_work import at_work
from caseflow.ledger.moves import withdrawing
from caseflow.ledger.moves.objecting import OBJECTIONS
from caseflow.ledger.moves.record import matter_of
from caseflow.ledger.moves.reserving import is_free_for
from caseflow.ledger.states import BESIDE, FINDINGS, ITEM_DONE, TO_RECTIFY
from caseflow.ledger.tables import Item
from caseflow.web.console import (
    assisting_forms,
    ending_forms,
    extension_forms,
    step_up_forms,
    visit_forms,
)
from caseflow.web.console.forms import Field, Form, files_field
from caseflow.web.console.sight import Sight, unit_labels
from caseflow.web.locale import gettext

Builder = Callable[[Sight, Item], Form | None]
_OFFICE_UNITS = ("office", "section")
_OBJECTION = ("dispatch_anew", "reject_objection", "designate")
_DECISIONS = (
    *("grant", "refuse", "consent_withdrawal", "refuse_withdrawal"),
    *("step_up", "refuse_step_up"),
)
_APART = ("ask_step_up", "withdraw", "statutory", "statutory_outcome")
_JUDGES = ("visit", *BESIDE, "return", "strike_off", *_DECISIONS, *_OBJECTION, *_APART)
"""Moves that judge what a unit did or says: not for whoever must keep away from it."""


def key(item: Item, move: str) -> str:
    """Return the name of a move's form within the page."""
    return f"item-{item.n}-{move}"


def forms(sight: Sight, item: Item) -> dict[str, Form]:
    """Return the forms of the moves that this person can make on an item now, by move."""
    found = dict.fromkeys(edge.move for edge in gate.offers_on(sight.actor, sight.case, item))
    # What somebody waits for comes first, its two ways beside one another; then what leads on.
    # A visit leads on where nothing goes on without one.
    lacks = item.id in sight.unvisited
    aside = ("edit", *BESIDE, *_APART) if lacks else ("edit", "visit", *BESIDE, *_APART)
    offered = sorted(found, key=lambda move: (move not in _DECISIONS, move in aside))
    built = {move: _BUILDERS[move](sight, item) for move in offered if _fits(sight, item, move)}
    return {move: form for move, form in built.items() if form is not None}


def _fits(sight: Sight, item: Item, move: str) -> bool:
    """Tell whether the case stands where the move needs it, and nobody has to keep away."""
    if move in _JUDGES and not gate.is_free_of(sight.actor, item):
        return False
    if move in ("edit", "statutory_outcome"):
        return True
    if move in ("withdraw", "consent_withdrawal", "refuse_withdrawal"):
        return withdrawing.may_end(sight.case, item)
    if move == "dispatch":
        return sight.case.state in ("accepted", "handling")
    return at_work(sight.case)


def _form(item: Item, move: str, title: str, *what: str, **more: object) -> Form:
    action = url_for(f"console.{move}", item_id=item.id)
    sentences = tuple(sentence for sentence in what if sentence)
    return Form(key(item, move), title, action, sentences, **more)  # type: ignore[arg-type]


def _edit(_sight: Sight, item: Item) -> Form:
    matter = Field("textarea", "matter", gettext("问题项内容"), item.matter, longest=4000)
    return _form(item, "edit", gettext("修改"), fields=(matter,), submit=gettext("保存"))


def _dispatch(sight: Sight, item: Item) -> Form | None:
    if sight.actor.role == "operator" and not sight.case.urgent:
        return None
    return _to_whom(sight, item, "dispatch", gettext("交办"), _named(sight), "")


def _to_whom(sight: Sight, item: Item, move: str, title: str, unit: str, text: str) -> Form:
    """Return the form that says to whom an item goes and what they read."""
    inspectors = [(str(person.id), person.name) for person in sight.inspectors]
    tip = sight.case.kind == "tip"
    guarded = gettext("举报不得交给被举报单位或其管理的单位。") if tip else ""
    told = gettext("将通知：核查单位经办人，或选定的责任督学。")
    due = gettext(
        "签收期限：%(sign)s；核查期限：%(verify)s。",
        sign=sight.due("sign_for"),
        verify=sight.due("verify"),
    )
    unsaid = tip and sight.case.unit_id is None
    seen = gettext("对方只能看到下面这段文字，看不到来件、反映人和其他问题项。")
    return _form(
        item,
        move,
        title,
        told,
        due,
        guarded,
        fields=(
            *((_none_listed(),) if unsaid else ()),
            *((_slip(),) if tip and sight.slips else ()),
            Field(
                "unit",
                "unit",
                gettext("核查单位"),
                "" if tip else unit,
                hint=gettext("输入名称的一部分，从列表中选；督学到场的，填要去核查的单位"),
            ),
            Field(
                "select",
                "inspector",
                gettext("责任督学到场核查"),
                options=inspectors,
                blank=gettext("不指定，由单位自查"),
                optional=True,
            ),
            Field("original", "original"),
            Field(
                "textarea",
                "text",
                gettext("交办内容"),
                text,
                hint=seen,
                rows=7,
                longest=20_000,
            ),
        ),
    )


def _dispatch_anew(sight: Sight, item: Item) -> Form | None:
    if item.objections >= OBJECTIONS:
        return None
    title = gettext("同意退单，改交另一单位")
    return _to_whom(sight, item, "dispatch_anew", title, "", item.dispatch_text)


def _reject_objection(sight: Sight, item: Item) -> Form | None:
    if item.objections >= OBJECTIONS:
        return None
    return _form(
        item,
        "reject_objection",
        gettext("驳回退单"),
        gettext("将通知：%(unit)s。", unit=sight.dossier.unit_name(item.verifying_unit_id)),
        gettext("原期限不变：退单期间一直在计算。"),
        fields=(Field("textarea", "reason", gettext("理由（对方会看到）"), longest=4000),),
    )


def _designate(sight: Sight, item: Item) -> Form | None:
    designation = sight.designations.get(item.id)
    if designation is None or not designation.theirs:
        return None
    here = sight.dossier.unit_name(item.verifying_unit_id)
    title = gettext("指定承办单位")
    form = _to_whom(sight, item, "designate", title, here, item.dispatch_text)
    final = gettext("指定后不能再退单。仍由 %(unit)s 承办的，原期限不变。", unit=here)
    return replace(form, what=(*form.what, final))


def _reassign(sight: Sight, item: Item) -> Form | None:
    others = [(str(one.id), one.name) for one in sight.inspectors if one.id != item.inspector_id]
    if not others:
        return None
    return _form(
        item,
        "reassign",
        gettext("改派责任督学") if item.inspector_id else gettext("派责任督学核查"),
        gettext("由选定的责任督学到场核查，原期限不变；原来的经手人不再能看到这个问题项。"),
        fields=(
            Field(
                "select",
                "inspector",
                gettext("责任督学"),
                options=others,
                blank=gettext("请选择"),
            ),
            Field("textarea", "reason", gettext("理由"), longest=2000),
        ),
    )


def _named(sight: Sight) -> str:
    """Return the unit that a complaint is about, as one types it: most often it verifies itself."""
    about = sight.case.unit_id
    labels = unit_labels(sight.units)
    return next((label for label, unit_id in labels.items() if unit_id == about), "")


def _slip() -> Field:
    """Return the question that lifts the shield off a unit named by mistake, never by silence."""
    return Field(
        "radios",
        "slip",
        gettext("先前写明或指明过别的被举报单位。现在要交给它核查吗？"),
        value="",
        options=[
            ("", gettext("不是")),
            ("yes", gettext("是，看过原文，先前确系写错")),
        ],
        optional=True,
    )


def _none_listed() -> Field:
    """Return the question that keeps a tip from going to the very unit it names in its text."""
    return Field(
        "radios",
        "none_listed",
        gettext("来件没有选定被举报单位。看过原文，举报的是名单里的单位吗？"),
        options=[
            ("listed", gettext("是，或说不准：先用“指明被反映单位”指明")),
            ("yes", gettext("不是，名单里没有这个单位")),
        ],
    )


def _ask_assistance(sight: Sight, item: Item) -> Form:
    unsaid = sight.case.kind == "tip" and sight.case.unit_id is None
    return assisting_forms.ask(sight, item, (_none_listed(),) if unsaid else ())


def _on_behalf(sight: Sight, item: Item) -> str:
    unit = sight.dossier.units.get(gate.holder_unit(item) or 0)
    if unit is None or unit.kind in _OFFICE_UNITS:
        return ""
    return gettext("您代 %(unit)s 办理，记录里写您的姓名；代办过的人不能再销号。", unit=unit.name)


def _sign_for(sight: Sight, item: Item) -> Form | None:
    if item.state == "rectifying" and item.signed_at is not None:
        return None
    behalf = _on_behalf(sight, item)
    title = gettext("代为签收") if behalf else gettext("签收")
    return _form(item, "sign_for", title, gettext("签收时限停止。"), behalf)


def _hand_in(_sight: Sight, item: Item) -> Form:
    return _form(
        item,
        "hand_in",
        gettext("上传材料"),
        gettext("照片、文件等，任何格式；只供下载，不会在网页里打开。"),
        fields=(
            files_field("file", gettext("文件")),
            Field("text", "note", gettext("说明"), optional=True, longest=500),
        ),
        submit=gettext("上传"),
    )


def _may_find(sight: Sight, item: Item) -> bool:
    """The unit itself for complaints and help; here only for tips or an office's own section."""
    if sight.case.kind == "tip":
        return True
    unit = sight.dossier.units.get(item.verifying_unit_id or 0)
    return unit is not None and unit.kind in _OFFICE_UNITS


def _find(sight: Sight, item: Item) -> Form | None:
    if not _may_find(sight, item):
        return None
    results = [(name, gettext(words.FINDINGS[name])) for name in FINDINGS]
    own = "" if sight.case.kind == "tip" else sight.dossier.unit_name(item.verifying_unit_id)
    return _form(
        item,
        "find",
        gettext("作出核查结论"),
        gettext("属实、部分属实：进入整改，期限：%(when)s。", when=sight.due("rectify")),
        gettext(
            "不属实、无法查实：须有材料，直接提请验收，验收期限：%(when)s。",
            when=sight.due("check"),
        ),
        gettext("作出结论的人不能销号。"),
        fields=(
            Field("radios", "result", gettext("核查结论"), options=results, row=True),
            Field("textarea", "basis", gettext("依据：查了什么、看到什么"), rows=5),
            Field(
                "unit",
                "rectifying_unit",
                gettext("整改单位"),
                own,
                hint=gettext("属实、部分属实时填写"),
                optional=True,
            ),
            Field(
                "textarea",
                "rectify_text",
                gettext("整改通知内容"),
                hint=gettext("整改单位只能看到这段文字和结论。"),
                optional=True,
                rows=4,
            ),
            files_field("evidence", gettext("核查材料"), optional=True),
        ),
        submit=gettext("作出结论"),
    )


def _submit(sight: Sight, item: Item) -> Form | None:
    if item.signed_at is None:
        return None
    behalf = _on_behalf(sight, item)
    return _form(
        item,
        "submit",
        gettext("代为提交验收") if behalf else gettext("提交验收"),
        gettext("验收期限：%(when)s。须有查实或退回之后的新材料。", when=sight.due("check")),
        behalf,
        fields=(
            Field("textarea", "done", gettext("整改情况"), rows=4),
            files_field("evidence", gettext("整改材料"), optional=True),
        ),
        submit=gettext("提交验收"),
    )


def _return(sight: Sight, item: Item) -> Form:
    policy = preview.policy(sight.session, "rectify", matter_of(sight.case), sight.now)
    rectifies = item.finding in TO_RECTIFY
    unit_id = item.rectifying_unit_id if rectifies else item.verifying_unit_id
    return _form(
        item,
        "return",
        gettext("退回整改") if rectifies else gettext("退回核查"),
        gettext("将通知：%(unit)s。", unit=sight.dossier.unit_name(unit_id)),
        gettext("期限按剩余时间重算，至少 %(n)s 个工作日。", n=policy.minimum_after_return),
        fields=(Field("textarea", "reason", gettext("哪里不到位（对方会看到）"), longest=4000),),
        look="alarm",
    )


def _strike_off(sight: Sight, item: Item) -> Form | None:
    eyes = sight.dossier.eyes.get(item.id)
    if eyes is None or sight.actor.id in eyes.parts:
        return None
    if item.id in sight.unvisited or item.id in sight.held:
        return None
    if not is_free_for(sight.actor, item):
        return None
    others = [one for one in sight.dossier.items if one.id != item.id]
    left = [one for one in others if one.state not in ITEM_DONE]
    last = gettext("这是最后一项：销号后转入答复。")
    more = gettext("还有 %(n)s 项未销号。", n=len(left)) if left else last
    outcome = "rectified" if item.finding in TO_RECTIFY else item.finding or ""
    word = gettext(words.OUTCOMES[outcome])
    return _form(
        item,
        "strike_off",
        gettext("验收通过，销号"),
        gettext("结果：%(outcome)s。销号后不能撤回。", outcome=word),
        more,
        assisting_forms.open_still(sight, item),
        fields=(Field("textarea", "remark", gettext("验收意见"), optional=True, longest=4000),),
        submit=gettext("销号"),
    )


_BUILDERS: dict[str, Builder] = {
    "edit": _edit,
    "dispatch": _dispatch,
    "dispatch_anew": _dispatch_anew,
    "reject_objection": _reject_objection,
    "designate": _designate,
    "reassign": _reassign,
    "extend": extension_forms.extend,
    "grant": extension_forms.grant,
    "refuse": extension_forms.refuse,
    "sign_for": _sign_for,
    "hand_in": _hand_in,
    "visit": visit_forms.visit,
    "ask_assistance": _ask_assistance,
    "record_assistance": assisting_forms.record,
    "release_assistance": assisting_forms.release,
    "share_assistance": assisting_forms.share,
    "find": _find,
    "submit": _submit,
    "return": _return,
    "strike_off": _strike_off,
    "withdraw": ending_forms.withdraw,
    "consent_withdrawal": ending_forms.consent_withdrawal,
    "refuse_withdrawal": ending_forms.refuse_withdrawal,
    "ask_step_up": step_up_forms.ask_step_up,
    "step_up": step_up_forms.step_up,
    "refuse_step_up": step_up_forms.refuse_step_up,
    "statutory": ending_forms.statutory,
    "statutory_outcome": ending_forms.statutory_outcome,
}
