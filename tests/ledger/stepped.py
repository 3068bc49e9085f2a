"""What tests of documents before their dates share: an item that the school has, and its people."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from caseflow.db import Database
from caseflow.deadlines.tables import Clock
from caseflow.doctor import LAWS
from caseflow.escalation import stepping
from caseflow.escalation.sweep import sweep
from caseflow.escalation.tables import Order, Rung
from caseflow.ledger.moves import check, items, stepping_up, triage, work
from caseflow.ledger.moves.items import Dispatch
from caseflow.ledger.tables import Case, Item
from caseflow.ledger.verify import verify_chains
from tests import office as offices
from tests.office import Office

DAY = timedelta(days=1)
WHY = "多次催促，仍在推诿"


@dataclass
class Given:
    """A dispatched item, signed for by the school, and who may do something about it."""

    session: Session
    office: Office
    now: datetime
    item: Item

    def ask(
        self, document: str = "supervision_order", who: str = "supervisor", **said: str
    ) -> None:
        about = {"document": document, "cause": "conduct", "reason": WHY, **said}
        me, n = self.office[who], self.item.id
        stepping_up.ask_step_up(self.session, me, n, now=self.now, **about)

    def approve(self, who: str = "leader") -> None:
        stepping_up.step_up(self.session, self.office[who], self.item.id, "", self.now)
        stepping.at_once(self.session, self.item.id, self.now)

    def returned(self) -> None:
        """The school finds nothing, and gets it back."""
        self.now += timedelta(minutes=1)
        s, n, school = self.session, self.item.id, self.office["school"]
        work.hand_in(s, school, n, offices.blob(s, self.now), "说明.png", self.now)
        work.find(s, school, n, work.Result("unverifiable", "查无线索"), self.now)
        check.return_item(s, self.office["reviewer"], n, "没有问询记录", self.now)

    def sweep(self, later: timedelta = timedelta(0)) -> None:
        self.now += later
        while sweep(self.session, self.now):
            pass

    def rungs(self, name: str = "verify") -> list[tuple[int, str]]:
        query = select(Rung.n, Rung.cause).join(Clock, Clock.id == Rung.clock_id)
        query = query.where(Clock.name == name, Clock.item_id == self.item.id).order_by(Rung.id)
        return [tuple(row) for row in self.session.execute(query)]

    def orders(self) -> list[tuple[str, str]]:
        query = select(Order.kind, Order.state).order_by(Order.id)
        return [tuple(row) for row in self.session.execute(query)]


@contextmanager
def begun(database: Database, now: datetime) -> Iterator[Given]:
    """Yield it, dispatched and signed for."""
    with database.transaction() as session:
        office = offices.make(session)
        case, _ = offices.report(session, now)
        item = dispatched(session, office, case, now)
        work.sign_for(session, office["school"], item.id, now)
        yield Given(session, office, now, item)


def dispatched(session: Session, office: Office, case: Case, now: datetime) -> Item:
    """Accept a case, split it and dispatch its item to the school."""
    handler = office["handler"]
    triage.accept(session, handler, case.id, now)
    [item] = items.split(session, handler, case.id, ["食堂卫生"], now)
    items.dispatch(session, handler, item.id, Dispatch(office.units["school"], "请核查"), now)
    return item


def fits(session: Session) -> None:
    """Assert what must hold of all that is in the database."""
    session.flush()
    assert verify_chains(session).fits
    for law, queries in LAWS.items():
        for query in queries():
            assert session.scalars(query).all() == [], law
