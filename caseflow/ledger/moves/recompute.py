"""Open clocks are counted anew because of a decision: the calendar, a rule or a ladder changed.

What decides how is the caller's; here is what all have in common: which clocks and cases are
locked, the mark that ties what is done to what was shown, the successors and the entries. Rungs
that happened stay, pauses go over, an entry stands in each changed case.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from caseflow.deadlines import recalendar
from caseflow.deadlines.ladder import Ladder
from caseflow.deadlines.policies import Policy
from caseflow.deadlines.tables import Clock
from caseflow.ledger import history
from caseflow.ledger.history import Line, moment_text
from caseflow.ledger.moves.record import refresh
from caseflow.ledger.report_tables import Report
from caseflow.ledger.tables import Case
from caseflow.outbox.events import News, emit_many
from caseflow.people.actor import Actor

CHUNK = 500


@dataclass(frozen=True)
class Turn:
    """How a clock goes on: its due moment and, where they are others, its rule and its ladder.

    `late`: by the rule alone it would be past already.
    """

    clock: Clock
    due: datetime
    policy: Policy | None = None
    ladder: Ladder | None = None
    late: bool = False


@dataclass(frozen=True)
class Shift:
    """One clock that changes, by ids; one of the quarantine has no case."""

    clock_id: int
    name: str
    case_id: int | None
    item_id: int | None
    order_id: int | None
    old: datetime
    new: datetime
    late: bool = False


@dataclass(frozen=True)
class Outcome:
    """What a change does, or did: `mark` is the same for the same outcome of the same change."""

    shifts: Sequence[Shift]
    mark: str

    @property
    def cases(self) -> int:
        """How many cases change."""
        return len({shift.case_id for shift in self.shifts if shift.case_id is not None})

    @property
    def moved(self) -> Sequence[Shift]:
        """The clocks that get another due moment."""
        return [shift for shift in self.shifts if shift.old != shift.new]

    @property
    def late(self) -> int:
        """How many clocks would be past already by the rule alone."""
        return sum(shift.late for shift in self.shifts)


def outcome(said: Iterable[str], turns: Iterable[Turn]) -> Outcome:
    """Return what comes of these turns, with a mark over it and over what was `said`."""
    rows = sorted(turns, key=lambda turn: (turn.clock.root_case_id or 0, turn.clock.id))
    shifts = [
        Shift(
            clock_id=turn.clock.id,
            name=turn.clock.name,
            case_id=turn.clock.root_case_id,
            item_id=turn.clock.item_id,
            order_id=turn.clock.order_id,
            old=turn.clock.due,
            new=turn.due,
            late=turn.late,
        )
        for turn in rows
    ]
    lines = [f"{one.clock_id} {moment_text(one.old)} {moment_text(one.new)}" for one in shifts]
    return Outcome(shifts, mark([*said, *lines]))


def mark(lines: Iterable[str]) -> str:
    """Return one word that is another for any other lines."""
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def lock(session: Session, touched: ColumnElement[bool]) -> None:
    """Lock the cases of the touched clocks by ascending ids, then the clocks of no case."""
    query = select(Clock.root_case_id).where(touched).distinct()
    ids = sorted(found for found in session.scalars(query) if found is not None)
    for start in range(0, len(ids), CHUNK):
        cases = select(Case.id).where(Case.id.in_(ids[start : start + CHUNK])).order_by(Case.id)
        session.execute(cases.with_for_update(key_share=True)).all()
    of_none = select(Clock.id).where(touched, Clock.root_case_id.is_(None))
    session.execute(of_none.order_by(Clock.id).with_for_update(key_share=True)).all()


def of_cases(session: Session, touched: ColumnElement[bool]) -> Sequence[Clock]:
    """Return the touched clocks, those of one case together."""
    query = select(Clock).where(touched).order_by(Clock.root_case_id, Clock.id)
    return session.scalars(query.execution_options(populate_existing=True)).all()


def resolves_first(of_case: Iterable[Clock]) -> list[Clock]:
    """Return the clocks of a case in the order of counting: what others are counted back from."""
    return sorted(of_case, key=lambda one: (one.name != "resolve", one.id))


def imposed(session: Session, touched: ColumnElement[bool]) -> Mapping[int, set[datetime]]:
    """Return by case the due moments that were set from outside."""
    query = select(Report.case_id, Report.imposed_due, Report.back_due).where(
        or_(Report.imposed_due.is_not(None), Report.back_due.is_not(None)),
        Report.case_id.in_(select(Clock.root_case_id).where(touched)),
    )
    found: dict[int, set[datetime]] = {}
    for case_id, *dues in session.execute(query):
        found.setdefault(case_id, set()).update(due for due in dues if due is not None)
    return found


def apply(
    session: Session,
    actor: Actor,
    verb: str,
    said: Mapping[str, object],
    turns: Sequence[Turn],
    now: datetime,
) -> None:
    """Give the clocks their successors and write an entry `verb` into each changed case."""
    facts: dict[int, list[dict[str, object]]] = {}
    for turn in turns:
        clock = turn.clock
        successor = recalendar.succeed(
            session, clock, turn.due, now, policy=turn.policy, ladder=turn.ladder
        )
        if clock.root_case_id is not None:
            facts.setdefault(clock.root_case_id, []).append(_fact(clock, successor))
    ids = sorted(facts)
    for start in range(0, len(ids), CHUNK):
        query = select(Case).where(Case.id.in_(ids[start : start + CHUNK])).order_by(Case.id)
        cases = session.scalars(query.execution_options(populate_existing=True)).all()
        lines = [
            (case, Line(verb, actor, now, {**said, "clocks": facts[case.id]})) for case in cases
        ]
        _tell(session, actor, verb, lines, now)


def _fact(clock: Clock, successor: Clock) -> dict[str, object]:
    return {
        "name": clock.name,
        "clock": clock.id,
        "successor": successor.id,
        "item": clock.item_id,
        "old_due": moment_text(clock.due),
        "new_due": moment_text(successor.due),
    }


def _tell(
    session: Session,
    actor: Actor,
    verb: str,
    lines: Sequence[tuple[Case, Line]],
    now: datetime,
) -> None:
    history.append_many(session, lines)
    for case, _ in lines:
        case.moved_at = now
        refresh(session, case)
    news = [
        News(verb, case.id, now, {"entry": case.head_n, "item": None, "by": actor.id})
        for case, _ in lines
    ]
    emit_many(session, news)
