"""A process reads the rules of time once for each edition, and no session works by another one."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import event, select, text
from sqlalchemy.orm import Session

from caseflow.db import Database
from caseflow.deadlines import shipped
from caseflow.deadlines.rules import rules_of
from caseflow.deadlines.tables import PublishedYear, RulesEdition
from caseflow.escalation.defaults import DEFAULT_LADDERS

_LADDER = "INSERT INTO ladder (name, version, steps, effective_from) VALUES ('x', 9, '[]', :at)"
CHANGES = {
    "day_override": "INSERT INTO day_override (day, working, note, set_at)"
    " VALUES ('2026-05-09', '0', '', :at)",
    "published_year": "INSERT INTO published_year (year, set_at) VALUES (2031, :at)",
    "policy": "UPDATE policy SET amount = amount + 1 WHERE clock = 'notice'",
    "ladder": _LADDER,
    "gone": "DELETE FROM policy WHERE clock = 'call_back'",
    "withdrawn": "UPDATE policy SET withdrawn = true WHERE clock = 'check'",
}


@pytest.fixture
def office(database: Database) -> Database:
    """An office with its rules."""
    with database.transaction() as session:
        shipped.load(session, DEFAULT_LADDERS)
    return database


@contextmanager
def listening(database: Database) -> Iterator[list[str]]:
    """Yield the statements that go to a database meanwhile."""
    said: list[str] = []

    def hear(_link: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        said.append(statement)

    event.listen(database.engine, "before_cursor_execute", hear)
    yield said
    event.remove(database.engine, "before_cursor_execute", hear)


def _edition(session: Session) -> str:
    return session.scalars(select(RulesEdition.edition)).one()


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_any_change_of_a_rule_is_another_edition_and_read_anew(
    office: Database, now: datetime, change: str
) -> None:
    with office.read() as session:
        before, edition = rules_of(session), _edition(session)
    with office.transaction() as session:
        session.execute(text(change), {"at": now.replace(tzinfo=None)} if ":at" in change else {})
    with office.read() as session:
        assert _edition(session) != edition
        assert rules_of(session) != before


def test_a_session_asks_for_the_edition_alone(office: Database) -> None:
    with office.read() as session:
        first = rules_of(session)
    with listening(office) as said, office.read() as session:
        assert rules_of(session) is first
    assert len([one for one in said if one.startswith("SELECT")]) == 1


def test_what_was_rolled_back_is_nobodys_rule(office: Database, now: datetime) -> None:
    with office.read() as session:
        before = rules_of(session)
    with office.transaction() as session:
        session.add(PublishedYear(year=2031, set_at=now))
        session.flush()
        assert 2031 in rules_of(session).calendar.published_years
        session.rollback()
    with office.read() as session:
        assert rules_of(session) == before


def test_rules_that_changed_while_they_were_read_are_not_taken_for_those_before(
    office: Database, now: datetime
) -> None:
    done: list[str] = []

    def meanwhile(_link: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if "FROM day_override" in statement and not done:
            done.append(statement)
            with office.transaction() as other:
                other.add(PublishedYear(year=2032, set_at=now))

    with office.transaction() as session:
        session.add(PublishedYear(year=2031, set_at=now))
    with office.read(snapshot=True) as early:
        edition = _edition(early)
        event.listen(office.engine, "before_cursor_execute", meanwhile)
        with office.read() as session:
            rules_of(session)
        event.remove(office.engine, "before_cursor_execute", meanwhile)
        assert done
        # Who still sees the edition of before sees its rules, and not those that came meanwhile.
        assert _edition(early) == edition
        assert rules_of(early).calendar.published_years == {2031}
    with office.read() as session:
        assert rules_of(session).calendar.published_years == {2031, 2032}


def test_an_office_without_rules_has_none(database: Database) -> None:
    with database.read() as session:
        assert rules_of(session).policies == ()
    with database.transaction() as session:
        shipped.load(session, DEFAULT_LADDERS)
    with database.read() as session:
        assert rules_of(session).policies
