"""What an office does all day looks at as many pages however long its past is (decision 70)."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from bench import plans
from caseflow.db import Database
from caseflow.deadlines.tables import Clock
from caseflow.ledger import apart
from caseflow.ledger.tables import Case
from caseflow.ledger.waiting import waiting
from caseflow.people.actor import Actor
from tests import office as offices
from tests.databases import test_plans
from tests.databases.test_plans import Ledger
from tests.postgres import Postgres

NOW = datetime(2026, 3, 3, 2, 0, tzinfo=UTC)
SOMEBODY = Actor(0, "supervisor", area="430503", level="county")
LATER = datetime(2026, 3, 20, 2, 0, tzinfo=UTC)
MUCH_LATER = datetime(2026, 9, 1, 2, 0, tzinfo=UTC)
CLOSED, TIMES, DUE = 4_000, 5, 20
DEEPER = 1.25
"""An index of five times as many rows may be a level deeper, and that is all."""


@pytest.fixture(scope="module")
def both(postgres: Postgres, postgres_template: str) -> Iterator[tuple[Ledger, Ledger]]:
    """Two offices with three hundred open cases each, one with eight times the past."""
    with postgres.copy(postgres_template) as young, postgres.copy(postgres_template) as old:
        databases = Database(young), Database(old)
        few, many = databases
        yield grown(few, CLOSED), grown(many, CLOSED * TIMES)
        for one in databases:
            one.close()


def grown(database: Database, closed: int) -> Ledger:
    """Fill an office of which twenty promises are due in two weeks and the others much later."""
    office = test_plans.fill(database, NOW, closed)
    with database.transaction() as session:
        some = select(Clock.id).where(Clock.next_rung_at.is_not(None)).order_by(Clock.id)
        later = Clock.id.in_(some.offset(DUE))
        session.execute(update(Clock).where(later).values(due=MUCH_LATER, next_rung_at=MUCH_LATER))
    test_plans.analyse(database)
    return database, office


def looked_at(ledger: Ledger, name: str) -> int:
    database, office = ledger
    people = (office[one] for one in ("city", "supervisor", "handler"))
    work = plans.of_open_cases(*people, LATER)[name]
    return sum(found.pages for found in plans.carried_out(database, work))


NAMES = list(plans.of_open_cases(SOMEBODY, SOMEBODY, SOMEBODY, NOW))


@pytest.mark.parametrize("name", NAMES)
def test_five_times_the_past_is_as_many_pages(both: tuple[Ledger, Ledger], name: str) -> None:
    young, old = (looked_at(ledger, name) for ledger in both)
    assert 0 < old <= young * DEEPER, (young, old)


def test_what_reads_the_whole_ledger_would_be_seen(both: tuple[Ledger, Ledger]) -> None:
    def count(session: Session) -> None:
        session.execute(select(func.count()).select_from(Case).where(Case.state == "closed"))

    young, old = (
        sum(found.pages for found in plans.carried_out(database, count)) for database, _ in both
    )
    assert old > young * 2, (young, old)


WAVE = 3_000


def test_a_wave_that_nobody_took_up_elsewhere_is_not_looked_at(
    postgres: Postgres, postgres_template: str
) -> None:
    """Each of its cases has a promise that somebody takes over at once, as has what cries here."""
    with postgres.copy(postgres_template) as url:
        ledger = grown(Database(url), CLOSED)
        database, office = ledger
        works: tuple[Callable[[Session], object], ...] = (
            partial(apart.listed, actor=office["supervisor"]),
            partial(waiting, actor=office["supervisor"], turns=0),
        )
        before = [_pages(database, work) for work in works]
        with database.transaction() as session:
            _comes_in(session)
        test_plans.analyse(database)
        after = [_pages(database, work) for work in works]
        database.close()
    assert all(now <= then * DEEPER for then, now in zip(before, after, strict=True)), (
        before,
        after,
    )


def _pages(database: Database, work: Callable[[Session], object]) -> int:
    return sum(found.pages for found in plans.carried_out(database, work))


def _comes_in(session: Session) -> None:
    case, _ = offices.report(session, NOW, area=offices.OTHER)
    last = session.scalars(select(func.max(Case.id))).one()
    number = f"'{offices.OTHER}-2026-9' || nth"
    test_plans.copies(session, Case, case.id, WAVE, last, number=number, seq="nth")
    at_once = Clock.case_id == case.id, Clock.name == "immediate"
    promise = session.scalars(select(Clock.id).where(*at_once)).one()
    test_plans.copies(session, Clock, promise, WAVE, last, case_id="nth", root_case_id="nth")


def test_the_page_of_plans_tells_of_every_work() -> None:
    told = plans.PAGE.read_text(encoding="utf-8")
    missing = [name for name in NAMES if f"### {name}\n" not in told]
    assert missing == [], "python -m bench.plans writes it anew"
