"""What forms are answered with is for everybody too, and a reporter needs no script."""

from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.browser.house import House
from tests.browser.looking import LANGUAGES, arrive, look
from tests.browser.people import letter, log, photograph, put, receipt, report, send
from tests.browsers import TELEPHONE

CRY = "有人在校门口收保护费"
every_language = pytest.mark.parametrize("lang", LANGUAGES)


def sent(page: Page, form: str) -> None:
    """Press a form's own button and wait for the answer."""
    with page.expect_navigation():
        page.locator(form).locator("button[type=submit]").first.click()


@every_language
def test_errors_receipt_and_letter_of_a_reporter(shown: House, lang: str, tmp_path: Path) -> None:
    page = shown.visit()
    arrive(page, "/report", lang)
    form = "form[action='/report']"
    sent(page, form)
    look(page, "answer:report errors", lang)
    put(page.locator(form), kind="tip", text=CRY, contact="none", files=photograph(tmp_path))
    sent(page, form)
    kept = receipt(page)
    look(page, "answer:receipt", lang)
    page.goto("/track")
    put(page.locator("form[action='/track']"), number=kept.number, code="1" * 16)
    sent(page, "form[action='/track']")
    look(page, "answer:wrong code", lang)
    put(page.locator("form[action='/track']"), number=kept.number, code=kept.code)
    sent(page, "form[action='/track']")
    look(page, "answer:letter", lang)


@every_language
def test_a_refused_sign_in(shown: House, lang: str) -> None:
    page = shown.visit()
    arrive(page, "/login", lang)
    put(page.locator("form[action^='/login']"), username="nobody", password="wrong")
    sent(page, "form[action^='/login']")
    look(page, "answer:login refused", lang)


@every_language
def test_a_saved_and_a_refused_sheet_of_the_desk(house: House, lang: str) -> None:
    page = house.as_("operator")
    arrive(page, "/console/desk", lang)
    sent(page, "#desk")
    look(page, "answer:desk errors", lang)
    log(page, phone="13800001234", kind="complaint", text=CRY)
    look(page, "answer:desk saved", lang)
    log(page, "window", kind="help", text=CRY)
    look(page, "answer:window saved", lang)


@every_language
def test_a_page_that_somebody_may_not_see(shown: House, lang: str) -> None:
    page = shown.as_("auditor")
    arrive(page, "/console/desk", lang)
    look(page, "answer:forbidden", lang)


@every_language
def test_a_form_older_than_its_case(house: House, lang: str) -> None:
    number = house.neglected()
    slow, quick = house.visit(storage_state=house.signed_in("handler")), house.as_("handler")
    arrive(slow, f"/console/cases/{number}", lang)
    quick.goto(f"/console/cases/{number}")
    for page, words in ((quick, "家长又来电话"), (slow, "已约明日上午")):
        send(page, "note", text=words)
    look(slow, "answer:stale form", lang)
    assert "已约明日上午" in slow.content()


def test_a_reporter_without_scripts_reports_and_follows_up(shown: House, tmp_path: Path) -> None:
    page = shown.visit(java_script_enabled=False, viewport=TELEPHONE)
    kept = report(page, kind="complaint", text=CRY, contact="none", files=photograph(tmp_path))
    assert "我们收到了" in letter(page, kept).inner_text()
    page.locator("summary", has_text="补充情况或材料").click()
    put(page.locator("form[action='/track/add']"), text="昨天又来了")
    sent(page, "form[action='/track/add']")
    assert "补充" in page.locator(".notice-good").inner_text()
