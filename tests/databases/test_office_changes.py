"""What administrators changed is kept as it was written, on both databases."""

from datetime import datetime

import pytest
from psycopg.errors import LockNotAvailable
from sqlalchemy import delete, text
from sqlalchemy.exc import DBAPIError, OperationalError

from caseflow.db import Database
from caseflow.people import office_changes
from caseflow.people.office_changes import newest, note
from caseflow.people.postings import assign
from caseflow.people.tables import Post
from tests import office as offices

_CHANGES = (
    "UPDATE office_change SET what = what",
    "DELETE FROM office_change",
)
_OF_ONE_KIND = {
    "sqlite": "INSERT OR REPLACE INTO office_change SELECT * FROM office_change",
    "postgresql": "TRUNCATE office_change",
}


def test_a_change_is_neither_changed_nor_deleted(database: Database, now: datetime) -> None:
    with database.transaction() as session:
        office = offices.make(session)
        note(session, office["administrator"], "calendar_changed", now, {"days": {}})
    for statement in (*_CHANGES, _OF_ONE_KIND[database.engine.dialect.name]):
        with pytest.raises(DBAPIError), database.transaction() as session:
            session.execute(text(statement))
    with database.read() as session:
        [kept] = newest(session, office["auditor"])
        assert (kept.what, kept.by, kept.at) == ("calendar_changed", "测试administrator", now)
        assert newest(session, office["stranger"]) == []


def test_only_what_has_a_word_is_noted(sqlite_database: Database, now: datetime) -> None:
    with sqlite_database.transaction() as session:
        office = offices.make(session)
        with pytest.raises(ValueError, match="coffee"):
            note(session, office["administrator"], "coffee", now)
    assert "coffee" not in office_changes.CHANGES


def test_of_two_who_fill_a_post_at_once_the_second_waits(
    postgres_database: Database, now: datetime
) -> None:
    """A post that nobody ever held has no row to wait at, and must not get two."""
    key = f"leader-{offices.DISTRICT}-0"
    with postgres_database.transaction() as session:
        office = offices.make(session)
        session.execute(delete(Post).where(Post.duty == "leader"))
    admin, leader = office["administrator"], office["leader"].person
    database = postgres_database
    with database.transaction() as first, database.transaction() as second:
        assign(first, admin, key, leader, None, now)
        second.execute(text("SET LOCAL lock_timeout = '200ms'"))
        with pytest.raises(OperationalError) as waited:
            assign(second, admin, key, leader, None, now)
        assert isinstance(waited.value.orig, LockNotAvailable)
        second.rollback()
