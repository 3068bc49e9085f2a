"""The way into an office where nobody has an account yet: `caseflow administrator`."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select

from caseflow.cli import main
from caseflow.db import Database
from caseflow.people import accounts
from caseflow.people.office_tables import OfficeChange
from caseflow.people.tables import User


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home with no office in it."""
    monkeypatch.setenv("CASEFLOW_HOME", str(tmp_path))
    return tmp_path


def command(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["administrator", *arguments])


def test_an_empty_office_gets_an_administrator_whose_password_is_to_be_changed(home: Path) -> None:
    said = command("chen.jing", "陈静")
    assert said.exit_code == 0, said.output
    database = Database(f"sqlite:///{home / 'caseflow.db'}")
    with database.read() as session:
        user = session.scalars(select(User)).one()
        noted = session.scalars(select(OfficeChange)).one()
    database.close()
    assert (user.role, user.area_code, user.name) == ("administrator", "430503", "陈静")
    assert user.password_told
    assert accounts.check_password(user.password_hash, said.output.strip())
    assert (noted.what, noted.by_id, noted.user_id) == ("account_created", user.id, user.id)
    assert said.output.strip() not in noted.facts


def test_what_cannot_be_a_name_is_said_in_one_line(home: Path) -> None:
    assert command("chen.jing", "陈静").exit_code == 0
    said = command("chen.jing", "陈静")
    assert (said.exit_code, said.output) == (1, "Error: 这个登录名已经有人用了\n")
    assert command("陈静", "陈静").exit_code == 1
