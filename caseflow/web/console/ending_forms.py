"""How an item ends without a check, as forms: withdrawn (撤项), or a statutory procedure's."""

from flask import url_for

from caseflow.clock import local
from caseflow.ledger import withdrawals
from caseflow.ledger.application_tables import Withdrawal
from caseflow.ledger.moves import withdrawing
from caseflow.ledger.moves.ending import holder_of
from caseflow.ledger.states import ITEM_DONE
from caseflow.ledger.tables import Item
from caseflow.web.console.forms import Field, Form
from caseflow.web.console.sight import Sight
from caseflow.web.locale import day_text, gettext


def withdraw(sight: Sight, item: Item) -> Form | None:
    """Return the form that asks for an item to be withdrawn; None where something of it waits to be
    decided already.
    """
    if sight.withdrawal(item) is not None or sight.step_up(item) is not None:
        return None
    decided = gettext(
        "由没有参与办理的督办负责人或分管领导审批，期限：%(when)s。", when=sight.due("consent")
    )
    if item.state == "draft":
        decided = gettext("由另一位工作人员审批，期限：%(when)s。", when=sight.due("consent"))
    meanwhile = gettext("同意前照常办理，期限照常计算。") if item.state != "draft" else ""
    hint = gettext("例如：与第几项重复、误拆、反映人撤回这一点")
    return _form(
        item,
        "withdraw",
        gettext("申请撤项"),
        (decided, meanwhile),
        (Field("textarea", "reason", gettext("撤项理由"), hint=hint, longest=2000),),
    )


def consent_withdrawal(sight: Sight, item: Item) -> Form | None:
    """Return the form that withdraws an item; None for whoever asked or handled it."""
    row = _to_decide(sight, item)
    if row is None:
        return None
    return _form(
        item,
        "consent_withdrawal",
        gettext("同意撤项"),
        (_said(sight, row), _told(sight, item), _afterwards(sight, item)),
        (Field("textarea", "remark", gettext("意见"), optional=True, longest=2000),),
    )


def refuse_withdrawal(sight: Sight, item: Item) -> Form | None:
    """Return the form that leaves an item as it is; None for whoever asked or handled it."""
    row = _to_decide(sight, item)
    if row is None:
        return None
    return _form(
        item,
        "refuse_withdrawal",
        gettext("不同意撤项"),
        (_said(sight, row), gettext("照常办理，将通知申请人。")),
        (Field("textarea", "reason", gettext("理由（申请人会看到）"), longest=2000),),
    )


def statutory(sight: Sight, item: Item) -> Form:
    """Return the form that hands an item over to the authority whose procedure it is."""
    apart = gettext("本办不再核查，也不销号，单独计数；结果以后随时可以补记。不能撤回。")
    public = gettext("反映人会在查询页面看到有问题转入法定程序，看不到转往哪里。")
    return _form(
        item,
        "statutory",
        gettext("转入法定程序"),
        (apart, _told(sight, item), public),
        (
            Field("text", "authority", gettext("有权处理的机关"), longest=200),
            Field(
                "text",
                "number",
                gettext("对方编号"),
                hint=gettext("还没有的，以后补记"),
                optional=True,
                longest=80,
            ),
            Field("textarea", "reason", gettext("理由"), longest=4000),
        ),
    )


def statutory_outcome(_sight: Sight, item: Item) -> Form:
    """Return the form that puts on record what came of the procedure, or its number there."""
    kept = gettext("记入办理记录，不能修改；有变化的请再补记一条。单位和反映人看不到。")
    number = gettext("现在的编号：%(number)s", number=item.authority_number)
    return _form(
        item,
        "statutory_outcome",
        gettext("补记法定程序结果"),
        (kept,),
        (
            Field("textarea", "text", gettext("处理结果"), optional=True, longest=4000),
            Field(
                "text",
                "number",
                gettext("对方编号"),
                hint=number if item.authority_number else "",
                optional=True,
                longest=80,
            ),
        ),
        submit=gettext("补记"),
    )


def conclude_withdrawn(sight: Sight) -> Form | None:
    """Return the form that goes on to the reply with nothing left; None for who asked for it."""
    if not sight.all_withdrawn:
        return None
    known = sight.dossier.withdrawals
    if sight.actor.id in withdrawals.askers(sight.case, sight.dossier.items, known):
        return None
    return Form(
        "conclude_withdrawn",
        gettext("确认全部撤项，转入答复"),
        url_for("console.conclude_withdrawn", number=sight.case.number),
        (
            gettext("没有一项查出结果：请看过每一项的撤项理由。还要继续查的，请另拆问题项。"),
            gettext("将通知：承办人，由其答复反映人。"),
        ),
        (Field("textarea", "reason", gettext("理由"), longest=4000),),
        submit=gettext("转入答复"),
    )


def about_withdrawal(sight: Sight, item: Item) -> str:
    """Say what was asked and decided of withdrawing an item, newest word only; nothing else."""
    rows = [row for row in sight.dossier.withdrawals if row.item_id == item.id]
    row = rows[-1] if rows else None
    if row is None or row.outcome not in (None, "consented"):
        return ""
    if row.outcome is None:
        return gettext("%(what)s（等待审批）", what=_said(sight, row))
    who, other = sight.dossier.person(row.asked_by), sight.dossier.person(row.decided_by)
    return gettext("%(who)s 申请，%(other)s 同意：%(why)s", who=who, other=other, why=row.grounds)


def outcomes(sight: Sight, item: Item) -> list[str]:
    """Return what the statutory procedure came to, as far as it was put on record, oldest first."""
    told = [x for x in sight.dossier.of_items if x.verb == "statutory_outcome"]
    return [
        gettext("%(when)s：%(what)s", when=day_text(local(x.at).date()), what=x.facts["text"])
        for x in reversed(told)
        if x.item_id == item.id and x.facts["text"]
    ]


def apart(sight: Sight) -> list[str]:
    """Return a word on each item that the reply must not pass over: it was never struck off."""
    word = {
        "withdrawn": gettext("第 %(n)s 项已撤项"),
        "statutory": gettext("第 %(n)s 项转入法定程序"),
    }
    here = (item for item in sight.dossier.items if item.round == sight.case.reopened)
    return [word[item.state] % {"n": item.n} for item in here if item.state in word]


def _to_decide(sight: Sight, item: Item) -> Withdrawal | None:
    row = sight.withdrawal(item)
    if row is None or row.asked_by == sight.actor.id:
        return None
    may = withdrawing.may_decide(sight.session, sight.actor, sight.case, item)
    return row if may else None


def _said(sight: Sight, row: Withdrawal) -> str:
    who, when = sight.dossier.person(row.asked_by), day_text(local(row.asked_at).date())
    return gettext("%(who)s %(when)s 申请撤项：%(why)s", who=who, when=when, why=row.grounds)


def _told(sight: Sight, item: Item) -> str:
    """Say who learns that the item is theirs no more, and that it is all they learn."""
    former = holder_of(item)
    if not former:
        return ""
    who = sight.dossier.person(former.get("former_inspector"))
    who = who or sight.dossier.unit_name(former.get("former"))
    return gettext("将通知：%(who)s，只说这一事项不再由其办理。", who=who)


def _afterwards(sight: Sight, item: Item) -> str:
    """Say what the case does once an item is withdrawn."""
    others = [one for one in sight.dossier.items if one.id != item.id]
    if any(one.state not in ITEM_DONE for one in others):
        return gettext("撤项后不能恢复。")
    if any(one.state != "withdrawn" and one.round == sight.case.reopened for one in others):
        return gettext("撤项后不能恢复。其他各项都有了结果：撤项后转入答复。")
    return gettext("撤项后不能恢复。这是最后一项：还须没有申请撤项的人确认，才转入答复。")


def _form(
    item: Item,
    move: str,
    title: str,
    what: tuple[str, ...],
    fields: tuple[Field, ...],
    submit: str = "",
) -> Form:
    action = url_for(f"console.{move}", item_id=item.id)
    said = tuple(sentence for sentence in what if sentence)
    return Form(f"item-{item.n}-{move}", title, action, said, fields, submit)
