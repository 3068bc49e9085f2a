"""A database that cannot be written: the answer says so, and what was written is given back."""

import sqlite3
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError

from caseflow import clock
from caseflow.db import Database, is_down
from caseflow.errors import Unavailable
from tests.web.public_door import TEXT, attached, fill, letter, reported
from tests.web.site import Site, a_file
from tests.web.walking import open_case

DESK = "/console/desk"
WORDS = "家长说了很久的话"


@pytest.fixture
def site(sqlite_url: str, tmp_path: Path, now: datetime) -> Iterator[Site]:
    """The site on a database that waits for nobody."""
    database = Database(sqlite_url, busy_ms=20)
    with pytest.MonkeyPatch.context() as patch:
        made = Site(database, tmp_path, now)
        patch.setattr(clock, "now", lambda: made.now)
        yield made
    database.close()


@pytest.fixture
def lock(sqlite_url: str) -> Iterator[sqlite3.Connection]:
    """Another process that can hold the write lock: `lock.execute(HOLD)`."""
    link = sqlite3.connect(sqlite_url.removeprefix("sqlite:///"), isolation_level=None)
    yield link
    link.close()


HOLD = "BEGIN IMMEDIATE"


def test_a_report_is_kept_on_the_page(site: Site, lock: sqlite3.Connection) -> None:
    empty = site.nobody().get("/report")
    lock.execute(HOLD)
    page = empty.send("/report", kind="help", text=TEXT)
    assert page.status == 503
    assert page.form("/report").fields["text"] == [TEXT]
    lock.execute("ROLLBACK")
    assert page.send("/report").status == 200


def test_an_addition_is_kept_on_the_page(site: Site, lock: sqlite3.Connection) -> None:
    page = letter(site, reported(site))
    lock.execute(HOLD)
    page = page.send("/track/add", text=WORDS)
    assert page.status == 503
    assert page.form("/track/add").fields["text"] == [WORDS]


def test_what_the_office_wrote_is_given_back(site: Site, lock: sqlite3.Connection) -> None:
    number = open_case(site)
    case = site.as_("handler").get(f"/console/cases/{number}")
    lock.execute(HOLD)
    page = case.send(f"/console/cases/{number}/note", text=WORDS)
    assert page.status == 503
    assert WORDS in page.text


def test_it_is_given_back_though_not_even_its_writer_can_be_looked_up(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = open_case(site)
    case = site.as_("handler").get(f"/console/cases/{number}")

    def away(*_args: object) -> None:
        raise OperationalError("SELECT", {}, sqlite3.OperationalError("disk I/O error"))

    monkeypatch.setattr("caseflow.people.accounts.login_of", away)
    page = case.send(f"/console/cases/{number}/note", text=WORDS)
    assert page.status == 503
    assert WORDS in page.text


def test_a_call_stays_on_its_sheet(site: Site, lock: sqlite3.Connection) -> None:
    desk = site.as_("operator").get("/console/desk")
    lock.execute(HOLD)
    page = desk.send("/console/desk", kind="help", text=WORDS, phone="13800001111")
    assert page.status == 503
    fields = page.form("/console/desk").fields
    assert (fields["text"], fields["phone"]) == ([WORDS], ["13800001111"])
    lock.execute("ROLLBACK")
    assert page.send("/console/desk").status == 200


def test_a_file_taken_before_stays_on_the_sheet(site: Site, lock: sqlite3.Connection) -> None:
    page = site.as_("operator").get(f"{DESK}?channel=window")
    page = page.send(DESK, kind="help", text="", files=a_file("伤情.png"))
    assert page.status == 422
    lock.execute(HOLD)
    page = page.send(DESK, text=WORDS, files=a_file("后来的.png"))
    assert page.status == 503
    assert "刚选的文件没有收下，请重新选。" in page.text
    lock.execute("ROLLBACK")
    assert page.send(DESK).status == 200
    assert [name for name, _ in attached(site)] == ["伤情.png"]


def test_a_file_taken_before_stays_in_the_public_form(site: Site, lock: sqlite3.Connection) -> None:
    page = fill(site, text="", files=a_file("伤情.png"))
    assert page.status == 422
    lock.execute(HOLD)
    page = page.send("/report", text=TEXT)
    assert page.status == 503
    assert "伤情.png" in page.text
    assert "重新选" not in page.text
    lock.execute("ROLLBACK")
    assert page.send("/report").status == 200
    assert [name for name, _ in attached(site)] == ["伤情.png"]


def test_a_file_taken_before_stays_in_the_letter(site: Site, lock: sqlite3.Connection) -> None:
    page = letter(site, reported(site))
    page = page.send("/track/add", text=WORDS, files=[a_file("伤情.png"), a_file("空.png", b"")])
    assert page.status == 422
    lock.execute(HOLD)
    page = page.send("/track/add")
    assert page.status == 503
    assert "伤情.png" in page.text
    lock.execute("ROLLBACK")
    assert page.send("/track/add").status == 200
    assert [name for name, _ in attached(site)] == ["伤情.png"]


@pytest.mark.parametrize("path", ["/report", "/track/add"])
def test_a_file_taken_just_now_stays_when_only_the_saving_fails(
    site: Site, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = site.nobody().get("/report") if path == "/report" else letter(site, reported(site))
    typed = {"kind": "help"} if path == "/report" else {}

    def away(*_args: object, **_more: object) -> None:
        raise Unavailable

    with monkeypatch.context() as patch:
        patch.setattr("caseflow.web.public.report.take_in", away)
        patch.setattr("caseflow.intake.adding.add", away)
        page = page.send(path, text=TEXT, files=a_file("伤情.png"), **typed)
    assert page.status == 503
    assert page.send(path).status == 200
    assert [name for name, _ in attached(site)] == ["伤情.png"]


def test_a_file_that_cannot_even_be_looked_up_is_looked_up_later(
    site: Site, lock: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = fill(site, text="", files=a_file("伤情.png"))

    def away(*_args: object) -> None:
        raise OperationalError("SELECT", {}, sqlite3.OperationalError("disk I/O error"))

    lock.execute(HOLD)
    with monkeypatch.context() as patch:
        patch.setattr("caseflow.intake.uploads.waiting", away)
        page = page.send("/report", text=TEXT)
    assert page.status == 503
    assert "先前收到的文件" in page.text
    lock.execute("ROLLBACK")
    assert page.send("/report").status == 200
    assert [name for name, _ in attached(site)] == ["伤情.png"]


def test_no_error_page_says_who_somebody_is(site: Site, lock: sqlite3.Connection) -> None:
    page = site.as_("administrator").get("/console/people/new")
    lock.execute(HOLD)
    values = {"username": "newcomer", "name": "陈女士", "email": "chen@mail.example"}
    page = page.send("/console/people", **values)
    assert page.status == 503
    assert not any(value in page.html for value in values.values())


def test_a_password_is_never_given_back(site: Site, lock: sqlite3.Connection) -> None:
    login = site.nobody().get("/login")
    lock.execute(HOLD)
    page = login.send("/login", username="operator", password="correct horse battery")
    assert page.status == 503
    assert "correct horse" not in page.html


def test_only_what_comes_back_by_itself_counts_as_down(site: Site) -> None:
    def nonsense(session: object) -> None:
        session.connection().exec_driver_sql("SELECT * FROM nowhere")  # type: ignore[attr-defined]

    with pytest.raises(Exception, match="nowhere") as caught:
        site.database.run(nonsense)
    assert not isinstance(caught.value, Unavailable)
    assert not is_down(caught.value)
