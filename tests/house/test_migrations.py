"""The migrations make exactly the tables that the code declares, on both databases, and back."""

import os
import warnings
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import inspect, text

from caseflow.db import Database
from caseflow.deadlines import amending
from caseflow.deadlines.policies import Scope
from caseflow.deadlines.rules import rules_of
from caseflow.ledger.verify import verify_chains
from caseflow.migrating import (
    current_revision,
    differences,
    downgrade,
    head,
    is_current,
    upgrade,
)
from tests import demo_office
from tests import office as offices
from tests.postgres import Postgres

NOW = datetime(2026, 3, 3, 2, tzinfo=UTC)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A database without a single table."""
    if request.param == "sqlite":
        database = Database(f"sqlite:///{tmp_path}/empty.db")
        yield database
        database.close()
        return
    server: Postgres = request.getfixturevalue("postgres")
    with server.copy("template0") as url:
        database = Database(url)
        yield database
        database.close()


@pytest.fixture(scope="session")
def postgres_past(postgres: Postgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The name of a demo office on PostgreSQL, to copy."""
    name = f"caseflow_{os.getpid()}_past"
    with postgres.copy("template0", name) as url:
        demo_office.make(url, tmp_path_factory.mktemp("past"), NOW).database.close()
        yield name


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def past(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A demo office."""
    if request.param == "sqlite":
        made = demo_office.make(f"sqlite:///{tmp_path}/past.db", tmp_path / "home", NOW)
        yield made.database
        made.database.close()
        return
    server: Postgres = request.getfixturevalue("postgres")
    with server.copy(request.getfixturevalue("postgres_past")) as url:
        database = Database(url)
        yield database
        database.close()


def test_the_migrations_equal_the_models(database: Database) -> None:
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "autogenerate skipping metadata-specified expression")
        assert differences(database.engine) == []


def test_a_migrated_database_is_current(database: Database) -> None:
    assert current_revision(database.engine) == head()
    assert is_current(database.engine)


def test_an_empty_database_is_not_current(empty: Database) -> None:
    assert current_revision(empty.engine) is None
    assert not is_current(empty.engine)


def test_migrating_twice_changes_nothing(empty: Database) -> None:
    upgrade(empty.engine)
    upgrade(empty.engine)
    assert is_current(empty.engine)


def test_migrations_go_all_the_way_back(empty: Database) -> None:
    upgrade(empty.engine)
    downgrade(empty.engine, "base")
    assert set(inspect(empty.engine).get_table_names()) <= {"alembic_version"}


def test_an_office_with_a_past_goes_back_and_forth_whole(past: Database) -> None:
    """Back to the first guards and forth again: what the older tables could hold is all there."""
    others = (
        "case_file",
        "merger",
        "merged_report",
        "item_actor",
        "message",
        "call_back",
        "review",
    )
    kept = ("report", "entry", "evidence", *others, *_SINCE)
    before, files = _content(past, kept), text("SELECT count(*) FROM evidence")
    with past.read() as session:
        brought = session.scalar(files)
    downgrade(past.engine, "0002")
    upgrade(past.engine)
    assert _content(past, kept) == before
    with past.read() as session:
        assert session.scalar(files) == brought  # those of a visit too, which was never known there
    with past.read() as session:
        assert verify_chains(session).fits
        ours = text("SELECT count(*) FROM evidence WHERE unit_id IS NOT NULL")
        assert session.scalar(ours)


# Rows that the older tables could not hold: an objection is over there, and nobody need decide it
# or consent to anything; nor does the promise of a merged case run on, or a case wait for another
# office, or a shelved one for what it needs: that is handled again.
_NEWER = "('decide', 'consent', 'receive', 'assist', 'ring_back', 'report_back', 'signed_back')"
_WAITED = """SELECT case_id FROM entry
    WHERE verb IN ('pass_on', 'receive', 'send_back', 'take_back')
    GROUP BY case_id HAVING count(*) % 2 = 1"""
_BROUGHT = """SELECT case_id FROM entry WHERE verb = 'rung' AND body LIKE '%"cause":%'"""
_SHELVED = "SELECT case_id FROM entry WHERE verb = 'shelve'"
_OF_DOCUMENTS = """SELECT root_case_id FROM clock
    WHERE order_id IS NOT NULL AND name IN ('sign_for', 'check')"""
_TWICE = "SELECT max(id) FROM report GROUP BY original_id HAVING count(*) > 1"
_SINCE = {
    "report": f"id NOT IN ({_TWICE})",  # of a letter with two numbers none says so there
    "evidence": "at NOT IN (SELECT at FROM entry WHERE verb = 'visit')",
    "item": "id NOT IN (SELECT item_id FROM entry WHERE verb = 'object')",
    "case_file": f"id NOT IN (SELECT case_id FROM ({_WAITED}) waited) AND id NOT IN ({_SHELVED})"
    f" AND id NOT IN ({_OF_DOCUMENTS})",
    "clock": f"name NOT IN {_NEWER}"
    " AND (order_id IS NULL OR name IN ('draft', 'answer'))"
    " AND (case_id IS NULL OR case_id = root_case_id)"
    f" AND coalesce(root_case_id, 0) NOT IN ({_SHELVED})"
    f" AND coalesce(root_case_id, 0) NOT IN ({_BROUGHT})",
}


def _content(database: Database, tables: Iterable[str]) -> dict[str, list[tuple[object, ...]]]:
    with database.read() as session:
        return {
            table: sorted(
                tuple(map(str, row))
                for row in session.execute(
                    text(f"SELECT * FROM {table} WHERE {_SINCE.get(table, 'true')}")
                )
            )
            for table in tables
        }


def test_an_objection_of_an_office_that_goes_back_is_over(past: Database) -> None:
    objected = "SELECT id, signed_at IS NULL FROM item WHERE state = 'objected'"
    rules = "SELECT clock, amount, unit, ladder FROM policy WHERE clock IN ('decide', 'objection')"
    with past.read() as session:
        waits = session.execute(text(objected)).all()
        known = sorted(map(tuple, session.execute(text(rules))))
    downgrade(past.engine, "0011")
    for item, unsigned in waits:
        with past.read() as session:
            state = session.scalar(text("SELECT state FROM item WHERE id = :id"), {"id": item})
            owed = text("SELECT count(*) FROM clock WHERE name = 'decide' AND ended_at IS NULL")
            assert session.scalar(owed) == 0
        assert state == ("dispatched" if unsigned else "verifying")
    upgrade(past.engine)
    with past.read() as session:
        assert sorted(map(tuple, session.execute(text(rules)))) == known
    assert waits
    assert len(known) == 2


def test_who_assists_in_an_office_that_goes_back_owes_nothing(past: Database) -> None:
    """What units were asked beside a lead is gone there, and nobody is urged for it any more."""
    owed = text("SELECT count(*) FROM clock WHERE name = 'assist' AND ended_at IS NULL")
    astray = text("SELECT count(*) FROM case_file WHERE next_clock = 'assist'")
    rules = "SELECT amount, unit, ladder FROM policy WHERE clock = 'assist'"
    with past.read() as session:
        assert session.scalar(owed)
        known = session.execute(text(rules)).all()
    downgrade(past.engine, "0043")
    with past.read() as session:
        assert "assistance" not in inspect(session.connection()).get_table_names()
        assert (session.scalar(owed), session.scalar(astray)) == (0, 0)
    upgrade(past.engine)
    with past.read() as session:
        assert session.execute(text(rules)).all() == known


def test_a_document_of_an_office_that_goes_back_is_out_answered_or_cancelled(
    past: Database,
) -> None:
    """What was lifted comes back as lifted; what was answered is never asked for again."""
    states = "SELECT state, count(*) FROM supervision_order GROUP BY state"
    owed = (
        "SELECT count(*) FROM clock WHERE order_id IS NOT NULL"
        " AND name IN ('sign_for', 'check') AND ended_at IS NULL"
    )
    with past.read() as session:
        before = dict(map(tuple, session.execute(text(states))))
        assert session.scalar(text(owed))
    downgrade(past.engine, "0031")
    with past.read() as session:
        assert set(session.scalars(text("SELECT state FROM supervision_order"))) == {
            *("draft", "issued", "cancelled")
        }
        assert session.scalar(text(owed)) == 0
    upgrade(past.engine)
    with past.read() as session:
        after = dict(map(tuple, session.execute(text(states))))
    assert after["lifted"] == before["lifted"] > 0
    assert after["accepted"] == before["accepted"] + before["answered"]
    assert after["issued"] == before["issued"] + before["signed_for"]


def test_who_asks_for_more_time_in_an_office_that_goes_back_gets_none(past: Database) -> None:
    """What was granted holds as it was promised; what nobody decided is owed to nobody."""
    rules = (
        "SELECT clock, amount, extendable_times, extendable_amount FROM policy ORDER BY 1, 2, 3, 4"
    )
    promised = (
        "SELECT id, due, state, follows FROM clock WHERE"
        " (order_id IS NULL OR name IN ('draft', 'answer'))"
        f" AND (name NOT IN {_NEWER}"
        " AND (case_id IS NULL OR case_id = root_case_id))"
        " OR item_id IN (SELECT id FROM item WHERE state = 'objected') ORDER BY id"
    ).replace("WHERE (", f"WHERE coalesce(root_case_id, 0) NOT IN ({_SHELVED}) AND (", 1)
    asked = "SELECT outcome, count(*) FROM extension GROUP BY outcome"
    with past.read() as session:
        before = [session.execute(text(sql)).all() for sql in (rules, promised)]
        outcomes = dict(map(tuple, session.execute(text(asked))))
    downgrade(past.engine, "0014")
    with past.read() as session:
        assert "extension" not in inspect(session.connection()).get_table_names()
        assert session.execute(text(promised)).all() == before[1]
        waits = text("SELECT item_id FROM clock WHERE name = 'decide' AND ended_at IS NULL")
        objected = text("SELECT id FROM item WHERE state = 'objected'")
        assert set(session.scalars(waits)) == set(session.scalars(objected))
        never = "SELECT count(*) FROM policy WHERE extendable_times > 0 AND category IS NULL"
        assert session.scalar(text(never)) == 0
    upgrade(past.engine)
    with past.read() as session:
        assert [session.execute(text(sql)).all() for sql in (rules, promised)] == before
        assert session.execute(text(asked)).all() == []
        assert verify_chains(session).fits
    assert outcomes == {"granted": 3, None: 2}


def test_a_migration_by_address_lets_go_of_the_database(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/fresh.db"
    upgrade(url)
    assert is_current(url)
    assert not (tmp_path / "fresh.db-wal").exists()


def test_foreign_keys_are_on_again_after_a_migration(sqlite_database: Database) -> None:
    upgrade(sqlite_database.engine)
    with sqlite_database.read() as session:
        assert session.connection().exec_driver_sql("PRAGMA foreign_keys").scalar() == 1


def test_a_proposal_is_gone_in_an_office_that_goes_back(past: Database) -> None:
    """Nobody is promised a decision on it there; the history keeps what was proposed."""
    owed = text(
        "SELECT count(*) FROM clock WHERE name = 'consent' AND case_id IS NOT NULL"
        " AND state = 'running'"
    )
    waits = text("SELECT count(*) FROM proposal WHERE outcome IS NULL")
    said = text("SELECT count(*) FROM entry WHERE verb = 'propose_refer'")
    next_up = text("SELECT count(*) FROM case_file WHERE next_clock = 'consent'")
    first = (
        "UPDATE case_file SET next_clock = 'consent'"
        " WHERE id = (SELECT case_id FROM proposal WHERE outcome IS NULL)"
    )
    with past.read() as session:
        assert session.scalar(owed) == session.scalar(waits) == 1
        told = session.scalar(said)
    with past.transaction() as session:
        session.execute(text(first))
    downgrade(past.engine, "0022")
    assert "proposal" not in inspect(past.engine).get_table_names()
    upgrade(past.engine)
    with past.read() as session:
        assert session.scalar(owed) == session.scalar(waits) == session.scalar(next_up) == 0
        assert session.scalar(said) == told == 2


def test_an_item_that_ended_without_a_check_is_over_in_an_office_that_goes_back(
    past: Database,
) -> None:
    """Struck off, as the older tables have it, by none of its hands; and again what it was."""
    apart = "SELECT id, state, round FROM item WHERE state IN ('withdrawn', 'statutory')"
    rounds = "SELECT id, round FROM item ORDER BY id"
    with past.read() as session:
        ended = session.execute(text(apart)).all()
        before = session.execute(text(rounds)).all()
    downgrade(past.engine, "0015")
    for item, _, _ in ended:
        over = (
            "SELECT state, struck_off_at IS NOT NULL, struck_off_by NOT IN"
            " (SELECT user_id FROM item_actor WHERE item_id = item.id) FROM item WHERE id = :id"
        )
        with past.read() as session:
            assert session.execute(text(over), {"id": item}).one() == ("struck_off", 1, 1)
    with past.read() as session:
        owed = "SELECT count(*) FROM clock WHERE name = 'consent' AND ended_at IS NULL"
        assert session.scalar(text(owed)) == 0
    upgrade(past.engine)
    with past.read() as session:
        assert session.execute(text(apart)).all() == ended
        assert session.execute(text(rounds)).all() == before
    assert {state for _, state, _ in ended} == {"withdrawn", "statutory"}
    assert {n for _, n in before} == {None, 0}  # though one case was taken up anew since


def test_a_case_that_was_passed_on_is_at_home_in_an_office_that_goes_back(past: Database) -> None:
    """There its number is counted; and again where it was signed for, by the history."""
    lies = "SELECT number, area_code, province, city, county, district FROM case_file"
    signed = f"{lies} WHERE id IN (SELECT case_id FROM entry WHERE verb = 'receive')"
    rows = "SELECT case_id, from_area, to_area, reason, grounds, passed_by, outcome FROM passage"
    rules = "SELECT clock, urgent, amount, unit FROM policy WHERE clock = 'receive' ORDER BY id"
    with past.read() as session:
        before = [session.execute(text(sql)).all() for sql in (signed, rules)]
        [passed] = session.execute(text(f"{rows} WHERE outcome = 'received'")).all()
    downgrade(past.engine, "0021")
    with past.read() as session:
        [(number, *at_home)] = session.execute(text(signed)).all()
        assert at_home == [number[:6], "430000", "430500", "430503", None]
        owed = "SELECT count(*) FROM clock WHERE name = 'receive' AND ended_at IS NULL"
        assert session.scalar(text(owed)) == 0
    upgrade(past.engine)
    with past.read() as session:
        assert [session.execute(text(sql)).all() for sql in (signed, rules)] == before
        assert session.execute(text(rows)).all() == [passed]
    assert before[0][0][1] == "430500"
    assert len(before[1]) == 2


def test_a_rule_that_ended_stays_ended_in_an_office_that_goes_back(empty: Database) -> None:
    """The older code picks its versions by their day alone: none of them may come."""
    now = datetime(2026, 3, 3, 2, tzinfo=UTC)
    upgrade(empty.engine)
    with empty.transaction() as session:
        me = offices.make(session)["administrator"].person
        [general] = amending.versions(rules_of(session), Scope("check", None, None, None, None))
        food = replace(general, category="food", effective_from=now)
        fees = replace(general, category="fees", effective_from=now)
        for one in (food, fees, replace(fees, version=2, withdrawn=True)):
            amending.write(session, one, me, now)
        again = replace(general, category="ethics", effective_from=now)
        for one in (again, replace(again, version=2, withdrawn=True), replace(again, version=3)):
            amending.write(session, one, me, now)
    then = text(
        "SELECT category, count(*) FROM policy WHERE category IS NOT NULL AND clock = 'check'"
        " AND effective_from < '2027-01-01' GROUP BY category ORDER BY category"
    )
    downgrade(empty.engine, "0021")
    with empty.read() as session:
        assert session.execute(then).all() == [("ethics", 3), ("food", 1)]
    upgrade(empty.engine)
    with empty.read() as session:
        ended = text("SELECT category, count(*) FROM policy WHERE withdrawn GROUP BY category")
        assert session.execute(ended).all() == [("fees", 2)]


def test_what_is_shelved_is_handled_again_in_an_office_that_goes_back(past: Database) -> None:
    """Its promises run there, and what it waited for is owed to nobody; the history says all."""
    shelved = "SELECT case_id FROM shelving WHERE outcome = 'approved' AND ended_at IS NULL"
    with past.read() as session:
        [case_id] = session.scalars(text(shelved)).all()
    known = {"id": case_id}
    names = text(
        "SELECT name FROM clock WHERE root_case_id = :id AND state = 'running' ORDER BY name"
    )
    state = text("SELECT state FROM case_file WHERE id = :id")
    downgrade(past.engine, "0035")
    assert "shelving" not in inspect(past.engine).get_table_names()
    with past.read() as session:
        assert session.scalar(state, known) == "handling"
        running = session.scalars(names, known).all()
        assert {"resolve", "reply", "verify"} <= set(running)
        assert "milestone" not in running
    upgrade(past.engine)
    with past.read() as session:
        assert session.scalars(names, known).all() == running
        rule = text("SELECT amount, unit FROM policy WHERE clock = 'milestone'")
        assert session.execute(rule).one() == (366, "calendar_days")
        assert verify_chains(session).fits
