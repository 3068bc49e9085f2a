"""Reviews of an answer (复查, 复核) in the letter of the tracking page, and the opinion as a formal
letter to keep (复查意见书, 复核意见书), with what can be done about it and until when.

What it may know is decided in `intake.reviewing`.
"""

from datetime import datetime

from caseflow import words
from caseflow.clock import local
from caseflow.intake.reviewing import Appeal, Appeals
from caseflow.ledger.reviews import FINAL, Remedy
from caseflow.paper.sheets import Official
from caseflow.web.clocks import due_text
from caseflow.web.locale import gettext, moment_text
from caseflow.web.public.decision import plain_day

TITLES = {1: "复查意见书", 2: "复核意见书"}
ASKING = {1: "请求复查", 2: "请求复核"}
ASKED = {1: "您请求了复查", 2: "您请求了复核"}
OPEN = "您不服的，可以在 %(until)s 前请求%(office)s%(stage)s，由它书面答复您。"
ELSEWHERE = (
    "您不服的，可以在 %(until)s 前向作出答复的机关的上一级机关书面请求%(stage)s"
    "（《信访工作条例》第三十五条、第三十六条）。它不使用本系统，不能在这里提出；"
    "不清楚向谁提出的，请打我们的电话。"
)
TOO_LATE = (
    "请求%(stage)s的期限到 %(until)s 为止，已经过了。您有新的事实或材料，仍可以补充，我们会答复您。"
)
ENDED = (
    "这件事经过复查、复核，到此终结。同一事实和理由再提出的，按规定不再受理；"
    "您有新的事实或材料，可以补充，我们会再次审查。"
)
AGAIN = "原来的答复已经撤销，由原办理机关重新办理并再次答复您。"


def shown(appeals: Appeals, now: datetime) -> dict[str, object]:
    """Return what `public/track_case.html` expects of `appeal`."""
    known = [appeals.own] if appeals.own is not None else []
    remedy = appeals.remedy
    may = None
    if remedy is not None and remedy.is_open(now):
        title = gettext(ASKING[remedy.stage])
        may = {"stage": remedy.stage, "title": title, "what": _said(OPEN, remedy)}
    return {
        "asked": [_asked(one) for one in [*known, *appeals.asked]],
        "may": may,
        "note": _note(appeals, now),
    }


def _note(appeals: Appeals, now: datetime) -> str:
    if appeals.annulled:
        return gettext(AGAIN)
    if appeals.ended:
        return gettext(ENDED)
    remedy = appeals.remedy
    if remedy is None or remedy.row is not None or remedy.is_open(now):
        return ""
    return _said(ELSEWHERE if now < remedy.until else TOO_LATE, remedy)


def _said(what: str, remedy: Remedy) -> str:
    stage = gettext(words.STAGES[remedy.stage])
    return gettext(what, until=due_text(remedy.until), office=remedy.office, stage=stage)


def _asked(one: Appeal) -> dict[str, object]:
    due = due_text(one.due) if one.due is not None else ""
    lines = [
        (gettext("审查机关"), one.office),
        (gettext("请求时间"), moment_text(one.asked_at)),
        (gettext("最晚答复您"), due),
        (gettext("审查意见"), gettext(words.OPINIONS[one.result]) if one.result else ""),
        (gettext("内容"), one.text),
    ]
    return {
        "stage": one.stage,
        "title": gettext(TITLES[one.stage] if one.told_at else ASKED[one.stage]),
        "number": one.number,
        "lines": [(label, text) for label, text in lines if text],
        "told": one.told_at is not None,
    }


def remedy_line(remedy: Remedy | None) -> str:
    """Return what can be done about an answer, as its letter says it; nothing where nothing can."""
    if remedy is None:
        return ""
    return _said(ELSEWHERE if remedy.area is None else OPEN, remedy)


def opinion(appeals: Appeals, stage: int) -> tuple[Official, datetime] | None:
    """Return the opinion of a stage as a formal letter, and when it was given: of a review's own
    letter that of itself. None where there is none. Called where everything is said in Chinese.
    """
    known = [*([appeals.own] if appeals.own is not None else []), *appeals.asked]
    own = appeals.own.stage if appeals.own is not None else 0
    one = next((x for x in known if x.stage == (stage or own) and x.told_at is not None), None)
    if one is None or one.told_at is None:
        return None
    said = [line.strip() for line in one.text.splitlines() if line.strip()]
    began = gettext(
        "您%(when)s请求%(stage)s，现提出意见如下：",
        when=plain_day(local(one.asked_at).date()),
        stage=gettext(words.STAGES[one.stage]),
    )
    result = gettext("%(result)s。", result=gettext(words.OPINIONS[one.result]))
    sheet = Official(
        office=one.office,
        number=gettext("来件编号 %(number)s", number=one.number),
        title=gettext(TITLES[one.stage]),
        to=gettext("反映人："),
        lines=[began, result, *said, *filter(None, [_next(one)])],
        day=plain_day(local(one.told_at).date()),
    )
    return sheet, one.told_at


def _next(one: Appeal) -> str:
    """Return the next remedy, and its limit."""
    if one.result == "redone":
        return gettext(AGAIN)
    return gettext(ENDED) if one.stage == FINAL else remedy_line(one.remedy)
