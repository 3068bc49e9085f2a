"""A ladder changes (督办阶梯): for new promises, or on request for those already given.

Rungs that happened stay and never happen again (`deadlines.ladder.carried`); no due moment moves.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session

from caseflow.deadlines import amending, clocks, recalendar
from caseflow.deadlines.calendar import Unit
from caseflow.deadlines.clocks import Planned
from caseflow.deadlines.ladder import Ladder, Step, carried, carried_document, next_rung
from caseflow.deadlines.rules import Rules, rules_of
from caseflow.deadlines.tables import Clock
from caseflow.errors import MoveNotAllowed, NotPermitted
from caseflow.ledger.moves import recompute
from caseflow.ledger.moves.amending import may_amend
from caseflow.ledger.moves.recompute import Turn
from caseflow.people.actor import Actor
from caseflow.people.office_changes import note
from caseflow.people.permissions import require


@dataclass(frozen=True)
class Climb:
    """What comes next on an open promise: by the ladder it climbs, and by the new one."""

    clock_id: int
    name: str
    case_id: int | None
    old: tuple[Step, datetime] | None
    new: tuple[Step, datetime] | None
    at_once: bool

    @property
    def differs(self) -> bool:
        """Tell whether something else comes next, or somebody else hears of it."""
        return _without_number(self.old) != _without_number(self.new)


@dataclass(frozen=True)
class Seen:
    """What a new version would do: `climbs` are the promises for which something else comes next.

    `clocks`, `cases`: how many would climb the new version. Two marks: with the open promises,
    and without.
    """

    climbs: Sequence[Climb]
    clocks: int
    cases: int
    mark_open: str
    mark: str

    @property
    def at_once(self) -> int:
        """How many rungs would come with the next sweep."""
        return sum(climb.at_once for climb in self.climbs)


def preview(session: Session, ladder: Ladder, now: datetime) -> Seen:
    """Return what a new version of a ladder would do; nothing is written."""
    rules = rules_of(session)
    found = recompute.of_cases(session, _touched(ladder))
    climbs = [_climb(rules, clock, ladder, now) for clock in found]
    before = amending.newest(session, ladder.name)
    said = [repr(ladder), str(before.version)]
    lines = [f"{one.clock_id} {one.old} {one.new}" for one in climbs]
    return Seen(
        climbs=[one for one in climbs if one.differs],
        clocks=len(found),
        cases=len({clock.root_case_id for clock in found if clock.root_case_id is not None}),
        mark_open=recompute.mark([*said, "open", *lines]),
        mark=recompute.mark(said),
    )


def amend(
    session: Session,
    actor: Actor,
    ladder: Ladder,
    everywhere: str,
    mark: str,
    now: datetime,
    *,
    open_too: bool = False,
) -> Seen:
    """Write a new version of a ladder, exactly as the preview with this mark said.

    `open_too`: promises already given climb it from where they stand, an entry in each case.
    Raises NotPermitted, and MoveNotAllowed when the outcome is no longer what was shown.
    """
    require(actor, "policy.edit")
    if not may_amend(session, actor, None, everywhere):
        raise NotPermitted("督办阶梯对全部辖区有效，由管理全部辖区的管理员修改")
    recalendar.hold(session)
    before = amending.newest(session, ladder.name)
    if open_too:
        recompute.lock(session, _touched(ladder))
    seen = preview(session, ladder, now)
    if ladder.version != before.version + 1 or mark != (seen.mark_open if open_too else seen.mark):
        raise MoveNotAllowed("督办阶梯或时限刚有变化，请再看一遍预览")
    found = recompute.of_cases(session, _touched(ladder)) if open_too else []
    amending.write_ladder(session, ladder, actor.person, now)
    turns = [Turn(clock, clock.due, ladder=ladder) for clock in found]
    said = {"ladder": ladder.name, "version": ladder.version}
    recompute.apply(session, actor, "climb_anew", said, turns, now)
    facts = {**said, "cases": seen.cases if open_too else 0, "clocks": len(turns)}
    note(session, actor, "ladder_changed", now, {**facts, "was": before.version})
    return seen


def _without_number(planned: tuple[Step, datetime] | None) -> tuple[Step, datetime] | None:
    return (replace(planned[0], n=0), planned[1]) if planned else None


def _touched(ladder: Ladder) -> ColumnElement[bool]:
    return Clock.state.in_(clocks.ALIVE) & (Clock.ladder == ladder.name)


def _climb(rules: Rules, clock: Clock, ladder: Ladder, now: datetime) -> Climb:
    unit = Unit(clock.unit)
    old = clocks.ladder_of(rules, clock)
    stands = carried(old.variant(unit), ladder.variant(unit), clock.last_rung)
    entered = carried_document(old.variant(unit), ladder.variant(unit), clock.entered)
    calendar, since = rules.calendar, clock.started_at
    planned = next_rung(ladder, stands, since, clock.due, unit, calendar, entered)
    was = (clock.next_rung, clock.next_rung_at)
    return Climb(
        clock_id=clock.id,
        name=clock.name,
        case_id=clock.root_case_id,
        old=_named(old, was if was[0] and was[1] else None, unit),  # type: ignore[arg-type]
        new=_named(ladder, planned, unit),
        at_once=clock.state == "running" and planned is not None and planned[1] <= now,
    )


def _named(ladder: Ladder, planned: Planned, unit: Unit) -> tuple[Step, datetime] | None:
    return (ladder.step(planned[0], unit), planned[1]) if planned else None
