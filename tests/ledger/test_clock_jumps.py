"""The clock is put forward and back, a leap day comes, and a notice of holidays comes late.

Each jump is made where production makes it: at `clock.now`, which the edge and the jobs ask.
"""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from caseflow import clock, doctor
from caseflow.db import Database
from caseflow.deadlines.recalendar import Change
from caseflow.deadlines.tables import Clock
from caseflow.errors import MoveNotAllowed
from caseflow.escalation.sweep import run
from caseflow.escalation.tables import Rung
from caseflow.ledger.moves import items, objecting, recalendar, triage, withdrawing, work
from caseflow.ledger.moves.items import Dispatch
from caseflow.ledger.report_tables import Report
from caseflow.ledger.tables import Item
from caseflow.ledger.verify import verify_chains
from tests import office as offices
from tests.office import Office

HOUR, WEEK = timedelta(hours=1), timedelta(days=7)
AFTERWARDS = timedelta(days=60)
Happened = tuple[str, int, str, datetime]
Move = Callable[[Session], object]


class Present:
    """The moment that everybody is told, and what they do at it."""

    def __init__(self, database: Database, now: datetime, patch: pytest.MonkeyPatch) -> None:
        self.database, self.now = database, now
        patch.setattr(clock, "now", lambda: self.now)

    def jump(self, by: timedelta) -> None:
        """Put the clock forward or back, and let the schedule come round."""
        self.now += by
        self.sweep()

    def sweep(self) -> int:
        """Sweep as the jobs do."""
        return run(self.database, clock.now())

    def do(self, move: Move) -> None:
        """Make a move as the edge does."""
        self.now += timedelta(seconds=1)
        self.database.run(move)


@pytest.fixture
def present(database: Database, now: datetime, monkeypatch: pytest.MonkeyPatch) -> Present:
    return Present(database, now, monkeypatch)


def dispatched(session: Session) -> tuple[Office, int]:
    """Open a case now and dispatch its one item; return the office and the item."""
    office = offices.make(session)
    return office, another(session, office)


def another(session: Session, office: Office) -> int:
    """Open a case now and dispatch its one item; return the item."""
    now = clock.now()
    case, _ = offices.report(session, now)
    triage.accept(session, office["handler"], case.id, now)
    [item] = items.split(session, office["handler"], case.id, ["食堂卫生"], now)
    items.dispatch(session, office["handler"], item.id, Dispatch(office.units["school"], "查"), now)
    return item.id


def rungs(database: Database) -> list[Happened]:
    """Return every rung in the order in which they happened."""
    query = select(Clock.name, Rung.n, Rung.action, Rung.planned_at)
    with database.read() as session:
        rows = session.execute(query.join(Rung, Rung.clock_id == Clock.id).order_by(Rung.id))
        return [tuple(row) for row in rows]


class _NoFiles:
    def exists(self, _blob_id: str) -> bool:
        return True


def assert_sound(database: Database) -> None:
    """The doctor finds nothing, the histories fit, and each clock climbed one by one."""
    with database.read() as session:
        found = doctor.examine(session, _NoFiles())  # type: ignore[arg-type]
        assert [one.line for one in found if one.broken] == []
        assert verify_chains(session).fits
        climbed: dict[int, list[int]] = {}
        for clock_id, n in session.execute(select(Rung.clock_id, Rung.n).order_by(Rung.id)):
            climbed.setdefault(clock_id, []).append(n)
    assert climbed, "nothing climbed: the test would prove nothing"
    for numbers in climbed.values():
        assert numbers == sorted(set(numbers))


JUMPS = {
    "an hour": (HOUR, -HOUR, -HOUR, 3 * HOUR, -HOUR),
    "a week": (WEEK, -WEEK, -WEEK, 3 * WEEK, -WEEK),
}


@pytest.mark.parametrize("size", JUMPS)
def test_a_clock_put_forward_and_back_climbs_every_rung_once(present: Present, size: str) -> None:
    """Until the ladder's end the clock is put about every day; the rungs are those of the plan."""
    present.do(dispatched)
    with present.database.read() as session:
        sign_for = session.scalars(select(Clock).where(Clock.name == "sign_for")).one()
        first = sign_for.next_rung_at
    # Tuesday 3 March: one working day to sign for it, so that Wednesday 4 March begins with rung 1.
    assert first == datetime(2026, 3, 3, 16, 0, tzinfo=UTC)
    present.now = first - HOUR
    for _ in range(12):
        for jump in JUMPS[size]:
            present.jump(jump)
        present.jump(timedelta(days=2))
    present.jump(AFTERWARDS)
    signing = [one for one in rungs(present.database) if one[0] == "sign_for"]
    assert [n for _, n, _, _ in signing] == [1, 2, 3, 4, 5, 6, 7]
    assert [planned for *_, planned in signing] == sorted({planned for *_, planned in signing})
    assert signing[0][3] == first, "a jump moved what was planned"
    assert present.sweep() == 0
    assert_sound(present.database)


@pytest.mark.parametrize("jump", [HOUR, -HOUR, WEEK, -WEEK], ids=str)
def test_moves_made_beside_a_jump_stand_as_they_were_made(
    present: Present, jump: timedelta
) -> None:
    with present.database.transaction() as session:
        office, item_id = dispatched(session)
    school, say = office["school"], clock.now
    moves: tuple[Move, ...] = (
        lambda s: work.sign_for(s, school, item_id, say()),
        lambda s: objecting.object_to(s, school, item_id, "不归我们管", say()),
        lambda s: objecting.reject_objection(s, office["supervisor"], item_id, "归你们", say()),
        lambda s: withdrawing.withdraw(s, office["handler"], item_id, "重复", say()),
        lambda s: withdrawing.refuse_withdrawal(s, office["leader"], item_id, "要查", say()),
        lambda s: withdrawing.withdraw(s, office["handler"], item_id, "重复", say()),
        lambda s: withdrawing.consent_withdrawal(s, office["leader"], item_id, "", say()),
    )
    for n, move in enumerate(moves):
        present.do(move)
        present.jump(jump if n % 2 else -jump)
    with present.database.read() as session:
        assert session.get_one(Item, item_id).state == "withdrawn"
        of_item = select(Clock.name).where(Clock.item_id == item_id, Clock.ended_at.is_(None))
        assert session.scalars(of_item).all() == []
    present.jump(AFTERWARDS)
    assert_sound(present.database)


def test_a_limit_that_runs_over_a_leap_day_has_that_day(present: Present) -> None:
    """2028 has 29 February, a Tuesday; nobody made it a day off."""
    present.now = datetime(2028, 2, 28, 2, 0, tzinfo=UTC)  # Monday, 10:00 in Shanghai
    with present.database.transaction() as session:
        office, _ = dispatched(session)
    present.now += timedelta(days=1)
    present.do(lambda session: another(session, office))
    with present.database.read() as session:
        found = session.execute(select(Report.day, Report.number).order_by(Report.id)).all()
        assert [(day, number[7:15]) for day, number in found] == [
            ("20280228", "20280228"),
            ("20280229", "20280229"),
        ]
        clocks = select(Clock.due, Clock.next_rung_at).where(Clock.name == "sign_for")
        first, second = session.execute(clocks.order_by(Clock.id)).all()
    # One working day after Monday is the leap day, and after that one Wednesday 1 March.
    assert tuple(first) == (_midnight("2028-03-01"), _midnight("2028-02-29"))
    assert tuple(second) == (_midnight("2028-03-02"), _midnight("2028-03-01"))
    present.now = _midnight("2028-02-29")
    for _ in range(20):
        present.jump(timedelta(days=1))
    urged = [
        planned for name, n, _, planned in rungs(present.database) if (name, n) == ("sign_for", 2)
    ]
    assert urged == [_midnight("2028-03-01"), _midnight("2028-03-02")]
    assert_sound(present.database)


def _midnight(day: str) -> datetime:
    return datetime.fromisoformat(f"{day}T00:00+08:00").astimezone(UTC)


# A notice that comes late: in 2027 the sweep stood still, and rungs are due when it arrives.

DUE_LATER = Change(days={date(2027, 2, 15): False})  # a Monday
MONDAY = datetime(2027, 2, 1, 2, 0, tzinfo=UTC)
LATE = datetime(2027, 2, 18, 1, 0, tzinfo=UTC)


def told(session: Session, office: Office, now: datetime) -> None:
    """Let the administrator enter the notice as previewed."""
    mark = recalendar.preview(session, DUE_LATER, now).mark
    recalendar.recalendar(session, office["administrator"], DUE_LATER, mark, now)


def test_rungs_that_are_due_when_a_notice_comes_late_climb_once_by_the_new_calendar(
    present: Present,
) -> None:
    """`verify` was due on Wednesday 17, 24:00; with Monday 15 off, on Thursday 18."""
    present.now = MONDAY
    with present.database.transaction() as session:
        office, _ = dispatched(session)
    present.now = LATE  # nobody swept since: both reminder and urging are due
    present.do(lambda session: told(session, office, clock.now()))
    verify = []
    for _ in range(30):
        present.sweep()
        verify = [one for one in rungs(present.database) if one[0] == "verify"]
        late = [planned for *_, planned in verify if planned > present.now]
        assert late == [], "a rung before its moment"
        present.now += timedelta(hours=12)
    numbers = [n for _, n, _, _ in verify]
    assert numbers == list(range(1, len(numbers) + 1))
    assert [planned for *_, planned in verify[:2]] == [
        _midnight("2027-02-18"),
        _midnight("2027-02-19"),
    ]
    assert_sound(present.database)


def test_sweeps_at_work_while_a_notice_comes_climb_nothing_twice(
    postgres_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    present = Present(postgres_database, MONDAY, monkeypatch)
    with postgres_database.transaction() as session:
        office, _ = dispatched(session)
        for _ in range(12):
            another(session, office)
    present.now = LATE
    entered = threading.Event()
    together = threading.Barrier(3)

    def sweeping() -> None:
        together.wait(timeout=30)
        while not entered.is_set():
            present.sweep()

    def entering() -> None:
        together.wait(timeout=30)
        try:
            _entered(postgres_database, office)
        finally:
            entered.set()

    with ThreadPoolExecutor(3) as pool:
        for one in [pool.submit(work) for work in (sweeping, sweeping, entering)]:
            one.result()
    present.sweep()
    assert_sound(postgres_database)


def _entered(database: Database, office: Office) -> None:
    """Enter the notice, however often a sweep comes between preview and move."""
    while True:
        with suppress(MoveNotAllowed):
            return database.run(lambda session: told(session, office, LATE))
