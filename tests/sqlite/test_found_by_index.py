"""An embedded office looks through no table from end to end to show what is open."""

import re
from collections.abc import Callable
from datetime import datetime
from functools import partial

import pytest
from sqlalchemy.orm import Session

from caseflow.db import Database
from caseflow.ledger import dossier, listing, queries
from caseflow.people.actor import Actor
from caseflow.people.scope import scope_of
from tests import office as offices
from tests.asked import asked

# What a statement made itself is read whole by right.
_WHOLE = re.compile(r"SCAN (?!\(|anon_|json_each)(\w+)")


def whole_tables(database: Database, work: Callable[[Session], object]) -> set[str]:
    """Return the tables that some work reads from end to end, also by an index of all rows."""
    found = set()
    for statement, said in asked(database, work):
        if statement.startswith(("SELECT", "WITH")):
            with database.read() as session:
                link = session.connection()
                plan = link.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", said).all()
            found |= {name for *_, line in plan for name in _WHOLE.findall(line)}
    return found


def beside_a_list(session: Session, actor: Actor) -> None:
    cases = queries.work_list(session, scope_of(actor), queries.Filters())
    assert len(cases) == 3
    listing.beside(session, cases)


def one_case(session: Session, actor: Actor) -> None:
    case = queries.work_list(session, scope_of(actor), queries.Filters())[0]
    loaded = dossier.load(session, case)
    assert loaded.reports
    assert loaded.clocks


@pytest.mark.parametrize("work", [beside_a_list, one_case], ids=lambda work: work.__name__)
def test_what_stands_beside_a_case_is_found_by_its_number(
    sqlite_database: Database, now: datetime, work: Callable[[Session, Actor], None]
) -> None:
    with sqlite_database.transaction() as session:
        office = offices.make(session)
        for _ in range(3):
            offices.report(session, now)
    assert whole_tables(sqlite_database, partial(work, actor=office["supervisor"])) == set()


@pytest.mark.parametrize("state", ["answered", "closed", ""])
def test_what_is_over_is_read_from_the_newest_on(
    sqlite_database: Database, now: datetime, state: str
) -> None:
    with sqlite_database.transaction() as session:
        office = offices.make(session)
        offices.report(session, now)
    filters = queries.Filters(state=state)
    page = partial(queries.work_list, scope=scope_of(office["supervisor"]), filters=filters)
    [(statement, said)] = [one for one in asked(sqlite_database, page) if "case_file" in one[0]]
    with sqlite_database.read() as session:
        plan = session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", said).all()
    lines = " ".join(line for *_, line in plan)
    assert "TEMP B-TREE" not in lines, lines
    assert ("ix_case_file_not_closed" in lines) is (state == "answered"), lines
