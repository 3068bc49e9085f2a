"""How PostgreSQL finds things in a ledger that is mostly one city's past (engine 11, 14).

A list or a sweep must read an index of what is open or due, never the ledger; in a skewed ledger
that is where plans go wrong.
"""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import product
from typing import Any

import pytest
from sqlalchemy import func, select, text, update
from sqlalchemy.orm import Session

from caseflow.db import Base, Database
from caseflow.deadlines.tables import Clock
from caseflow.escalation.sweep import sweep
from caseflow.escalation.waiting import mine
from caseflow.insight import figures as period_figures
from caseflow.insight import watching
from caseflow.ledger import (
    apart,
    extensions,
    in_hand,
    likely,
    listing,
    outbox_reach,
    passages,
    queries,
    search,
    suggesting,
)
from caseflow.ledger.history_tables import Entry
from caseflow.ledger.moves import items, triage
from caseflow.ledger.report_tables import Report
from caseflow.ledger.states import CASE_STATES, OPEN_CASE_STATES
from caseflow.ledger.tables import NEVER, Case, Item
from caseflow.ledger.waiting import waiting
from caseflow.outbox import letters
from caseflow.outbox.metrics import figures
from caseflow.people.scope import scope_of
from tests import office as offices
from tests.asked import asked
from tests.office import Office
from tests.postgres import Postgres

CLOSED, OPEN = 20_000, 300
BIG = ("case_file", "clock", "item", "entry", "report")


Ledger = tuple[Database, Office]


@pytest.fixture(scope="module")
def ledger(postgres: Postgres, postgres_template: str) -> Iterator[Ledger]:
    """One city with twenty thousand closed cases and three hundred open ones, for reading."""
    with postgres.copy(postgres_template) as url:
        database = Database(url)
        yield database, fill(database, datetime(2026, 3, 3, 2, 0, tzinfo=UTC))
        database.close()


def fill(database: Database, now: datetime, past: int = CLOSED) -> Office:
    """Fill an office with `past` closed cases and then three hundred open ones."""
    with database.transaction() as session:
        office = offices.make(session)
        case, report = offices.report(session, now)
        triage.accept(session, office["supervisor"], case.id, now)
        session.flush()
        closed = {"state": "'closed'", "next_due": f"'{NEVER.isoformat()}'", "next_clock": "NULL"}
        copies(session, Case, case.id, past, 1, **closed)
        copies(session, Case, case.id, OPEN, 1 + past)
        own = {"number": "'430503-20260303-' || nth", "seq": "nth", "channel_key": "'old-' || nth"}
        copies(session, Report, report.id, past + OPEN - 1, 1, **own, case_id="nth")
        clock = session.scalars(select(Clock).where(Clock.name == "resolve")).one()
        over = {"state": "'met'", "next_rung": "NULL", "next_rung_at": "NULL"}
        copies(session, Clock, clock.id, past, 0, **over, case_id="nth", root_case_id="nth")
        copies(session, Clock, clock.id, OPEN, past, case_id="nth", root_case_id="nth")
        [item] = items.split(session, office["supervisor"], case.id, ["食堂"], now)
        entry = session.scalars(select(Entry).where(Entry.n == 1)).one()
        copies(session, Entry, entry.id, past + OPEN - 1, 1, case_id="nth")
        copies(session, Item, item.id, OPEN, past, case_id="nth")
        session.execute(text(_SAME_SAID), {"of": report.id})
        session.execute(text(_KNOWN), {"many": past})
        session.execute(text(_SAID_AGAIN), {"of": report.id})
        session.execute(text("SET LOCAL session_replication_role = replica"))  # past the guards
        gone = {"state": "'struck_off'", "struck_off_by": str(office["reviewer"].id)}
        copies(session, Item, item.id, past - 1, 1, **gone, case_id="nth")
        of_item = {"name": "'verify'", "case_id": "NULL", "item_id": "nth", "root_case_id": "nth"}
        copies(session, Clock, clock.id, past // 10, 0, **over, **of_item)
    analyse(database)
    return office


_SAME_SAID = """INSERT INTO sketch (hash, report_id) SELECT old.hash, report.id
    FROM sketch old JOIN report ON report.id <> old.report_id WHERE old.report_id = :of"""

_SAID_AGAIN = """INSERT INTO search_report (report_id, terms)
    SELECT report.id, CASE WHEN report.id % 10 = 0 THEN old.terms ELSE '' END
    FROM search_report old JOIN report ON report.id <> old.report_id WHERE old.report_id = :of"""

_KNOWN = """INSERT INTO identity (id, phone_index, email_index, can_be_reached, created_at)
    SELECT 'i-' || nth, md5('p' || nth), md5('m' || nth), 'phone,email', now()
    FROM generate_series(1, CAST(:many AS int)) nth"""


def analyse(database: Database) -> None:
    with database.engine.connect() as link:
        link.execution_options(isolation_level="AUTOCOMMIT").execute(text("ANALYZE"))


def copies(
    session: Session, table: type[Base], like: int, count: int, after: int, **changed: str
) -> None:
    """Copy a row; `nth` in what is changed counts up from `after` + 1."""
    rows = table.__table__
    own = {"number": "'430503-2026-' || nth", "seq": "nth"} if table is Case else {}
    said = {c.name: changed.get(c.name, own.get(c.name, f"old.{c.name}")) for c in rows.columns}
    said.pop("id")
    session.execute(
        text(
            f"INSERT INTO {rows.fullname} ({', '.join(said)}) SELECT {', '.join(said.values())}"
            f" FROM {rows.fullname} old,"
            " generate_series(CAST(:first AS int), CAST(:last AS int)) nth WHERE old.id = :like"
        ),
        {"like": like, "first": after + 1, "last": after + count},
    )


def plans(database: Database, work: Callable[[Session], object], *, once: bool = False) -> str:
    """Return the plans of every statement that some work sends; `once` as `plan_once` lets them be
    made, without a look at what is asked for.
    """
    sent = asked(database, work)
    with database.engine.connect() as link:
        cursor = link.connection.cursor()
        explained = _planned_once if once else _planned_for
        return "\n".join(line for one in sent for line in explained(cursor, *one))


def _planned_for(cursor: Any, statement: str, parameters: object) -> list[str]:
    cursor.execute(f"EXPLAIN {statement}", parameters)
    return [row[0] for row in cursor.fetchall()]


def _planned_once(cursor: Any, statement: str, parameters: object) -> list[str]:
    if statement.startswith("SET"):
        return []
    cursor.execute("SET plan_cache_mode = force_generic_plan")
    cursor.execute(statement, parameters, prepare=True)
    cursor.execute(
        "SELECT name, cardinality(parameter_types) FROM pg_prepared_statements"
        " ORDER BY prepare_time DESC, name DESC LIMIT 1"
    )
    name, asked = cursor.fetchone()
    values = f"({', '.join(['NULL'] * asked)})" if asked else ""
    cursor.execute(f"EXPLAIN EXECUTE {name}{values}")
    return [row[0] for row in cursor.fetchall()]


def whole_tables(plan: str) -> set[str]:
    return set(re.findall(r"Seq Scan on (\w+)", plan)) & set(BIG)


def test_a_work_list_reads_what_is_open(ledger: Ledger) -> None:
    database, office = ledger
    pages = [queries.Filters(), queries.Filters(kind="complaint"), queries.Filters(rung=2)]
    pages += [queries.Filters(turn=office[name]) for name in ("handler", "supervisor", "leader")]
    for scope, filters in product((scope_of(office["city"]), scope_of(office["handler"])), pages):
        page = partial(queries.work_list, scope=scope, filters=filters)
        plan = plans(database, page, once=True)
        assert whole_tables(plan) == set(), plan
        assert f"ix_case_file_open_{scope.level}" in plan, plan
        assert "Sort" not in plan, "the index gives the order"


@pytest.mark.parametrize("state", [*sorted({*CASE_STATES} - {*OPEN_CASE_STATES}), ""])
def test_a_list_of_what_is_over_reads_the_newest_of_it(ledger: Ledger, state: str) -> None:
    database, office = ledger
    page = queries.Filters(state=state)
    for who in ("city", "handler"):
        of = partial(queries.work_list, scope=scope_of(office[who]), filters=page)
        plan = plans(database, of, once=True)
        assert whole_tables(plan) == set(), plan
        assert "Sort" not in plan, plan
        index = "pk_case_file" if state in ("closed", "") else "ix_case_file_not_closed"
        assert f"Index Scan Backward using {index}" in plan, plan


def test_what_nobody_handles_is_found_among_the_few_that_stir(ledger: Ledger) -> None:
    database, office = ledger
    for scope in (scope_of(office["city"]), scope_of(office["handler"])):
        page = partial(queries.work_list, scope=scope, filters=queries.Filters(nobodys=True))
        plan = plans(database, page, once=True)
        assert whole_tables(plan) == set(), plan
        assert "ix_case_file_stirs_" in plan, plan


def test_what_somebody_has_in_hand_is_found_by_what_is_open_or_owed(ledger: Ledger) -> None:
    database, office = ledger
    reader, person = office["supervisor"], office["handler"].person

    def page(session: Session) -> None:
        in_hand.pieces(session, reader, person)
        in_hand.open_cases(session, reader, person, reader.area)
        apart.listed(session, reader)

    plan = plans(database, page)
    assert whole_tables(plan) == set(), plan
    assert "ix_case_file_owing" in plan, plan


def test_what_stands_beside_a_list_is_found_by_its_cases(ledger: Ledger, now: datetime) -> None:
    database, office = ledger
    scope = scope_of(office["city"])

    def page(session: Session) -> None:
        listing.beside(session, queries.work_list(session, scope, queries.Filters()))
        listing.groups(session, office["city"], now)
        apart.listed(session, office["city"])
        passages.gone(session, scope_of(office["handler"]), "430503-2026-000007")

    plan = plans(database, page, once=True)
    assert whole_tables(plan) == set(), plan
    assert "ix_clock_apart" in plan, plan
    assert "ix_case_file_bound_for" in plan, plan


@pytest.mark.parametrize(
    "name", ["operator", "handler", "reviewer", "supervisor", "leader", "city"]
)
def test_what_waits_for_somebody_is_counted_over_what_is_open(ledger: Ledger, name: str) -> None:
    database, office = ledger
    plan = plans(database, partial(waiting, actor=office[name], documents=mine), once=True)
    assert whole_tables(plan) == set(), plan
    assert ("ix_item_submitted" if name == "reviewer" else "ix_case_file_stirs_") in plan, plan


def test_what_a_case_may_be_merged_into_is_found_by_its_unit_or_its_office(
    ledger: Ledger,
) -> None:
    database, office = ledger
    place = {"province": "430000", "city": offices.CITY, "county": offices.DISTRICT}
    for unit in (office.units["school"], None):
        case = Case(id=1, kind="complaint", state="accepted", unit_id=unit, **place)
        for name in ("handler", "city"):
            scope = scope_of(office[name])
            plan = plans(database, partial(likely.candidates, scope=scope, case=case))
            assert whole_tables(plan) == set(), plan
            assert re.search(r"using ix_case_file_(unit_id|open_\w+)", plan), plan


@pytest.mark.parametrize("once", [True, False])
def test_what_may_be_the_same_matter_is_found_by_what_is_rare_in_it(
    ledger: Ledger, *, once: bool
) -> None:
    """Twenty thousand reports of one text, one number and one unit: the worst there is."""
    database, office = ledger
    handler = office["handler"]

    def ask(session: Session) -> None:
        case = session.get_one(Case, CLOSED + OPEN)
        case.category, case.unit_id = "food", office.units["school"]
        reports = session.scalars(select(Report).where(Report.case_id == case.id)).all()
        suggesting.of_case(session, scope_of(handler), case, reports)
        suggesting.of_senders(session, scope_of(handler), {"p"}, {"m"})

    plan = plans(database, ask, once=once)
    assert whole_tables(plan) == set(), plan
    assert not re.search("Seq Scan on (sketch|identity)", plan), plan
    assert "pk_sketch" in plan, plan


def test_the_outbox_of_an_area_reads_its_own_few_rows(ledger: Ledger, now: datetime) -> None:
    database, office = ledger

    def page(session: Session) -> None:
        here = outbox_reach.within(session, office["handler"], offices.DISTRICT)
        letters.stuck_messages(session, within=here)
        letters.dead_events(session, within=here)
        figures(session, now, here)

    plan = plans(database, page)
    assert whole_tables(plan) == set(), plan
    assert "pk_case_file" in plan, plan
    assert "Join" not in plan, "one by one: a join walks up to the newest of all cases" + plan


def test_the_figures_of_a_day_read_what_came_in_that_day(ledger: Ledger) -> None:
    database, office = ledger
    scope, now = scope_of(office["city"]), datetime(2026, 4, 2, 2, 0, tzinfo=UTC)
    day = period_figures.Period(now.date(), now.date())
    plan = plans(database, partial(period_figures.figures, scope=scope, period=day, now=now))
    assert "ix_case_file_opened_at" in plan, plan
    assert "ix_clock_running_due" in plan, plan
    assert "ix_case_file_open_" in plan, plan
    assert "ix_report_received_at" in plan, plan
    assert whole_tables(plan) == set(), plan


def test_a_sweep_reads_what_is_due(ledger: Ledger, now: datetime) -> None:
    database, _ = ledger
    with database.read() as session:
        assert session.scalar(select(func.count(Clock.id))) or CLOSED < 0
    plan = plans(database, lambda session: sweep(session, now - timedelta(days=1)))
    assert "ix_clock_sweep" in plan, plan
    assert whole_tables(plan) == set(), plan


def test_who_watches_counts_late_promises_in_their_index(ledger: Ledger, now: datetime) -> None:
    database, _ = ledger
    plan = plans(database, lambda session: watching.watch(session, now + timedelta(days=1)))
    assert plan.count("ix_clock_running_due") >= 2, plan
    assert "Seq Scan on clock" not in plan, plan


def test_the_cases_of_a_unit_are_found_by_its_id(
    postgres_database: Database, now: datetime
) -> None:
    database, office = postgres_database, fill(postgres_database, now)
    with database.transaction() as session:
        few = Case.id.in_(select(Case.id).order_by(Case.id.desc()).limit(9))
        session.execute(update(Case).where(few).values(unit_id=office.units["school"]))
        most = Case.unit_id.is_(None)
        session.execute(update(Case).where(most).values(unit_id=office.units["academy"]))
    analyse(database)
    for scope in (scope_of(office["city"]), scope_of(office["handler"])):
        for typed in ("测试school", "测试", "school 食堂"):
            plan = plans(database, partial(queries.find, scope=scope, words=typed))
            assert whole_tables(plan) == set(), plan
        assert "ix_case_file_unit_id" in plans(
            database, partial(queries.find, scope=scope, words="school")
        )


def test_words_that_many_say_are_looked_for_from_the_newest_case_on(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each case is asked whether its reports say them, until there is a page: nothing is sorted.

    PostgreSQL takes so many pairs for rarer than any of them.
    """
    database, office = ledger
    monkeypatch.setattr(search, "FEW", 0)
    find = partial(queries.find, scope=scope_of(office["city"]), words="孩子吃了肚子疼")
    plan = plans(database, find)
    assert "Index Scan Backward using pk_case_file on case_file" in plan, plan
    assert "Sort" not in plan, plan
    assert whole_tables(plan) == set(), plan


def test_a_case_keeps_its_page_when_only_its_head_changes(ledger: Ledger, now: datetime) -> None:
    """No index is written for a rung or an entry: a page keeps room for the new head of a case."""
    database, _ = ledger
    with database.read() as session:
        kept = session.scalars(text("SELECT reloptions FROM pg_class WHERE relname = 'case_file'"))
        indexed = session.scalars(
            text("SELECT indexdef FROM pg_indexes WHERE tablename = 'case_file'")
        )
        assert kept.one() == ["fillfactor=80"]
        said = " ".join(indexed)
    for name in ("head", "head_n", "moved_at", "rung"):
        assert not re.search(rf"\b{name}\b", said), name


def test_more_time_of_a_case_is_found_by_its_promises(ledger: Ledger) -> None:
    database, _ = ledger
    plan = plans(database, lambda session: extensions.asked(session, CLOSED + OPEN))
    assert whole_tables(plan) == set(), plan
