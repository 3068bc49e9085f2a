"""What an office may write into a rule of time, and what makes no sense in one.

Pure. What is typed comes as numbers or None; everything wrong is said at once, each beside its
field.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from caseflow.deadlines.calendar import Unit
from caseflow.deadlines.policies import COUNTED_BACK_FROM, ClockName, Policy, Scope
from caseflow.errors import BadInput, Told

CAN_STAND_STILL = (ClockName.resolve, ClockName.reply, ClockName.verify, ClockName.rectify)
"""Clocks that a question to the reporter may stop (`deadlines.pauses`)."""
CAN_BE_EXTENDED = CAN_STAND_STILL
"""Clocks that somebody may ask more time for (`ledger.extensions`); a reply follows its case."""
CAN_BE_RETURNED = (ClockName.verify, ClockName.rectify)
"""Clocks that begin again when work is sent back."""
IS_TRIED = (ClockName.call_back,)
"""Clocks of what is tried on several days (`ledger.moves.calling`)."""

# About a year, whatever it is counted in: more is a slip of the finger.
MOST: Mapping[Unit, int] = MappingProxyType(
    {
        Unit.minutes: 1440,
        Unit.hours: 720,
        Unit.working_hours: 480,
        Unit.calendar_days: 366,
        Unit.working_days: 250,
    }
)
MOST_PAUSE, MOST_TIMES, MOST_MARGIN, MOST_RETURNED, MOST_ATTEMPTS = 60, 5, 30, 30, 10

_NO_NUMBER = "请填整数"
_FROM = "至少 %(n)d"
_UP_TO = "最多 %(n)d"


@dataclass(frozen=True, kw_only=True)
class Terms:
    """What an office decides in a rule; units as in `Policy`."""

    amount: int
    unit: Unit
    pausable: bool = False
    pause_limit_days: int = 10
    extendable_times: int = 0
    extendable_amount: int = 0
    minimum_after_return: int = 2
    margin: int = 0
    attempt_days: int = 3


NAMES = tuple(Terms.__dataclass_fields__)


def terms_of(policy: Policy) -> Terms:
    """Return what a version of a rule says."""
    return Terms(**{name: getattr(policy, name) for name in NAMES})


def typed_terms(
    clock: str, before: Terms, numbers: Mapping[str, int | None], unit: str, pausable: bool
) -> Terms:
    """Return what was typed for a rule of `clock`; raises BadInput with every wrong field.

    `numbers`: what stands in the fields, None where that is no number. What the clock knows
    nothing of stays as it was `before`: no form asks for it.
    """
    wrong = _impossible(clock, numbers, unit, pausable)
    said: dict[str, int] = {}
    for name, (least, most) in _asked(clock, numbers, unit, pausable).items():
        said[name] = numbers.get(name) or 0
        refused = _refused(numbers.get(name), least, most)
        if refused:
            wrong[name] = refused
    if wrong:
        raise BadInput(wrong)
    return replace(before, **said, unit=Unit(unit), pausable=pausable)


def _impossible(
    clock: str, numbers: Mapping[str, int | None], unit: str, pausable: bool
) -> dict[str, str]:
    """Say what this clock knows nothing of."""
    wrong = {} if unit in MOST else {"unit": "请选择单位"}
    if pausable and clock not in CAN_STAND_STILL:
        wrong["pausable"] = "这个时限不能暂停"
    if numbers.get("margin") and clock not in COUNTED_BACK_FROM:
        wrong["margin"] = "这个时限不从办结期限倒算，没有提前量"
    if numbers.get("extendable_times") and clock not in CAN_BE_EXTENDED:
        wrong["extendable_times"] = "这个时限不能延期"
    return wrong


def _asked(
    clock: str, numbers: Mapping[str, int | None], unit: str, pausable: bool
) -> dict[str, tuple[int, int]]:
    """Return the numbers that a form asks for, each with the least and the most it may be."""
    most = MOST[Unit(unit)] if unit in MOST else max(MOST.values())
    asked = {"amount": (1, most)}
    if clock in CAN_STAND_STILL and pausable:
        asked["pause_limit_days"] = (1, MOST_PAUSE)
    if clock in CAN_BE_EXTENDED:
        extends = bool(numbers.get("extendable_times"))
        asked["extendable_times"] = (0, MOST_TIMES)
        asked["extendable_amount"] = (int(extends), most)
    if clock in CAN_BE_RETURNED:
        asked["minimum_after_return"] = (1, MOST_RETURNED)
    if clock in COUNTED_BACK_FROM:
        asked["margin"] = (0, MOST_MARGIN)
    if clock in IS_TRIED:
        asked["attempt_days"] = (1, MOST_ATTEMPTS)
    return asked


def _refused(number: int | None, least: int, most: int) -> str:
    if number is None:
        return _NO_NUMBER
    if number < least:
        return Told(_FROM, n=least)
    return Told(_UP_TO, n=most) if number > most else ""


def outlasts(scope: Scope, terms: Terms, others: Iterable[Policy]) -> Policy | None:
    """Return the longest rule of the case's own promise where what is counted back is longer still.

    Nothing is wrong with that: the amount counts only where the case's promise does not run. But
    whoever writes it should know. Only rules in the same unit can be compared.
    """
    if scope.clock not in COUNTED_BACK_FROM:
        return None
    own = [
        other
        for other in others
        if other.clock == COUNTED_BACK_FROM[scope.clock]
        and not other.withdrawn
        and other.unit is terms.unit
        and _may_meet(scope, other.scope)
    ]
    longest = max(own, key=lambda other: other.amount, default=None)
    return longest if longest and longest.amount < terms.amount else None


def _may_meet(one: Scope, other: Scope) -> bool:
    """Say whether some matter may be covered by both, as far as that shows without the areas."""
    pairs = zip(one[2:], other[2:], strict=True)
    return all(a is None or b is None or a == b for a, b in pairs)


def wider(one: Scope, other: Scope, above: Iterable[str] = ()) -> bool:
    """Say whether `one` covers every matter that `other` covers; `above`: the areas around its."""
    areas = (None, other.area, *above)
    rest = zip(one[2:], other[2:], strict=True)
    return (
        one.clock == other.clock and one.area in areas and all(a is None or a == b for a, b in rest)
    )
