"""The moves of a case as forms: offered only where the verb would take them."""

from collections.abc import Callable

from flask import url_for

from caseflow import words
from caseflow.ledger import supplements, turns
from caseflow.ledger.states import WITHOUT_ITEMS
from caseflow.web.console import (
    back_forms,
    closing_forms,
    ending_forms,
    exclusion_forms,
    extension_forms,
    mediating_forms,
    merging_forms,
    oversight_forms,
    passing_forms,
    retracting_forms,
    review_forms,
    shelving_forms,
    splitting_forms,
    supplement_forms,
    triage_forms,
)
from caseflow.web.console.forms import Field, Form
from caseflow.web.console.sight import Sight
from caseflow.web.console.triage_forms import telling
from caseflow.web.locale import gettext

Builder = Callable[[Sight], Form | None]


def action(sight: Sight, move: str) -> str:
    """Return where the form of a move is sent."""
    return url_for(f"console.{move}", number=sight.case.number)


_WITH = {"refuse_proposal": "approve", "decline": "decline_ended"}
"""Who may refuse may do what was proposed: that is an edge of its own by another name. Who may
decline may do so because the same facts were ended."""


def forms(sight: Sight) -> dict[str, Form]:
    """Return the forms of the moves that this person can make on the case now, by move."""
    moves = dict.fromkeys(one for move in sight.moves for one in (_WITH.get(move, move), move))
    built = {move: _BUILDERS[move](sight) for move in moves if move in _BUILDERS}
    return {move: form for move, form in built.items() if form is not None}


def _accept(sight: Sight) -> Form:
    handler = sight.dossier.person(sight.case.handler_id)
    if not handler and sight.actor.role in ("handler", "supervisor"):
        handler = gettext("您本人")
    who = gettext("承办人：%(who)s。", who=handler) if handler else gettext("由承办岗承办。")
    return Form(
        "accept",
        gettext("受理"),
        action(sight, "accept"),
        (who, telling(sight), gettext("之后拆分问题项并逐项交办，或直接答复咨询、建议。")),
    )


def _answer(sight: Sight) -> Form | None:
    if sight.case.countersign:  # other eyes first
        return None
    again = gettext("下一工作日由另一人复看。") if sight.case.kind != "question" else ""
    options = [
        ("telephone", gettext("电话里已答复")),
        ("window", gettext("窗口已答复")),
        ("track", gettext("写在查询页面")),
    ]
    what = gettext("办件就此结束，答复写入记录，反映人可在查询页面看到。")
    return Form(
        "answer",
        gettext("当场答复"),
        action(sight, "answer"),
        tuple(sentence for sentence in (what, again) if sentence),
        (
            Field("textarea", "text", gettext("答复内容"), rows=4),
            Field("radios", "way", gettext("答复方式"), "telephone", options=options, row=True),
        ),
    )


def _split(sight: Sight) -> Form:
    follows = [(str(item.id), f"{item.n}. {item.matter[:40]}") for item in sight.dossier.items]
    fields = [
        Field("original", "original"),
        Field(
            "textarea",
            "matters",
            gettext("问题项"),
            hint=gettext("每行写一个问题项：一件事、一个要查清的问题。"),
            rows=6,
        ),
    ]
    if sight.case.reopened and follows:
        fields.append(
            Field(
                "select",
                "follows",
                gettext("接续原来的哪一项"),
                options=follows,
                blank=gettext("不接续"),
                optional=True,
            )
        )
    what = gettext("先成为待派发的问题项，单位还看不到；写好交办内容后再派发。")
    return Form(
        "split",
        gettext("拆分问题项"),
        action(sight, "split"),
        (what,),
        tuple(fields),
        submit=gettext("拆分"),
    )


def _conclude(sight: Sight) -> Form | None:
    if sight.case.kind not in WITHOUT_ITEMS or sight.dossier.items:
        return None
    what = gettext("不拆分问题项，直接进入答复。")
    return Form("conclude", gettext("转入答复"), action(sight, "conclude"), (what,))


def _raise_urgency(sight: Sight) -> Form | None:
    if sight.case.urgent and sight.dossier.clock("immediate"):
        return None
    return Form(
        "raise_urgency",
        gettext("有学生人身安全危险：转为紧急"),
        action(sight, "raise_urgency"),
        (
            gettext("即时处置期限：%(when)s，须由专人确认接手。", when=sight.urgent_due()),
            gettext("将通知：值班长、分管领导。正在发生危险的，请先报警。"),
        ),
        (Field("textarea", "reason", gettext("依据：什么人、什么危险"), longest=2000),),
        submit=gettext("转为紧急"),
        look="alarm",
    )


def _acknowledge(sight: Sight) -> Form | None:
    if not sight.case.urgent or sight.dossier.clock("immediate") is None:
        return None
    yes_no = [("yes", gettext("是")), ("no", gettext("否"))]
    if_called, if_not = gettext("已报警的填写"), gettext("未报警或未报告领导的填写")
    what = gettext("您确认由您接手后，即时处置时限才停止。未报警或未报告领导的，须由另一人会签。")
    told = gettext("已报告分管领导？")
    leader: tuple[Field, ...] = (Field("radios", "leader_told", told, options=yes_no, row=True),)
    if sight.actor.role == "leader":  # who reads this is told already
        if_not, leader = gettext("未报警的填写"), ()
        what = gettext("您确认由您接手后，即时处置时限才停止。未报警的，须由另一人会签。")
    return Form(
        "acknowledge",
        gettext("确认接手紧急事项"),
        action(sight, "acknowledge"),
        (what,),
        (
            Field("radios", "police_called", gettext("已报警？"), options=yes_no, row=True),
            Field("text", "police_who", gettext("由谁报警"), hint=if_called, longest=80),
            Field("text", "police_at", gettext("何时报警"), hint=if_called, longest=80),
            Field("text", "police_number", gettext("接警号"), optional=True, longest=80),
            *leader,
            Field("textarea", "reason", gettext("理由"), hint=if_not, longest=2000),
        ),
        submit=gettext("由我接手"),
        look="alarm",
        unfolded=True,
    )


def _countersign(sight: Sight) -> Form | None:
    if not sight.case.countersign or sight.actor.id in _took_over(sight):
        return None
    what = gettext("您确认未报警（或未报告领导）的理由成立；会签前不能办结。")
    return Form(
        "countersign",
        gettext("会签"),
        action(sight, "countersign"),
        (what,),
        (Field("textarea", "remark", gettext("意见"), optional=True, longest=2000),),
    )


def _second_look(sight: Sight) -> Form | None:
    if sight.dossier.clock("second_look") is None:
        return None
    if not turns.is_to_look_again(sight.session, sight.actor, sight.case):
        return None
    what = gettext("您看过并同意。不同意的，请用“重新办理”（督办负责人）。")
    return Form(
        "second_look",
        gettext("复看"),
        action(sight, "second_look"),
        (what, *review_forms.looked_from_above(sight)),
        (Field("textarea", "remark", gettext("意见"), optional=True, longest=2000),),
        submit=gettext("看过，同意"),
    )


def _took_over(sight: Sight) -> set[int | None]:
    """Return everybody who took over since the last countersignature."""
    found: set[int | None] = set()
    for entry in sight.dossier.entries:
        if entry.verb == "countersign":
            break
        if entry.verb == "acknowledge":
            found.add(entry.user_id)
    return found


def _assign(sight: Sight) -> Form:
    options = [(str(person.id), person.name) for person in sight.handlers]
    return Form(
        "assign",
        gettext("指定承办人"),
        action(sight, "assign"),
        (gettext("承办人将收到通知。"),),
        (
            Field(
                "select",
                "handler",
                gettext("承办人"),
                str(sight.case.handler_id or ""),
                options=options,
                blank=gettext("请选择"),
            ),
        ),
    )


def _name_unit(sight: Sight) -> Form:
    now = sight.dossier.unit_name(sight.case.unit_id) if sight.case.unit_id else ""
    who = gettext("现在记的是：%(unit)s。", unit=now) if now else gettext("现在没有指明单位。")
    guarded = gettext("须回避这个单位的人将不再看到本办件；举报不会交给它或它管理的单位核查。")
    return Form(
        "name_unit",
        gettext("指明被反映单位"),
        action(sight, "name_unit"),
        (who, guarded),
        (
            Field("original", "original"),
            Field("unit", "unit", gettext("单位"), hint=gettext("输入名称的一部分，从列表中选")),
            Field("textarea", "reason", gettext("依据（来件怎么说的）"), longest=2000),
        ),
    )


def _note(sight: Sight) -> Form:
    what = gettext("记入办理记录，不能修改；写错了请再补记一条。")
    return Form(
        "note",
        gettext("补记"),
        action(sight, "note"),
        (what,),
        (Field("textarea", "text", gettext("办理情况"), longest=4000),),
    )


def _imposed(sight: Sight) -> bool:
    return any(report.imposed_due is not None for report in sight.dossier.reports)


def _tell(sight: Sight) -> Form | None:
    owed = [
        report
        for report in sight.dossier.first_reports
        if sight.dossier.clock("notice", report=report.id)
    ]
    if sight.case.state == "received" or supplements.undecided(sight.case) or not owed:
        return None
    state = gettext(words.CASE_STATES[sight.case.state])
    what = gettext("您已打电话告诉反映人办理决定（%(state)s）。", state=state)
    return Form(
        "tell",
        gettext("已电话告知"),
        action(sight, "tell"),
        (what, *extension_forms.told(sight)),
        (closing_forms.which_report(owed),),
    )


_BUILDERS: dict[str, Builder] = {
    "accept": _accept,
    "answer": _answer,
    **triage_forms.BUILDERS,
    "supplement": supplement_forms.supplement,
    "split": _split,
    "conclude": _conclude,
    "conclude_withdrawn": ending_forms.conclude_withdrawn,
    "merge": merging_forms.merge,
    "unmerge": merging_forms.unmerge,
    "split_off": splitting_forms.form,
    "retract": retracting_forms.form,
    "pass_on": passing_forms.pass_on,
    "take_back": passing_forms.take_back,
    "receive": passing_forms.receive,
    "send_back": passing_forms.send_back,
    "mediate": mediating_forms.form,
    **shelving_forms.BUILDERS,
    **review_forms.BUILDERS,
    **exclusion_forms.BUILDERS,
    **back_forms.BUILDERS,
    "oversee": oversight_forms.form,
    "raise_urgency": _raise_urgency,
    "acknowledge": _acknowledge,
    "countersign": _countersign,
    "second_look": _second_look,
    "assign": _assign,
    "name_unit": _name_unit,
    "extend_case": lambda sight: extension_forms.extend(sight, None, consent=_imposed(sight)),
    "grant_case": lambda sight: extension_forms.grant(sight, None),
    "refuse_case": lambda sight: extension_forms.refuse(sight, None),
    "note": _note,
    "tell": _tell,
    **closing_forms.BUILDERS,
}
