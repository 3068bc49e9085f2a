"""What was decided about a report, as a formal letter to keep (答复书, 告知书).

Made from the same story as the letter on the page, which knows nothing of anybody else.
"""

from datetime import date, datetime

from caseflow import words
from caseflow.clock import local
from caseflow.intake.tracking import Story
from caseflow.paper.sheets import Official
from caseflow.web.locale import gettext
from caseflow.web.public import notice

_ANSWERS = ("replied", "answer")


def decision(story: Story, office: str, remedy: str = "") -> tuple[Official, datetime] | None:
    """Return the letter of what was decided last and when that was; None where nothing was.

    `remedy`: what can be done about an answer. Called where everything is said in Chinese.
    """
    told = _answer(story, remedy) if story.reply else _paper(story)
    if told is None:
        return None
    title, lines, at = told
    sheet = Official(
        office=office,
        number=gettext("来件编号 %(number)s", number=story.first.number),
        title=title,
        to=gettext("反映人："),
        lines=[_began(story), *lines],
        day=plain_day(local(at).date()),
    )
    return sheet, at


def _began(story: Story) -> str:
    when, kind = plain_day(local(story.received_at).date()), gettext(words.KINDS[story.first.kind])
    return gettext("您%(when)s提交的%(kind)s，我们收到了。", when=when, kind=kind)


def _answer(story: Story, remedy: str) -> tuple[str, list[str], datetime] | None:
    answered = [step for step in story.steps if step.what in _ANSWERS]
    if not answered:
        return None
    said = [line.strip() for line in story.reply.splitlines() if line.strip()]
    lines = [gettext("现答复如下："), *said, *([remedy] if remedy else [])]
    return gettext("答复书"), lines, answered[-1].at


def _paper(story: Story) -> tuple[str, list[str], datetime] | None:
    """Return the paper of the page, line by line: reason, rule and remedy are the same on both."""
    found = notice.paper(story)
    if found is None:
        return None
    lines = [f"{label}：{text}" for label, text in found.lines]  # not said
    return found.title, lines, found.at


def plain_day(day: date) -> str:
    """Return a day as documents print it."""
    return f"{day.year}年{day.month}月{day.day}日"  # not said
