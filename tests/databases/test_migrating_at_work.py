"""Migrations of an office that is at work: they give way, come back, and are done whole."""

import psycopg
import pytest
from sqlalchemy.exc import OperationalError

from caseflow import clock, migrating
from caseflow.db import Database


@pytest.fixture
def before(postgres_database: Database) -> Database:
    """An office that the newest migration has not come to."""
    engine = postgres_database.engine
    migrating.downgrade(engine, migrating.known()[migrating.head()])
    return postgres_database


def held(database: Database) -> "psycopg.Connection[tuple[object, ...]]":
    """Take into hand what every migration writes to, as somebody's long transaction does."""
    link = psycopg.connect(database.url.replace("+psycopg", ""))
    link.execute("LOCK TABLE alembic_version IN ACCESS EXCLUSIVE MODE")
    return link


def test_a_table_in_somebodys_hands_is_let_go_of_and_asked_for_again(
    before: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    paused: list[float] = []
    with held(before) as somebody:

        def pause(seconds: float) -> None:
            paused.append(seconds)
            if len(paused) == 2:
                somebody.rollback()

        monkeypatch.setattr(clock, "sleep", pause)
        migrating.upgrade(before.engine)
    assert paused == [migrating.PAUSE_SECONDS] * 2
    assert migrating.is_current(before.engine)


def test_one_that_never_gets_its_turn_says_so_and_leaves_all_as_it_was(
    before: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(migrating, "TRIES", 2)
    monkeypatch.setattr(clock, "sleep", lambda _seconds: None)
    with held(before), pytest.raises(OperationalError, match="lock timeout"):
        migrating.upgrade(before.engine)
    assert migrating.current_revision(before.engine) == migrating.known()[migrating.head()]
