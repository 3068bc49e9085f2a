"""A document that nobody signed for, or answered, brings another one, which says just that."""

from datetime import datetime

from sqlalchemy import select

from caseflow.db import Database
from caseflow.escalation import answers
from caseflow.escalation.tables import Order
from caseflow.ledger.holding import reference
from tests.ledger.test_orders_shelved import Urged


def test_what_was_not_done_about_a_document_is_not_said_of_its_item(
    database: Database, now: datetime
) -> None:
    with database.transaction() as session:
        late = Urged(session, now)
        late.late()
        item, first = reference(late.item.id), late.order
        about = f"你单位就事项{item}收到的督办单（{first.number}，"
        assert about in newest(late).text
        assert "，签收期限为" in newest(late).text
        assert "仍未签收。" in newest(late).text
        answers.sign_for(session, late.school, first.id, late.now)
        late.passes(6)
        assert about in newest(late).text
        assert "，答复期限为" in newest(late).text
        assert "仍未答复。" in newest(late).text
        late.passes(30)
        query = select(Order.text).where(Order.kind == "accountability").order_by(Order.id)
        of_item, of_document = session.scalars(query)
        assert f"测试school承办的事项{item}，核查期限为" in of_item
        assert f"测试school就事项{item}收到的督办单（{first.number}，" in of_document


def newest(late: Urged) -> Order:
    query = select(Order).where(Order.kind == "supervision_order").order_by(Order.id.desc())
    return late.session.scalars(query.limit(1)).one()
