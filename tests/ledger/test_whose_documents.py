"""Whose documents are: who must keep away from one, whoever the case is about."""

from collections.abc import Callable, Iterator
from datetime import datetime

import pytest
from sqlalchemy import select

from caseflow.db import Database
from caseflow.errors import NotPermitted
from caseflow.escalation import answers, order_gate, orders
from caseflow.escalation.tables import Order
from caseflow.people import accounts
from caseflow.people.actor import Actor
from caseflow.people.tables import Recusal, User
from tests.ledger.test_orders_shelved import Urged


@pytest.fixture
def late(database: Database, now: datetime) -> Iterator[Urged]:
    with database.transaction() as session:
        urged = Urged(session, now)
        urged.late()
        yield urged


def kept_from(late: Urged, who: str, unit: str) -> Actor:
    """Let somebody keep away from a unit and return them as they are now."""
    person = late.session.get_one(User, late.office[who].person)
    away = Recusal(
        user_id=person.id, unit_id=late.office.units[unit], reason="亲属", since=late.now
    )
    late.session.add(away)
    late.session.flush()
    return accounts.actor_of(late.session, person)


def refused(*moves: Callable[[], object]) -> None:
    for move in moves:
        with pytest.raises(NotPermitted, match="回避"):
            move()


def test_whoever_keeps_away_from_its_unit_has_no_say_in_a_document(late: Urged) -> None:
    s, now, order, draft = late.session, late.now, late.order, late.circular
    assert late.case.unit_id != late.office.units["school"], "the case is about nobody, or another"
    boss = kept_from(late, "supervisor", "school")
    refused(
        lambda: orders.edit(s, boss, draft.id, "请报告。", now),
        lambda: orders.issue(s, boss, draft.id, draft.text, now),
        lambda: orders.cancel(s, boss, draft.id, "已办", now),
        lambda: answers.answer(s, boss, order.id, "代为登记", now),
        lambda: answers.lift(s, boss, order.id, "已办", now),
    )
    answers.answer(s, late.school, order.id, "已办", now)
    refused(
        lambda: answers.accept(s, boss, order.id, now),
        lambda: answers.send_back(s, boss, order.id, "不清楚", now),
    )
    assert not order_gate.offers(boss, late.case, order)
    assert not order_gate.offers(boss, late.case, draft)
    other = kept_from(late, "leader", "academy")
    assert "order_accepted" in order_gate.offers(other, late.case, order)


def test_nor_in_a_proposal_about_it_that_goes_to_no_unit(late: Urged) -> None:
    late.passes(60)
    query = select(Order).where(Order.kind == "accountability").order_by(Order.id).limit(1)
    proposal = late.session.scalars(query).one()
    assert (proposal.unit_id, proposal.late_unit_id) == (None, late.office.units["school"])
    boss = kept_from(late, "city", "school")
    s, now = late.session, late.now
    refused(
        lambda: orders.issue(s, boss, proposal.id, proposal.text, now),
        lambda: orders.cancel(s, boss, proposal.id, "已办", now),
    )


def test_nobody_who_ever_changed_a_text_signs_it(late: Urged) -> None:
    s, o, now, draft = late.session, late.office, late.now, late.circular
    orders.edit(s, o["supervisor"], draft.id, "全部改写", now)
    orders.edit(s, o["handler"], draft.id, "全部改写。", now)
    orders.edit(s, o["supervisor"], draft.id, "全部改写！", now)
    assert draft.edited == (o["supervisor"].id, o["handler"].id)
    with pytest.raises(NotPermitted, match="改过"):
        orders.issue(s, o["supervisor"], draft.id, draft.text, now)
    assert orders.issue(s, o["leader"], draft.id, draft.text, now).number
    assert late.broken() == []
    draft.issued_by = o["handler"].id
    s.flush()
    assert [one for one in late.broken() if "documents" in one]
