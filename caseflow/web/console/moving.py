"""Carrying out a move from its form: one transaction, then the case again, or what hindered it.

Refused input gives the page back with the form open and everything typed (422, or 403 where the
person may not); a case that moved on gives the page of changes (409), with the form as it was
filled in where it is offered still, else with what was typed to copy.
"""

from collections.abc import Callable, Mapping

from flask import flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session

from caseflow.errors import BadInput, MoveNotAllowed, NotPermitted, Stale
from caseflow.escalation import reading
from caseflow.ledger import dossier, queries
from caseflow.ledger.dossier import Dossier
from caseflow.ledger.tables import Case, Item
from caseflow.web.console import timeline
from caseflow.web.console.case_page import shown
from caseflow.web.console.case_view import view
from caseflow.web.console.forms import Again
from caseflow.web.console.frame import Page, scope
from caseflow.web.console.item_forms import key
from caseflow.web.console.sight import look_at
from caseflow.web.edge import change, read, seen
from caseflow.web.files import Brought
from caseflow.web.locale import gettext
from caseflow.web.written import LABELS

_OWN = ("csrf_token", "head_n", "nonce", "kept")
_LATEST = 3

DONE = {
    "accept": "已受理。",
    "answer": "已答复，办件结束。",
    "decline": "已决定不予受理。",
    "refer": "已转送。",
    "propose_decline": "已提交，等待督办负责人审批。",
    "propose_refer": "已提交，等待督办负责人审批。",
    "approve": "已同意并办理，提出人会收到通知。",
    "refuse_proposal": "未同意，照常办理，提出人会收到通知。",
    "split": "已拆分。",
    "conclude": "已转入答复。",
    "raise_urgency": "已转为紧急，值班长和分管领导会收到通知。",
    "acknowledge": "已记录，由您接手。",
    "countersign": "已会签。",
    "second_look": "已复看。",
    "assign": "已指定承办人。",
    "name_unit": "已指明被反映单位。",
    "note": "已补记。",
    "tell": "已记录告知。",
    "ask": "问题已发出，正在等反映人补充。",
    "supplement": "补正通知已发出，正在等反映人补正。",
    "resume": "已恢复办理。",
    "reply": "答复已记录。",
    "call_back": "回访已记录。",
    "explain": "解释说明已记录。",
    "close": "已办结。",
    "reopen": "已重新办理。",
    "edit": "已修改。",
    "dispatch": "已交办，对方会收到通知。",
    "dispatch_anew": "已改交另一单位，两个单位都会收到通知。",
    "reject_objection": "已驳回退单，对方会收到通知。",
    "designate": "已指定承办单位，对方会收到通知。",
    "extend": "延期申请已提交，等待审批。",
    "grant": "已准予延期，申请人会收到通知。",
    "refuse": "未准予延期，申请人会收到通知。",
    "extend_case": "延期申请已提交，等待审批。",
    "grant_case": "已准予延期，申请人会收到通知。",
    "refuse_case": "未准予延期，申请人会收到通知。",
    "reassign": "已改派，对方会收到通知。",
    "sign_for": "已签收。",
    "hand_in": "材料已上传。",
    "visit": "实地核查已记录。",
    "ask_assistance": "已请求协办，对方会收到通知。",
    "record_assistance": "协办单位的电话答复已记录。",
    "release_assistance": "已解除协办，对方会收到通知。",
    "share_assistance": "协办答复已转主办单位，对方会收到通知。",
    "find": "核查结论已记录。",
    "submit": "已提交验收。",
    "return": "已退回，对方会收到通知。",
    "strike_off": "已销号。",
    "withdraw": "撤项申请已提交，等待审批。",
    "consent_withdrawal": "已撤项，申请人会收到通知。",
    "refuse_withdrawal": "未同意撤项，申请人会收到通知。",
    "ask_step_up": "督办升级申请已提交，等待分管领导审批。",
    "step_up": "已同意，文书已拟稿，等待签发；申请人会收到通知。",
    "refuse_step_up": "未同意督办升级，申请人会收到通知。",
    "statutory": "已转入法定程序。",
    "statutory_outcome": "已补记。",
    "conclude_withdrawn": "已转入答复，承办人会收到通知。",
    "merge": "已并案，那个办件的承办人会收到通知。",
    "split_off": "已分案，承办人会收到通知。",
    "pass_on": "已移送，对方会收到通知，签收前仍由本办负责。",
    "take_back": "已收回移送，对方会收到通知。",
    "receive": "已签收，由您承办；移送的办会收到通知。",
    "send_back": "已退回，移送的办会收到通知。",
    "mediate": "调解已记录。",
    "ask_shelving": "挂账申请已提交，等待分管领导审批。",
    "shelve": "已挂账，反映人和申请人会收到通知。",
    "refuse_shelving": "未同意挂账，申请人会收到通知。",
    "meet_milestone": "节点已完成。",
    "ask_milestone": "调整申请已提交，等待分管领导审批。",
    "move_milestone": "已调整节点，反映人和申请人会收到通知。",
    "refuse_milestone": "未同意调整，申请人会收到通知。",
    "take_up": "已销账，恢复办理。",
    "ask_exclusion": "剔除申请已提交，等待另一人审批。",
    "exclude": "已剔除，统计分列剔除前后；申请人会收到通知。",
    "refuse_exclusion": "未同意剔除，申请人会收到通知。",
    "lift_exclusion": "已撤销剔除，重新计入考核；申请人会收到通知。",
    "draft_report_back": "办结报告已起草，等另一人核稿。",
    "check_report_back": "已核稿，可以送出。",
    "return_report_back": "已退回修改。",
    "send_report_back": "已送出；由本系统发的邮件，对方邮箱收下后才算送出。",
    "sign_report_back": "已记录来文机关签收。",
    "refuse_report_back": "已记录来文机关退回，请另写一份。",
    "waive_report_back": "已记录来文机关不要回报。",
    "oversee": "督办意见已记录，承办人和督办负责人会收到通知。",
    "retract": "已记录反映人撤回，承办人会收到通知。",
    "ask_review": "已记录，上一级机关和承办人会收到通知。",
    "opine": "已作出意见，原办件的办会收到通知。",
    "answer_later": "已答复，办件不重新办理。",
    "decline_ended": "已决定不再受理，并与终结的办件关联。",
    "unmerge": "已恢复为单独的办件，双方承办人会收到通知。",
}


def on_case(
    number: str,
    move: str,
    work: Callable[[Session, Case], object],
    said: Callable[[Dossier], str] | None = None,
) -> Page:
    """Make a move on a case of the scope; `said` knows better what to say of it afterwards."""

    def take(session: Session) -> None:
        work(session, queries.case_by_number(session, scope(), number))

    return _carry_out(number, move, move, take, said=said)


def on_item(
    item_id: int,
    move: str,
    work: Callable[[Session, Case], object],
    files: Brought | None = None,
) -> Page:
    """Make a move on an item of the scope; `work` is handed its case and hands in the `files`."""
    with read() as session:
        case, item = _item(session, item_id)
        number, form = case.number, key(item, move)

    def take(session: Session) -> None:
        case, _ = _item(session, item_id)
        work(session, case)

    return _carry_out(number, move, form, take, files)


def _item(session: Session, item_id: int) -> tuple[Case, Item]:
    return queries.item_in_scope(session, scope(), item_id)


def _carry_out(
    number: str,
    move: str,
    form: str,
    take: Callable[[Session], None],
    files: Brought | None = None,
    said: Callable[[Dossier], str] | None = None,
) -> Page:
    try:
        if files is not None:
            files.put()
        change(take)
    except BadInput as wrong:
        return shown(number, _again(form, wrong.fields), 422)
    except NotPermitted as refusal:
        return shown(number, _again(form, {"": refusal.told}), 403)
    except (Stale, MoveNotAllowed) as gone:
        return _changed(number, form, gone)
    anchor = form.rpartition("-")[0] if form != move else None
    done = _afterwards(number, said) if said else gettext(DONE[move])
    flash(done, anchor or "success")  # said where the page opens: at the item
    return redirect(url_for("console.case_page", number=number, _anchor=anchor))


def _afterwards(number: str, said: Callable[[Dossier], str]) -> str:
    with read() as session:
        return said(dossier.load(session, queries.case_by_number(session, scope(), number)))


def _again(form: str, errors: Mapping[str, str]) -> Again:
    """Return a form that was refused, with all that came with it but the files it chose itself."""
    kept, nonce = request.form.getlist("kept"), request.form.get("nonce", "")
    return Again(form, _typed(), {**errors, **_files_lost()}, nonce, kept)


def _typed() -> dict[str, str]:
    """Return what was typed, what was chosen of several a line each."""
    chosen = request.form.lists()
    return {name: "\n".join(values) for name, values in chosen if name not in _OWN}


def _files_lost() -> dict[str, str]:
    """A browser does not send a chosen file back into its field: say so where one was chosen."""
    chosen = any(file.filename for file in request.files.values())
    return {"files": "所选的文件需要重新选择"} if chosen else {}


def _changed(number: str, form: str, gone: Stale | MoveNotAllowed) -> Page:
    """Say what came since the form was made, and give it back as it was filled in; where it is
    offered no more, what was written.
    """
    again = Again(form, _typed())
    with read() as session:
        sight = look_at(session, queries.case_by_number(session, scope(), number))
        since, case = seen(), sight.case
        since = case.head_n - _LATEST if since is None or since == case.head_n else since
        lines = timeline.told(sight.dossier, reading.of_case(session, case), since)
        now = view(sight, again, {})
    labels = {name: gettext(label) for name, label in LABELS.items()}
    written = [
        (labels[name], said) for name, said in again.typed.items() if said and name in labels
    ]
    page = render_template(
        "console/changed.html",
        active="work",
        reason=gettext(gone.told),
        changes=lines,
        page=now,
        typed=[] if now.refused else written,
        files_lost=bool(_files_lost()),
        back_href=url_for("console.case_page", number=number),
    )
    return page, 409
