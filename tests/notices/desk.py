"""An office whose moves are watched: who is told of each."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from caseflow.db import Database
from caseflow.ledger.moves import closing, items, triage, work
from caseflow.ledger.moves.work import Result
from caseflow.ledger.report_tables import Report
from caseflow.ledger.tables import Case, Item
from tests import office as offices
from tests.ledger.test_main_job import blob
from tests.notices.watch import Watch
from tests.office import Office

HOUR = timedelta(hours=1)


@dataclass
class Desk:
    """An office in an open transaction, and the moves of its people, an hour apart."""

    session: Session
    now: datetime
    office: Office = field(init=False)
    watch: Watch = field(init=False)

    def __post_init__(self) -> None:
        self.office = offices.make(self.session)
        self.watch = Watch(self.session)

    def told(self) -> set[str]:
        self.now += HOUR
        return self.watch.told()

    def case(self, **more: object) -> tuple[Case, Report]:
        opened = offices.report(self.session, self.now, **more)  # type: ignore[arg-type]
        self.watch.forget()
        return opened

    def by(self, move: object, who: str, *rest: object, **more: object) -> set[str]:
        move(self.session, self.office[who], *rest, self.now, **more)  # type: ignore[operator]
        return self.told()

    def dispatched(self, to: str = "school", **more: object) -> tuple[Case, Item]:
        case, _ = self.case(**more)
        self.by(triage.accept, "handler", case.id)
        self.by(items.split, "handler", case.id, ["食堂卫生"])
        item = self.session.scalars(select(Item).where(Item.case_id == case.id)).one()
        inspector = self.office["inspector"].id if to == "section" else None
        order = items.Dispatch(self.office.units[to], "请核查", inspector)
        items.dispatch(self.session, self.office["handler"], item.id, order, self.now)
        return case, item

    def hand_in(self, who: str, item: Item) -> None:
        key = blob(self.session, self.now)
        self.by(work.hand_in, who, item.id, key, "照片.png")

    def submitted(self) -> tuple[Case, Item]:
        case, item = self.dispatched()
        self.told()
        self.by(work.sign_for, "school", item.id)
        self.by(work.find, "school", item.id, Result("substantiated", "属实"))
        self.hand_in("school", item)
        work.submit(self.session, self.office["school"], item.id, "已改", self.now)
        return case, item

    def replying(self, **more: object) -> tuple[Case, Report]:
        case, report = self.case(kind="question", **more)
        self.by(triage.accept, "handler", case.id)
        self.by(closing.conclude, "handler", case.id)
        return case, report


@pytest.fixture
def desk(database: Database, now: datetime) -> Iterator[Desk]:
    """A desk whose transaction ends with the test."""
    with database.transaction() as session:
        yield Desk(session, now)
