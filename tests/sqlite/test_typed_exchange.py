"""Tokens and the exchange by files at the command line."""

import csv
import json
from datetime import datetime
from io import StringIO
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select

from caseflow import clock
from caseflow.cli import main
from caseflow.crypto.keys import KeyRing
from caseflow.db import Database
from caseflow.ledger.handed_tables import ReportBack
from caseflow.ledger.report_tables import Report
from caseflow.people import tokens
from tests import office as offices

ORDER = {"id": "GD-1", "kind": "complaint", "text": "食堂的菜里有虫", "report_back": True}
SENDER = ("--sender", "市12345热线")


@pytest.fixture
def office(
    sqlite_database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, now: datetime
) -> Database:
    """A production office without any matter."""
    KeyRing.create(tmp_path / "keys.json")
    monkeypatch.setenv("CASEFLOW_HOME", str(tmp_path))
    monkeypatch.setenv("CASEFLOW_AREA", offices.DISTRICT)
    monkeypatch.setenv("CASEFLOW_DATABASE_URL", sqlite_database.url)
    monkeypatch.setenv("CASEFLOW_KEYS", str(tmp_path / "keys.json"))
    monkeypatch.setattr(clock, "now", lambda: now)
    with sqlite_database.transaction() as session:
        offices.make(session)
    return sqlite_database


def types(*words: str, said: str = "") -> Result:
    return CliRunner().invoke(main, words, input=said)


def lines(result: Result) -> list[dict[str, object]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_a_token_is_shown_once_listed_without_its_secret_and_revoked(office: Database) -> None:
    made = types("token", "create", "--name", "市平台", *SENDER)
    shown = made.stdout.strip()
    with office.read() as session:
        found = tokens.bearer(session, shown, "exchange")
        assert found is not None
        assert (found.sender, found.area) == ("市12345热线", offices.DISTRICT)
        assert tokens.bearer(session, shown, "another") is None
    listed = types("token", "list").stdout
    assert "市平台" in listed
    assert shown.rpartition("_")[2] not in listed
    assert types("token", "revoke", str(found.id)).exit_code == 0
    with office.read() as session:
        assert tokens.bearer(session, shown, "exchange") is None
    assert types("token", "revoke", "99").exit_code == 1
    assert types("token", "create", "--name", "", "--sender", "", "--area", "1").exit_code == 1


def test_orders_come_in_by_file_and_twice_they_get_the_same_answer(
    office: Database, tmp_path: Path
) -> None:
    file = tmp_path / "orders.json"
    file.write_text(json.dumps({"orders": [ORDER, {"id": "GD-2"}]}), encoding="utf-8")
    came = types("exchange", "in", str(file), *SENDER)
    assert came.exit_code == 1
    taken, refused = lines(came)
    assert taken["duplicate"] is False
    assert "problem" in refused
    again = types("exchange", "in", "-", *SENDER, said=json.dumps(ORDER))
    assert again.exit_code == 0
    assert lines(again) == [{**taken, "duplicate": True}]


def test_a_table_comes_in_by_file(office: Database, tmp_path: Path) -> None:
    file = tmp_path / "orders.csv"
    file.write_text("\ufeffid,kind,text\nGD-1,tip,补课\nGD-2,help,转学\n", encoding="utf-8")
    assert [one["id"] for one in lines(types("exchange", "in", str(file), *SENDER))] == [
        "GD-1",
        "GD-2",
    ]
    assert types("exchange", "in", "-", *SENDER, said="{").exit_code == 1


def test_reports_back_go_out_until_they_are_signed_for(office: Database, now: datetime) -> None:
    types("exchange", "in", "-", *SENDER, said=json.dumps(ORDER))
    assert types("exchange", "out", *SENDER).stdout == ""
    with office.transaction() as session:
        report = session.scalars(select(Report)).one()
        people = offices_people(session)
        row = {"case_id": report.case_id, "report_id": report.id, "round": 0, "state": "sent"}
        row |= {"text": "已整改。", "drafted_by": people[0], "drafted_at": now}
        row |= {"checked_by": people[1], "checked_at": now, "sent_at": now, "way": "exchange"}
        session.add(ReportBack(**row))
    [told] = lines(types("exchange", "out", *SENDER))
    assert told["report_back"]["text"] == "已整改。"  # type: ignore[index]
    [row] = csv.DictReader(StringIO(types("exchange", "out", "--csv", *SENDER).stdout))
    assert (row["id"], row["back_state"], row["back_text"]) == ("GD-1", "sent", "已整改。")
    assert types("exchange", "out", "--sender", "省信访局").stdout == ""
    nobodys = types("exchange", "out", "--csv", "--sender", "省信访局").stdout
    assert nobodys.startswith("id,number,case,")
    assert nobodys.count("\n") == 1


def offices_people(session: offices.Session) -> list[int]:
    return list(session.scalars(select(offices.User.id).limit(2)))
