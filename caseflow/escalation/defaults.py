"""The two ladders that an office starts with.

Order and names of the rungs differ by region (the petition regulations print 约谈, 通报,
挂牌督办), so an office edits them. 工作提醒, 工作通报 and 提醒约谈 are working tools, no form of
accountability under 教育督导问责办法; the last rung only drafts a proposal.
"""

from fractions import Fraction

from caseflow.deadlines.ladder import Action, Audience, Ladder, Step

# Clocks of units: sign_for, verify, rectify, answer.
UNITS = Ladder(
    "units",
    1,
    (
        Step(
            n=1,
            amount=-1,
            action=Action.reminder,
            label="工作提醒",
            audience=(Audience.unit_handler,),
        ),
        Step(
            n=2,
            action=Action.urging,
            label="催办",
            audience=(Audience.unit_head, Audience.office_handler),
        ),
        Step(
            n=3,
            amount=1,
            action=Action.supervision_order,
            label="督办单",
            document=True,
            audience=(Audience.supervisor,),
        ),
        Step(
            n=4,
            amount=5,
            action=Action.circular,
            label="工作通报",
            document=True,
            audience=(Audience.supervisor, Audience.leader),
        ),
        Step(
            n=5,
            amount=10,
            action=Action.interview,
            label="提醒约谈",
            document=True,
            audience=(Audience.leader,),
        ),
        Step(
            n=6,
            amount=15,
            action=Action.listed,
            label="挂牌督办",
            document=True,
            audience=(Audience.level_above,),
        ),
        Step(
            n=7,
            amount=20,
            action=Action.accountability,
            label="启动问责建议",
            document=True,
            audience=(Audience.level_above,),
        ),
    ),
)

# The four steps of the office's own clocks: (when it runs in hours, when in days, ...). The two
# variants turn to different people at the due moment: a shift leader is there at night.
_OFFICE = (
    (Fraction(1, 2), -1, Action.reminder, "临期提醒", Audience.assignee, Audience.assignee),
    (Fraction(1), 0, Action.urging, "到期催办", Audience.shift_leader, Audience.supervisor),
    (Fraction(2), 1, Action.note, "逾期报告", Audience.supervisor, Audience.leader),
    (Fraction(3), 2, Action.note, "逾期上报", Audience.level_above, Audience.level_above),
)

# Messages only, never a document to a unit: immediate, notice, reply, resolve, check, call_back,
# second_look, draft, look.
OFFICE = Ladder(
    "office",
    1,
    tuple(
        Step(n=n, of_limit=of_limit, action=action, label=label, audience=(by_hours,))
        for n, (of_limit, _, action, label, by_hours, _) in enumerate(_OFFICE, 1)
    )
    + tuple(
        Step(n=n, amount=days, action=action, label=label, audience=(by_days,))
        for n, (_, days, action, label, _, by_days) in enumerate(_OFFICE, 1)
    ),
)

DEFAULT_LADDERS: tuple[Ladder, ...] = (UNITS, OFFICE)
