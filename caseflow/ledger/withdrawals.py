"""What was asked to be withdrawn (撤项), and what is left of a case then: for verbs and pages.

A case goes on to its reply by itself when every item is over and at least one of them was struck
off, or went to a statutory procedure, in the present round: what was withdrawn answers nobody.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from caseflow.deadlines import clocks
from caseflow.deadlines.clocks import Subject
from caseflow.deadlines.policies import ClockName
from caseflow.ledger import step_ups
from caseflow.ledger.application_tables import Withdrawal
from caseflow.ledger.states import ITEM_DONE
from caseflow.ledger.tables import Case, Item


def asked(session: Session, case_id: int) -> Sequence[Withdrawal]:
    """Return every request of a case's items, oldest first."""
    query = select(Withdrawal).where(Withdrawal.case_id == case_id)
    return session.scalars(query.order_by(Withdrawal.id)).all()


def undecided(known: Iterable[Withdrawal], item: Item) -> Withdrawal | None:
    """Return the request about an item that waits for its decision."""
    found = (row for row in known if row.item_id == item.id and row.outcome is None)
    return next(found, None)


def something_stands(case: Case, items: Sequence[Item]) -> bool:
    """Tell whether every item is over and one of this round, at least, was not withdrawn."""
    return _over(items) and any(item.state != "withdrawn" for item in _of_round(case, items))


def nothing_stands(case: Case, items: Sequence[Item]) -> bool:
    """Tell whether every item is over and those of this round were all withdrawn."""
    here = _of_round(case, items)
    return _over(items) and bool(here) and all(item.state == "withdrawn" for item in here)


def _over(items: Sequence[Item]) -> bool:
    return all(item.state in ITEM_DONE for item in items)


def _of_round(case: Case, items: Sequence[Item]) -> list[Item]:
    return [item for item in items if item.round == case.reopened]


def askers(case: Case, items: Sequence[Item], known: Iterable[Withdrawal]) -> set[int]:
    """Return everybody who asked for what was withdrawn in this round."""
    here = {item.id for item in _of_round(case, items) if item.state == "withdrawn"}
    return {row.asked_by for row in known if row.item_id in here and row.outcome == "consented"}


def lapse(session: Session, item: Item, now: datetime) -> None:
    """Let a request be over because its item is, without anybody's decision; and what was to be
    decided about its ladder. At most one of the two waits.
    """
    _lapse(session, now, Withdrawal.item_id == item.id)
    step_ups.lapse(session, item, now)
    subject = Subject(item_id=item.id, root_case_id=item.case_id)
    clocks.stop(session, subject, now, ClockName.consent)


def lapse_all(session: Session, case: Case, now: datetime) -> None:
    """Let every undecided request of a case that ends be over; its clocks end otherwise."""
    _lapse(session, now, Withdrawal.case_id == case.id)
    step_ups.lapse_all(session, case, now)


def _lapse(session: Session, now: datetime, which: ColumnElement[bool]) -> None:
    undecided = Withdrawal.outcome.is_(None)
    session.execute(
        update(Withdrawal).where(which, undecided).values(outcome="lapsed", decided_at=now)
    )
