"""What was decided about a report, as a formal letter to keep (答复书, 告知书).

Made from the same story as the letter on the page, which knows nothing of anybody else.
"""

from datetime import date, datetime

from caseflow import words
from caseflow.clock import local
from caseflow.intake.tracking import Step, Story
from caseflow.paper.sheets import Official
from caseflow.web.locale import gettext
from caseflow.web.public.letter import STATES

# By what was decided: the title, and the step of the story that says so.
_TITLES = {"answered": "答复书", "declined": "不予受理告知书", "referred": "转送告知书"}
_STEPS = {"answered": ("replied", "answer"), "declined": ("decline",), "referred": ("refer",)}


def decision(story: Story, office: str) -> tuple[Official, datetime] | None:
    """Return the letter of what was decided last and when that was; None where nothing was.

    Called where everything is said in Chinese.
    """
    what = "answered" if story.reply else story.state
    decided = [step for step in story.steps if step.what in _STEPS.get(what, ())]
    if not decided:
        return None
    step, number = decided[-1], story.first.number
    sheet = Official(
        office=office,
        number=gettext("来件编号 %(number)s", number=number),
        title=gettext(_TITLES[what]),
        to=gettext("反映人："),
        lines=[_began(story), *_lines(story, what, step)],
        day=_day(local(step.at).date()),
    )
    return sheet, step.at


def _began(story: Story) -> str:
    when, kind = _day(local(story.received_at).date()), gettext(words.KINDS[story.first.kind])
    return gettext("您%(when)s提交的%(kind)s，我们收到了。", when=when, kind=kind)


def _lines(story: Story, what: str, step: Step) -> list[str]:
    if what == "answered":
        answer = [line.strip() for line in story.reply.splitlines() if line.strip()]
        return [gettext("现答复如下："), *answer]
    if what == "declined":
        return [gettext(STATES[what]), gettext("理由：%(reason)s", reason=step.text)]
    return [gettext(STATES[what]), gettext("接收机关：%(authority)s", authority=step.text)]


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"  # not said
