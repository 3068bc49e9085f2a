"""The ladders that an office starts with: one for its own promises, and of three for units one.

Order and names of the rungs differ by region, so an office takes the one that is its own and edits
it. 工作提醒, 工作通报 and 提醒约谈 are working tools, no form of accountability under
教育督导问责办法; the last rung only drafts a proposal.
"""

from collections.abc import Mapping
from fractions import Fraction
from types import MappingProxyType

from caseflow.deadlines.ladder import Action, Audience, Event, Ladder, Step, Trigger
from caseflow.words import ACTIONS

_SUPERVISOR, _LEADER, _ABOVE = Audience.supervisor, Audience.leader, Audience.level_above
_HANDLER, _HEAD = Audience.unit_handler, Audience.unit_head

# Number, working days from the due moment, what it does, to whom it turns.
_Row = tuple[int, str, tuple[Audience, ...]]
_TODAY = "到期提醒"
_REMIND: _Row = (-1, Action.reminder, (_HANDLER,))
_URGE: _Row = (0, Action.urging, (_HEAD, Audience.office_handler))
_PROPOSE: _Row = (20, Action.accountability, (_ABOVE,))
_MESSAGES = (Action.reminder, Action.urging)


def _units(*rows: _Row, triggers: tuple[Trigger, ...]) -> Ladder:
    """Return a ladder for the clocks of units: sign_for, verify, rectify, answer."""
    steps = tuple(
        Step(
            n=n,
            amount=days,
            action=action,
            label=_TODAY if action == Action.reminder and not days else ACTIONS[action],
            document=action not in _MESSAGES,
            audience=to,
        )
        for n, (days, action, to) in enumerate(rows, 1)
    )
    return Ladder("units", 1, steps, triggers)


def _sent_back(times: int, action: str) -> Trigger:
    return Trigger(event=Event.sent_back, label=ACTIONS[action], times=times)


def _many_reports(action: str) -> Trigger:
    """Three people about one unit in thirty days."""
    return Trigger(event=Event.many_reports, label=ACTIONS[action], times=3, days=30)


# The order of the province's mission: 通报, 约谈, 挂牌督办 after what a supervisor orders.
UNITS = _units(
    _REMIND,
    _URGE,
    (1, Action.supervision_order, (_SUPERVISOR,)),
    (5, Action.circular, (_SUPERVISOR, _LEADER)),
    (10, Action.interview, (_LEADER,)),
    (15, Action.listed, (_ABOVE,)),
    _PROPOSE,
    triggers=(
        _sent_back(2, Action.supervision_order),
        _many_reports(Action.supervision_order),
    ),
)

# As 信访工作条例 §39-40 prints them: 约谈, 通报, 挂牌督办, 限期整改.
PETITION = _units(
    _REMIND,
    _URGE,
    (1, Action.interview, (_LEADER,)),
    (5, Action.circular, (_SUPERVISOR, _LEADER)),
    (10, Action.listed, (_ABOVE,)),
    (15, Action.rectification, (_ABOVE,)),
    _PROPOSE,
    triggers=(_sent_back(2, Action.interview), _many_reports(Action.interview)),
)

# One bureau's: urged the day after, written criticism five working days later; what was sent back
# three times is supervised one level up. Its rule names no day for that; here ten working days.
BUREAU = _units(
    _REMIND,
    (0, Action.reminder, (_HANDLER,)),
    (1, Action.urging, (_HEAD, Audience.office_handler)),
    (6, Action.circular, (_SUPERVISOR, _LEADER)),
    (10, Action.raised, (_ABOVE,)),
    triggers=(_sent_back(3, Action.raised),),
)

SHIPPED: Mapping[str, Ladder] = MappingProxyType(
    {"mission": UNITS, "petition": PETITION, "bureau": BUREAU}
)
"""The ladders for units to begin with, by name; a new office begins with the first."""

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
