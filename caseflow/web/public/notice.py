"""The paper that a reporter is owed when a matter is not accepted or is sent on (不予受理告知书,
转送告知单), or something is missing before anybody decides (补正告知书): what was decided, why, by
which rule, and what they can do.

What it may know is decided in `intake.tracking`: never another reporter, nor who decided.
"""

from dataclasses import dataclass
from datetime import datetime

from caseflow import words
from caseflow.clock import local
from caseflow.intake.tracking import Decision, Story
from caseflow.ledger import reasons
from caseflow.web.clocks import due_text
from caseflow.web.locale import gettext, long_day_text, moment_text

TITLES = {"decline": "不予受理告知书", "refer": "转送告知单"}
_DECIDED = {"decline": "不予受理", "refer": "转送有权处理的机关"}
_ENDED = {"declined": "decline", "referred": "refer"}


@dataclass(frozen=True)
class Paper:
    """The paper as the page prints it; `lines`: label and text; `at`: when it was decided."""

    title: str
    number: str
    lines: list[tuple[str, str]]
    day: str
    at: datetime


def paper(story: Story) -> Paper | None:
    """Return the paper of how the matter ended; None where it goes on, or ended otherwise."""
    if story.state == "supplementing":
        return _supplement(story)
    decision = story.decision
    if decision is None or _ENDED.get(story.state) != decision.move:
        return None
    lines = [
        _matter(story),
        (gettext("我们的决定"), gettext(_DECIDED[decision.move])),
        (gettext("接收机关"), decision.authority),
        *_why(decision, story.kind),
    ]
    return Paper(
        title=gettext(TITLES[decision.move]),
        number=story.first.number,
        lines=[(label, text) for label, text in lines if text],
        day=long_day_text(local(decision.at).date()),
        at=decision.at,
    )


def _matter(story: Story) -> tuple[str, str]:
    kind, when = gettext(words.KINDS[story.first.kind]), moment_text(story.received_at)
    return gettext("您反映的事项"), gettext("%(kind)s，%(when)s 收到", kind=kind, when=when)


def _supplement(story: Story) -> Paper | None:
    """Return what is missing, until when, and what follows where it does not come."""
    asked = story.question
    if asked is None:
        return None
    silent = gettext("我们按现有材料决定是否受理；没有可以核查的具体事实的，不予受理。")
    return Paper(
        title=gettext("补正告知书"),
        number=story.first.number,
        lines=[
            _matter(story),
            (gettext("请您补正"), asked.text),
            (gettext("最晚"), due_text(asked.until)),
            (gettext("怎么补正"), gettext("在查询页面回答，或到服务窗口说明。")),
            (gettext("到时没有补正"), silent),
        ],
        day=long_day_text(local(asked.asked_at).date()),
        at=asked.asked_at,
    )


def _why(decision: Decision, kind: str) -> list[tuple[str, str]]:
    """Return reason, rule and remedy; what was decided before there were codes has no rule."""
    reason = reasons.find(decision.move, decision.code)
    known = words.REASONS[decision.move]
    why = gettext(known[reason.code]) if reason and reason.code != reasons.OTHER else ""
    rule = reasons.rule(reason, kind) if reason else ""
    remedy = reasons.remedy(decision.move, decision.code, kind)
    return [
        (gettext("理由"), "\n".join(line for line in (why, decision.reason) if line)),
        (gettext("依据"), gettext(words.RULES[rule]) if rule else ""),
        (gettext("您可以怎么做"), gettext(words.REMEDIES[remedy]) if remedy else ""),
    ]
