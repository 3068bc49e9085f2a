"""A rule of time or a ladder changes: for new promises, or on request for those already given.

A preview says beforehand which open promises would change and gives the outcome a mark; the move
does exactly what was shown or nothing. What may be written stands in `deadlines.amending`, how a
due moment is counted anew in `deadlines.reruling`.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from itertools import groupby

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from caseflow.deadlines import amending, clocks, recalendar
from caseflow.deadlines.amending import Amendment
from caseflow.deadlines.policies import (
    COUNTED_BACK_FROM,
    ClockName,
    Matter,
    NoPolicy,
    Policy,
    in_force,
    pick,
)
from caseflow.deadlines.reruling import Reruled
from caseflow.deadlines.rules import Rules, rules_of
from caseflow.deadlines.tables import Clock
from caseflow.deadlines.terms import terms_of
from caseflow.errors import BadInput, MoveNotAllowed, NotPermitted
from caseflow.ledger.moves import recompute
from caseflow.ledger.moves.recompute import Outcome, Turn
from caseflow.ledger.moves.record import matter_of
from caseflow.ledger.tables import Case
from caseflow.people.actor import Actor
from caseflow.people.office_changes import answers_for, note
from caseflow.people.permissions import may, require
from caseflow.people.tables import Area

_LATER = "以后生效的规则只用于届时开始的时限；要重算在办的，请选今天生效"
_CHANGED = "规则或时限刚有变化，请再看一遍预览"


@dataclass(frozen=True)
class Seen:
    """What an amendment would do.

    `written`: the version to come; `before`: the one that holds now, None for a new rule.
    `opened`: what recomputing would do, None where the version begins later. `mark`: of the
    amendment alone, for whoever leaves the open promises as they are.
    """

    written: Policy
    before: Policy | None
    opened: Outcome | None
    mark: str


def may_amend(session: Session, actor: Actor, area: str | None, everywhere: str) -> bool:
    """Tell whether somebody may change rules for `area`; None stands for the whole installation,
    which is the area `everywhere`."""
    return may(actor, "policy.edit") and answers_for(session, actor, area or everywhere)


def preview(session: Session, amendment: Amendment, everywhere: str, now: datetime) -> Seen:
    """Return what an amendment would do; nothing is written. Raises BadInput."""
    seen, _ = _seen(session, amendment, everywhere, now)
    return seen


def amend(
    session: Session,
    actor: Actor,
    amendment: Amendment,
    everywhere: str,
    mark: str,
    now: datetime,
    *,
    open_too: bool = False,
) -> tuple[Policy, Outcome]:
    """Write a new version of a rule, exactly as the preview with this mark said.

    `open_too`: promises already given are counted anew by it, every touched case locked in
    ascending order of ids, changed clocks superseded. Returns the version and what was changed.
    Raises NotPermitted, BadInput, and MoveNotAllowed when the outcome is no longer what was shown.
    """
    require(actor, "policy.edit")
    if not may_amend(session, actor, amendment.scope.area, everywhere):
        raise NotPermitted("这条规则的适用范围超出您的辖区")
    recalendar.hold(session)
    if open_too:
        recompute.lock(session, _touched(amendment.scope.clock))
    seen, turns = _seen(session, amendment, everywhere, now)
    if open_too and seen.opened is None:
        raise BadInput({"open": _LATER})
    if mark != (seen.opened.mark if open_too and seen.opened else seen.mark):
        raise MoveNotAllowed(_CHANGED)
    done = seen.opened if open_too and seen.opened else Outcome([], mark)
    written = amending.write(session, seen.written, actor.person, now)
    if open_too:
        by_new = [replace(t, policy=written) if t.policy is seen.written else t for t in turns]
        said = {"policy": written.id, "version": written.version}
        recompute.apply(session, actor, "recompute", said, by_new, now)
    note(session, actor, _what(seen), now, _facts(seen, written, done))
    return written, done


def _what(seen: Seen) -> str:
    if seen.written.withdrawn:
        return "policy_ended"
    return "policy_changed" if seen.before else "policy_added"


def _facts(seen: Seen, written: Policy, done: Outcome) -> Mapping[str, object]:
    """Return a change as the record keeps it: what was, what is, and what followed."""
    after = {} if written.withdrawn else _plain(written)
    return {
        "policy": written.id,
        "version": written.version,
        "rule": written.scope._asdict(),
        "before": _plain(seen.before) if seen.before else {},
        "after": after,
        "since": written.effective_from.isoformat(),
        "cases": done.cases,
        "clocks": len(done.shifts),
    }


def _plain(policy: Policy) -> dict[str, object]:
    return {**asdict(terms_of(policy)), "unit": str(policy.unit)}


def _seen(
    session: Session, amendment: Amendment, everywhere: str, now: datetime
) -> tuple[Seen, Sequence[Turn]]:
    rules = rules_of(session)
    written = amending.new_version(session, amendment, now)
    before = in_force(rules.policies, now).get(amendment.scope)
    before = None if before is None or before.withdrawn else before
    said = [
        repr(amendment.scope),
        repr(amendment.terms),
        str(amendment.since),
        f"{written.version} of {len(rules.policies)}",
    ]
    turns = (
        _turns(session, rules, written, everywhere, now) if written.effective_from <= now else []
    )
    opened = recompute.outcome([*said, "open"], turns) if written.effective_from <= now else None
    return Seen(written, before, opened, recompute.mark(said)), turns


# Which promises change


def _touched(clock: str) -> ColumnElement[bool]:
    """Return the condition on clocks that a rule for `clock` may have to do with."""
    names = {clock, str(ClockName.resolve)} if clock in COUNTED_BACK_FROM else {clock}
    if clock == ClockName.resolve:
        names |= set(COUNTED_BACK_FROM)
    alive = Clock.state.in_(clocks.ALIVE)
    of_it = select(Clock.root_case_id).where(alive, Clock.name == clock)
    of_none = and_(Clock.root_case_id.is_(None), Clock.name == clock)
    return and_(alive, Clock.name.in_(names), or_(Clock.root_case_id.in_(of_it), of_none))


def _turns(
    session: Session, rules: Rules, written: Policy, everywhere: str, now: datetime
) -> list[Turn]:
    touched = _touched(written.clock)
    found = recompute.of_cases(session, touched)
    matters = _matters(session, found, everywhere)
    imposed = recompute.imposed(session, touched)
    chosen = _Chosen(rules, written, now)
    reruled = Reruled(rules, now)
    turns: list[Turn] = []
    for case_id, group in groupby(found, key=lambda clock: clock.root_case_id):
        of_case = [(clock, chosen.of(clock, matters)) for clock in group]
        if any(new is not None for _, new in of_case):
            turns += _of_case(reruled, of_case, imposed.get(case_id or 0, set()))
    return turns


def _of_case(
    reruled: Reruled, of_case: Iterable[tuple[Clock, Policy | None]], imposed: set[datetime]
) -> Iterator[Turn]:
    """Yield the clocks of one case that change; the resolve clocks lead."""
    new = {clock.id: policy for clock, policy in of_case}
    resolves: list[tuple[datetime, datetime]] = []
    for clock in recompute.resolves_first(clock for clock, _ in of_case):
        policy = new[clock.id]
        counted = reruled.due(clock, policy, resolves, imposed)
        if clock.name == ClockName.resolve:
            resolves.append((clock.due, counted.by_rule))
        if policy is not None or counted.due != clock.due:
            yield Turn(clock, counted.due, policy, late=counted.late)


@dataclass(frozen=True)
class _Chosen:
    """Finds the version that an open promise would go by."""

    rules: Rules
    written: Policy
    now: datetime

    def of(self, clock: Clock, matters: Mapping[int | None, Matter]) -> Policy | None:
        """Return the version that a clock changes to; None where it stays with its own.

        Only a promise that goes by the rule which governs its matter today follows: one that was
        given under other terms (the matter became urgent since, it came with another case) stays.
        """
        matter = matters.get(clock.case_id or clock.root_case_id)
        if clock.name != self.written.clock or matter is None:
            return None
        before, after = self._picked(matter)
        if after is None or self.written.scope not in (after.scope, before and before.scope):
            return None
        own = next((p for p in self.rules.policies if p.id == clock.policy_id), None)
        if own is None or before is None or own.scope != before.scope:
            return None
        return after if after.id != own.id else None

    def _picked(self, matter: Matter) -> tuple[Policy | None, Policy | None]:
        known = self.rules.policies
        return self._pick(known, matter), self._pick((*known, self.written), matter)

    def _pick(self, policies: Iterable[Policy], matter: Matter) -> Policy | None:
        try:
            return pick(policies, self.written.clock, matter, self.now)
        except NoPolicy:
            return None


def _matters(
    session: Session, found: Iterable[Clock], everywhere: str
) -> Mapping[int | None, Matter]:
    """Return what rules may ask about, by case; None stands for the quarantine."""
    ids = sorted({one for c in found for one in (c.case_id, c.root_case_id) if one is not None})
    matters: dict[int | None, Matter] = {}
    for start in range(0, len(ids), recompute.CHUNK):
        query = select(Case).where(Case.id.in_(ids[start : start + recompute.CHUNK]))
        matters |= {case.id: matter_of(case) for case in session.scalars(query)}
    area = session.get_one(Area, everywhere)
    matters[None] = Matter("", None, urgent=False, area=tuple(area.path), channel="")
    return matters
