"""The letter of the tracking page: a story in plain words, and what was promised.

What it may know is decided in `intake.tracking`; here it only gets its words.
"""

from collections.abc import Sequence
from datetime import date, datetime

from caseflow import words
from caseflow.clock import local
from caseflow.intake.reviewing import Appeals
from caseflow.intake.tracking import Added, Step, Story
from caseflow.ledger.moves.tightening import stricter
from caseflow.ledger.states import RETRACTED, TAKEN_BACK
from caseflow.web.clocks import due_text
from caseflow.web.locale import day_text, gettext, long_day_text, moment_text, series
from caseflow.web.promises import promised
from caseflow.web.public import notice

STATES = {
    "received": "我们正在判断是否属于受理范围。",
    "answered": "我们已经当场答复您。",
    "declined": "我们没有受理这件事。理由和您可以怎么做，写在下面的告知书里。",
    "referred": "这件事由别的机关管辖，我们已经转送过去，由该机关继续办理，详见下面的告知单。",
    "accepted": "我们已经受理，有专人负责。",
    "handling": "我们已经受理，正在逐项核查办理。",
    "awaiting_reporter": "我们已经受理。为了查清楚，请您回答上面的问题。",
    "supplementing": "我们还没有决定是否受理。为了判断，请您补正上面写明的材料。",
    "shelved": "这件事我们还在跟进，但现在还解决不了，已经批准挂账，等条件具备再办。",
    "replying": "我们正在准备给您的答复。",
    "calling_back": "我们已经答复您，还会打电话问您问题解决了没有、满意不满意。",
    "closed": "这件事已经办结。",
    "replied_to": "我们已经答复您。",
}
REQUESTED = {
    1: "您 %(when)s 提出的复查请求，我们收到了。",
    2: "您 %(when)s 提出的复核请求，我们收到了。",
}
ANSWER, ANNULLED = "我们的答复", "已被上一级机关撤销的答复"
ASKS, ASKED = "我们有个问题想问您", {"supplementing": "请您补正材料"}
SEEN_AGAIN = "这个决定会由另一位工作人员复看。"
SEEN_TWICE = "这个决定由两位工作人员先后看过。"
STEPS = {
    "received": "收到您的来件",
    "answer": "已当场答复",
    "accept": "已受理",
    "decline": "不予受理",
    "refer": "已转送",
    "acknowledge": "专人接手紧急事项",
    "dispatch": "开始核查办理",
    "conclude": "核查办理结束，准备答复",
    "reopen": "开始重新办理",
    "close": "已办结",
    "asked": "我们向您提问",
    "answered": "收到您的回答",
    "resume": "继续办理",
    "replied": "已答复您",
    "explained": "已就您不满意的地方作出解释说明",
    "added": "收到您的补充",
    "retaliation": "收到您受打击报复的报告，已报负责人",
    "tighten": "已按您的要求加强身份保密",
    "retract": "您撤回了这次反映",
    "ask_review": "您请求上一级机关审查这个答复",
    "review": "已受理，审查原来的答复",
    "reviewed": "上一级机关作出了意见",
    "grant_case": "办理期限延长",
    "statutory": "有问题转入法定程序",
    "shelve": "暂时解决不了，已挂账跟进",
    "meet_milestone": "有了进展",
    "move_milestone": "跟进日期有调整",
    "take_up": "恢复办理",
    "receive": "已转给负责这件事的机构办理",
}
# States in which the reply is still to come, so that its day is news.
_UNDER_WAY = ("accepted", "handling", "awaiting_reporter", "replying")
# Who may know: as it is now, and as the reporter chooses.
KNOWN = {"relay": "由我们转达，单位不知道是您", "unit": "我们可以告诉单位是您反映的"}
RETRACTING = {"settled": "问题已经解决，或者已经和对方说好", "withdrawn": "我不想再反映这件事"}
CHOICES = {"withheld": "不向任何单位透露我的身份", "relay": "由你们转达，单位不知道是我"}


def letter(story: Story, now: datetime, known: Appeals) -> dict[str, object]:
    """Return what `public/track_case.html` expects of a letter; what is `known` of reviews tells
    whether it is one's own, which is signed by the office that gives it and says its opinion below.
    """
    own = known.own
    said = own is not None and own.text == story.reply
    return {
        "number": story.first.number,
        "office": own.office if own is not None else "",
        "paragraphs": [_began(story, own.stage if own is not None else 0), *_paragraphs(story)],
        "reply": "" if said else story.reply,
        "reply_is": gettext(ANNULLED if known.annulled else ANSWER),
        "promises": promised(story.clocks, story.state, now),
        "today": long_day_text(local(now).date()),
        "paper": notice.paper(story),
    }


def steps(story: Story) -> list[dict[str, object]]:
    """Return the story for the timeline, newest first."""
    return [_step(step) for step in reversed(story.steps)]


def question(story: Story) -> dict[str, object] | None:
    """Return the question that waits for an answer."""
    asked = story.question
    if asked is None:
        return None
    return {
        "id": asked.id,
        "text": asked.text,
        "asked_at": moment_text(asked.asked_at),
        "until": due_text(asked.until),
        "title": gettext(ASKED.get(story.state, ASKS)),
    }


def secrecy(story: Story) -> dict[str, object] | None:
    """Return who may know now and what it may be tightened to; None where nobody may."""
    choices = stricter(story.first.disclosure)
    if not choices:
        return None
    return {
        "now": gettext(KNOWN[story.first.disclosure]),
        "choices": [{"value": code, "label": gettext(CHOICES[code])} for code in choices],
    }


def may_retract(story: Story) -> list[dict[str, str]]:
    """Return why the report may be taken back; nothing where it cannot be any more."""
    whats = [step.what for step in story.steps if step.what in ("retract", "reopen")]
    if story.state not in TAKEN_BACK or whats[-1:] == ["retract"]:
        return []
    return [{"value": code, "label": gettext(RETRACTING[code])} for code in RETRACTED]


def told(added: Sequence[Added]) -> list[dict[str, object]]:
    """Return what the reporter added, newest first."""
    return [
        {"at": moment_text(one.at), "text": one.text, "files": one.files, "urgent": one.urgent}
        for one in reversed(added)
    ]


def _began(story: Story, stage: int) -> str:
    when = moment_text(story.received_at)
    if stage:
        return gettext(REQUESTED[stage], when=when)
    kind = gettext(words.KINDS[story.first.kind])
    return gettext("您 %(when)s 提交的%(kind)s，我们收到了。", when=when, kind=kind)


def _paragraphs(story: Story) -> list[str]:
    said = []
    if story.reopened and story.state not in ("closed", "calling_back", "replied_to"):
        said.append(gettext("这件事正在重新办理。"))
    said.append(gettext(STATES[story.state]))
    if story.state == "declined" and story.decision is not None:
        said.append(gettext(SEEN_TWICE if story.decision.twice else SEEN_AGAIN))
    if not may_retract(story) and story.state in TAKEN_BACK:
        wish = "您已经撤回。要不要继续查，由我们按规定决定，结果仍会答复您。"
        said.append(gettext(wish))
    if story.others:
        two = "来件讲了两件事，分别办理、分别答复：另一件的编号是 %(numbers)s，用同一个查询码查询。"
        said.append(gettext(two, numbers=series(story.others)))
    office = _last(story, "receive")
    if story.state in ("received", *_UNDER_WAY) and office:
        said.append(gettext("这件事现在由%(office)s办理，答应您的期限不变。", office=office))
    put_off = _extended(story)
    if put_off is not None:
        longer = "这件事需要更多时间才能办好，答复您的期限延长到 %(until)s。让您久等了，请谅解。"
        said.append(gettext(longer, until=due_text(put_off)))
    said += _shelved(story)
    if any(step.what == "statutory" for step in story.steps):
        apart = "您反映的问题中，有的已转入法定程序，由有权机关依法处理。处理结果由该机关作出。"
        said.append(gettext(apart))
    if story.question is not None:
        until = due_text(story.question.until)
        waits = "最晚等到 %(until)s。到时没有收到回答，我们按现有情况继续办理。"
        if story.state == "supplementing":
            waits = "最晚等到 %(until)s。到时没有收到补正，我们按现有材料决定是否受理。"
        said.append(gettext(waits, until=until))
    return said


def _extended(story: Story) -> datetime | None:
    """Return until when the reply was put off; days that stood still since came on top. None where
    it was not, or not since the matter was taken up anew.
    """
    whats = [step.what for step in story.steps if step.what in ("grant_case", "reopen")]
    reply = next((clock for clock in story.clocks if clock.name == "reply"), None)
    put_off = whats[-1:] == ["grant_case"] and story.state in _UNDER_WAY
    return reply.due if put_off and reply is not None else None


def _shelved(story: Story) -> list[str]:
    """Return why a matter is shelved, and when somebody looks at it next."""
    if story.state != "shelved":
        return []
    days = [step.day for step in story.steps if step.day]
    day = day_text(date.fromisoformat(days[-1]))
    return [
        gettext("理由：%(why)s", why=_last(story, "shelve")),
        gettext("下一步最晚 %(day)s 有结果。有了进展，您可以在这里看到。", day=day),
        gettext("挂账期间答复您的期限停止计算，恢复办理后继续，我们不会忘记这件事。"),
    ]


def _last(story: Story, what: str) -> str:
    return next((step.text for step in reversed(story.steps) if step.what == what), "")


def _step(step: Step) -> dict[str, object]:
    shown = step.text if step.what in ("decline", "refer", "asked", "receive") else ""
    if step.day:
        day = gettext("下一步最晚 %(day)s", day=day_text(date.fromisoformat(step.day)))
        shown = "\n".join(filter(None, (step.text, day)))
    if step.what == "grant_case":
        shown = gettext("新的期限：%(day)s", day=day_text(date.fromisoformat(step.text)))
    return {"what": gettext(STEPS[step.what]), "at": moment_text(step.at), "text": shown}
