"""Documents about an item go with it to the part that is split off (decision 43)."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from caseflow.deadlines import clocks
from caseflow.deadlines.clocks import Subject
from caseflow.errors import MoveNotAllowed
from caseflow.escalation import answers, order_laws, orders, reading, received
from caseflow.escalation.sweep import sweep
from caseflow.escalation.tables import Order
from caseflow.ledger import split_laws
from caseflow.ledger.moves import shelving, work
from caseflow.ledger.tables import Case
from tests.ledger.test_splitting import one, split
from tests.ledger.twice import DAY, Two, given

__all__ = ["given", "one"]


class Parted:
    """A part with an item about which the school got a document before it was split off."""

    def __init__(self, here: Two) -> None:
        self.here, self.session, self.office = here, here.session, here.office
        item, stays = here.dispatched(here.first), here.dispatched(here.first, "academy")
        work.sign_for(here.session, here.office["school"], item.id, here.now)
        work.sign_for(here.session, here.office["academy"], stays.id, here.now)
        self.item = item
        self.passes(15)
        query = select(Order).where(Order.kind == "supervision_order", Order.item_id == item.id)
        self.order = self.session.scalars(query).one()
        boss = self.office["supervisor"]
        orders.issue(self.session, boss, self.order.id, self.order.text, here.now)

    def parts(self) -> Case:
        part = split(self.here, self.here.two, [self.item])
        self.session.expire_all()
        return part

    def passes(self, days: int) -> None:
        for _ in range(days):
            self.here.now += DAY
            while sweep(self.session, self.here.now):
                pass

    def answers(self, text: str = "已办") -> None:
        self.here.now += timedelta(minutes=1)
        answers.answer(self.session, self.office["school"], self.order.id, text, self.here.now)

    def owed(self) -> dict[str, int | None]:
        found = clocks.alive(self.session, Subject(order_id=self.order.id))
        return {clock.name: clock.root_case_id for clock in found}

    def shelves(self, case: Case) -> None:
        s, now = self.session, self.here.now
        asked = ("没有资金", "列入预算", "今年没有资金", [("立项", date(2026, 6, 1))])
        shelving.ask_shelving(s, self.office["handler"], case.id, *asked, now)
        shelving.shelve(s, self.office["leader"], case.id, "", now)

    def broken(self) -> list[str]:
        laws = (*split_laws.broken(), *order_laws.broken())
        return [number for law in laws for number in self.session.scalars(law)]


def test_a_document_goes_with_its_item_and_is_answered_and_judged_there(one: Two) -> None:
    here = Parted(one)
    part = here.parts()
    assert (here.order.case_id, here.owed()) == (part.id, {"sign_for": part.id, "answer": part.id})
    both = [reading.of_case(here.session, case) for case in (one.first, part)]
    assert all(here.order in found for found in both)
    here.answers()
    boss = here.office["supervisor"]
    answers.send_back(here.session, boss, here.order.id, "不清楚", one.now)
    assert here.owed() == {"answer": part.id}
    here.answers("已逐项办好")
    assert here.owed() == {"check": part.id}
    assert here.broken() == []
    here.order.case_id = one.first.id
    here.session.flush()
    assert here.broken() != [], "a law asks for documents that are elsewhere"
    here.order.case_id = part.id


def test_an_answer_that_was_given_before_comes_back_in_the_part(one: Two) -> None:
    here = Parted(one)
    here.answers()
    part = here.parts()
    answers.send_back(here.session, here.office["supervisor"], here.order.id, "不清楚", one.now)
    assert here.owed() == {"answer": part.id}


def test_a_document_stands_still_with_the_case_of_its_item_and_no_other(one: Two) -> None:
    here = Parted(one)
    part = here.parts()
    here.shelves(one.first)
    assert set(here.owed()) == {"sign_for", "answer"}
    here.shelves(part)
    assert here.owed() == {}
    here.passes(15)
    assert here.owed() == {}
    with pytest.raises(MoveNotAllowed, match="挂账"):
        here.answers()
    assert received.order_to(here.session, here.order.unit_id, here.order.id).still
    shelving.take_up(here.session, here.office["handler"], part.id, "有钱了", one.now)
    here.session.expire_all()
    assert here.owed() == {"sign_for": part.id, "answer": part.id}
    assert here.broken() == []
