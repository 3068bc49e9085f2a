"""`caseflow ledger import` and `export-sheet`: what they say, and how they exit."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from openpyxl import load_workbook
from sqlalchemy import func, select

from caseflow.cli import main
from caseflow.crypto.keys import KeyRing
from caseflow.db import Database
from caseflow.ledger.tables import Case
from tests import office as offices
from tests.import_ledger import messy
from tests.import_ledger.test_imports import FINISHED, ROWS

PASSWORD = "correct horse battery staple"
Typed = Callable[..., Result]


@pytest.fixture
def typed(sqlite_database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Typed:
    """A command typed by the supervisor, in an office with a ledger lying at `ledger.xlsx`."""
    KeyRing.create(tmp_path / "keys.json")
    monkeypatch.setenv("CASEFLOW_HOME", str(tmp_path))
    monkeypatch.setenv("CASEFLOW_DATABASE_URL", sqlite_database.url)
    monkeypatch.setenv("CASEFLOW_KEYS", str(tmp_path / "keys.json"))
    with sqlite_database.transaction() as session:
        offices.make(session, PASSWORD)
    (tmp_path / "ledger.xlsx").write_bytes(messy.workbook(ROWS))
    settled = {"year": 2025, "units": {"没有这所学校吗": None, "城东小学": None}}
    (tmp_path / "mapping.json").write_text(json.dumps(settled), encoding="utf-8")
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str) -> Result:
        said = ("ledger", *arguments, "--as", "supervisor")
        return CliRunner().invoke(main, said, input=PASSWORD + "\n")

    return run


def cases(database: Database) -> int:
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(Case)) or 0


def test_a_dry_run_says_what_would_be_made_and_makes_nothing(
    typed: Typed, sqlite_database: Database, tmp_path: Path
) -> None:
    said = typed(
        "import", "ledger.xlsx", "--dry-run", "--mapping", "mapping.json", "--report", "r.xlsx"
    )
    assert said.exit_code == 0, said.output
    assert "would make: accepted 1 closed 1 received 1; known already 0" in said.output
    assert cases(sqlite_database) == 0
    page = load_workbook(tmp_path / "r.xlsx").active
    assert page is not None
    assert page.max_row == 4


def test_an_import_says_how_far_it_is(typed: Typed) -> None:
    said = typed("import", "ledger.xlsx", "--mapping", "mapping.json")
    assert said.exit_code == 0, said.output
    assert "3 of 3 rows" in said.stderr
    assert said.stdout.endswith("imported 1: 3 cases\n")


def test_names_that_are_not_settled_are_asked_and_exit_one(
    typed: Typed, sqlite_database: Database
) -> None:
    said = typed("import", "ledger.xlsx")
    assert said.exit_code == 1
    assert "?\t城东小学\t1" in said.output
    assert cases(sqlite_database) == 0


def test_wrong_rows_are_said_and_exit_one(typed: Typed, tmp_path: Path) -> None:
    spoilt = messy.workbook([[*FINISHED[:2], "上周三", *FINISHED[3:]]])
    (tmp_path / "ledger.xlsx").write_bytes(spoilt)
    said = typed("import", "ledger.xlsx", "--mapping", "mapping.json")
    assert said.exit_code == 1
    assert "5\t来件时间\t看不懂这个日期" in said.output


def test_an_import_is_taken_over_and_undone(typed: Typed, sqlite_database: Database) -> None:
    said = typed("import", "ledger.xlsx", "--mapping", "mapping.json")
    assert said.exit_code == 0, said.output
    assert "imported 1: 3 cases" in said.output
    assert cases(sqlite_database) == 3
    again = typed("import", "ledger.xlsx", "--mapping", "mapping.json")
    assert again.exit_code == 1
    assert "已经导入过" in again.output
    undone = typed("import", "--undo", "1", "--reason", "选错了文件")
    assert "undone 1: 3 cases void" in undone.output


def test_the_ledger_is_written_as_a_sheet(typed: Typed, tmp_path: Path) -> None:
    typed("import", "ledger.xlsx", "--mapping", "mapping.json")
    said = typed("export-sheet", "out.xlsx")
    assert said.exit_code == 0, said.output
    page = load_workbook(tmp_path / "out.xlsx").active
    assert page is not None
    assert page.max_row == 4
