"""A document is numbered by the body that signs it, its kind and the year: from one, no gap."""

import re
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from caseflow.clock import SHANGHAI
from caseflow.db import Database
from caseflow.escalation import orders
from caseflow.escalation.sweep import run
from caseflow.escalation.tables import Order
from caseflow.ledger.moves import items, triage
from caseflow.ledger.moves.items import Dispatch
from tests import office as offices
from tests.office import Office


def at(said: str) -> datetime:
    return datetime.fromisoformat(said).replace(tzinfo=SHANGHAI)


def neglected(session: Session, office: Office, now: datetime) -> None:
    case, _ = offices.report(session, now)
    triage.accept(session, office["handler"], case.id, now)
    [item] = items.split(session, office["handler"], case.id, ["食堂卫生"], now)
    items.dispatch(session, office["handler"], item.id, Dispatch(office.units["school"], "查"), now)


def test_each_body_kind_and_year_counts_from_one(database: Database) -> None:
    with database.transaction() as session:
        office = offices.make(session)
        for _ in range(3):
            neglected(session, office, at("2026-12-21T10:00"))
    for day in ("2026-12-24T00:00", "2026-12-30T00:00"):
        run(database, at(day))
    with database.read() as session:
        found = session.execute(select(Order.kind, Order.id).order_by(Order.id)).all()
        drafts: dict[str, list[int]] = {}
        for kind, order_id in found:
            drafts.setdefault(kind, []).append(order_id)
    first, second, third = drafts["supervision_order"][:3]
    signed = [
        *((first, "2026-12-31T23:59"), (second, "2026-12-31T23:59")),
        (drafts["circular"][0], "2026-12-31T23:59"),
        *((third, "2027-01-01T00:00"), (drafts["circular"][1], "2027-01-01T00:00")),
    ]
    with database.transaction() as session:
        numbers = []
        for order_id, moment in signed:
            text = session.get_one(Order, order_id).text
            issued = orders.issue(session, office["supervisor"], order_id, text, at(moment))
            numbers.append(issued.number or "")
    told = [re.search(r"〔(\d+)〕(\d+)-(\d+)号", number) for number in numbers]
    assert [one.groups() for one in told if one] == [
        *(("2026", "430503", "1"), ("2026", "430503", "2"), ("2026", "430503", "1")),
        *(("2027", "430503", "1"), ("2027", "430503", "1")),
    ]
    assert len(set(numbers)) == len(numbers)
