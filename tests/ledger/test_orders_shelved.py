"""Documents of a shelved case stand still with it, and go on with it (decision 36)."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import func, select

from caseflow import doctor
from caseflow.db import Database
from caseflow.deadlines.clocks import ALIVE
from caseflow.deadlines.rules import rules_of
from caseflow.deadlines.tables import Clock
from caseflow.errors import MoveNotAllowed
from caseflow.escalation import answers, orders
from caseflow.escalation.sweep import sweep
from caseflow.escalation.tables import Order
from caseflow.ledger import gate
from caseflow.ledger.moves import shelving
from caseflow.ledger.shelving_tables import ShelvedClock
from caseflow.ledger.tables import Item
from tests.ledger.stepped import begun, fits
from tests.ledger.test_shelving import DAY, Leaking


class Urged(Leaking):
    """The school was late: one order went out to it, and a circular is drafted."""

    def late(self) -> None:
        while self.count("circular") == 0:
            self.passes(1)
            if self.count("supervision_order") and self.order.state == "draft":
                orders.issue(
                    self.session,
                    self.office["supervisor"],
                    self.order.id,
                    self.order.text,
                    self.now,
                )

    def passes(self, days: int) -> None:
        for _ in range(days):
            self.now += DAY
            while sweep(self.session, self.now):
                pass
        self.session.expire_all()

    def count(self, kind: str) -> int:
        query = select(func.count()).select_from(Order).where(Order.kind == kind)
        return self.session.scalar(query) or 0

    @property
    def order(self) -> Order:
        return self._first("supervision_order")

    @property
    def circular(self) -> Order:
        return self._first("circular")

    def _first(self, kind: str) -> Order:
        query = select(Order).where(Order.kind == kind).order_by(Order.id).limit(1)
        return self.session.scalars(query).one()

    def owed(self, order: Order) -> dict[str, datetime]:
        query = select(Clock).where(Clock.order_id == order.id, Clock.state.in_(ALIVE))
        return {clock.name: clock.due for clock in self.session.scalars(query)}

    def owed_once(self) -> list[int]:
        """Return the clocks of documents that ended because the case was shelved."""
        query = select(ShelvedClock.clock_id).join(Clock, Clock.id == ShelvedClock.clock_id)
        return list(self.session.scalars(query.where(Clock.order_id.is_not(None))))

    def broken(self) -> list[str]:
        return [
            f"{law}: {one}"
            for law in doctor.LAWS
            for query in doctor.LAWS[law]()
            for one in self.session.scalars(query)
        ]


@pytest.fixture
def late(database: Database, now: datetime) -> Iterator[Urged]:
    with database.transaction() as session:
        urged = Urged(session, now)
        urged.late()
        yield urged


def test_nobody_is_hunted_by_documents_while_a_case_is_shelved(late: Urged) -> None:
    s, o = late.session, late.office
    before = s.scalar(select(func.count()).select_from(Order))
    late.ask()
    late.shelve()
    assert late.broken() == []
    assert set(late.running()) <= {"milestone", "notice"}
    late.passes(15)
    assert s.scalar(select(func.count()).select_from(Order)) == before
    item = s.get_one(Item, late.item.id)
    assert orders.kept_back(s, late.circular, late.case, item) == gate.SHELVED
    for move in (
        lambda: orders.issue(s, o["leader"], late.circular.id, late.circular.text, late.now),
        lambda: answers.sign_for(s, late.school, late.order.id, late.now),
        lambda: answers.answer(s, late.school, late.order.id, "已办", late.now),
    ):
        with pytest.raises(MoveNotAllowed, match="挂账"):
            move()
    assert late.broken() == []


def test_taken_up_a_document_is_owed_in_what_was_left(late: Urged) -> None:
    late.passes(1)
    owed = late.owed(late.order)
    left = owed["answer"] - late.now
    late.ask()
    late.shelve()
    late.passes(15)
    assert late.owed(late.order) == late.owed(late.circular) == {}
    late.take_up()
    late.session.expire_all()
    again = late.owed(late.order)
    assert again.keys() == owed.keys()
    assert again["answer"] - late.now >= left - timedelta(days=1)
    assert again["answer"] > owed["answer"]
    assert late.order.answer_by == rules_of(late.session).calendar.due_day(again["answer"])
    assert set(late.owed(late.circular)) == {"draft"}
    assert late.broken() == []


def test_what_was_lifted_or_cancelled_meanwhile_is_owed_no_more(late: Urged) -> None:
    late.ask()
    late.shelve()
    boss = late.office["supervisor"]
    answers.lift(late.session, boss, late.order.id, "暂不需要", late.now)
    orders.cancel(late.session, boss, late.circular.id, "暂不需要", late.now)
    late.passes(2)
    late.take_up()
    assert late.owed(late.order) == late.owed(late.circular) == {}
    assert late.broken() == []


def test_what_an_event_brings_waits_for_a_shelved_case(database: Database, now: datetime) -> None:
    with begun(database, now) as given:
        given.returned()
        given.returned()
        s, case, o = given.session, given.item.case_id, given.office
        asked = ("没有资金", "列入预算", "今年没有资金", [("立项", date(2026, 6, 1))])
        shelving.ask_shelving(s, o["handler"], case, *asked, given.now)
        shelving.shelve(s, o["leader"], case, "", given.now)
        given.sweep()
        assert given.orders() == []
        shelving.take_up(s, o["handler"], case, "有钱了", given.now)
        given.sweep()
        assert given.orders() == [("supervision_order", "draft")]
        fits(s)
