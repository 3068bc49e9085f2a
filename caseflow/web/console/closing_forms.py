"""The moves towards a case's end as forms: ask, resume, reply, call back, close, reopen."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from flask import url_for

from caseflow import words
from caseflow.deadlines import pauses
from caseflow.ledger import exclusions, reports_back
from caseflow.ledger.dossier import Dossier
from caseflow.ledger.moves import calling
from caseflow.ledger.moves.calling import Calls, wants_call_back, whom
from caseflow.ledger.moves.heard import WHOSE
from caseflow.ledger.moves.notice import has_receipt
from caseflow.ledger.report_tables import Reply, Report
from caseflow.people.permissions import may
from caseflow.web.clocks import due_text
from caseflow.web.console import ending_forms
from caseflow.web.console.forms import Field, Form
from caseflow.web.console.sight import Sight
from caseflow.web.locale import gettext, ngettext, sentences, series

ALL = "all"


def which_report(reports: Sequence[Report], all_of: str = "") -> Field:
    """Ask which report is meant, where there are several; `all_of`: what all of them are called,
    where all can be meant at once.
    """
    if len(reports) == 1:
        return Field("hidden", "report", value=str(reports[0].id))
    options = [(str(report.id), report.number) for report in reports]
    options += [(ALL, all_of)] if all_of else []
    return Field("select", "report", gettext("哪一份来件"), options=options)


def unanswered(sight: Sight) -> list[Report]:
    """Return the reports of this round that have no delivered reply and none on its way."""
    return owed(sight.dossier)


def owed(dossier: Dossier) -> list[Report]:
    """Return the same of a case as it was loaded."""
    here = [reply for reply in dossier.replies if reply.round == dossier.case.reopened]
    settled = {reply.report_id for reply in here if reply.failed_at is None}
    return [report for report in dossier.first_reports if report.id not in settled]


def replied(many: int, dossier: Dossier) -> str:
    """Say how many reports were replied to at once, and how many are still owed a reply."""
    done = ngettext("已答复 %(num)s 份来件。", "已答复 %(num)s 份来件。", many)
    left = len(owed(dossier))
    rest = ngettext("还有 %(num)s 份须逐份答复。", "还有 %(num)s 份须逐份答复。", left)
    return sentences((done, rest) if left else (done,))


def failures(sight: Sight) -> dict[int, Reply]:
    """Return by report the last reply that did not arrive, where nothing was sent since."""
    still = {report.id for report in unanswered(sight)}
    here = [reply for reply in sight.dossier.replies if reply.round == sight.case.reopened]
    return {reply.report_id: reply for reply in here if reply.report_id in still}


def _with_code(sight: Sight, reports: Sequence[Report]) -> list[Report]:
    """Return the reports whose senders have a query code and so see the tracking page."""
    return [report for report in reports if has_receipt(report, sight.dossier.ways[report.id])]


def _action(sight: Sight, move: str) -> str:
    return url_for(f"console.{move}", number=sight.case.number)


def _ask(sight: Sight) -> Form | None:
    able = _with_code(sight, sight.dossier.first_reports)
    if not able:
        return None
    until = due_text(pauses.limit(sight.session, sight.now))
    still = [gettext(words.CLOCKS[clock.name]) for clock in sight.would_stand]
    names = series(dict.fromkeys(still))
    what = [gettext("问题将发给反映人；最迟等到 %(when)s，到时自动恢复办理。", when=until)]
    if names:
        what.append(gettext("等待期间暂停：%(clocks)s。", clocks=names))
    return Form(
        "ask",
        gettext("请反映人补充"),
        _action(sight, "ask"),
        tuple(what),
        (
            which_report(able),
            Field("textarea", "text", gettext("要问的问题（反映人会看到）"), longest=2000),
        ),
        submit=gettext("发出询问"),
    )


def _resume(sight: Sight) -> Form | None:
    if not any(question.ended_at is None for question in sight.dossier.questions):
        return None
    what = gettext("不再等待反映人补充，暂停的时限接着走。")
    return Form("resume", gettext("恢复办理"), _action(sight, "resume"), (what,))


def _reply(sight: Sight) -> Form | None:
    failed = failures(sight)
    waiting = sorted(unanswered(sight), key=lambda report: report.id not in failed)
    if not waiting:
        return None
    before = failed.get(waiting[0].id)
    options = ways_to(sight, waiting)
    another = next(way for way, _ in options if before is None or way != before.way)
    after = gettext("答复送达后办结。")
    if sight.case.call_back:
        after = gettext("答复送达后转入回访，期限：%(when)s。", when=sight.due("call_back"))
    apart = ending_forms.apart(sight)
    more = gettext("%(items)s：答复里请一并交代。", items=series(apart)) if apart else ""
    many = len(waiting) > 1
    each = (
        gettext("同一答复可以一次发邮件或写在查询页面；要打电话、当面或寄信的，逐份答复。")
        if many
        else ""
    )
    return Form(
        "reply",
        gettext("答复反映人"),
        _action(sight, "reply"),
        tuple(said for said in (after, more, each) if said),
        (
            Field("original", "original"),
            which_report(waiting, gettext("全部 %(n)s 份来件，同一答复", n=len(waiting))),
            Field(
                "textarea",
                "text",
                gettext("答复内容（反映人会看到）"),
                before.text if before else "",
                hint=gettext("逐项说明查了什么、结论是什么、怎么整改的。"),
                rows=7,
            ),
            *delivery(options, another),
        ),
        submit=gettext("答复"),
    )


_BY_MESSAGE = {"email": "发邮件", "text": "发短信"}


def ways_to(sight: Sight, reports: Sequence[Report]) -> list[tuple[str, str]]:
    """Return the ways in which the senders of reports can be answered."""
    ways = {way for report in reports for way in sight.dossier.ways[report.id]}
    by_message = [_BY_MESSAGE[way] for way in ("email", "text") if way in ways]
    options = [("message", series(map(gettext, by_message)))] if by_message else []
    if "phone" in ways:
        options.append(("telephone", gettext("电话答复")))
    if _with_code(sight, reports):
        options.append(("track", gettext("写在查询页面")))
    return [
        *options,
        ("window", gettext("窗口当面")),
        ("letter", gettext("寄信")),
        ("impossible", gettext("无法送达")),
    ]


def delivery(options: Sequence[tuple[str, str]], chosen: str = "") -> tuple[Field, Field]:
    """Ask how an answer is delivered, and what proves it."""
    way = chosen or options[0][0]
    proof = gettext("送达凭据；无法送达时写原因")
    return (
        Field("radios", "way", gettext("送达方式"), way, options=options, row=True),
        Field("text", "proof", proof, optional=True, longest=300),
    )


def calls(sight: Sight) -> Calls:
    """Return whom this round calls back, and what came of it."""
    reports, ways = sight.dossier.first_reports, sight.dossier.ways
    wanted = {
        one.id
        for one in reports
        if one.number not in sight.retracted and wants_call_back(one, ways[one.id])
    }
    made = [call for call in sight.dossier.call_backs if call.round == sight.case.reopened]
    clock = sight.dossier.clock("call_back")
    policies = sight.rules.policies if clock is not None else ()
    policy = next((one for one in policies if clock and one.id == clock.policy_id), None)
    return calling.calls(whom(reports, wanted), made, sight.dossier.replies, policy)


def _call_back(sight: Sight) -> Form | None:
    here = calls(sight)
    left = here.left()
    if not left:
        return None
    tried = _tried(here, left[0]) if len(left) == 1 else ""
    what = gettext("反映人满意即办结；不满意的，由督办负责人决定重新办理或解释说明。")
    yes_no = [("yes", gettext("是")), ("no", gettext("否"))]
    return Form(
        "call_back",
        gettext("回访"),
        _action(sight, "call_back"),
        tuple(sentence for sentence in (tried, what, _each_of_them(here)) if sentence),
        (
            which_report(left),
            Field("radios", "reached", gettext("接通了吗？"), options=yes_no, row=True),
            Field("radios", "solved", gettext("问题解决了吗？"), options=yes_no, row=True),
            Field("radios", "satisfied", gettext("对办理满意吗？"), options=yes_no, row=True),
            Field(
                "textarea",
                "words",
                gettext("反映人怎么说"),
                hint=gettext("不满意的，写明为什么；没有接通的，可以写打了哪里。"),
                optional=True,
                longest=4000,
            ),
            Field(
                "radios",
                "whose",
                gettext("上面写的是"),
                options=[(code, gettext(words.WHOSE[code])) for code in WHOSE],
                row=True,
                optional=True,
            ),
        ),
        submit=gettext("记录回访"),
    )


def _tried(calls: Calls, one: Report) -> str:
    """Say how often somebody was called in vain, and on how many days that counts for."""
    vain = len(calls.about(one))
    if not vain:
        return ""
    told = gettext("已试 %(n)s 次未接通。", n=vain)
    days = gettext(
        "%(n)s 个不同的日子都没有接通的可以办结，同一天再试不多算；已有 %(days)s 个。",
        n=calls.days,
        days=calls.tried(one),
    )
    return sentences([told, days])


def _each_of_them(calls: Calls) -> str:
    """Say that everybody is called for themselves, where several reported the matter."""
    if len(calls.whom) < 2:
        return ""
    numbers = series([one.number for one in calls.whom])
    whom = gettext("要回访 %(n)s 位反映人（来件 %(numbers)s）", n=len(calls.whom), numbers=numbers)
    return gettext("%(whom)s：逐一回访、分别记录，都满意才办结。", whom=whom)


def _close(sight: Sight) -> Form | None:
    if sight.case.countersign or _unsigned(sight):
        return None
    here = calls(sight)
    if here.pleased() and not here.explained:
        told = gettext("回访时反映人满意，可以办结。")
    elif here.pleased():
        told = gettext("回访完成，不满意的已解释说明，可以办结。")
    elif here.settled() and not any(call.reached for call in here.made):
        told = gettext("%(n)s 个不同的日子都没有接通，可以办结。", n=here.days)
    elif here.settled():
        told = gettext(
            "接通的反映人都满意或已解释说明，其余的在 %(n)s 个不同的日子都没有接通，可以办结。",
            n=here.days,
        )
    elif _may_end(sight, here):
        told = gettext("还有反映人没有接通，提前办结须写明理由。")
    else:
        return None
    return Form(
        "close",
        gettext("办结"),
        _action(sight, "close"),
        (told,),
        (Field("textarea", "reason", gettext("理由"), longest=4000),),
    )


def _unsigned(sight: Sight) -> bool:
    """Tell whether an office that handed the matter down has not signed for its report yet."""
    dossier = sight.dossier
    rows, rounds = dossier.reports_back, sight.case.reopened
    return bool(reports_back.open_of(dossier.first_reports, rows, rounds))


def _may_end(sight: Sight, here: Calls) -> bool:
    """Tell whether this person closes before everybody was heard: never over somebody's head."""
    waits = here.missing() or here.displeased() or here.under_way
    return not waits and may(sight.actor, "case.close_unsatisfied")


def _explain(sight: Sight) -> Form | None:
    displeased = calls(sight).displeased()
    if not displeased:
        return None
    said = [call for call in calls(sight).made if call.whose]
    heard = ""
    if said:
        whose = gettext(words.WHOSE[said[-1].whose or ""])
        heard = gettext("%(what)s：%(why)s", what=whose, why=said[-1].words)
    what = gettext("不改变办理结果，把理由告诉反映人；满意度仍按回访记录统计。")
    ends = gettext("没有其他要回访的反映人时，告知后即办结；发邮件的，送达后办结。")
    options = [one for one in ways_to(sight, displeased) if one[0] != "impossible"]
    way, proof = delivery(options)
    return Form(
        "explain",
        gettext("解释说明"),
        _action(sight, "explain"),
        tuple(sentence for sentence in (heard, what, ends) if sentence),
        (
            which_report(displeased),
            Field(
                "textarea",
                "text",
                gettext("解释说明（反映人会看到）"),
                hint=gettext("说明依据和为什么不能按反映人的要求办；不提其他反映人。"),
                rows=5,
            ),
            way,
            replace(proof, label=gettext("告知凭据")),
        ),
        submit=gettext("已告知，记录"),
    )


def _reopen(sight: Sight) -> Form:
    what = gettext("回到已受理，时限重新开始，办结期限：%(when)s。", when=sight.due("resolve"))
    more = gettext("已销号的问题项不变；请另拆后续问题项。") if sight.dossier.items else ""
    left_out = exclusions.lasting(sight.dossier.exclusions)
    counts = gettext("考核剔除随之撤销，重新办理的结果照常计入考核。") if left_out else ""
    ended = ""
    if sight.case.ended_at is not None:
        ended = gettext("这件事已经终结：有新的事实才重新办理，终结随之撤销。")
    return Form(
        "reopen",
        gettext("重新办理"),
        _action(sight, "reopen"),
        tuple(sentence for sentence in (ended, what, more, counts) if sentence),
        (Field("textarea", "reason", gettext("理由"), longest=4000),),
        look="alarm",
    )


BUILDERS: dict[str, Callable[[Sight], Form | None]] = {
    "ask": _ask,
    "resume": _resume,
    "reply": _reply,
    "call_back": _call_back,
    "explain": _explain,
    "close": _close,
    "reopen": _reopen,
}
