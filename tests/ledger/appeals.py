"""A complaint that was answered, and those who review its answer: short verbs for tests."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from caseflow.db import Database
from caseflow.deadlines import clocks
from caseflow.deadlines.clocks import Subject
from caseflow.ledger import reviews
from caseflow.ledger.moves import afterwards, closing, opening, reviewing, triage
from caseflow.ledger.report_tables import Report
from caseflow.ledger.review_tables import Review
from caseflow.ledger.tables import Case
from caseflow.people import accounts
from caseflow.people.actor import REPORTER, Actor
from caseflow.people.tables import User
from caseflow.vault.tables import Original
from tests import office as offices
from tests.office import CITY

DAY = timedelta(days=1)
PROVINCE = "430000"


class Answered:
    """A complaint of the district's office, answered on the spot, whose reporter has an e-mail
    address. `city` is the supervisor above; `province` comes with `with_the_province`.
    """

    def __init__(self, session: Session, now: datetime, kind: str = "complaint") -> None:
        self.session, self.now = session, now
        self.office = offices.make(session)
        self.case, self.report = offices.report(session, now, reach="email", kind=kind)
        triage.answer(session, self["operator"], self.case.id, "已退费", now)

    def __getitem__(self, name: str) -> Actor:
        return self.office[name]

    def employs(self, name: str, role: str, area: str) -> Actor:
        """Let one more person work in an office."""
        user = User(username=name, name=name, role=role, area_code=area, password_hash="!")
        self.session.add(user)
        self.session.flush()
        self.office.actors[name] = accounts.actor_of(self.session, user)
        return self[name]

    def with_the_province(self) -> None:
        self.employs("province", "supervisor", PROVINCE)

    def original(self) -> str:
        key = f"appeal-{self.session.query(Original).count()}"
        self.session.add(Original(id=key, sealed=b"-", size=1, received_at=self.now))
        self.session.flush()
        return key

    def ask(
        self,
        case: Case | None = None,
        report: Report | None = None,
        *,
        who: Actor = REPORTER,
        text: str = "没有全退",
    ) -> Case:
        """Ask for a review and return the case that it becomes."""
        case, report, key = case or self.case, report or self.report, self.original()
        door = "webform" if who is REPORTER else "telephone"
        said = reviewing.ask_review(
            self.session, who, case.id, report.id, text, door, self.now, original_id=key
        )
        return self.session.get_one(Case, said.case_id)

    def opine(
        self, case: Case, result: str = "upheld", who: str = "city", way: str = "track"
    ) -> None:
        me, at = self[who], self.now
        reviewing.opine(self.session, me, case.id, result, "审查意见", way, at)

    def final(self, result: str = "upheld") -> Case:
        """Go through both reviews and return the case of the second one."""
        self.with_the_province()
        first = self.ask()
        self.opine(first)
        second = self.ask(first, self.asked(first))
        self.opine(second, result, "province")
        return second

    def asked(self, case: Case) -> Report:
        """Return what was asked in a review."""
        return opening.first_reports(self.session, case)[0]

    def row(self, case: Case) -> Review:
        row = reviews.of_case(self.session, case.id)
        assert row is not None
        return row

    def running(self, case: Case) -> dict[str, datetime]:
        alive = clocks.alive(self.session, Subject(root_case_id=case.id))
        return {clock.name: clock.due for clock in alive}

    def writes_again(self) -> Report:
        """Let the reporter write once more and return what they wrote."""
        new = offices.new_report(self.session, self.now)
        return opening.join(self.session, REPORTER, self.case, self.report, new, self.now)

    def answers(self, later: Report, who: str = "handler", way: str = "track") -> int:
        me, at = self[who], self.now
        sent = afterwards.answer_later(self.session, me, self.case.id, later.id, "已说明", way, at)
        return sent.id

    def delivered(self, reply_id: int) -> None:
        closing.delivered(self.session, reply_id, self.now)

    def reopen(self) -> None:
        me = self["supervisor"]
        closing.reopen(self.session, me, self.case.id, "有新的事实", self.now)

    def review_count(self) -> int:
        return len(self.session.scalars(select(Review.id)).all())


@pytest.fixture
def answered(database: Database, now: datetime) -> Iterator[Answered]:
    with database.transaction() as session:
        yield Answered(session, now)


__all__ = ["CITY", "DAY", "Answered", "answered"]
