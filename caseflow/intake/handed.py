"""Pasted orders beside what the house knows: how stretches are counted, and what came before."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from sqlalchemy import select
from sqlalchemy.orm import Session

from caseflow.clock import SHANGHAI
from caseflow.deadlines.calendar import Calendar, Unit
from caseflow.intake.channels.handed.filling import Ends
from caseflow.intake.channels.handed.moments import Within
from caseflow.intake.channels.handed.orders import Order
from caseflow.ledger.handed import normal
from caseflow.ledger.handed_tables import HandedMatter
from caseflow.ledger.queries import visible
from caseflow.ledger.report_tables import Report
from caseflow.ledger.tables import Case
from caseflow.people.scope import Scope

Key = tuple[str, str]


@dataclass(frozen=True)
class Before:
    """What a number became before: where the sender is `same` it is that matter, else perhaps.

    The case's number is empty where it lies outside the scope of whoever asks.
    """

    same: bool
    case: str = ""


def ends(calendar: Calendar) -> Ends:
    """Return what counts the last day of a stretch that began on a day, by the office's calendar;
    the day itself does not count.
    """

    def counted(began: date, stretch: Within) -> tuple[str, str]:
        start = datetime.combine(began, time(12), SHANGHAI)
        due = calendar.due(start, stretch.amount, Unit(stretch.unit))
        return calendar.due_day(due).isoformat(), ""

    return counted


def key(sender: str, number: str) -> Key:
    """Return by what a matter is known again: the sender and its number in normal form."""
    return normal(sender), normal(number)


def key_of(order: Order) -> Key:
    """Return by what a pasted order is known again; empty words where it does not say."""
    said = (order.fields.get(name) for name in ("sender", "sender_number"))
    sender, number = (filled.value if filled else "" for filled in said)
    return key(sender, number)


def before(session: Session, scope: Scope, keys: Sequence[Key]) -> Mapping[Key, Before]:
    """Return what came before of these senders and numbers; one statement for all of them."""
    numbers = {number for _, number in keys if number}
    if not numbers:
        return {}
    query = select(HandedMatter.sender, HandedMatter.number, Case.number, visible(scope))
    query = query.join(Report, Report.id == HandedMatter.report_id)
    query = query.join(Case, Case.id == Report.case_id)
    found: dict[Key, Before] = {}
    for sender, number, case, seen in session.execute(
        query.where(HandedMatter.number.in_(numbers)).order_by(HandedMatter.id)
    ):
        for one in keys:
            same = one == (sender, number)
            if one[1] == number and (same or (seen and one not in found)):
                found[one] = Before(same, case if seen else "")
    return found
