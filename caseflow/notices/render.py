"""Subject and text of a message, outside of any request, in the recipient's language.

What may stand in a message: a number, what to do, by when, a link. Never a word of the case,
never who reported, and to a reporter not even what kind of matter it is: a mail may be read by
others.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import cache
from gettext import NullTranslations
from pathlib import Path

from babel.support import Translations

from caseflow.clock import local
from caseflow.deadlines.ladder import Action
from caseflow.deadlines.policies import ClockName
from caseflow.words import ACTIONS, CLOCKS

_CATALOGUES = Path(__file__).parents[1] / "translations"
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

TASKS: Mapping[str, str] = {
    "new": "有新的来件，请受理",
    "urgent": "紧急来件，请立即确认接手",
    "retaliation": "反映人称受到打击报复，请立即处理",
    "second_look": "有一项决定须由另一人在下一工作日复看",
    "countersign": "未报警的理由需要会签",
    "assigned": "这个办件已交由您承办",
    "added": "反映人补充了材料，请查看",
    "tightened": "反映人不再同意原来的身份公开范围，请看办理记录",
    "retracted": "反映人撤回，请决定撤项或继续办理",
    "resumed": "办件已恢复办理，请继续",
    "dispatched": "有新的交办事项，请签收并办理",
    "extension": "有延期申请，请审批",
    "granted": "延期申请已获准，请按新期限办理",
    "not_granted": "延期申请未获准，原期限不变",
    "objection": "有单位退单，请审核",
    "designate": "有事项第二次被退单，请指定承办单位",
    "rejected": "退单未获同意，请按要求办理",
    "taken_back": "退单已获同意，该事项不再由你单位办理",
    "taken_away": "该事项不再由你单位办理",
    "replaced": "该事项已改由他人到场核查，不再由你办理",
    "stopped": "该事项已停止办理，不需要再做什么",
    "proposal": "有人拟不予受理或转送，请审批",
    "approved": "拟办意见已获同意",
    "not_approved": "拟办意见未获同意，请照常办理",
    "withdrawal": "有人申请撤项，请审批",
    "withdrawn": "撤项申请已获同意",
    "not_withdrawn": "撤项申请未获同意，请照常办理",
    "all_withdrawn": "问题项已全部撤项，请确认后转入答复",
    "shelving": "有人申请挂账，请审批",
    "shelved": "办件已挂账，请按节点跟进",
    "not_shelved": "挂账申请未获同意，请照常办理",
    "milestone": "有人申请调整挂账节点，请审批",
    "moved": "挂账节点已调整，请按新日期跟进",
    "not_moved": "节点调整未获同意，原日期不变",
    "taken_up": "办件已销账，请恢复办理",
    "still": "该事项暂停办理，时限停止计算，恢复时另行通知",
    "carry_on": "该事项恢复办理，请按新期限办理",
    "oversight": "下级的办件多次退回、重办或无人承接，请过问并写明督办意见",
    "overseen": "上一级写了督办意见，请看办理记录",
    "step_up": "有人申请督办升级，请审批",
    "stepped_up": "督办升级申请已获同意，文书已拟稿",
    "not_stepped_up": "督办升级申请未获同意，仍按期限督办",
    "exclusion": "有人申请考核剔除，请审批",
    "excluded": "考核剔除申请已获同意",
    "not_excluded": "考核剔除申请未获同意，照常计入考核",
    "counted_again": "考核剔除已撤销，重新计入考核",
    "challenged": "反映人不服答复，已请求上级机关审查",
    "review": "有复查或复核请求，请审查并作出意见",
    "reviewed": "上级机关对答复作出了意见，请看办理记录",
    "circular_check": "有一份通报请您核对",
    "circular_sign": "有一份通报已经核对，请您签发",
    "circular_returned": "通报被退回，请按意见修改",
    "circular_issued": "您起草的通报已签发",
    "correction_check": "有一份通报更正请您核对公开",
    "correction_published": "您起草的通报更正已公开",
    "correction_refused": "您起草的通报更正不予公开，请看理由",
    "anchored": "台账已锚定，请保存本邮件，以备核对",
    "merged": "有办件并入，请一并办理",
    "parted": "并案已取消，请分别办理",
    "split": "已分出另一办件，请分别办理",
    "passed_on": "有办件移送你办，请签收或退回",
    "not_passed_on": "移送的办件已被收回，不用签收",
    "sent_back": "移送的办件被退回，请继续办理",
    "received": "移送的办件已被签收，不再由你办负责",
    "hastened": "办理期限已提前，请按新期限办理",
    "eased": "办理期限已恢复，以页面所示为准",
    "designated": "该事项已指定由你单位承办，请按要求办理",
    "to_find": "核查单位已交来材料，请作出核查结论",
    "assistance": "有新的协办事项，请查阅并按期答复",
    "assisted": "协办单位已答复，请查看",
    "shared": "有协办单位的答复转给您参阅，请查看",
    "released": "该协办事项已解除，不需要再答复",
    "rectify": "有新的整改通知，请签收并整改",
    "check": "有问题项提请验收",
    "sign_off": "有一份答复请您签发或退回",
    "unsigned": "负责人退回了您拟的答复，请修改后再报",
    "returned": "提交的材料被退回，请按意见补充",
    "write_reply": "问题项已办完，请答复反映人",
    "unreachable": "反映人的邮箱或手机已收不到消息，请改用其他方式联系",
    "mail_stopped": "反映人要求不再收邮件，请改用其他方式联系",
    "text_budget": "今天的短信额度已用完，其余短信明天发出，请留意",
    "infected": "附件检出病毒，已停止下载，请提醒接触过的人",
    "mail_storm": "来信异常增多，已归在一起，请查看隔离区",
    "reply_failed": "给反映人的答复未能送达，请改用其他方式",
    "call_back": "答复已送达，请安排回访",
    "write_back": "请起草办结报告，报来文机关",
    "check_back": "有一份办结报告请您核稿",
    "send_back": "办结报告已核稿，请送来文机关",
    "back_returned": "办结报告被退回，请修改后再报核稿",
    "back_failed": "发给来文机关的办结报告未能送达，请核对邮箱或改用其他方式",
    "unsatisfied": "回访不满意，请决定重新办理或解释说明",
    "reopened": "办件已重新办理，请继续",
    "handed_over": "有 %(n)d 件工作移交给您，请查看",
    "handed_away": "您名下的 %(n)d 件工作已移交他人",
    "order": "有新的督办文书，请查阅并按期书面答复",
    "order_answered": "单位已书面答复督办文书，请审核",
    "order_accepted": "对督办文书的答复已认可",
    "order_returned": "对督办文书的答复被退回，请按意见重新答复",
    "order_lifted": "督办文书已解除",
}


@dataclass(frozen=True)
class Words:
    """What a message says, as plain values.

    `at_unit`: for a unit or an inspector, whose `number` is the item's reference: a case number
    would tell a unit that there is a case, and which (design law 9). `statement`: what was signed,
    to be kept word for word. `in_place`: told for a colleague who is away. `count`: so much work.
    `letter`: the number of the report that tells of two matters, of which this is about the other.
    `answers`: mail that answers this message comes to us.
    """

    rule: str
    number: str
    link: str
    due: datetime | None = None
    action: str = ""
    clock: str = ""
    urgent: bool = False
    at_unit: bool = False
    in_place: bool = False
    count: int = 0
    statement: str = ""
    letter: str = ""
    answers: bool = False


@cache
def catalogue(locale: str) -> NullTranslations:
    """Return the catalogue of a language; Chinese is the source itself."""
    if locale != "en":
        return NullTranslations()
    return Translations.load(_CATALOGUES, [locale])


def due_text(due: datetime, locale: str) -> str:
    """Return a due moment in Asia/Shanghai; the end of a day reads 24:00 of that day."""
    here = local(due)
    clock = f"{here:%H:%M}"
    if here.time() == time(0):
        here, clock = here - timedelta(days=1), "24:00"
    if locale == "en":
        return f"{here.day} {_MONTHS[here.month - 1]} {clock}"
    return f"{here.month}月{here.day}日 {clock}"  # not said


_NO_ANSWERS = "本消息由系统发出，请勿回复。"
_ON_THE_PAGE = "本邮件由系统发出，请勿回复；需要补充情况请在上述网页中填写。"
_BY_MAIL = "需要补充情况的，请在上述网页中填写，或者用收到本邮件的邮箱直接回复。"
_STOP = "不想再收这类邮件的，请只回复“退订”两个字；进展仍可在上述网页中查看。"
_SUBJECTS = {
    (False, True): "办件 %(number)s：%(task)s",
    (False, False): "隔离件：%(task)s",
    (True, True): "事项 %(number)s：%(task)s",
    (True, False): "%(task)s",
}
_OF_CALL = "未接来电：%(task)s"


def to_staff(words: Words, locale: str) -> tuple[str, str]:
    """Return subject and text of a message to somebody of the office or of a unit."""
    say = catalogue(locale).gettext
    known = {"number": words.number, "task": _task(words, locale)}
    lines = [say("编号：%(number)s") % known] if words.number else []
    lines.append(say("事项：%(task)s") % known)
    of_itself = words.at_unit or bool(words.statement) or words.count > 0
    of_call = words.clock == ClockName.ring_back
    form = _OF_CALL if of_call else _SUBJECTS[of_itself, bool(words.number)]
    subject = say(form) % known
    if words.urgent:
        subject = say("【紧急】%(subject)s") % {"subject": subject}
    if words.due is not None:
        lines.append(say("期限：%(due)s") % {"due": due_text(words.due, locale)})
    if words.in_place:
        lines.append(say("原办理人外出，由您代理。"))
    lines.append(say("办理：%(link)s") % {"link": words.link})
    if words.statement:
        lines += ["", words.statement.rstrip()]
    answered = words.answers and words.number and not of_itself
    last = say("回复本邮件，您写的会以您的名义记入这个办件。" if answered else _NO_ANSWERS)
    return subject, "\n".join([*lines, "", last, ""])


_SHOWN = 40


def summary(found: Sequence[tuple[str, str]], link: str, locale: str) -> tuple[str, str]:
    """Return subject and text of the one message in place of many, each a (subject, text) of
    `to_staff`. Of a great many the first are told, and where the others stand.
    """
    said = catalogue(locale)
    count = {"num": len(found)}
    lines = [
        said.ngettext("有 %(num)d 项事情需要您处理：", "有 %(num)d 项事情需要您处理：", len(found))
        % count
    ]
    for n, (_, text) in enumerate(found[:_SHOWN], 1):
        own = [line for line in text.splitlines() if line][:-1]  # the last one follows below
        lines += ["", f"{n}. {own[0]}", *(f"   {line}" for line in own[1:])]
    left = len(found) - _SHOWN
    if left > 0:
        others = said.ngettext(
            "另有 %(num)d 项，见：%(link)s", "另有 %(num)d 项，见：%(link)s", left
        )
        lines += ["", others % {"num": left, "link": link}]
    subject = said.ngettext(
        "有 %(num)d 项事情需要您处理", "有 %(num)d 项事情需要您处理", len(found)
    )
    return subject % count, "\n".join([*lines, "", said.gettext(_NO_ANSWERS), ""])


def _task(words: Words, locale: str) -> str:
    say = catalogue(locale).gettext
    if words.rule not in ("rung", "sign"):
        task = say(TASKS[words.rule])
        return task % {"n": words.count} if words.count else task
    if words.rule == "sign" and words.action == Action.accountability:
        return say(
            "最高一级督办文书已拟稿，请审阅决定"
        )  # nothing is called that before a person decided
    known = {"action": say(ACTIONS[words.action]), "clock": say(CLOCKS[words.clock])}
    if words.rule == "sign":
        return say("%(action)s已拟稿，请审阅签发") % known
    return say("%(action)s（%(clock)s），请尽快办理") % known


CODE = "〔…〕"
"""Where the query code is put in at the moment of sending: it lies in no row of the outbox."""


def receipt(words: Words, locale: str) -> tuple[str, str]:
    """Return subject and text of the receipt for whoever wrote in, with `CODE` in the code's place.

    The code follows by `deliver.completer`.
    """
    say = catalogue(locale).gettext
    known = {"number": words.number, "code": CODE, "link": words.link}
    lines = [
        say("您反映的情况已经收到。") % known,
        "",
        say("来件编号：%(number)s") % known,
        say("查询码：%(code)s") % known,
        "",
        say("查看进展、补充情况、回答询问，请打开：%(link)s") % known,
        say("凭编号和查询码即可查询，请妥善保存，不要转给别人。"),
    ]
    if words.due is not None:
        due = due_text(words.due, locale)
        lines.insert(1, say("是否受理，将在 %(due)s 前告知您。") % {"due": due})
    lines += ["", say(_BY_MAIL if words.answers else _ON_THE_PAGE)]
    lines += [say(_STOP), ""] if words.answers else [""]
    return say("来件已收到，编号 %(number)s") % known, "\n".join(lines)


def to_reporter(words: Words, locale: str) -> tuple[str, str]:
    """Return subject and text of a message to a reporter: there is news, and where to see it."""
    say = catalogue(locale).gettext
    known = {"number": words.number, "letter": words.letter}
    subject = say("编号 %(number)s 有新进展") % known
    news = say("编号 %(number)s 有新进展。") % known
    if words.letter:
        subject = say("编号 %(letter)s 的来件分两个编号办理") % known
        news = say(
            "编号 %(letter)s 的来件讲了两件事，分别办理、分别答复：一件仍用编号 %(letter)s，"
            "另一件的编号是 %(number)s，查询码不变。"
        )
        news %= known
    lines = [
        news,
        say("请打开下面的网页，输入编号和查询码查看：%(link)s") % {"link": words.link},
    ]
    if words.due is not None:
        due = due_text(words.due, locale)
        lines.append(say("其中有需要您回复的内容，请在 %(due)s 前回复。") % {"due": due})
    lines += ["", say(_BY_MAIL if words.answers else _ON_THE_PAGE)]
    lines += [say(_STOP), ""] if words.answers else [""]
    return subject, "\n".join(lines)


def to_office(words: Words, office: str, handed_number: str) -> tuple[str, str]:
    """Return subject and text of the letter that brings another office its report back (办结报告):
    the numbers by which both know the matter, and no word of it.
    """
    subject = f"办结报告（来文编号：{handed_number}）" if handed_number else "办结报告"  # not said
    lines = [
        f"{office}：",
        *([f"来文编号：{handed_number}"] if handed_number else []),  # not said
        f"我办办件编号：{words.number}",  # not said
        "该件办结报告见附件（PDF），请查收，并告知签收人和签收时间。",  # not said
        "",
        "可直接回复本邮件。" if words.answers else _NO_ANSWERS,  # not said
        "",
    ]
    return subject, "\n".join(lines)
