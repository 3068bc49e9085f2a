"""An item that an inspector verifies in person: the unit it stands under holds nothing of it, and
learns nothing of it however high the ladder is climbed (design law 9).
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from caseflow.db import Database
from caseflow.errors import MoveNotAllowed
from caseflow.escalation import orders
from caseflow.escalation.sweep import sweep
from caseflow.escalation.tables import Order
from caseflow.ledger.moves import items, triage
from tests import office as offices
from tests.notices.watch import Watch


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    with database.transaction() as opened:
        yield opened


def test_the_unit_is_neither_told_nor_ordered_while_an_inspector_verifies(
    session: Session, now: datetime
) -> None:
    office = offices.make(session)
    watch = Watch(session)
    handler = office["handler"]
    case, _ = offices.report(session, now)
    triage.accept(session, handler, case.id, now)
    [item] = items.split(session, handler, case.id, ["食堂卫生"], now)
    order = items.Dispatch(office.units["school"], "请到校核查", office["inspector"].id)
    items.dispatch(session, handler, item.id, order, now)
    told = watch.told()
    assert "dispatched > inspector" in told
    for days in range(1, 60):
        while sweep(session, now + timedelta(days=days)):
            told |= watch.told()
    assert "rung > inspector" in told
    assert not [line for line in told if line.endswith("> school")]
    drafted = session.scalars(select(Order).order_by(Order.id)).all()
    assert {one.kind for one in drafted} >= {"supervision_order", "circular", "interview"}
    assert {one.unit_id for one in drafted} == {None}
    assert "测试school" not in "".join(one.text for one in drafted)
    with pytest.raises(MoveNotAllowed, match="没有收文单位"):
        orders.issue(session, office["leader"], drafted[0].id, "请尽快核查", now)
    orders.cancel(session, office["leader"], drafted[0].id, "已直接督促责任督学", now)
    assert not [line for line in watch.told() if line.endswith("> school")]
