"""What stands still while the office waits for the reporter: all of it, and not a day too long."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from caseflow.db import Database
from caseflow.deadlines.tables import Clock, Pause
from caseflow.escalation.sweep import sweep
from caseflow.escalation.tables import Rung
from caseflow.ledger.moves import asking, check, items, triage, work
from caseflow.ledger.tables import Case, Item
from tests import office as offices
from tests.office import Office

# Tuesday 3 March 2026; no holiday for a month.
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def at(text: str) -> datetime:
    """Return a Shanghai wall-clock moment of 2026 in UTC."""
    return datetime.fromisoformat(f"2026-{text}+08:00").astimezone(UTC)


class Matter:
    """A complaint at the school, signed for, in one open transaction."""

    def __init__(self, session: Session, now: datetime) -> None:
        self.session = session
        self.office: Office = offices.make(session)
        self.case, self.report = offices.report(session, now)
        triage.accept(session, self.office["handler"], self.case.id, now)
        [self.item] = items.split(session, self.office["handler"], self.case.id, ["食堂"], now)
        order = items.Dispatch(self.office.units["school"], "请核查")
        items.dispatch(session, self.office["handler"], self.item.id, order, now)
        work.sign_for(session, self.office["school"], self.item.id, now)

    def ask(self, now: datetime) -> None:
        asking.ask(
            self.session, self.office["handler"], self.case.id, self.report.id, "几班？", now
        )

    def finds(self, now: datetime) -> None:
        blob = offices.blob(self.session, now)
        work.hand_in(self.session, self.office["school"], self.item.id, blob, "照片.png", now)
        result = work.Result("substantiated", "照片")
        work.find(self.session, self.office["school"], self.item.id, result, now)

    def clock(self, name: str) -> Clock:
        query = select(Clock).where(Clock.root_case_id == self.case.id, Clock.name == name)
        return self.session.scalars(query.order_by(Clock.id.desc()).limit(1)).one()

    def until(self, name: str) -> datetime | None:
        query = select(Pause.until).where(Pause.clock_id == self.clock(name).id)
        return self.session.scalar(query.order_by(Pause.id.desc()).limit(1))

    def sweep(self, now: datetime) -> None:
        while sweep(self.session, now):
            pass


@pytest.fixture
def matter(database: Database, now: datetime) -> Iterator[Matter]:
    with database.transaction() as session:
        yield Matter(session, now)


def test_a_clock_that_starts_while_the_case_waits_stands_still_too(
    matter: Matter, now: datetime
) -> None:
    matter.ask(now)
    matter.finds(at("03-06T10:00"))
    rectify = matter.clock("rectify")
    assert rectify.state == "paused"
    assert matter.until("rectify") == matter.until("resolve") == at("03-18T00:00")
    due = rectify.due
    asking.resume(matter.session, matter.office["handler"], matter.case.id, at("03-11T10:00"))
    # From Friday to Wednesday: three working days given back.
    assert (rectify.state, rectify.due) == ("running", due + 5 * DAY)


def test_returned_work_stands_still_while_the_case_waits(matter: Matter, now: datetime) -> None:
    matter.finds(at("03-04T10:00"))
    matter.session.flush()
    blob = offices.blob(matter.session, at("03-04T11:00"))
    work.hand_in(
        matter.session, matter.office["school"], matter.item.id, blob, "整改.png", at("03-04T11:00")
    )
    work.submit(matter.session, matter.office["school"], matter.item.id, "已改", at("03-04T12:00"))
    matter.ask(at("03-05T10:00"))
    reviewer = matter.office["reviewer"]
    check.return_item(matter.session, reviewer, matter.item.id, "缺照片", at("03-06T10:00"))
    assert matter.session.get_one(Item, matter.item.id).state == "rectifying"
    assert (matter.clock("rectify").state, matter.until("rectify")) == (
        "paused",
        matter.until("resolve"),
    )


def test_two_questions_together_give_ten_working_days_and_no_more(
    matter: Matter, now: datetime
) -> None:
    matter.ask(now)
    asking.resume(matter.session, matter.office["handler"], matter.case.id, at("03-09T10:00"))
    # Four working days are used up: six are left, until Tuesday 17 March 24:00.
    matter.ask(at("03-09T11:00"))
    assert matter.until("verify") == at("03-18T00:00")
    due = matter.clock("verify").due
    matter.sweep(at("03-18T00:00") - timedelta(microseconds=1))
    assert matter.clock("verify").state == "paused"
    matter.sweep(at("03-18T00:00"))
    case = matter.session.get_one(Case, matter.case.id)
    assert (case.state, matter.clock("verify").state) == ("awaiting_reporter", "running")
    assert matter.clock("verify").due == due + 8 * DAY
    entry = offices.last_entry(matter.session, case, "pause_over")
    assert {matter.clock(name).id for name in ("resolve", "reply", "verify")} == set(
        entry["facts"]["resumed"]
    )
    # The question itself still waits its ten days, and a third one stops nothing any more.
    matter.sweep(at("03-24T00:00"))
    assert case.state == "handling"
    matter.ask(at("03-24T09:00"))
    assert matter.clock("verify").state == "running"


def test_a_clock_that_has_used_up_its_pauses_climbs_while_the_question_waits(
    matter: Matter, now: datetime
) -> None:
    matter.ask(now)
    matter.sweep(at("03-18T00:00"))
    matter.ask(at("03-18T09:00"))
    matter.sweep(at("03-31T00:00"))
    query = select(func.count(Rung.id)).where(Rung.clock_id == matter.clock("verify").id)
    assert (matter.session.scalar(query) or 0) > 0


@pytest.mark.parametrize("how", ["resumed by hand", "run out"])
def test_nothing_climbs_in_the_moment_in_which_a_case_goes_on(
    matter: Matter, now: datetime, how: str
) -> None:
    """The day on which each was due goes by while the reporter is asked."""
    was_due = {name: matter.clock(name).due for name in ("resolve", "reply", "verify")}
    matter.ask(now)
    goes_on = at("03-18T00:00")
    assert max(was_due.values()) <= goes_on
    if how == "resumed by hand":
        goes_on -= HOUR
        asking.resume(matter.session, matter.office["handler"], matter.case.id, goes_on)
    matter.sweep(goes_on)
    clocks = [matter.clock(name) for name in was_due]
    assert {clock.state for clock in clocks} == {"running"}
    climbed = select(Rung.id).where(Rung.clock_id.in_([clock.id for clock in clocks]))
    assert matter.session.scalars(climbed).all() == []


def test_returned_work_has_no_new_allowance(matter: Matter, now: datetime) -> None:
    matter.finds(now + HOUR)
    matter.ask(now + 2 * HOUR)
    matter.sweep(at("03-18T00:00"))
    later = at("03-18T09:00")
    school, item_id = matter.office["school"], matter.item.id
    blob = offices.blob(matter.session, later)
    work.hand_in(matter.session, school, item_id, blob, "整改.png", later)
    work.submit(matter.session, school, item_id, "已改", later + HOUR)
    reviewer = matter.office["reviewer"]
    check.return_item(matter.session, reviewer, item_id, "缺照片", later + 2 * HOUR)
    matter.ask(later + 3 * HOUR)
    assert matter.clock("rectify").state == "running"
    assert matter.until("rectify") is None


def test_work_handed_in_while_the_case_waits_is_not_late_by_the_days_it_stood_still(
    matter: Matter, now: datetime
) -> None:
    verify = matter.clock("verify")
    eve = verify.due - 3 * DAY
    matter.ask(eve)
    matter.sweep(eve + 7 * DAY)
    matter.finds(eve + 7 * DAY)
    assert verify.state == "met"
    assert verify.ended_at is not None
    assert verify.ended_at > eve + 3 * DAY, "later than it was due when the question was asked"
    assert verify.ended_at <= verify.due
