"""A case and those who pass it on, on a stage of their own: short verbs for tests."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from caseflow.db import Database
from caseflow.deadlines import clocks
from caseflow.deadlines.clocks import Subject
from caseflow.ledger import passages
from caseflow.ledger.moves import items, passing, triage
from caseflow.ledger.report_tables import Passage
from caseflow.ledger.tables import Case, Item
from caseflow.people.actor import Actor
from tests import office as offices
from tests.office import CITY, DISTRICT

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


class Sent:
    """A complaint at the district's office, about no unit, whose reporter left an e-mail address.

    `city` is the supervisor above, `stranger` that of the other district.
    """

    def __init__(self, session: Session, now: datetime) -> None:
        self.session, self.now = session, now
        self.office = offices.make(session)
        self.case, self.report = offices.report(session, now, reach="email")

    def person(self, name: str) -> Actor:
        return self.office[name]

    def accept(self) -> None:
        triage.accept(self.session, self.person("handler"), self.case.id, self.now)

    def split(self, *matters: str) -> list[Item]:
        me = self.person("handler")
        return items.split(self.session, me, self.case.id, list(matters), self.now)

    def pass_on(
        self,
        to: str = CITY,
        who: str = "supervisor",
        reason: str = "level",
        grounds: str = "请市里办",
    ) -> None:
        me, n = self.person(who), self.case.id
        passing.pass_on(self.session, me, n, to, reason, grounds, self.now)

    def down(self, to: str = DISTRICT) -> None:
        self.pass_on(to, "city", "area")

    def receive(self, who: str = "city") -> None:
        passing.receive(self.session, self.person(who), self.case.id, self.now)

    def send_back(self, who: str = "city", why: str = "属区里办理") -> None:
        passing.send_back(self.session, self.person(who), self.case.id, why, self.now)

    def take_back(self, who: str = "supervisor") -> None:
        passing.take_back(self.session, self.person(who), self.case.id, "", self.now)

    def at_the_city(self) -> None:
        """Pass the case up and have it signed for."""
        self.pass_on()
        self.receive()

    def running(self, case: Case | None = None) -> dict[str, datetime]:
        """Return every promise of a case and when it is due."""
        root = Subject(root_case_id=(case or self.case).id)
        return {clock.name: clock.due for clock in clocks.alive(self.session, root)}

    def rows(self) -> list[Passage]:
        return list(passages.of_case(self.session, self.case.id))

    def offered(self) -> list[str]:
        """Return the areas whose office may get the case."""
        return [area.code for area in passages.offices(self.session, self.case)]

    def another(self) -> Case:
        """Return another case about the same."""
        return offices.report(self.session, self.now, reach="email")[0]

    def items_of(self) -> list[Item]:
        query = select(Item).where(Item.case_id == self.case.id).order_by(Item.n)
        return list(self.session.scalars(query))


@pytest.fixture
def sent(database: Database, now: datetime) -> Iterator[Sent]:
    with database.transaction() as session:
        yield Sent(session, now)
