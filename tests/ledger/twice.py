"""The same matter, reported twice: what the tests of merging begin with."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from caseflow.db import Database
from caseflow.deadlines import clocks
from caseflow.deadlines.tables import Clock
from caseflow.ledger.moves import (
    items,
    merging,
    triage,
)
from caseflow.ledger.moves.items import Dispatch
from caseflow.ledger.moves.record import of_case, of_item, resolve_due
from caseflow.ledger.moves.urgency import DangerCard
from caseflow.ledger.report_tables import Report
from caseflow.ledger.tables import Case, Item
from tests import office as offices
from tests.office import Office

DAY = timedelta(days=1)
POLICE = DangerCard(True, True, "值班员", "10:05", "接警 12")


class Two:
    """An office in which the same matter came in twice, a day apart: `first`, then `second`."""

    def __init__(self, session: Session, now: datetime) -> None:
        self.session, self.now = session, now
        self.office: Office = offices.make(session)
        self.first, self.one = self.comes_in(reach="phone")
        self.now += DAY
        self.second, self.two = self.comes_in(reach="email")

    def comes_in(self, **more: object) -> tuple[Case, Report]:
        return offices.report(self.session, self.now, **more)

    def accept(self, *cases: Case) -> None:
        for case in cases:
            triage.accept(self.session, self.office["handler"], case.id, self.now)

    def dispatched(self, case: Case, to: str = "school") -> Item:
        me = self.office["handler"]
        [item] = items.split(self.session, me, case.id, ["食堂"], self.now)
        given = Dispatch(self.office.units[to], "请核查")
        items.dispatch(self.session, me, item.id, given, self.now)
        return item

    def merge(self, case: Case, into: Case | str, who: str = "handler") -> None:
        number = into if isinstance(into, str) else into.number
        self.now += timedelta(minutes=1)
        merging.merge(self.session, self.office[who], case.id, number, "同一件事", self.now)

    def undo(self, case: Case, who: str = "handler") -> None:
        self.now += timedelta(minutes=1)
        merging.unmerge(self.session, self.office[who], case.id, "不是一件事", self.now)

    def on_case(self, case: Case) -> dict[str, datetime]:
        found = clocks.alive(self.session, of_case(case))
        return {clock.name: clock.due for clock in found}

    def promise(self, case: Case) -> datetime | None:
        """When a case must be settled: the earliest promise to anybody who reported it."""
        return resolve_due(self.session, case)

    def of(self, report: Report) -> dict[str, datetime]:
        query = select(Clock).where(Clock.report_id == report.id, Clock.state == "running")
        return {clock.name: clock.due for clock in self.session.scalars(query)}

    def due(self, item: Item, name: str = "verify") -> datetime:
        [clock] = clocks.alive(self.session, of_item(item), name)
        return clock.due


@pytest.fixture
def given(database: Database, now: datetime) -> Iterator[Two]:
    with database.transaction() as session:
        yield Two(session, now)
