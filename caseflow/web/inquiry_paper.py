"""The papers of a file of inquiry (责任核实案卷), set from its steps: what is served on the unit,
and the records that people sign.

A paper can be had as soon as what it says is on record: the notice once the inquiry is, to be
served; it is dated once its delivery is. Nothing here names what could be decided before somebody
decided it. Each is numbered after the proposal (之一, 之二 …), as papers of one matter are.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from caseflow.deadlines.calendar import Unit
from caseflow.escalation.accountability_reading import Whole
from caseflow.escalation.accountability_tables import AccountabilityStep
from caseflow.paper.sheets import Official, Record, Section, Sheet
from caseflow.words import ACCOUNTABILITY_ANSWERS, ACCOUNTABILITY_HEARINGS, ACCOUNTABILITY_OUTCOMES

Limits = Mapping[str, tuple[int, Unit]]
"""How long the unit has for what a paper tells it of, by the rule's name."""
_HEARING = (
    "你单位有权陈述和申辩，并可以提交证据材料。请自收到本告知书次日起%s内书面提出，"  # not said
    "或者申请当面陈述；同意提前听取的，请书面说明。"  # not said
)
_REMEDIES = (
    "对本决定不服的，可以自收到之日起%s内向本办申请复核，"  # not said
    "也可以自收到之日起%s内直接向上一级机关申诉。复核、申诉期间，决定照常执行。"  # not said
)
_APPEAL = "对复核答复不服的，可以自收到之日起%s内向上一级机关申诉。"  # not said
_SIGN = ("签名", "日期")  # not said
_UNITS = {Unit.working_days: "个工作日", Unit.calendar_days: "日"}  # not said


@dataclass(frozen=True)
class Paper:
    """One paper: its title, the step that it says, how it is set; `receipt_of`: it proves that the
    paper of that name was delivered.
    """

    title: str
    step: str
    build: Callable[["_Told"], Sheet]
    receipt_of: str = ""


@dataclass(frozen=True)
class _Told:
    """What a paper is set from: the file, the office that issues it, the step that it says."""

    found: Whole
    office: str
    title: str
    number: str
    step: AccountabilityStep
    limits: Limits

    def other(self, verb: str) -> AccountabilityStep | None:
        """Return the step of that name, where it was taken."""
        return next((one for one in self.found.steps if one.verb == verb), None)

    def limit(self, name: str) -> str:
        """Return how long a limit is, in words."""
        amount, unit = self.limits[name]
        return f"{amount}{_UNITS.get(unit, '')}"


def offered(found: Whole) -> list[tuple[str, str]]:
    """Return name and title of the papers that can be had of a file now."""
    taken = {step.verb for step in found.steps}
    return [(name, paper.title) for name, paper in PAPERS.items() if paper.step in taken]


def sheet(found: Whole, name: str, office: str, limits: Limits) -> tuple[Sheet, datetime]:
    """Return a paper, and the moment that it is dated by. Raises KeyError for one that there is
    not, or not yet.
    """
    paper = PAPERS[name]
    steps = [one for one in found.steps if one.verb == paper.step]
    if not steps:
        raise KeyError(name)
    number = (
        f"{(found.order.number or '').removesuffix('号')}号之{_NUMBERED.get(name, '')}"  # not said
    )
    told = _Told(found, office, paper.title, number, steps[-1], limits)
    return paper.build(told), _dated(found, paper, steps[-1])


def said_at(found: Whole, name: str) -> datetime:
    """Return when what a paper says was put on record: the rules of that moment are its."""
    return next(one.at for one in reversed(found.steps) if one.verb == PAPERS[name].step)


def _dated(found: Whole, paper: Paper, step: AccountabilityStep) -> datetime:
    dated_by = "notice_served" if paper.build is _notice else paper.step
    return max([step.at, *(one.at for one in found.steps if one.verb == dated_by)])


_NUMBERED = {"notice": "一", "decision": "二", "review": "三"}  # not said


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"  # not said


def _notice(told: _Told) -> Official:
    """The written notice of what was found, and of the right to be heard: it says the same before
    and after its delivery, which dates it.
    """
    served = told.other("notice_served")
    lines = [
        "经核实，查明以下情况：",  # not said
        *_lines(told.step.text),
        _HEARING % told.limit("hearing"),
        "逾期没有提出的，视为放弃陈述和申辩。",  # not said
    ]
    return _official(told, lines, served.day if served else None)


def _decision(told: _Told) -> Official:
    """The decision with its reasons and remedies."""
    found, heard = told.other("inquiry_recorded"), told.other("hearing_recorded")
    decided = told.step
    outcome = ACCOUNTABILITY_OUTCOMES[decided.choice]
    lines = ["经核实，查明以下情况：", *(_lines(found.text) if found else [])]  # not said
    if heard is not None:
        lines += [
            f"陈述和申辩：{ACCOUNTABILITY_HEARINGS[heard.choice]}。",  # not said
            *_lines(heard.text),
        ]
    lines += [f"决定：{outcome}。", "理由：", *_lines(decided.text)]  # not said
    if decided.choice != "none":
        lines.append(_REMEDIES % (told.limit("review_ask"), told.limit("appeal_ask")))
    return _official(told, lines, decided.day)


def _review(told: _Told) -> Official:
    """The answer to the review that the unit asked for."""
    asked = told.other("decision_review_asked")
    lines = [
        *([f"你单位于{_day(asked.day)}申请复核，现答复如下。"] if asked else []),  # not said
        f"复核结论：{ACCOUNTABILITY_ANSWERS[told.step.choice]}。",  # not said
        *_lines(told.step.text),
    ]
    if told.step.choice != "revoked":
        lines.append(_APPEAL % told.limit("appeal_ask"))
    return _official(told, lines, told.step.day)


def _official(told: _Told, lines: Sequence[str], day: date | None) -> Official:
    return Official(
        office=told.office,
        number=told.number,
        title=told.title,
        to=f"{told.found.unit}：",  # not said
        lines=lines,
        day=_day(day) if day else "",
    )


def _record(told: _Told) -> Record:
    """A record of what was done, for those who took part to sign."""
    step = told.step
    choices = ACCOUNTABILITY_HEARINGS if step.verb == "hearing_recorded" else {}
    facts = [
        ("单位", told.found.unit),  # not said
        ("日期", _day(step.day)),  # not said
        ("参加人员", step.people),  # not said
        ("方式", choices.get(step.choice, "")),  # not said
        ("记录人", told.found.people.get(step.user_id, "")),  # not said
    ]
    people = [one for one in step.people.split("、") if one] or [""]
    rows = [("姓名", *_SIGN), *((one, "", "") for one in people)]  # not said
    return Record(
        office=told.office,
        title=told.title,
        subtitle=told.found.order.number or "",
        facts=[(name, value) for name, value in facts if value],
        note="请参加的人核对后逐页签名；有更正的，在更正处签名。",  # not said
        sections=[
            Section("内容", lines=_lines(step.text)),  # not said
            Section("签名", columns=(2, 3, 2), rows=rows),  # not said
        ],
        foot=f"{told.title} {told.found.order.number or ''}",
    )


def _receipt(told: _Told) -> Record:
    """The proof of delivery, which whoever takes the paper signs (送达回证)."""
    name = next(one.receipt_of for one in PAPERS.values() if one.title == told.title)
    paper = PAPERS[name]
    number = (
        f"{(told.found.order.number or '').removesuffix('号')}号之{_NUMBERED[name]}"  # not said
    )
    facts = [
        ("送达的文书", paper.title),  # not said
        ("文书编号", number),  # not said
        ("受送达单位", told.found.unit),  # not said
        ("送达机关", told.office),  # not said
    ]
    rows = [
        ("项目", "填写"),  # not said
        ("送达方式和地点", ""),  # not said
        ("收件人签名、职务", ""),  # not said
        ("收到日期", ""),  # not said
        ("代收或者拒收的情况", ""),  # not said
        ("送达人签名", ""),  # not said
    ]
    return Record(
        office=told.office,
        title=told.title,
        subtitle=number,
        facts=facts,
        note="送达后收回存卷；送达的日期和方式在案卷中登记。",  # not said
        sections=[Section("送达情况", columns=(2, 4), rows=rows)],  # not said
        foot=f"{told.title} {number}",
    )


PAPERS: Mapping[str, Paper] = {
    "inquiry": Paper("核实记录", "inquiry_recorded", _record),
    "notice": Paper("陈述申辩告知书", "inquiry_recorded", _notice),
    "notice_receipt": Paper("告知书送达回证", "inquiry_recorded", _receipt, "notice"),
    "hearing": Paper("陈述申辩笔录", "hearing_recorded", _record),
    "consultation": Paper("会商记录", "consultation_recorded", _record),
    "decision": Paper("处理决定书", "decision_made", _decision),
    "decision_receipt": Paper("决定书送达回证", "decision_made", _receipt, "decision"),
    "review": Paper("复核答复书", "decision_review_answered", _review),
    "review_receipt": Paper("复核答复送达回证", "decision_review_answered", _receipt, "review"),
}
"""The papers of a file in the order of its steps."""

LIMITS = ("hearing", "review_ask", "appeal_ask")
"""Rules of time that the papers name."""
