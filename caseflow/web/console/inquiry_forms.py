"""What the page of a file of inquiry asks for at each step, and how it tells what was recorded."""

from collections.abc import Mapping
from dataclasses import dataclass

from caseflow import words


@dataclass(frozen=True)
class StepForm:
    """The words of one step's form; a field without a label is not asked for.

    `people`: who took part, or how it was delivered; `choices` by value; `until`: what the day that
    follows from the step is; `accounts`: colleagues can be named.
    """

    what: str
    button: str
    day: str = ""
    people: str = ""
    text: str = ""
    text_optional: bool = False
    choice: str = ""
    choices: Mapping[str, str] | None = None
    until: str = ""
    accounts: str = ""


_DELIVERED = "怎样送达、由谁签收"

FORMS: Mapping[str, StepForm] = {
    "inquiry_recorded": StepForm(
        "写明由谁、何时核实，查明了什么。参加核实的人和登记的人不能作出决定。",
        "记录核实",
        day="核实日期",
        accounts="参加核实的本办人员",
        people="其他参加核实的人员",
        text="查明的情况",
    ),
    "notice_served": StepForm(
        "书面告知单位查明的事实、依据和陈述申辩的权利，送达后在这里登记。本系统不向单位发送任何内容。",
        "记录书面告知",
        day="送达日期",
        people=_DELIVERED,
        text="告知的内容",
        until="单位准备陈述申辩到",
    ),
    "hearing_recorded": StepForm(
        "准备期满听取单位的陈述申辩；单位书面同意的可以提前，书面放弃或者期满没有提出的照实登记。",
        "记录陈述申辩",
        day="听取、放弃或期满的日期",
        choice="陈述申辩",
        choices=words.ACCOUNTABILITY_HEARINGS,
        text="单位说了什么，或放弃的书面材料",
    ),
    "consultation_recorded": StepForm(
        "写明由谁会商、各自的意见。",
        "记录会商",
        day="会商日期",
        people="参加会商的人员",
        text="会商意见",
    ),
    "decision_made": StepForm(
        "由委员会负责人决定。登记以后不能更改，单位可以申请复核和申诉。",
        "作出决定",
        day="决定日期",
        choice="决定",
        choices=words.ACCOUNTABILITY_OUTCOMES,
        text="决定的理由",
    ),
    "decision_served": StepForm(
        "决定书送达单位后登记，申请复核的期限从次日起算。",
        "记录送达",
        day="送达日期",
        people=_DELIVERED,
        text="说明",
        text_optional=True,
        until="单位可以申请复核到",
    ),
    "decision_review_asked": StepForm(
        "单位在期限内书面申请复核的，登记后按期答复。复核期间决定照常执行。",
        "记录申请复核",
        day="申请日期",
        people="申请人",
        text="申请复核的理由",
        until="复核应当答复到",
    ),
    "decision_review_answered": StepForm(
        "复核由作出决定以外的人答复。申诉期限从答复送达次日起算。",
        "记录复核答复",
        day="答复送达日期",
        choice="复核结论",
        choices=words.ACCOUNTABILITY_ANSWERS,
        text="复核答复",
        until="单位可以申诉到",
    ),
    "decision_appealed": StepForm(
        "单位对复核不服，或者不经复核，在期限内直接向上一级申诉的，登记下来。申诉期间决定照常执行。",
        "记录申诉",
        day="申诉日期",
        people="向哪个机关申诉",
        text="申诉的理由",
        until="申诉应当答复到",
    ),
    "decision_appeal_answered": StepForm(
        "收到上一级对申诉的答复后登记。",
        "记录申诉答复",
        day="收到答复的日期",
        people="作出答复的机关",
        choice="申诉结论",
        choices=words.ACCOUNTABILITY_ANSWERS,
        text="答复内容",
    ),
    "file_closed": StepForm(
        "案卷结卷后不再变动，内容保留。", "结卷", text="说明", text_optional=True
    ),
    "file_discontinued": StepForm("案卷不再办理，已经记录的保留。", "终止", text="终止的理由"),
}
