"""Rules of time (办理时限规则): how long each promise may take, and which rule fits a matter.

Rows are data that an office changes; this module only says what a row holds and how the fitting
one is found.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple

from caseflow.deadlines.calendar import Unit
from caseflow.errors import CaseflowError


class ClockName(StrEnum):
    """The promises that exist (design §3, Clocks); what each stands on is in the comment."""

    immediate = "immediate"  # case: dealt with by a named person
    resolve = "resolve"  # case: met by the delivered reply
    call_back = "call_back"  # case: the reporter was asked whether it is put right
    receive = "receive"  # case: the office that it was passed on to signs for it, or sends it back
    second_look = "second_look"  # case: another person looks at what ended on the spot
    notice = "notice"  # report: told accepted or not
    reply = "reply"  # report: answered
    sign_for = "sign_for"  # item: the unit has taken it
    verify = "verify"  # item: a finding
    rectify = "rectify"  # item: put right
    assist = "assist"  # item: a unit beside the lead answers what it was asked
    check = "check"  # item: the office checks what was submitted
    decide = "decide"  # item: the office decides what its holder asked for
    consent = "consent"  # item: another person decides whether it is withdrawn
    report_back = "report_back"  # case: what came of it was sent to the office that handed it down
    signed_back = "signed_back"  # case: that office has signed for what was sent
    oversee = "oversee"  # case: the level above says what it makes of what came back too often
    objection = "objection"  # item: in which days a unit may object; a right, no clock runs
    remedy = "remedy"  # report: in which days a review may be asked for; a right, no clock runs
    draft = "draft"  # order: issued or cancelled
    answer = "answer"  # order: answered by the unit
    milestone = "milestone"  # case: what a shelved one waits for is there; at most so far ahead
    hearing = "hearing"  # file of inquiry: what a unit gets to prepare; no clock runs on these five
    review_ask = "review_ask"  # file of inquiry: in which days the unit may ask for a review
    review_answer = "review_answer"  # file of inquiry: in which days that is answered
    appeal_ask = "appeal_ask"  # file of inquiry: in which days the unit may appeal after it
    appeal_answer = "appeal_answer"  # file of inquiry: in which days that is answered
    look = "look"  # quarantine: a person looked at it
    ring_back = "ring_back"  # telephone call that nobody answered: somebody rang back


# An item is due before its case, and a reply with it: these clocks take the due moment of the
# case's other clock less the policy's margin. Their own `amount` is what counts where that other
# clock does not run (a case with an imposed due moment, a rectification with a longer promise).
COUNTED_BACK_FROM: Mapping[str, str] = MappingProxyType(
    {
        ClockName.verify: ClockName.resolve,
        ClockName.rectify: ClockName.resolve,
        ClockName.reply: ClockName.resolve,
    }
)


REVIEW = "review"
"""Stands in the place of a category: the office above reviews an answer (复查, 复核)."""


class Scope(NamedTuple):
    """Which promise of which matters a rule is about; None stands for any."""

    clock: str
    area: str | None
    kind: str | None
    category: str | None
    urgent: bool | None


class NoPolicy(CaseflowError):
    """No rule of time covers this matter: the policies have a hole that an administrator mends."""

    status = 503


@dataclass(frozen=True)
class Matter:
    """What a rule may ask about; `area` holds area codes from the own one up to the province."""

    kind: str
    category: str | None
    urgent: bool
    area: tuple[str, ...]
    channel: str


@dataclass(frozen=True, kw_only=True)
class Policy:
    """One version of one rule; None in `area`, `kind`, `category`, `urgent` stands for any.

    `amount` and `extendable_amount` are in `unit`; `pause_limit_days`, `minimum_after_return` (the
    least a returned item gets) and `margin` (see `COUNTED_BACK_FROM`) in working days. On so many
    different `attempt_days` a reporter is called back in vain before the case may be closed.
    `ladder` is `units` or `office`. A version that is `withdrawn` says that the rule ended: what
    is more general fits its matters again.
    """

    id: int
    area: str | None = None
    kind: str | None = None
    category: str | None = None
    urgent: bool | None = None
    clock: str
    amount: int
    unit: Unit
    pausable: bool = False
    pause_limit_days: int = 10
    extendable_times: int = 0
    extendable_amount: int = 0
    minimum_after_return: int = 2
    margin: int = 0
    attempt_days: int = 3
    ladder: str
    version: int = 1
    effective_from: datetime
    withdrawn: bool = False

    @property
    def scope(self) -> Scope:
        """What every version of the same rule has in common."""
        return Scope(str(self.clock), self.area, self.kind, self.category, self.urgent)

    def covers(self, matter: Matter) -> bool:
        """Say whether this rule is about `matter`, whatever its clock and moment."""
        return (
            (self.area is None or self.area in matter.area)
            and self.kind in (None, matter.kind)
            and self.category in (None, matter.category)
            and self.urgent in (None, matter.urgent)
        )


def pick(policies: Iterable[Policy], clock: str, matter: Matter, at: datetime) -> Policy:
    """Return the rule for `clock` of `matter` that is in force at the moment `at`.

    The most specific row wins, asked in this order: the nearest area, then a named category,
    then a named kind, then a named urgency. Of several versions of one rule see `in_force`.
    Raises NoPolicy.
    """
    about = (policy for policy in policies if policy.clock == clock and policy.covers(matter))
    fitting = [policy for policy in in_force(about, at).values() if not policy.withdrawn]
    if not fitting:
        raise NoPolicy(f"no policy for {clock}, {matter.kind}, {'/'.join(matter.area)}, at {at}")
    return max(fitting, key=lambda policy: _rank(policy, matter))


def in_force(policies: Iterable[Policy], at: datetime) -> dict[Scope, Policy]:
    """Return of each rule the version that counts at the moment `at`, also one that says it ended.

    What was decided last counts from its own day on: the highest version whose day has come, even
    where an earlier version was meant to begin later.
    """
    found: dict[Scope, Policy] = {}
    for policy in policies:
        if policy.effective_from <= at:
            known = found.get(policy.scope)
            if known is None or known.version < policy.version:
                found[policy.scope] = policy
    return found


def _rank(policy: Policy, matter: Matter) -> tuple[int, bool, bool, bool]:
    """Return what makes one covering rule win over another: the greater, the more specific."""
    far = len(matter.area) + 1 if policy.area is None else matter.area.index(policy.area)
    return (
        -far,
        policy.category is not None,
        policy.kind is not None,
        policy.urgent is not None,
    )
