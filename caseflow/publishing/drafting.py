"""Drafting a circular by one press, from the facts of the ledger (起草通报)."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime

from sqlalchemy.orm import Session

from caseflow.clock import Period, local
from caseflow.deadlines.rules import rules_of
from caseflow.errors import BadInput
from caseflow.escalation import lateness
from caseflow.ledger import proven
from caseflow.ledger.moves.record import gathered
from caseflow.ledger.proven import Proven
from caseflow.people import names
from caseflow.people.actor import Actor
from caseflow.people.permissions import require
from caseflow.people.scope import Scope, scope_of
from caseflow.publishing import circular_record, circular_wording
from caseflow.publishing.circular_gate import require_free
from caseflow.publishing.circular_record import record
from caseflow.publishing.circular_wording import OfUnit
from caseflow.publishing.tables import Circular, CircularItem, CircularUnit

LONGEST = 366
"""Days that a circular may be about: a year at the most."""
NOBODY_LATE = "这段时间没有单位逾期，不需要通报"
NOT_PROVEN = "请从名单中选择有核查结论的问题项"


@dataclass(frozen=True)
class Lateness:
    """The units that were late in a period, with their names."""

    units: Sequence[OfUnit]
    names: dict[int, str]


def check_period(first: date | None, last: date | None, today: date) -> Period:
    """Return the period of two days. Raises BadInput where it is none, not over yet, or too long;
    today counts as over, for what is due until now.
    """
    if first is None or last is None:
        raise BadInput({"first": "请填写起止日期"})
    if first > last:
        raise BadInput({"first": "起始日期不能晚于截止日期"})
    if last > today:
        raise BadInput({"last": "截止日期不能晚于今天"})
    if (last - first).days >= LONGEST:
        raise BadInput({"first": "一份通报最多写一年"})
    return Period(first, last)


def lateness_of(session: Session, actor: Actor, period: Period, now: datetime) -> Lateness:
    """Return which units were late in a period, in the area of the actor's office; three
    statements. Raises NotPermitted for whoever must keep away from one of them.
    """
    require(actor, "circular.draft")
    late = lateness.late(session, _whole(actor), period, now)
    units = circular_wording.counted(late, rules_of(session).calendar, now)
    require_free(actor, {one.unit_id for one in units})
    known = names.units(session, {one.unit_id for one in units})
    return Lateness(units, {unit_id: unit.name for unit_id, unit in known.items()})


def _whole(actor: Actor) -> Scope:
    """Return an office's scope with nothing left out: a circular is of all of it, or of nobody."""
    return replace(scope_of(actor), recused=frozenset())


def draft_lateness(session: Session, actor: Actor, period: Period, now: datetime) -> Circular:
    """Draft a circular on what units let run out in a period. Raises BadInput where none did."""
    found = lateness_of(session, actor, period, now)
    if not found.units:
        raise BadInput({"first": NOBODY_LATE})
    known = found.units, found.names, period
    circular = _new(
        actor,
        "lateness",
        period,
        (
            circular_wording.text(*known, local(now).date()),
            circular_wording.public_text(*known),
        ),
        now,
    )
    return _keep(session, actor, circular, found.units, (), now)


def problems_of(session: Session, actor: Actor, period: Period) -> Sequence[Proven]:
    """Return the items of which a circular of this office could state the problem.

    Those about units that the reader must keep away from are left out.
    """
    require(actor, "circular.draft")
    found = proven.proven(session, scope_of(actor), period)
    return [one for one in found if not actor.recused & _units(one)]


def draft_problem(
    session: Session, actor: Actor, period: Period, items: Collection[int], said: str, now: datetime
) -> Circular:
    """Draft a circular that states problems: only such as were found, in a person's words.

    The public text begins as the same words. Raises BadInput, NotPermitted.
    """
    require(actor, "circular.draft")
    found = proven.chosen(session, _whole(actor), items) if items else []
    require_free(actor, set().union(*(_units(one) for one in found)))

    def all_proven() -> None:
        if not found or {one.item.id for one in found} != set(items):
            raise BadInput({"items": NOT_PROVEN})

    gathered(all_proven, lambda: circular_wording.checked(said, "text"))
    text = circular_wording.checked(said, "text")
    circular = _new(actor, "problem", period, (text, text), now)
    ids = [one.item.id for one in found]
    return _keep(session, actor, circular, _by_unit(found), ids, now)


def _units(one: Proven) -> set[int]:
    units = (one.unit_id, one.item.verifying_unit_id, one.case.unit_id)
    return {unit for unit in units if unit is not None}


def _by_unit(found: Iterable[Proven]) -> list[OfUnit]:
    """Return every unit that the items are about; those of which no problem is stated, with none:
    whoever must keep away from one of them does not read what is said of the matter.
    """
    by_unit: dict[int, list[Proven]] = {}
    for one in found:
        for unit in _units(one):
            theirs = by_unit.setdefault(unit, [])
            theirs += [one] if unit == one.unit_id else []
    return [
        OfUnit(unit, len(theirs), len({one.case.id for one in theirs}), 0, 0)
        for unit, theirs in by_unit.items()
    ]


def _new(
    actor: Actor, kind: str, period: Period, texts: tuple[str, str], now: datetime
) -> Circular:
    return Circular(
        area_code=actor.area,
        kind=kind,
        state="drafted",
        first_day=period.first,
        last_day=period.last,
        text=texts[0],
        public_text=texts[1],
        drafted_by=actor.person,
        drafted_at=now,
        head="",
        head_n=0,
    )


def _keep(
    session: Session,
    actor: Actor,
    circular: Circular,
    units: Iterable[OfUnit],
    items: Sequence[int],
    now: datetime,
) -> Circular:
    session.add(circular)
    session.flush()
    session.add_all(CircularUnit(circular_id=circular.id, **asdict(one)) for one in units)
    session.add_all(CircularItem(circular_id=circular.id, item_id=one) for one in items)
    facts = {
        "kind": circular.kind,
        "first": circular.first_day.isoformat(),
        "last": circular.last_day.isoformat(),
        "units": [asdict(one) for one in units],
        "items": list(items),
        **circular_record.texts(circular),
    }
    record(session, circular, actor, "circular_drafted", now, facts)
    return circular
