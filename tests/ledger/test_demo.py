"""The demo office: every state and rung is there, every law holds, nobody is sent anything."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from caseflow import demo
from caseflow.app import Services
from caseflow.deadlines.tables import Clock
from caseflow.demo.accounts import FILE
from caseflow.escalation.defaults import UNITS
from caseflow.escalation.sweep import sweep
from caseflow.escalation.tables import Order, Rung
from caseflow.intake.call_tables import Call, DutyLine
from caseflow.intake.delivery import NOT_UNDERSTOOD
from caseflow.intake.report import CHANNELS
from caseflow.intake.tables import Quarantine
from caseflow.ledger import asker, suggesting, turns, waves
from caseflow.ledger.application_tables import Extension
from caseflow.ledger.handed_tables import ReportBack
from caseflow.ledger.history_tables import Entry
from caseflow.ledger.import_tables import ImportedRow, LedgerImport
from caseflow.ledger.report_tables import Passage, Report
from caseflow.ledger.review_tables import Review
from caseflow.ledger.sketch_tables import Wave
from caseflow.ledger.split_tables import Split
from caseflow.ledger.states import (
    CASE_STATES,
    FINDINGS,
    ITEM_STATES,
    KINDS,
    OPEN_CASE_STATES,
    OUTCOMES,
)
from caseflow.ledger.tables import NEVER, Case, Item, ItemActor
from caseflow.ledger.verify import verify_chains
from caseflow.outbox.tables import EVENT_OPEN, Event, Message
from caseflow.people import accounts
from caseflow.people.permissions import OFFICE
from caseflow.people.scope import scope_of
from caseflow.people.tables import Post, User
from caseflow.words import ORDER_STATES
from tests import demo_office
from tests.ledger.laws_of_telling import every_row_is_told_of

OLD = select(ImportedRow.case_id)
"""Cases of the ledger that the office kept before."""
ACCOUNTS = "operator handler reviewer supervisor leader inspector unit auditor admin city"


@pytest.fixture
def office(database_url: str, tmp_path: Path, now: datetime) -> Iterator[Services]:
    """The demo office as it stands at `now`."""
    built = demo_office.make(database_url, tmp_path, now)
    yield built
    built.database.close()


def column(session: Session, what: object) -> set[object]:
    """Return the distinct values of a column."""
    return set(session.scalars(select(what).distinct()))  # type: ignore[call-overload]


def count(session: Session, *where: object) -> int:
    return session.scalar(select(func.count()).where(*where)) or 0  # type: ignore[arg-type]


def everything_is_there(session: Session) -> None:
    """Every state, kind, door, finding, outcome, rung and document."""
    parts = select(Split.part_id)
    assert count(session, Case.reviews.is_(None), Case.id.not_in(parts), Case.id.not_in(OLD)) == 46
    every_door_was_used(session)
    assert sorted(session.scalars(select(Case.state).where(Case.id.in_(parts)))) == [
        *("accepted", "handling")
    ]
    several_write_the_same_and_one_of_two_matters(session)
    reviewed = session.execute(select(Review.stage, Review.result).order_by(Review.id)).all()
    assert sorted(reviewed, key=str) == [(1, "upheld"), (1, None)]
    after_the_end = select(Report.id).where(Report.follows.is_not(None))
    owed = (Clock.report_id.in_(after_the_end), Clock.name == "reply", Clock.state == "running")
    assert count(session, *owed) == 1
    assert column(session, Case.state) == set(CASE_STATES) - {"void"}  # no import was undone
    assert column(session, Case.kind) == set(KINDS)
    assert column(session, Report.channel) == {*CHANNELS, "import"}
    assert column(session, Item.state) == set(ITEM_STATES)
    assert column(session, Item.finding) == {None, *FINDINGS}
    assert column(session, Item.outcome) == {None, *OUTCOMES}
    assert column(session, Case.rung) == set(range(8))
    for ladder, rungs in (("units", 7), ("office", 4)):
        query = select(Rung.n).join(Clock, Clock.id == Rung.clock_id).where(Clock.ladder == ladder)
        assert set(session.scalars(query)) == set(range(1, rungs + 1))
    assert column(session, Order.kind) == {one.action for one in UNITS.steps if one.document}
    assert column(session, Order.state) == set(ORDER_STATES)
    assert count(session, Order.answered_at.is_not(None)) == 2
    assert set(session.execute(select(Passage.outcome, Passage.to_area)).all()) == {
        (None, "430500"),
        ("received", "430500"),
    }
    more_time = session.execute(select(Extension.item_id.is_not(None), Extension.outcome)).all()
    assert sorted(more_time, key=str) == [(False, "granted")] * 2 + [
        (False, None),
        (True, "granted"),
        (True, None),
    ]


def every_door_was_used(session: Session) -> None:
    """Calls were missed, rung back and written down, an old ledger was taken over, and a report
    back waits for its signature.
    """
    called = session.execute(select(Call.outcome, Call.settled).order_by(Call.id)).all()
    assert [tuple(one) for one in called] == [
        ("missed", "rung_back"),
        ("answered", "logged"),
        ("missed", None),
    ]
    assert count(session, DutyLine.id > 0) == 2
    assert session.scalars(select(LedgerImport.state)).all() == ["done"]
    assert session.scalars(select(ReportBack.state)).all() == ["sent"]


def several_write_the_same_and_one_of_two_matters(session: Session) -> None:
    """A wave that was merged at once, one more report that its page suggests, and a letter that
    became two numbers.
    """
    boss = session.scalars(select(User).where(User.username == "supervisor")).one()
    [wave] = session.scalars(select(Wave)).all()
    into = session.get_one(Case, wave.into_id)
    assert len(waves.lasting(session, [wave.id])) == 2
    reports = session.scalars(select(Report).where(Report.case_id == into.id)).all()
    found = suggesting.of_case(session, scope_of(accounts.actor_of(session, boss)), into, reports)
    assert [one.case.state for one in found if one.strong] == ["received"]
    assert count(session, Report.split_from.is_not(None)) == 1


def the_laws_hold(session: Session, now: datetime) -> None:
    """Chains fit, nobody struck off what they had a hand in, nothing is unowned or late."""
    assert verify_chains(session).fits
    their_own = select(ItemActor.item_id).where(ItemActor.user_id == Item.struck_off_by)
    assert count(session, Item.id.in_(their_own.correlate(Item))) == 0
    owned = Case.state.in_(OPEN_CASE_STATES) & (Case.state != "received")
    assert count(session, owned, Case.handler_id.is_(None)) == 0
    waiting = Case.state.in_(("received", "accepted", "handling", "replying", "calling_back"))
    assert count(session, waiting, Case.next_due == NEVER) == 0
    assert count(session, Clock.state == "running", Clock.next_rung_at <= now) == 0
    assert count(session, Rung.superseded) == 0
    assert count(session, Entry.at > now) == 0
    every_row_is_told_of(session)
    ours = select(Case.year, Case.seq).where(Case.reviews.is_(None), Case.id.not_in(OLD))
    ours = ours.order_by(Case.opened_at)
    numbers = session.execute(ours).all()
    assert numbers == sorted(numbers)


def nothing_would_be_sent(session: Session) -> None:
    """The past is quiet."""
    assert count(session, text(EVENT_OPEN), Event.id > 0) == 0
    assert count(session, Event.quiet.is_(False)) == 0
    assert session.scalar(select(Message.id)) is None


def something_is_fresh(session: Session, now: datetime) -> None:
    """There is something to do this very hour and this very day."""
    hour, day = now + timedelta(hours=1), now + timedelta(days=1)
    burning = Case.urgent & (Case.next_clock == "immediate")
    assert count(session, burning, Case.next_due.between(now, hour)) >= 1
    assert count(session, Case.next_due.between(now, day)) >= 3
    assert count(session, Case.state == "calling_back") >= 1
    assert count(session, Item.state == "submitted") >= 1
    assert count(session, Order.state == "draft") >= 3
    assert count(session, Quarantine.state == "waiting") == 1
    assert column(session, Quarantine.reason) == {NOT_UNDERSTOOD}, "in the office's own words"


def people_are_there(session: Session, home: Path) -> None:
    """Ten accounts with one password that lies in a file for its owner only; one vacant post."""
    password = (home / FILE).read_text().strip()
    users = {user.username: user for user in session.scalars(select(User))}
    assert set(ACCOUNTS.split()) <= set(users)
    assert len({user.password_hash for user in users.values()}) == 1
    assert accounts.check_password(users["city"].password_hash, password)
    assert (home / FILE).stat().st_mode & 0o777 == 0o600
    assert count(session, Post.user_id.is_(None), Post.duty == "unit_handler") == 1


def whoever_acts_next_is_counted_among_few(session: Session) -> None:
    """`stirs` holds wherever it is somebody's turn: else their count would forget a case."""
    met = 0
    for user in session.scalars(select(User).where(User.role.in_(OFFICE))):
        actor = accounts.actor_of(session, user)
        said, theirs = asker.said_of(actor), turns.waits_for(actor)
        query = select(Case.id).where(asker.within(actor), Case.state.in_(OPEN_CASE_STATES))
        every = set(session.scalars(query.where(theirs), said))
        few = set(session.scalars(query.where(turns.stirs(actor), theirs), said))
        assert few == every, user.username
        met += len(every)
    assert met >= 40


def test_it_has_everything_and_every_law_holds(
    office: Services, tmp_path: Path, now: datetime
) -> None:
    with office.database.read() as session:
        everything_is_there(session)
        the_laws_hold(session, now)
        nothing_would_be_sent(session)
        something_is_fresh(session, now)
        people_are_there(session, tmp_path)
        whoever_acts_next_is_counted_among_few(session)
    lines = "\n".join(demo.accounts(office))
    assert (tmp_path / FILE).read_text().strip() in lines
    demo.make(office, now)  # a second time changes nothing
    with office.database.read() as session:
        assert session.scalar(select(func.count(Case.id))) == 54


@pytest.mark.parametrize(
    "moment",
    [
        datetime(2026, 2, 22, 20, 0, tzinfo=UTC),  # Monday four in the morning, Spring Festival
        datetime(2026, 1, 4, 2, 0, tzinfo=UTC),  # a Sunday that is a working day, year begun
        datetime(2026, 3, 7, 15, 59, tzinfo=UTC),  # Saturday, a minute before midnight
    ],
)
def test_it_has_everything_whatever_the_day(
    sqlite_url: str, tmp_path: Path, moment: datetime
) -> None:
    built = demo_office.make(sqlite_url, tmp_path, moment)
    with built.database.transaction() as session:
        everything_is_there(session)
        the_laws_hold(session, moment)
        assert sweep(session, moment) == 0
    built.database.close()


def test_no_accounts_are_printed_where_there_is_no_demo(sqlite_url: str, tmp_path: Path) -> None:
    built = demo_office.installed(sqlite_url, tmp_path)
    assert demo.accounts(built) == []
    built.database.close()
