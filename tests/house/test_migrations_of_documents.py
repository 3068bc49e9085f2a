"""What earlier versions kept of documents, and what becomes of it."""

from datetime import datetime

import pytest
from sqlalchemy import delete, select, update

from caseflow.db import Database
from caseflow.deadlines.tables import Clock
from caseflow.escalation import answers, orders
from caseflow.escalation.tables import Order, OrderAnswer
from caseflow.ledger.shelving_tables import ShelvedClock
from caseflow.ledger.tables import Case
from caseflow.migrating import downgrade, upgrade
from tests.ledger.test_orders_shelved import Urged

BEFORE = "0050"


def test_documents_of_a_case_that_was_shelved_before_stand_still(
    database: Database, now: datetime
) -> None:
    with database.transaction() as session:
        urged = Urged(session, now)
        urged.late()
        urged.ask()
        urged.shelve()
        kept, case_id = urged.owed_once(), urged.case.id
        ran_on = Clock.id.in_(kept)
        session.execute(delete(ShelvedClock).where(ShelvedClock.clock_id.in_(kept)))
        session.execute(update(Clock).where(ran_on).values(state="running", ended_at=None))
        urged.session.flush()
        assert urged.broken() != []
    downgrade(database.engine, BEFORE)
    upgrade(database.engine)
    with database.transaction() as session:
        urged.session, urged.case = session, session.get_one(Case, case_id)
        assert urged.broken() == []
        assert kept
        waits = select(ShelvedClock.clock_id).where(ShelvedClock.clock_id.in_(kept))
        assert set(session.scalars(waits)) == set(kept)
        urged.take_up()
        assert set(urged.owed(urged.order)) == {"sign_for", "answer"}


def test_all_who_changed_a_draft_before_are_barred_from_signing_it(
    database: Database, now: datetime
) -> None:
    with database.transaction() as session:
        urged = Urged(session, now)
        urged.late()
        boss, other = urged.office["supervisor"], urged.office["handler"]
        orders.edit(session, boss, urged.circular.id, "全部改写", now)
        orders.edit(session, other, urged.circular.id, "全部改写。", now)
        wanted = (boss.person, other.person)
    downgrade(database.engine, BEFORE)
    upgrade(database.engine)
    with database.read() as session:
        edited = select(Order).where(Order.edited_by.is_not(None))
        assert [one.edited for one in session.scalars(edited)] == [wanted]


@pytest.mark.parametrize("again", [False, True])
def test_the_last_answer_of_before_is_kept(
    database: Database, now: datetime, *, again: bool
) -> None:
    with database.transaction() as session:
        urged = Urged(session, now)
        urged.late()
        order, boss = urged.order.id, urged.office["supervisor"]
        answers.answer(session, urged.school, order, "第一次", urged.now)
        answers.send_back(session, boss, order, "不清楚", urged.now)
        if again:
            answers.answer(session, urged.school, order, "第二次", urged.now)
        at, school = urged.now, urged.school.person
    downgrade(database.engine, BEFORE)
    upgrade(database.engine)
    with database.transaction() as session:
        [kept] = session.scalars(select(OrderAnswer)).all()
        assert (kept.order_id, kept.user_id, kept.at) == (order, school, at)
        if again:
            assert (kept.n, kept.text, kept.returned_at) == (2, "第二次", None)
        else:
            assert (kept.n, kept.text, kept.returned_at) == (1, "第一次", at)
            assert (kept.returned_by, kept.returned_for) == (boss.person, "不清楚")
        urged.session = session
        assert urged.broken() == []
