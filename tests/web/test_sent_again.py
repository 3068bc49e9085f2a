"""A form that is sent again: the same one is thanked for once more, and a changed one never is."""

from typing import Any

import pytest
from sqlalchemy import select

from caseflow.ledger.moves import asking, triage
from caseflow.ledger.report_tables import Attachment, Report
from caseflow.ledger.tables import Case
from tests.web.public_door import TEXT, count, letter, move, receipt, reported
from tests.web.site import Page, Site, a_file

DESK = "/console/desk"
FORM = {"kind": "help", "text": TEXT}


def twice(page: Page, action: str, first: dict[str, Any], then: dict[str, Any]) -> Page:
    """Send one form as it stands, then once more with changes; return the second answer."""
    page.send(action, **first)
    if "files" in then:
        then = {**then, "files": a_file(then["files"])}
    return page.send(action, **{**first, **then})


@pytest.mark.parametrize(
    "change",
    [
        {"text": "还有第二段"},
        {"place": "东门"},
        {"danger": "on"},
        {"contact": "name", "name": "陈女士", "phone": "13800001111"},
        {"files": "另一张.png"},
    ],
    ids=["words", "place", "danger", "name", "file"],
)
def test_a_changed_report_is_told_and_taken_when_it_is_pressed_again(
    site: Site, change: dict[str, Any]
) -> None:
    page = twice(site.nobody().get("/report"), "/report", FORM, change)
    assert page.status == 409
    assert "还没有收下" in page.text
    assert count(site, Report) == 1
    page.send("/report")
    assert count(site, Report) == 2
    assert count(site, Attachment) == (1 if "files" in change else 0)
    urgent = site.ask(lambda s: s.scalars(select(Case.urgent).order_by(Case.id)).all())
    assert urgent == [False, "danger" in change]


def test_the_same_report_with_the_same_file_gets_the_same_receipt(site: Site) -> None:
    page = site.nobody().get("/report")
    first = page.send("/report", **FORM, files=a_file())
    second = page.send("/report", **FORM, files=a_file())
    assert (second.status, count(site, Report), count(site, Attachment)) == (200, 1, 1)
    number = site.ask(lambda s: s.scalars(select(Report.number)).one())
    assert number in first.text
    assert number in second.text


@pytest.mark.parametrize("files", [[], ["照片.png"]])
def test_going_back_from_the_receipt_and_pressing_again_makes_no_second_report(
    site: Site, files: list[str]
) -> None:
    """No browser keeps the form: it gets a fresh one and fills in what was typed."""
    visit = site.nobody()

    def press(**typed: str) -> Page:
        chosen = {"files": a_file(files[0])} if files else {}
        return visit.get("/report").send("/report", **{**FORM, **typed}, **chosen)

    got = receipt(press())
    site.later(minutes=5)
    assert receipt(press()) == got
    assert (count(site, Report), count(site, Attachment)) == (1, len(files))
    assert receipt(press(text="另一件事")) != got
    assert count(site, Report) == 2


def test_whoever_left_or_sits_elsewhere_gets_a_number_of_their_own(site: Site) -> None:
    visit = site.nobody()
    first = visit.get("/report").send("/report", **FORM)
    got = receipt(first)
    assert receipt(site.nobody().get("/report").send("/report", **FORM)) != got
    first.send("/track/leave")
    assert receipt(visit.get("/report").send("/report", **FORM)) != got
    site.later(hours=3)
    visit.get("/report").send("/report", **FORM)
    assert count(site, Report) == 4


@pytest.mark.parametrize("part", ["add", "retaliation"])
def test_a_changed_addition_is_told_and_keeps_words_and_file(site: Site, part: str) -> None:
    page, action = letter(site, reported(site)), f"/track/{part}"
    more = {"text": "第一段，还有第二段"} | ({"files": "照片.png"} if part == "add" else {})
    page = twice(page, action, {"text": "第一段"}, more)
    assert page.status == 409
    assert "还没有收下" in page.text
    assert page.form(action).fields["text"] == ["第一段，还有第二段"]
    assert count(site, Report) == 2
    assert page.send(action).status == 200
    assert count(site, Report) == 3
    assert count(site, Attachment) == (1 if part == "add" else 0)


def test_a_changed_answer_keeps_its_file_though_the_question_is_closed(site: Site) -> None:
    got = reported(site)
    report = site.ask(lambda s: s.scalars(select(Report.id)).one())
    move(site, got, triage.accept, "handler")
    move(site, got, asking.ask, "handler", report, "还有谁？")
    page = letter(site, got)
    page = twice(page, "/track/answer", {"text": "名单在此"}, {"files": "名单.png"})
    assert page.status == 409
    page = page.send("/track/add")
    assert page.status == 200
    assert site.ask(lambda s: s.scalars(select(Attachment.name)).all()) == ["名单.png"]


@pytest.mark.parametrize("change", [{"phone": "13800001111"}, {"files": "收据.png"}])
def test_a_used_sheet_with_something_new_is_another_matter(
    site: Site, change: dict[str, Any]
) -> None:
    sheet = site.as_("operator").get(f"{DESK}?channel=window")
    page = twice(sheet, DESK, FORM, change)
    assert page.status == 422
    assert "先前已经保存过" in page.text
    assert count(site, Report) == 1
    assert "phone" not in change or page.form(DESK).fields["phone"] == ["13800001111"]
    page.send(DESK)
    assert (count(site, Report), count(site, Attachment)) == (2, 1 if "files" in change else 0)


def test_a_restored_sheet_offers_the_files_that_came_with_it(site: Site) -> None:
    sheet = site.as_("operator").get(f"{DESK}?channel=letter")
    nonce = sheet.form(DESK).fields["nonce"][0]
    sheet.send(DESK, text=TEXT, files=a_file("来信扫描.png"))
    sheet.visit.client.put(
        f"{DESK}/draft/{nonce}",
        data={"channel": "letter", "text": TEXT},
        headers={"X-CSRFToken": sheet.csrf},
    )
    page = site.as_("operator").get(f"{DESK}?channel=letter&sheet={nonce}")
    assert "来信扫描.png" in page.text
    page.send(DESK, kind="help")
    assert site.ask(lambda s: s.scalars(select(Attachment.name)).all()) == ["来信扫描.png"]


def test_files_that_came_too_late_are_said_to_be_left(site: Site) -> None:
    page = letter(site, reported(site))
    site.later(minutes=31)
    closed = page.send("/track/add", files=a_file())
    assert closed.status == 403
    assert "文件没有收下" in closed.text
