"""What administrators changed is kept as it was written, on both databases."""

from datetime import datetime

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from caseflow.db import Database
from caseflow.people import office_changes
from caseflow.people.office_changes import newest, note
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
