"""A late notice: the calendar changes under promises already given. Weekdays are spelt out.

2027 is provisional: by law Friday 5 to Wednesday 10 February are off and Thursday 11 is a working
day. The notice of these tests gives Friday 5 to Friday 12 off, and makes Sunday 31 January and
Saturday 20 February working days.
"""

import threading
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from caseflow.db import Database
from caseflow.deadlines import pauses
from caseflow.deadlines.recalendar import Change
from caseflow.deadlines.rules import rules_of
from caseflow.deadlines.tables import Clock, DayOverride, Pause, PublishedYear
from caseflow.errors import BadInput, MoveNotAllowed, NotPermitted
from caseflow.escalation import sweep
from caseflow.escalation.tables import Rung
from caseflow.ledger.history_tables import Entry
from caseflow.ledger.moves import asking, items, merging, recalendar, triage
from caseflow.ledger.moves.recompute import Outcome
from caseflow.ledger.tables import Case
from caseflow.ledger.verify import verify_chains
from caseflow.outbox.tables import Event
from tests import office as offices
from tests.office import Office

NOTICE = Change(
    days={
        date(2027, 1, 31): True,  # Sunday
        **{date(2027, 2, day): False for day in range(5, 13)},  # Friday to Friday
        date(2027, 2, 20): True,  # Saturday
    },
    published=frozenset({2027}),
)
TWO_MORE_DAYS_OFF = Change(days={date(2027, 2, 11): False, date(2027, 2, 12): False})


def at(text: str) -> datetime:
    """Return a Shanghai wall-clock moment of 2027 in UTC."""
    return datetime.fromisoformat(f"2027-{text}+08:00").astimezone(UTC)


MONDAY = at("02-01T10:00")


def a_case(session: Session, office: Office, now: datetime, **more: object) -> Case:
    """Open and accept a case and dispatch its one item."""
    case, _ = offices.report(session, now, **more)  # type: ignore[arg-type]
    triage.accept(session, office["handler"], case.id, now)
    [item] = items.split(session, office["handler"], case.id, ["食堂卫生"], now)
    order = items.Dispatch(office.units["school"], "请核查")
    items.dispatch(session, office["handler"], item.id, order, now)
    return case


def due(session: Session, case: Case, name: str) -> datetime:
    query = select(Clock.due).where(
        Clock.root_case_id == case.id, Clock.name == name, Clock.state.in_(("running", "paused"))
    )
    return session.scalars(query).one()


def changed(session: Session, office: Office, change: Change, now: datetime) -> Outcome:
    """Preview and confirm."""
    mark = recalendar.preview(session, change, now).mark
    return recalendar.recalendar(session, office["administrator"], change, mark, now)


def entries(session: Session) -> Sequence[int]:
    return session.scalars(select(Entry.case_id).where(Entry.verb == "recalendar")).all()


def test_each_promise_of_a_merged_case_moves_with_what_was_counted_from_it(
    database: Database,
) -> None:
    """Two cases, a day apart: undone, they are promised as if they had never been one."""
    with database.transaction() as session:
        office = offices.make(session)
        first = a_case(session, office, MONDAY)
        alone = a_case(session, office, MONDAY + timedelta(days=1))
        second, report = offices.report(session, MONDAY + timedelta(days=1))
        me = office["handler"]
        triage.accept(session, me, second.id, MONDAY + timedelta(days=1))
        now = MONDAY + timedelta(days=1, hours=1)
        merging.merge(session, me, second.id, first.number, "同一件事", now)
        changed(session, office, NOTICE, now)
        merging.unmerge(session, me, second.id, "不是一件事", now + timedelta(hours=1))
        for name in ("resolve", "reply"):
            assert due(session, second, name) == due(session, alone, name)
            assert due(session, first, name) == at("02-23T00:00")
        assert report.case_id == second.id
        assert due(session, first, "verify") == at("02-20T00:00")


def test_a_late_notice_moves_the_promises_that_run_across_spring_festival(
    database: Database,
) -> None:
    with database.transaction() as session:
        office = offices.make(session)
        case = a_case(session, office, MONDAY)
        # 10 working days after Monday 1 February by law alone: 2, 3, 4, 11, 12, 15 to 19.
        assert due(session, case, "resolve") == at("02-20T00:00")
        assert due(session, case, "verify") == at("02-18T00:00")
        changed(session, office, NOTICE, MONDAY)
        # 2, 3, 4, 15 to 20, Monday 22 February.
        assert due(session, case, "resolve") == at("02-23T00:00")
        assert due(session, case, "verify") == at("02-20T00:00")  # Friday 19
        assert due(session, case, "reply") == at("02-23T00:00")
        assert case.next_due == at("02-03T00:00")
    with database.read() as session:
        assert verify_chains(session).fits


def test_a_clock_that_the_change_does_not_touch_keeps_its_row(database: Database) -> None:
    with database.transaction() as session:
        office = offices.make(session)
        a_case(session, office, MONDAY)
        untouched = select(Clock.id, Clock.due).where(
            Clock.name.in_(("sign_for", "notice", "immediate"))
        )
        before = session.execute(untouched.order_by(Clock.id)).all()
        outcome = changed(session, office, TWO_MORE_DAYS_OFF, MONDAY)
        assert session.execute(untouched.order_by(Clock.id)).all() == before
        assert {shift.name for shift in outcome.shifts} == {"resolve", "reply", "verify"}
        states = select(Clock.state, func.count()).where(Clock.name == "sign_for")
        assert session.execute(states.group_by(Clock.state)).all() == [("running", 1)]


def test_a_moved_clock_stays_on_the_record_and_its_successor_follows(database: Database) -> None:
    with database.transaction() as session:
        office = offices.make(session)
        case = a_case(session, office, MONDAY)
        old_due = due(session, case, "resolve")
        changed(session, office, TWO_MORE_DAYS_OFF, MONDAY)
        old, new = session.scalars(
            select(Clock).where(Clock.name == "resolve").order_by(Clock.id)
        ).all()
        assert (old.state, old.due, old.next_rung_at) == ("superseded", old_due, None)
        assert (new.state, new.follows, new.started_at) == ("running", old.id, old.started_at)


def test_each_changed_case_has_one_entry_and_one_event(database: Database) -> None:
    with database.transaction() as session:
        office = offices.make(session)
        ids = [a_case(session, office, MONDAY).id for _ in range(3)]
        early, _ = offices.report(session, at("01-04T10:00"), kind="question")
        outcome = changed(session, office, TWO_MORE_DAYS_OFF, MONDAY)
        assert outcome.cases == 3
        assert sorted(entries(session)) == ids
        told = session.scalars(select(Event.case_id).where(Event.name == "recalendar")).all()
        assert sorted(case or 0 for case in told) == ids
        assert early.next_clock is not None
    with database.read() as session:
        assert verify_chains(session).fits


def test_the_preview_says_what_will_happen_and_writes_nothing(database: Database) -> None:
    with database.transaction() as session:
        office = offices.make(session)
        case = a_case(session, office, MONDAY)
        of = case.id
    with database.read() as session:  # a session that cannot write
        before = session.execute(select(Clock.id, Clock.due, Clock.state)).all()
        seen = recalendar.preview(session, TWO_MORE_DAYS_OFF, MONDAY)
        assert {shift.case_id for shift in seen.shifts} == {of}
        resolve = next(shift for shift in seen.shifts if shift.name == "resolve")
        assert (resolve.old, resolve.new) == (at("02-20T00:00"), at("02-24T00:00"))
        assert session.execute(select(Clock.id, Clock.due, Clock.state)).all() == before
    with database.transaction() as session:
        assert session.scalar(select(func.count()).select_from(DayOverride)) == 0
        done = recalendar.recalendar(
            session, office["administrator"], TWO_MORE_DAYS_OFF, seen.mark, MONDAY
        )
        assert done.shifts == seen.shifts


def test_a_rung_that_happened_is_not_repeated(database: Database) -> None:
    with database.transaction() as session:
        office = offices.make(session)
        a_case(session, office, MONDAY)  # verify is due on Wednesday 17, 24:00
    later = at("02-18T09:00")
    sweep.run(database, at("02-17T00:00"))
    sweep.run(database, later)
    with database.transaction() as session:
        happened = select(Clock.name, Rung.n).join(Clock, Clock.id == Rung.clock_id)
        before = session.execute(happened.order_by(Rung.id)).all()
        assert {("verify", 1), ("verify", 2)} <= set(map(tuple, before))
        # Monday 15 was a day off after all: one working day more for what is overdue already.
        changed(session, office, Change(days={date(2027, 2, 15): False}), later)
        successor = session.scalars(
            select(Clock).where(Clock.name == "verify", Clock.state == "running")
        ).one()
        assert successor.due == at("02-19T00:00")
        # The reminder's new moment, Wednesday 24:00, is past too; what comes next is the urging.
        assert (successor.last_rung, successor.next_rung) == (1, 2)
        assert successor.next_rung_at == at("02-19T00:00")
    sweep.run(database, later)
    with database.read() as session:
        assert session.execute(happened.order_by(Rung.id)).all() == before


def test_rungs_after_an_unmoved_due_moment_are_planned_by_the_new_calendar(
    database: Database,
) -> None:
    friday = at("02-05T09:00")
    with database.transaction() as session:
        office = offices.make(session)
        a_case(session, office, at("02-03T10:00"))
    sweep.run(database, at("02-05T00:00"))  # sign_for was due on Thursday 4: urged
    with database.transaction() as session:
        query = select(Clock).where(Clock.name == "sign_for")
        clock = session.scalars(query).one()
        assert clock.next_rung_at == at("02-12T00:00")  # Thursday 11, by law
        assert clock.last_rung == 2
        changed(session, office, NOTICE, friday)
        clock = session.scalars(query).one()
        assert (clock.state, clock.next_rung) == ("running", 3)
        assert clock.next_rung_at == at("02-16T00:00")  # Monday 15, by the notice


def test_a_clock_that_stands_still_moves_too_and_runs_on_when_answered(
    database: Database,
) -> None:
    with database.transaction() as session:
        office = offices.make(session)
        case = a_case(session, office, MONDAY, reach="email")
        report = offices.first_report(session, case)
        tuesday, wednesday = at("02-02T10:00"), at("02-03T10:00")
        question = asking.ask(session, office["handler"], case.id, report.id, "哪天？", tuesday)
        changed(session, office, TWO_MORE_DAYS_OFF, tuesday)
        paused = select(Clock.name).where(Clock.state == "paused")
        assert set(session.scalars(paused)) == {"resolve", "reply", "verify"}
        assert len(pauses.open_pauses(session, question.id)) == 3
        asking.resume(session, office["handler"], case.id, wednesday)
        assert session.scalars(paused).all() == []
        # One working day of standing still on top of Tuesday 23.
        assert due(session, case, "resolve") == at("02-25T00:00")
        assert session.scalar(select(func.count()).where(Pause.ended_at.is_(None))) == 0


def test_a_clock_that_stood_still_before_keeps_its_shift(database: Database) -> None:
    with database.transaction() as session:
        office = offices.make(session)
        case = a_case(session, office, MONDAY, reach="email")
        report = offices.first_report(session, case)
        asking.ask(session, office["handler"], case.id, report.id, "哪天？", at("02-02T10:00"))
        asking.resume(session, office["handler"], case.id, at("02-04T10:00"))
        assert due(session, case, "resolve") == at(
            "02-24T00:00"
        )  # Friday 19, two working days later
        changed(session, office, TWO_MORE_DAYS_OFF, at("02-04T10:00"))
        assert due(session, case, "resolve") == at("02-26T00:00")


def test_time_stood_still_before_the_change_still_counts_against_the_limit(
    database: Database,
) -> None:
    with database.transaction() as session:
        office = offices.make(session)
        case = a_case(session, office, MONDAY, reach="email")
        report = offices.first_report(session, case)
        asking.ask(session, office["handler"], case.id, report.id, "哪天？", at("02-02T10:00"))
        late = at("02-22T10:00")  # after the ten working days that a question may last
        asking.resume(session, office["handler"], case.id, late)
        changed(session, office, Change(days={date(2027, 2, 26): False}), late)
        asking.ask(session, office["handler"], case.id, report.id, "几点？", late)
        paused = select(Clock.name).where(Clock.state == "paused")
        assert session.scalars(paused).all() == []


def test_a_due_moment_imposed_from_outside_stays(database: Database) -> None:
    imposed = at("02-18T00:00")  # Wednesday 17, 24:00
    with database.transaction() as session:
        office = offices.make(session)
        case = a_case(session, office, MONDAY, imposed_due=imposed)
        assert due(session, case, "verify") == at("02-16T00:00")  # Monday 15
        changed(session, office, Change(days={date(2027, 2, 16): False}), MONDAY)
        assert due(session, case, "resolve") == imposed
        assert due(session, case, "reply") == imposed
        assert due(session, case, "verify") == at("02-13T00:00")  # Friday 12: the margin counts


def test_nobody_becomes_late_by_the_change_itself(database: Database) -> None:
    monday = at("02-22T15:00")
    working = Change(days={date(2027, 2, 20): True, date(2027, 2, 21): True})  # the weekend before
    with database.transaction() as session:
        office = offices.make(session)
        case, _ = offices.report(session, at("02-18T10:00"), kind="question")
        assert due(session, case, "resolve") == at("02-23T00:00")  # Monday 22, 24:00
        changed(session, office, working, monday)
        assert due(session, case, "resolve") == at("02-23T00:00")
        assert entries(session) == []


def test_a_published_year_is_no_longer_provisional(database: Database) -> None:
    only_the_year = Change(days={}, published=frozenset({2027}))
    with database.transaction() as session:
        office = offices.make(session)
        a_case(session, office, MONDAY)
        provisional = select(Clock.name).where(Clock.provisional, Clock.state == "running")
        assert len(session.scalars(provisional).all()) > 3
        assert changed(session, office, only_the_year, MONDAY).shifts == []
        assert session.scalars(provisional).all() == []
        assert session.scalars(select(PublishedYear.year)).all() == [2027]
        assert entries(session) == []


def test_an_override_is_taken_back(database: Database) -> None:
    back = Change(days=dict.fromkeys(TWO_MORE_DAYS_OFF.days))
    with database.transaction() as session:
        office = offices.make(session)
        case = a_case(session, office, MONDAY)
        before = due(session, case, "resolve")
        changed(session, office, TWO_MORE_DAYS_OFF, MONDAY)
        changed(session, office, back, MONDAY)
        assert due(session, case, "resolve") == before
        assert session.scalars(select(DayOverride)).all() == []
        assert len(entries(session)) == 2


def test_what_is_so_already_is_no_change(database: Database) -> None:
    with database.transaction() as session:
        office = offices.make(session)
        changed(session, office, TWO_MORE_DAYS_OFF, MONDAY)
        with pytest.raises(BadInput):
            recalendar.preview(session, TWO_MORE_DAYS_OFF, MONDAY)


def test_only_what_was_shown_is_done(database: Database) -> None:
    with database.transaction() as session:
        office = offices.make(session)
        a_case(session, office, MONDAY)
        mark = recalendar.preview(session, TWO_MORE_DAYS_OFF, MONDAY).mark
        a_case(session, office, MONDAY)
        with pytest.raises(MoveNotAllowed):
            recalendar.recalendar(session, office["administrator"], TWO_MORE_DAYS_OFF, mark, MONDAY)
        assert rules_of(session).calendar.overrides == {}


def test_a_correction_on_a_day_off_makes_nothing_due_that_day(database: Database) -> None:
    """Tuesday to Thursday are entered as days off, and taken back on the Sunday after."""
    with database.transaction() as session:
        office = offices.make(session)
        asked = at("03-01T10:00")
        offices.report(session, asked, kind="question")
        slip = Change(days={date(2027, 3, day): False for day in (2, 3, 4)})
        undo = Change(days=dict.fromkeys(slip.days))
        for change, now in ((slip, asked), (undo, at("03-07T10:00"))):
            mark = recalendar.preview(session, change, now).mark
            recalendar.recalendar(session, office["administrator"], change, mark, now)
        query = select(Clock.due).where(Clock.name == "resolve", Clock.state == "running")
        resolve = session.scalars(query).one()
        assert resolve == at("03-09T00:00"), "the end of Monday the 8th"


@pytest.mark.parametrize("name", ["supervisor", "leader", "auditor"])
def test_only_an_administrator_changes_the_calendar(database: Database, name: str) -> None:
    with database.transaction() as session:
        office = offices.make(session)
        mark = recalendar.preview(session, TWO_MORE_DAYS_OFF, MONDAY).mark
        with pytest.raises(NotPermitted):
            recalendar.recalendar(session, office[name], TWO_MORE_DAYS_OFF, mark, MONDAY)


def test_a_promise_given_meanwhile_counts_by_the_new_calendar(postgres_database: Database) -> None:
    database = postgres_database
    with database.transaction() as session:
        office = offices.make(session)
    mark = database.run(lambda s: recalendar.preview(s, TWO_MORE_DAYS_OFF, MONDAY).mark)
    opened = threading.Thread(target=lambda: database.run(lambda s: offices.report(s, MONDAY)))
    with database.transaction() as session:
        recalendar.recalendar(session, office["administrator"], TWO_MORE_DAYS_OFF, mark, MONDAY)
        opened.start()
        opened.join(0.5)
        assert opened.is_alive()  # it waits for the days
    opened.join()
    with database.read() as session:
        resolve = session.scalars(select(Clock.due).where(Clock.name == "resolve")).one()
        assert resolve == at("02-24T00:00")
