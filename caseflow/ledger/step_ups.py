"""What brings a document of an item's ladder before its date (督办升级): for verbs and pages.

A person asks and another one decides, or the ledger's own facts bring it (`prompt`). Either leaves
a row; the ladder is climbed by whoever knows documents (`escalation.stepping`).
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Select, bindparam, func, select, update
from sqlalchemy.orm import Session

from caseflow.db import Moment
from caseflow.deadlines import clocks
from caseflow.deadlines.calendar import Unit
from caseflow.deadlines.clocks import Subject
from caseflow.deadlines.ladder import Event, Step, carried
from caseflow.deadlines.policies import ClockName
from caseflow.deadlines.rules import Rules, rules_of
from caseflow.deadlines.tables import Clock
from caseflow.ledger import gate
from caseflow.ledger.report_tables import Report
from caseflow.ledger.states import CLAIMS
from caseflow.ledger.step_up_tables import StepUp
from caseflow.ledger.tables import Case, Item
from caseflow.vault.tables import Identity

OF_UNITS = ("sign_for", "verify", "rectify")
"""The promises about an item that a unit keeps; what is to be done counts before the receipt."""


def asked(session: Session, case_id: int) -> Sequence[StepUp]:
    """Return everything that was to bring a document in a case, oldest first."""
    query = select(StepUp).where(StepUp.case_id == case_id)
    return session.scalars(query.order_by(StepUp.id)).all()


def undecided(known: Iterable[StepUp], item: Item) -> StepUp | None:
    """Return what somebody asked for about an item and nobody has decided."""
    found = (row for row in known if row.item_id == item.id and row.outcome is None)
    return next(found, None)


def waiting(session: Session, item: Item) -> StepUp | None:
    """Return the same, asked of the database."""
    query = select(StepUp).where(StepUp.item_id == item.id, StepUp.outcome.is_(None))
    return session.scalar(query)


def clock_of(known: Iterable[Clock], item: Item) -> Clock | None:
    """Return the promise whose ladder is climbed for an item: of those that its holder keeps and
    that run, what is to be done rather than the receipt.
    """
    mine = [one for one in known if one.item_id == item.id and one.state == "running"]
    mine = [one for one in mine if one.name in OF_UNITS and one.ladder == "units"]
    return max(mine, key=lambda one: OF_UNITS.index(one.name), default=None)


def addressee(item: Item) -> int | None:
    """Return the unit that holds an item: none while an inspector verifies in person, for then the
    unit must not learn of it (design law 9).
    """
    return None if in_person(item) else gate.holder_unit(item)


def in_person(item: Item) -> bool:
    """Tell whether an inspector verifies an item, which no unit holds meanwhile."""
    return item.inspector_id is not None and item.rectifying_unit_id is None


def is_about_holder(row: StepUp, item: Item) -> bool:
    """Tell whether the unit that a document was asked for about still has the item."""
    since = item.held_since
    return row.unit_id == addressee(item) and (since is None or since <= row.asked_at)


def steps(rules: Rules, clock: Clock, known: Iterable[Clock]) -> list[Step]:
    """Return the documents that may still come for a promise before their dates, mildest first:
    stricter ones than came for it, or for the receipt of its item, of those that are `known`.
    """
    of_clock = _of(rules, clock)
    beside = (one for one in known if one.item_id == clock.item_id and one.id != clock.id)
    receipts = [one for one in beside if one.name == ClockName.sign_for]
    came = [carried(_of(rules, one), of_clock, clocks.reached(one)) for one in receipts]
    above = max([clocks.reached(clock), *came])
    return [step for step in of_clock if step.document and step.n > above]


def _of(rules: Rules, clock: Clock) -> tuple[Step, ...]:
    return clocks.ladder_of(rules, clock).variant(Unit(clock.unit))


_OVER = {"outcome": "lapsed", "decided_at": bindparam("now", type_=Moment)}
_OPEN = StepUp.outcome.is_(None)
_LAPSE = update(StepUp).where(StepUp.item_id == bindparam("item"), _OPEN).values(_OVER)
_LAPSE_ALL = update(StepUp).where(StepUp.case_id == bindparam("case"), _OPEN).values(_OVER)


def lapse(session: Session, item: Item, now: datetime) -> None:
    """Let what was asked for be over, since the item is; its clocks end otherwise."""
    session.execute(_LAPSE, {"item": item.id, "now": now})


def lapse_all(session: Session, case: Case, now: datetime) -> None:
    """Let everything that was asked for in a case be over, since the case is."""
    session.execute(_LAPSE_ALL, {"case": case.id, "now": now})


# What the ledger's own facts bring


def sent_back(session: Session, case: Case, item: Item, clock: Clock, now: datetime) -> None:
    """An item was sent back: so often, perhaps, that its ladder answers it."""
    trigger = clocks.ladder_of(rules_of(session), clock).trigger(Event.sent_back)
    if trigger is not None and item.returns == trigger.times:
        _prompt(session, case, item, clock, Event.sent_back, now)


def many_reports(session: Session, case: Case, items: Sequence[Item], now: datetime) -> None:
    """Where a unit itself holds what it is complained of, and so many people complained of it
    lately, its ladder may answer: once, and not again for as long as the ladder looks back.

    Tips count for nothing: no unit may learn of them, nor guess them from a document that came.
    """
    mine = [one for one in items if addressee(one) == case.unit_id]
    if case.kind not in CLAIMS or case.unit_id is None or not mine:
        return
    session.flush()
    item, known = mine[-1], clocks.alive(session, Subject(item_id=mine[-1].id))
    clock = clock_of(known, item)
    if clock is None:
        return
    trigger = clocks.ladder_of(rules_of(session), clock).trigger(Event.many_reports)
    if trigger is None:
        return
    said = {"unit": case.unit_id, "since": now - timedelta(days=trigger.days)}
    if (session.scalar(_PEOPLE, said) or 0) < trigger.times or session.scalar(_LATELY, said):
        return
    _prompt(session, case, item, clock, Event.many_reports, now)


def _different() -> Select[int]:
    """Count the people: of one telephone number or address is one person; who cannot be told from
    others is nobody.
    """
    who = func.coalesce(Identity.phone_index, Identity.email_index, Identity.id)
    query = select(func.count(who.distinct())).select_from(Case)
    query = query.join(Report, Report.case_id == Case.id)
    return query.join(Identity, Identity.id == Report.identity_id)


_SINCE = bindparam("since", type_=Moment)
_PEOPLE = _different().where(
    Case.unit_id == bindparam("unit"),
    Case.kind.in_(CLAIMS),
    Report.kind != "tip",
    Report.anonymous.is_(False),
    Report.received_at > _SINCE,
)
_LATELY = (
    select(StepUp.id)
    .where(
        StepUp.unit_id == bindparam("unit"),
        StepUp.asked_by.is_(None),
        StepUp.cause == str(Event.many_reports),
        StepUp.asked_at > _SINCE,
    )
    .limit(1)
)


def _prompt(
    session: Session, case: Case, item: Item, clock: Clock, event: Event, now: datetime
) -> None:
    """Leave on record what an event brings; the ladder is climbed with the next sweep."""
    ladder, unit = clocks.ladder_of(rules_of(session), clock), Unit(clock.unit)
    trigger = ladder.trigger(event)
    step = ladder.brings(trigger, unit) if trigger is not None else None
    unit_id = addressee(item)
    if step is None or unit_id is None:
        return
    session.flush()
    session.add(
        StepUp(
            case_id=case.id,
            item_id=item.id,
            clock_id=clock.id,
            unit_id=unit_id,
            action=str(step.action),
            cause=str(event),
            asked_at=now,
            outcome="approved",
            decided_at=now,
        )
    )
