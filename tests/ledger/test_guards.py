"""What the database itself refuses, by raw SQL past every verb (laws 4 and 8)."""

from datetime import datetime, timedelta

import pytest
from psycopg.errors import LockNotAvailable
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm import Session

from caseflow.db import Database
from caseflow.ledger.moves import items, triage, work
from tests import office as offices

_REPLACE = (
    "INSERT OR REPLACE INTO entry (id, case_id, n, at, verb, body, prev, hash) "
    "SELECT {id}, case_id, {n}, at, 'note', '{{}}', prev, hash FROM entry LIMIT 1"
)


def filled(database: Database, now: datetime) -> tuple[int, int, int]:
    """Bring an item to the check and return it, one of its hands, and somebody who is none."""
    with database.transaction() as session:
        office = offices.make(session)
        case, _ = offices.report(session, now)
        triage.accept(session, office["handler"], case.id, now)
        [item] = items.split(session, office["handler"], case.id, ["食堂卫生"], now)
        order = items.Dispatch(office.units["school"], "请核查")
        items.dispatch(session, office["handler"], item.id, order, now)
        work.sign_for(session, office["school"], item.id, now)
        later = now + timedelta(hours=1)
        work.hand_in(session, office["school"], item.id, offices.blob(session, later), "a", later)
        result = work.Result("unsubstantiated", "查无此事")
        work.find(session, office["school"], item.id, result, later)
        return item.id, office["school"].person, office["reviewer"].person


def refused(database: Database, statement: str, **values: object) -> None:
    def attempt(session: Session) -> None:
        session.execute(text(statement), values)

    with pytest.raises(DBAPIError):
        database.run(attempt)


@pytest.mark.parametrize("table", ["entry", "item_actor", "reveal", "file_opening"])
def test_what_is_written_is_neither_changed_nor_deleted(
    database: Database, now: datetime, table: str
) -> None:
    _, hand, _ = filled(database, now)
    with database.transaction() as session:
        session.execute(
            text(
                "INSERT INTO reveal (original_id, user_id, reason, at) "
                "SELECT id, :user, 'test', received_at FROM original LIMIT 1"
            ),
            {"user": hand},
        )
        session.execute(
            text(
                "INSERT INTO file_opening (blob_id, user_id, reason, at) "
                "SELECT id, :user, 'test', stored_at FROM blob LIMIT 1"
            ),
            {"user": hand},
        )
    column = {"entry": "verb", "item_actor": "part"}.get(table, "reason")
    refused(database, f"UPDATE {table} SET {column} = {column}")
    refused(database, f"DELETE FROM {table}")
    if database.engine.dialect.name == "postgresql":
        refused(database, f"TRUNCATE {table} CASCADE")
    else:
        refused(database, f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}")


@pytest.mark.parametrize("place", [{"id": 1, "n": 1}, {"id": 99, "n": 1}, {"id": 1, "n": 99}])
def test_no_entry_replaces_another(
    sqlite_database: Database, now: datetime, place: dict[str, int]
) -> None:
    filled(sqlite_database, now)
    refused(sqlite_database, _REPLACE.format(**place))


def test_no_hand_replaces_another_by_its_hidden_row_number(
    sqlite_database: Database, now: datetime
) -> None:
    item_id, _, other = filled(sqlite_database, now)
    replace = (
        "INSERT OR REPLACE INTO item_actor (rowid, item_id, user_id, part) "
        "SELECT rowid, item_id, :user, part FROM item_actor WHERE item_id = :item LIMIT 1"
    )
    refused(sqlite_database, replace, item=item_id, user=other)


_ADD = "INSERT INTO item_actor (item_id, user_id, part) VALUES (:item, :user, 'finder')"
_STRIKE = "UPDATE item SET state = 'struck_off', struck_off_by = :user WHERE id = :item"


def test_the_database_refuses_a_strike_off_by_a_hand(database: Database, now: datetime) -> None:
    item_id, hand, other = filled(database, now)
    refused(database, _STRIKE, item=item_id, user=hand)
    with database.transaction() as session:
        session.execute(text(_STRIKE), {"item": item_id, "user": other})


def test_nobody_becomes_a_hand_after_striking_off(database: Database, now: datetime) -> None:
    item_id, _, other = filled(database, now)
    with database.transaction() as session:
        session.execute(text(_STRIKE), {"item": item_id, "user": other})
    refused(database, _ADD, item=item_id, user=other)


@pytest.mark.parametrize("first", ["strikes off", "becomes a hand"])
def test_whoever_strikes_off_while_they_become_a_hand_waits_and_is_refused(
    postgres_database: Database, now: datetime, first: str
) -> None:
    """Two transactions at once: neither sees what the other has not committed yet."""
    item_id, _, other = filled(postgres_database, now)
    strike = text(_STRIKE), {"item": item_id, "user": other}
    add = text(_ADD), {"item": item_id, "user": other}
    one, two = (strike, add) if first == "strikes off" else (add, strike)
    engine = postgres_database.engine
    with engine.connect() as early, engine.connect() as late:
        early.execute(*one)
        late.execute(text("SET lock_timeout = '200ms'"))
        with pytest.raises(OperationalError) as waited:
            late.execute(*two)
        assert isinstance(waited.value.orig, LockNotAvailable)
        late.rollback()
        early.commit()
        with pytest.raises(DBAPIError, match="four eyes"):
            late.execute(*two)


def test_no_item_is_born_struck_off(database: Database, now: datetime) -> None:
    _, _, other = filled(database, now)
    born = (
        "INSERT INTO item (case_id, n, matter, dispatch_text, rectify_text, state, returns,"
        " created_at, struck_off_by) SELECT case_id, 9, matter, '', '', 'struck_off', 0,"
        " created_at, :user FROM item LIMIT 1"
    )
    refused(database, born, user=other)


def test_a_read_never_becomes_a_write(database: Database, now: datetime) -> None:
    filled(database, now)
    with pytest.raises(DBAPIError), database.read() as session:
        session.execute(text("UPDATE case_file SET urgent = urgent"))
