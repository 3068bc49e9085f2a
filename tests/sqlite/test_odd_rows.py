"""What SQLite keeps in a column and PostgreSQL would not: `ledger verify` stumbles over none."""

from pathlib import Path

from sqlalchemy import text

from caseflow.db import Database
from tests.sqlite.test_anchors import Place


def test_what_sqlite_keeps_and_no_other_would_is_named(
    sqlite_database: Database, tmp_path: Path
) -> None:
    """Words where a moment or a number belongs; each is put right again."""
    place = Place(sqlite_database, tmp_path)
    place.anchor()
    second = place.numbers[1]
    for table, column, said, where, named in (
        ("anchor", "at", 7, "n = 1", "anchor 1"),
        ("anchor", "at", "no moment", "n = 1", "anchor 1"),
        ("anchor", "signature", 7, "n = 1", "anchor 1"),
        ("entry", "at", 7, "case_id = 2 AND n = 1", f"{second} 1"),
        ("case_file", "head_n", "none", "id = 2", f"{second} 2"),
    ):
        with place.database.read() as session:
            was = session.execute(text(f"SELECT {column} FROM {table} WHERE {where}")).scalar_one()
        change = f"UPDATE {table} SET {column} = :said WHERE {where}"
        place.damage(change, said=said)
        assert place.line() == f"misfit {named}", (table, column)
        place.damage(change, said=was)
    assert place.line().startswith("ok")


def test_what_is_remembered_goes_by_cases_and_not_by_their_ids(
    sqlite_database: Database, tmp_path: Path
) -> None:
    place, far = Place(sqlite_database, tmp_path), 4_000_000_000
    place.anchor()
    columns = [
        *("entry.case_id", "anchored_head.case_id", "clock.case_id", "clock.root_case_id"),
        *("report.case_id", "event.case_id", "case_file.id"),
    ]
    moved = [
        f"UPDATE {table} SET {column} = :far WHERE {column} = 3"
        for table, _, column in (one.partition(".") for one in columns)
    ]
    place.damage("PRAGMA defer_foreign_keys = ON", *moved, far=far)
    assert place.line() == "ok 3 cases 6 entries 1 anchors"
