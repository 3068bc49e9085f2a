"""Ways to make a promise look kept, to put it off, or to leave a case with nobody: none of them
works (design laws 5, 6 and 7).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from caseflow.db import Database
from caseflow.deadlines.calendar import Calendar
from caseflow.deadlines.tables import Clock
from caseflow.errors import BadInput, MoveNotAllowed, NotFound
from caseflow.escalation.sweep import sweep
from caseflow.ledger import apart
from caseflow.ledger.moves import asking, closing, items, notice, opening, triage, urgency, work
from caseflow.ledger.moves.urgency import DangerCard
from caseflow.ledger.moves.work import Result
from caseflow.ledger.report_tables import Report
from caseflow.ledger.tables import Case
from caseflow.people.actor import REPORTER, SWEEP, Actor
from tests import office as offices
from tests.office import Office

HOUR = timedelta(hours=1)


@dataclass
class Room:
    """An office in an open transaction."""

    session: Session
    now: datetime
    office: Office = field(init=False)

    def __post_init__(self) -> None:
        self.office = offices.make(self.session)

    def __getitem__(self, name: str) -> Actor:
        return self.office[name]

    def later(self, **passed: float) -> datetime:
        self.now += timedelta(**passed)
        return self.now

    def case(self, **more: object) -> tuple[Case, Report]:
        return offices.report(self.session, self.now, **more)  # type: ignore[arg-type]

    def clocks(self, case: Case, name: str) -> list[Clock]:
        query = select(Clock).where(Clock.root_case_id == case.id, Clock.name == name)
        return list(self.session.scalars(query.order_by(Clock.id)))

    def cry_for_help(self, case: Case, first: Report) -> Report:
        new = offices.new_report(self.session, self.now, urgent=True)
        return opening.join(self.session, REPORTER, case, first, new, self.now)


@pytest.fixture
def room(database: Database, now: datetime) -> Iterator[Room]:
    with database.transaction() as session:
        yield Room(session, now)


def test_nobody_is_told_of_a_decision_that_was_not_taken(room: Room) -> None:
    case, report = room.case(reach="phone")
    with pytest.raises(MoveNotAllowed):
        notice.tell(room.session, room["operator"], case.id, report.id, room.now)
    assert [clock.state for clock in room.clocks(case, "notice")] == ["running"]
    triage.accept(room.session, room["operator"], case.id, room.now)
    notice.tell(room.session, room["operator"], case.id, report.id, room.now)
    assert [clock.state for clock in room.clocks(case, "notice")] == ["met"]


def test_telling_names_a_report_of_the_case(room: Room) -> None:
    case, first = room.case(reach="phone")
    _, other = room.case(reach="phone")
    triage.accept(room.session, room["operator"], case.id, room.now)
    joined = room.cry_for_help(case, first)
    before = case.head_n
    for report_id in (other.id, joined.id, 999_999):
        with pytest.raises(NotFound):
            notice.tell(room.session, room["operator"], case.id, report_id, room.now)
    assert case.head_n == before


def test_a_question_goes_to_whoever_can_read_it(room: Room) -> None:
    """A later contact has no receipt: a question about it would stop clocks and reach nobody."""
    case, first = room.case(reach="phone")
    triage.accept(room.session, room["handler"], case.id, room.now)
    joined = room.cry_for_help(case, first)
    with pytest.raises(BadInput):
        asking.ask(room.session, room["handler"], case.id, joined.id, "哪一天？", room.now)


def test_a_second_cry_for_help_puts_off_no_rung(room: Room) -> None:
    case, first = room.case(reach="phone")
    room.cry_for_help(case, first)
    [ordinary, urgent] = room.clocks(case, "immediate")
    assert (ordinary.state, urgent.state) == ("stopped", "running")
    while sweep(room.session, room.later(minutes=40)):
        pass
    climbed = urgent.last_rung
    assert climbed >= 1
    room.cry_for_help(case, first)
    assert room.clocks(case, "immediate") == [ordinary, urgent]
    assert (urgent.state, urgent.last_rung) == ("running", climbed)


def test_a_cry_for_help_after_somebody_took_over_starts_a_promise_of_its_own(room: Room) -> None:
    case, first = room.case(urgent=True)
    card = urgency.DangerCard(True, True, "李值班", "10:05")
    urgency.acknowledge(room.session, room["operator"], case.id, card, room.now)
    room.cry_for_help(case, first)
    assert [clock.state for clock in room.clocks(case, "immediate")] == ["met", "running"]


def test_a_reply_of_the_round_before_keeps_no_promise_of_this_one(room: Room) -> None:
    case, report = room.case(kind="question", reach="email")
    handler, session = room["handler"], room.session
    triage.accept(session, handler, case.id, room.now)
    closing.conclude(session, handler, case.id, room.now)
    late = closing.reply(session, handler, case.id, report.id, "答复", "message", room.now)
    closing.reopen(session, room["supervisor"], case.id, "答非所问", room.later(hours=1))
    closing.delivered(session, late.id, room.later(hours=1))  # the mail server was away till now
    assert [clock.state for clock in room.clocks(case, "reply")] == ["stopped", "running"]
    assert case.state == "accepted"


@pytest.mark.parametrize("kind", ["question", "complaint"])
def test_what_ended_on_the_spot_has_a_handler_once_it_is_reopened(room: Room, kind: str) -> None:
    case, _ = room.case(kind=kind)
    triage.answer(room.session, room["operator"], case.id, "已说明", room.now)
    assert case.handler_id is None
    closing.reopen(room.session, room["supervisor"], case.id, "没有答清", room.later(hours=1))
    assert case.handler_id == room["supervisor"].id
    entry = offices.last_entry(room.session, case, "reopen")
    assert entry["facts"]["handler"] == room["supervisor"].id


def test_whoever_handles_a_reopened_case_cannot_strike_its_items_off(room: Room) -> None:
    case, _ = room.case()
    supervisor, session = room["supervisor"], room.session
    triage.answer(session, room["operator"], case.id, "已说明", room.now)
    closing.reopen(session, supervisor, case.id, "没有答清", room.later(hours=1))
    [item] = items.split(session, supervisor, case.id, ["食堂卫生"], room.now)
    order = items.Dispatch(room.office.units["school"], "请核查")
    items.dispatch(session, supervisor, item.id, order, room.now)
    from caseflow.ledger import hands

    assert hands.had_a_hand(session, item.id, supervisor.person)


def test_a_proof_too_long_for_its_place_is_told_beside_the_field(room: Room) -> None:
    case, report = room.case(kind="question")
    handler, session = room["handler"], room.session
    triage.accept(session, handler, case.id, room.now)
    closing.conclude(session, handler, case.id, room.now)
    with pytest.raises(BadInput) as refused:
        closing.reply(
            session, handler, case.id, report.id, "答复", "letter", room.now, proof="签" * 301
        )
    assert set(refused.value.fields) == {"proof"}


def test_asking_again_and_again_keeps_no_ladder_away(room: Room) -> None:
    case, report = room.case(reach="phone")
    handler, session = room["handler"], room.session
    triage.accept(session, handler, case.id, room.now)
    [item] = items.split(session, handler, case.id, ["食堂卫生"], room.now)
    order = items.Dispatch(room.office.units["school"], "请核查")
    items.dispatch(session, handler, item.id, order, room.now)
    [verify], began = room.clocks(case, "verify"), room.now
    for _ in range(12):
        asking.ask(session, handler, case.id, report.id, "哪一天？", room.now)
        while case.state == "awaiting_reporter":
            sweep(session, room.later(days=1))
        while sweep(session, room.now):
            pass
    assert room.now - began > timedelta(days=120)
    assert verify.last_rung == 7


def test_a_question_that_runs_out_gives_ten_working_days_and_no_more(room: Room) -> None:
    case, report = room.case(reach="phone")
    handler, session = room["handler"], room.session
    triage.accept(session, handler, case.id, room.now)
    [resolve] = room.clocks(case, "resolve")
    due = resolve.due
    question = asking.ask(session, handler, case.id, report.id, "哪一天？", room.now)
    asking.resume(session, SWEEP, case.id, question.until)
    days = Calendar().working_days_between
    assert days(Calendar().due_day(due), Calendar().due_day(resolve.due)) == 10


def test_a_clock_that_was_set_back_keeps_no_answer_away(room: Room) -> None:
    case, report = room.case(reach="phone")
    handler, session = room["handler"], room.session
    triage.accept(session, handler, case.id, room.now)
    [resolve] = room.clocks(case, "resolve")
    due = resolve.due
    asking.ask(session, handler, case.id, report.id, "哪一天？", room.now)
    asking.resume(session, handler, case.id, room.now - timedelta(seconds=2))
    assert (resolve.state, resolve.due) == ("running", due)


def test_two_short_questions_stand_still_as_long_as_one_long_one(room: Room) -> None:
    case, report = room.case(reach="phone")
    handler, session = room["handler"], room.session
    triage.accept(session, handler, case.id, room.now)
    stood_still = []
    for _ in range(4):
        asking.ask(session, handler, case.id, report.id, "哪一天？", room.now)
        stood_still.append(bool(room.clocks(case, "resolve")[-1].state == "paused"))
        asking.resume(session, handler, case.id, room.later(days=7))  # five working days
    assert stood_still == [True, True, False, False]


# What only looks at work, or over


def test_a_reopened_case_that_waits_before_anything_went_out_is_not_at_work(room: Room) -> None:
    """The ladder must not climb against a unit whose every move is refused."""
    case, report = room.case()
    handler, supervisor, school = room["handler"], room["supervisor"], room["school"]
    triage.accept(room.session, handler, case.id, room.now)
    [item] = items.split(room.session, handler, case.id, ["食堂"], room.now)
    given = items.Dispatch(room.office.units["school"], "请核查")
    items.dispatch(room.session, handler, item.id, given, room.now)
    work.sign_for(room.session, school, item.id, room.now)
    triage.decline(room.session, supervisor, case.id, "不属于", room.later(hours=1))
    closing.reopen(room.session, supervisor, case.id, "仍由我办理", room.now)
    asking.ask(room.session, handler, case.id, report.id, "哪一天？", room.now)
    with pytest.raises(MoveNotAllowed):
        work.find(room.session, school, item.id, Result("substantiated", "属实"), room.now)
    assert not room.clocks(case, "rectify")


CARD = DangerCard(police_called=False, leader_told=True, reason="孩子已由家长接走")


def test_a_reason_that_waits_for_other_eyes_ends_no_case(room: Room) -> None:
    supervisor = room["supervisor"]
    case, _ = room.case(urgent=True)
    urgency.acknowledge(room.session, supervisor, case.id, CARD, room.now)
    ends: list[Callable[[], None]] = [
        lambda: triage.refer(room.session, supervisor, case.id, "公安机关", "由其管辖", room.now),
        lambda: triage.decline(room.session, supervisor, case.id, "不属于", room.now),
        lambda: triage.answer(room.session, room["operator"], case.id, "已说明", room.now),
    ]
    for end in ends:
        with pytest.raises(MoveNotAllowed, match="会签"):
            end()
        room.session.refresh(case)
    urgency.countersign(room.session, room["leader"], case.id, "", room.now)
    ends[0]()
    assert case.state == "referred"


def test_a_reason_given_after_the_end_stands_above_the_list_until_it_is_signed(room: Room) -> None:
    case, report = room.case(kind="question")
    triage.answer(room.session, room["operator"], case.id, "九月一日", room.now)
    room.cry_for_help(case, report)
    urgency.acknowledge(room.session, room["operator"], case.id, CARD, room.now)
    assert [one.id for one in apart.listed(room.session, room["leader"])["cries"]] == [case.id]
    urgency.countersign(room.session, room["leader"], case.id, "", room.now)
    assert apart.listed(room.session, room["leader"])["cries"] == []
