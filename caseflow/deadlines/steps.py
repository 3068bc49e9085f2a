"""What an office may write into a ladder (督办阶梯), and what would break it. Pure.

A step is known by its label as long as the ladder lives: what happened on a running clock is found
again by it (`ladder.carried`). So labels are never changed and never used twice in a variant.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise
from types import MappingProxyType

from caseflow.deadlines.calendar import Unit
from caseflow.deadlines.ladder import Action, Audience, Event, Ladder, Step, Trigger
from caseflow.errors import BadInput, Told

MESSAGES = (Action.reminder, Action.urging, Action.note)
"""What a step may be that an office adds: a message, never a document."""
DOCUMENTS = (
    Action.supervision_order,
    Action.circular,
    Action.interview,
    Action.listed,
    Action.rectification,
    Action.raised,
    Action.accountability,
)
"""The documents. Each ladder has an order of its own, which its changes keep."""
UNITS = (Unit.hours, Unit.calendar_days, Unit.working_days)
"""In what a step's distance from the due moment may be counted."""

_OFFICE = (
    Audience.office_handler,
    Audience.assignee,
    Audience.shift_leader,
    Audience.supervisor,
    Audience.leader,
    Audience.level_above,
)
# A document is drafted for those who may sign it; a unit sees it when it is issued, never before.
_SIGNERS = (Audience.supervisor, Audience.leader, Audience.level_above)
_HIGHEST = (Action.listed, Action.raised, Action.accountability)
# The office's own clocks are no unit's business.
MAY_TURN_TO: Mapping[str, tuple[Audience, ...]] = MappingProxyType(
    {"units": tuple(Audience), "office": _OFFICE}
)

MOST_AMOUNT: Mapping[Unit, int] = MappingProxyType(
    {Unit.hours: 720, Unit.calendar_days: 366, Unit.working_days: 250}
)
BY_EVENT: Mapping[str, int] = MappingProxyType({Event.sent_back: 0, Event.many_reports: 366})
"""The events that may bring a document, each with how many days back it may look at the most."""
MOST_TIMES = 50

MOST_LIMIT = 10  # times the whole limit
MOST_STEPS = 20
LONGEST_LABEL = 20


@dataclass(frozen=True, kw_only=True)
class Typed:
    """A step as it was typed; `key` names its fields in the form.

    `side`: before, at or after the due moment. `by_limit`: it counts in `percent` of the whole
    limit instead, for clocks that run in hours.
    """

    key: str
    action: str
    label: str
    audience: tuple[str, ...]
    by_limit: bool = False
    side: str = ""
    amount: int | None = None
    unit: str = ""
    percent: int | None = None


@dataclass(frozen=True, kw_only=True)
class TypedTrigger:
    """What an event is to bring, as it was typed: the label of a document, "" for nothing."""

    event: str
    label: str
    times: int | None = None
    days: int | None = None


def turned_to(name: str, action: str) -> tuple[Audience, ...]:
    """Return whom a step of the ladder `name` may turn to.

    Naming publicly and calling to account belong to the level above alone (design §3 "Who may").
    """
    if action in _HIGHEST:
        return (Audience.level_above,)
    return _SIGNERS if action in DOCUMENTS else MAY_TURN_TO[name]


def amended(
    ladder: Ladder, typed: Iterable[Typed], events: Iterable[TypedTrigger] | None = None
) -> Ladder:
    """Return the next version of a ladder, its steps in order of their moments; without `events`
    they bring what they brought before.

    Raises BadInput with every wrong field, named as `field-key`; what concerns no field stands
    under the empty name.
    """
    wrong: dict[str, str] = {}
    found = [(one, _step(ladder.name, one, wrong)) for one in typed]
    if wrong:
        raise BadInput(wrong)
    variants: list[Step] = []
    for by_limit in (True, False):
        of_variant = [(one.key, step) for one, step in found if one.by_limit is by_limit]
        of_variant.sort(key=lambda pair: _place(pair[1]))
        before = [step for step in ladder.steps if (step.of_limit is not None) is by_limit]
        _check(of_variant, before, wrong)
        variants += [replace(step, n=n) for n, (_, step) in enumerate(of_variant, 1)]
    triggers = ladder.triggers if events is None else _triggers(ladder, events, wrong)
    if wrong:
        raise BadInput(wrong)
    return _next(ladder, tuple(variants), triggers)


def taken(ladder: Ladder, other: Ladder) -> Ladder:
    """Return the next version of a ladder that begins anew with the steps of another one.

    Raises BadInput where it is the same already.
    """
    return _next(ladder, other.steps, other.triggers)


def added(ladder: Ladder, triggers: Iterable[Trigger]) -> Ladder:
    """Return the next version of a ladder with what events bring beside what they bring already.

    Raises BadInput where nothing comes to it.
    """
    return _next(ladder, ladder.steps, (*ladder.triggers, *triggers))


def _next(ladder: Ladder, steps: tuple[Step, ...], triggers: tuple[Trigger, ...]) -> Ladder:
    if (steps, triggers) == (ladder.steps, ladder.triggers):
        raise BadInput({"": "没有改动：督办阶梯已经是这样"})
    return Ladder(ladder.name, ladder.version + 1, steps, triggers)


def brought(ladder: Ladder) -> tuple[Step, ...]:
    """Return the documents that an event may bring: never the proposal of accountability, which
    no machine begins (trade.md, "never automatic").
    """
    drafts = (step for step in ladder.steps if step.document)
    return tuple(step for step in drafts if step.action != Action.accountability)


def _triggers(
    ladder: Ladder, typed: Iterable[TypedTrigger], wrong: dict[str, str]
) -> tuple[Trigger, ...]:
    known = {step.label for step in brought(ladder)}
    found = []
    for one in typed:
        if not one.label:
            continue
        if one.label not in known or one.event not in BY_EVENT:
            wrong[f"brings-{one.event}"] = "请从列表中选择"
            continue
        most = BY_EVENT[one.event]
        times = _whole(one.times, 2, MOST_TIMES, f"times-{one.event}", wrong)
        days = _whole(one.days, 1, most, f"days-{one.event}", wrong) if most else 0
        found.append(Trigger(event=one.event, label=one.label, times=times, days=days))
    return tuple(found)


def _whole(value: int | None, least: int, most: int, field: str, wrong: dict[str, str]) -> int:
    if value is None or not least <= value <= most:
        wrong[field] = Told("请填 %(least)d 至 %(most)d 的整数", least=least, most=most)
    return value or 0


def _step(name: str, typed: Typed, wrong: dict[str, str]) -> Step:
    """Return the step that was typed, as far as it makes sense by itself; n comes later."""
    label = " ".join(typed.label.split())
    if not label:
        wrong[f"label-{typed.key}"] = "请填名称"
    elif len(label) > LONGEST_LABEL:
        wrong[f"label-{typed.key}"] = Told("最多 %(n)d 个字", n=LONGEST_LABEL)
    allowed = turned_to(name, typed.action)
    audience = tuple(word for word in allowed if word in typed.audience)
    if not audience:
        wrong[f"to-{typed.key}"] = "请至少选择一方"
    elif set(typed.audience) - set(allowed):
        wrong[f"to-{typed.key}"] = "这一级不能发给所选的对象"
    amount, unit, of_limit = _moment(typed, wrong)
    return Step(
        n=0,
        amount=amount,
        unit=unit,
        of_limit=of_limit,
        action=typed.action,
        label=label,
        document=typed.action in DOCUMENTS,
        audience=audience,
    )


def _moment(typed: Typed, wrong: dict[str, str]) -> tuple[int, Unit, Fraction | None]:
    """Return amount, unit and multiple of the limit at which a step comes."""
    if typed.by_limit:
        if typed.percent is None or not 1 <= typed.percent <= MOST_LIMIT * 100:
            wrong[f"percent-{typed.key}"] = Told("请填 1 至 %(n)d 的整数", n=MOST_LIMIT * 100)
        return 0, Unit.working_days, Fraction(typed.percent or 0, 100)
    if typed.side == "at":
        return 0, Unit.working_days, None
    if typed.side not in ("before", "after"):
        wrong[f"side-{typed.key}"] = "请选择"
    if typed.unit not in UNITS:
        wrong[f"unit-{typed.key}"] = "请选择单位"
        return 0, Unit.working_days, None
    unit, most = Unit(typed.unit), MOST_AMOUNT[Unit(typed.unit)]
    if typed.amount is None or not 1 <= typed.amount <= most:
        wrong[f"amount-{typed.key}"] = Told("请填 1 至 %(n)d 的整数", n=most)
    amount = typed.amount or 0
    return (-amount if typed.side == "before" else amount), unit, None


def _place(step: Step) -> Fraction:
    """Return by what steps of a variant are put in order; those on one side share a unit."""
    return Fraction(step.amount) if step.of_limit is None else step.of_limit


Keyed = tuple[str, Step]


def _check(steps: Sequence[Keyed], before: Sequence[Step], wrong: dict[str, str]) -> None:
    """Say what is wrong with a variant as a whole, each at the step where it shows."""
    if not steps and not before:
        return
    whole = _wrong_whole([step for _, step in steps], before)
    if whole:
        wrong[""] = whole
    labels: set[str] = set()
    for key, step in steps:
        if step.label in labels:
            wrong[f"label-{key}"] = "已有同名的一级"
        labels.add(step.label)
        if step.document and (step.before_due or _at_due(step)):
            wrong[_field(key, step)] = "文书只能在到期之后"
    for (_, one), (key, other) in pairwise(steps):
        refused = _mixed(one, other) or _together(one, other)
        if refused:
            wrong[_field(key, other)] = refused


def _wrong_whole(steps: Sequence[Step], before: Sequence[Step]) -> str:
    """Say what a variant lacks, or has too much of."""
    if not any(_at_due(step) for step in steps):
        return "到期时必须有一级督办"
    documents = [[step.action for step in some if step.document] for some in (before, steps)]
    if documents[0] != documents[1]:
        return "文书不能增减，先后次序不能改变"
    return Told("最多 %(n)d 级", n=MOST_STEPS) if len(steps) > MOST_STEPS else ""


def _at_due(step: Step) -> bool:
    return step.amount == 0 if step.of_limit is None else step.of_limit == 1


def _field(key: str, step: Step) -> str:
    if step.of_limit is not None:
        return f"percent-{key}"
    return f"side-{key}" if _at_due(step) else f"amount-{key}"


def _together(one: Step, other: Step) -> str:
    """Two steps at one moment would come as one: only the newest would send."""
    return "与另一级在同一时刻，请错开" if _place(one) == _place(other) else ""


def _mixed(one: Step, other: Step) -> str:
    """How many hours ten working days are depends on the day, so the order would too."""
    same_side = one.of_limit is None and one.amount * other.amount > 0
    return "到期前、到期后的各级，请用同一单位" if same_side and one.unit is not other.unit else ""
