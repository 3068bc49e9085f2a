"""What an event is about, read from the ledger in the transaction that expands it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Integer, String, column, select, table
from sqlalchemy.orm import Session

from caseflow.deadlines.policies import ClockName
from caseflow.deadlines.tables import Clock
from caseflow.ledger import assistances, oversights, passages
from caseflow.ledger.assistance_tables import Assistance
from caseflow.ledger.moves.objecting import OBJECTIONS
from caseflow.ledger.report_tables import CallBack, Question
from caseflow.ledger.states import TO_RECTIFY
from caseflow.ledger.tables import Case, Item
from caseflow.notices.rules import News
from caseflow.outbox.events import body_of
from caseflow.outbox.tables import Event

# Escalation and quarantine stand beside or above this room: their tables are read by name.
ORDER = table("supervision_order", column("id", Integer), column("unit_id", Integer))
# Doors at which nobody stands to take a receipt.
BY_POST = ("mailbox", "text", "letter", "handed_down")
_QUARANTINE = table("quarantine", column("id", Integer), column("area_code", String))
_CALL = table("phone_call", column("id", Integer), column("area_code", String))


@dataclass(frozen=True)
class Matter:
    """An event with the case, item and clock it is about; `area`: whose office has to act, or to
    know: an event of passing on names it (`office`).
    """

    event: Event
    body: dict[str, Any]
    area: str
    case: Case | None
    item: Item | None
    clock: Clock | None

    @property
    def number(self) -> str:
        """The case number, empty for a matter of quarantine or a missed call."""
        return self.case.number if self.case else ""


def read(session: Session, event: Event) -> Matter | None:
    """Return what `event` is about; None when its subject is gone or it has none."""
    body = body_of(event)
    case = session.get(Case, event.case_id) if event.case_id else None
    item = session.get(Item, body["item"]) if body.get("item") else None
    clock = session.get(Clock, body["clock_id"]) if body.get("clock_id") else None
    elsewhere = body.get("area") or _quarantined(session, body) or _called(session, body)
    area = body.get("office") or (_office(session, case, clock) if case else elsewhere)
    return Matter(event, body, area, case, item, clock) if area else None


def _office(session: Session, case: Case, clock: Clock | None) -> str:
    """Return the area whose office has to act: the one that must sign for a case is urged to, and
    the one above that looks into what came back too often.
    """
    if clock is not None and clock.name == ClockName.receive and case.bound_for is not None:
        return case.bound_for
    if clock is not None and clock.name == ClockName.oversee:
        found = oversights.of_whom(session, case)
        return found[0] if found else passages.office(case)
    return passages.office(case)


def _quarantined(session: Session, body: Mapping[str, Any]) -> str | None:
    query = select(_QUARANTINE.c.area_code).where(_QUARANTINE.c.id == body.get("quarantine"))
    return session.scalar(query) if body.get("quarantine") else None


def _called(session: Session, body: Mapping[str, Any]) -> str | None:
    query = select(_CALL.c.area_code).where(_CALL.c.id == body.get("call"))
    return session.scalar(query) if body.get("call") else None


def news_of(session: Session, matter: Matter) -> News:
    """Return the plain value that the rules read."""
    body, item, case = matter.body, matter.item, matter.case
    result, unit = body.get("result"), body.get("unit")
    found = matter.event.name == "find"
    return News(
        name=matter.event.name,
        kind=case.kind if case else "",
        urgent=matter.event.urgent,
        by_post=case is not None and case.reviews is None and case.channel in BY_POST,
        review=case is not None and case.reviews is not None,
        way=body.get("way", ""),
        to_other=found and unit is not None and (item is None or unit != item.verifying_unit_id),
        to_check=(found and result not in TO_RECTIFY) or bool(body.get("to_check")),
        to_find=bool(body.get("to_find")) and item is not None and item.state == "verifying",
        countersign=case is not None and case.countersign,
        unsatisfied=matter.event.name == "call_back" and _unsatisfied(session, matter),
        to_leader=body.get("times", 0) >= OBJECTIONS,
        moved=body.get("former") is not None,
        in_its_place=unit is not None and unit == body.get("former"),
        all_withdrawn=bool(body.get("all_withdrawn")),
        accepted=bool(body.get("accepted")),
        again=bool(body.get("again")),
        rewritten=bool(body.get("rewritten")),
        earlier=bool(body.get("earlier")),
        two_numbers=matter.event.name == "split_off" and bool(body.get("reports")),
        proposed=body.get("asked_by") is not None,
        action=body.get("action", ""),
        clock=body.get("clock", ""),
        document=body.get("order") is not None,
        audience=tuple(body.get("audience", ())),
    )


def _unsatisfied(session: Session, matter: Matter) -> bool:
    query = select(CallBack.satisfied).where(
        CallBack.case_id == matter.event.case_id, CallBack.at == matter.event.at
    )
    return session.scalar(query.limit(1)) is False


def unit_of(session: Session, matter: Matter) -> int | None:
    """Return the unit that an event is about: the one it names, the item's, the document's."""
    named: int | None = matter.body.get("unit")
    if named is not None:
        return named
    item = matter.item
    if matter.clock is not None and matter.clock.name == ClockName.assist:
        asked = assistance_of(session, matter)
        return asked.unit_id if asked else None
    if item is not None:
        return item.verifying_unit_id if verifies(matter) else item.rectifying_unit_id
    if matter.clock is not None and matter.clock.order_id is not None:
        return session.scalar(select(ORDER.c.unit_id).where(ORDER.c.id == matter.clock.order_id))
    return None


def assistance_of(session: Session, matter: Matter) -> Assistance | None:
    """Return what a unit was asked beside the lead, where an event or a rung is about that."""
    named = matter.body.get("assistance")
    if named is not None:
        return session.get(Assistance, named)
    if matter.clock is not None and matter.clock.name == ClockName.assist:
        return assistances.by_clock(session, matter.clock)
    return None


def verifies(matter: Matter) -> bool:
    """Tell whether the event belongs to the item's verification, rather than to what follows.

    A unit reported by a tip learns of it by the rectification notice only, so a rung of the
    verification must never turn to it, however late the message is made.
    """
    item, clock = matter.item, matter.clock
    if item is None:
        return False
    if clock is not None and clock.name in ("sign_for", "verify", "rectify"):
        first = clock.name == "sign_for" and clock.started_at == item.dispatched_at
        return first or clock.name == "verify"
    return matter.event.name == "dispatch" or item.rectifying_unit_id is None


def due_of(session: Session, matter: Matter, names: Sequence[str]) -> datetime | None:
    """Return the due moment that a message gives: of the rung's clock, else of the first named
    clock that runs on the item, the document, or the case.
    """
    question = matter.body.get("question")
    if question is not None and matter.event.name in ("ask", "supplement"):
        return session.get_one(Question, question).until
    if matter.clock is not None and matter.clock.name in names:
        return matter.clock.due
    running = select(Clock).where(
        Clock.root_case_id == matter.event.case_id, Clock.state == "running", Clock.name.in_(names)
    )
    clocks = [clock for clock in session.scalars(running.order_by(Clock.id)) if _on(matter, clock)]
    ranked = sorted(clocks, key=lambda clock: (names.index(clock.name), clock.due))
    return ranked[0].due if ranked else None


def _on(matter: Matter, clock: Clock) -> bool:
    """Tell whether a clock stands on the event's item or document, or on the case as a whole."""
    if clock.item_id is not None:
        of_document = matter.event.name.startswith("order_")
        return not of_document and matter.item is not None and clock.item_id == matter.item.id
    if clock.order_id is not None:
        return clock.order_id == matter.body.get("order")
    return True
