"""What forms are answered with is for everybody too, and a reporter needs no script."""

import re
import time
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from caseflow import clock
from caseflow.escalation import orders
from caseflow.escalation.tables import Order
from caseflow.intake.limits import THE_DOOR
from caseflow.outbox.tables import Message
from caseflow.people import accounts
from caseflow.people.tables import User
from tests.browser.house import House
from tests.browser.looking import LANGUAGES, UNFOLD, arrive, look
from tests.browser.people import letter, log, open_case, photograph, put, receipt, report, send
from tests.browsers import TELEPHONE
from tests.import_ledger import messy

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
def test_what_a_reporter_says_later_is_answered(shown: House, lang: str) -> None:
    page = shown.visit()
    kept = report(page, kind="tip", text=CRY, contact="none")
    arrive(page, "/track", lang)
    form = "form[action='/track']"
    put(page.locator(form), number=kept.number, code=kept.code)
    sent(page, form)
    for part, words in (("add", "昨天又来了"), ("retaliation", "有人上门威胁")):
        page.evaluate(UNFOLD)
        put(page.locator(f"form[action='/track/{part}']"), text=words)
        sent(page, f"form[action='/track/{part}']")
        look(page, f"answer:track {part}", lang)


@every_language
def test_a_door_that_was_tried_too_often_is_closed_for_a_while(house: House, lang: str) -> None:
    page = house.visit()
    arrive(page, "/track", lang)
    form = "form[action='/track']"
    with house.tried(THE_DOOR):
        put(page.locator(form), number="430503-20260101-9999", code="1" * 16)
        sent(page, form)
        look(page, "answer:too many tries", lang)


@every_language
def test_an_identity_that_was_revealed(shown: House, lang: str) -> None:
    got = report(
        shown.visit(),
        kind="complaint",
        text=CRY,
        contact="name",
        name="陈女士",
        phone="13800007777",
    )
    page = shown.as_("supervisor")
    open_case(page, got.number)
    arrive(page, page.url.removeprefix(shown.url).partition("?")[0], lang)
    page.locator("details[id^='reveal-'] > summary").first.click()
    put(page.locator("form[action*='/reveal/']"), reason="回访需要联系")
    sent(page, "form[action*='/reveal/']")
    expect(page.locator("main")).to_contain_text("13800007777")
    look(page, "answer:revealed", lang)


@every_language
def test_a_message_that_left_the_office(shown: House, lang: str) -> None:
    report(shown.visit(), kind="complaint", text=CRY, contact="none")
    query = select(Message.id).order_by(Message.id).limit(1)
    for _ in range(60):
        found = shown.ask(lambda session: session.scalar(query))
        if found is not None:
            break
        time.sleep(0.25)
    page = shown.as_("supervisor")
    arrive(page, f"/console/outbox/messages/{found}", lang)
    expect(page.locator("h1")).to_be_visible()
    look(page, "answer:message", lang)


@every_language
def test_a_refused_sign_in(shown: House, lang: str) -> None:
    page = shown.visit()
    arrive(page, "/login", lang)
    put(page.locator("form[action^='/login']"), username="nobody", password="wrong")
    sent(page, "form[action^='/login']")
    look(page, "answer:login refused", lang)


@every_language
def test_a_password_that_somebody_told(house: House, lang: str) -> None:
    house.told("auditor")  # who walks nowhere: from here on this account is asked for another one
    page = house.visit("auditor")
    arrive(page, "/console/", lang)
    look(page, "answer:told password", lang)
    put(page.locator("form[action='/account']"), present="x", chosen="123", again="12")
    sent(page, "form[action='/account']")
    look(page, "answer:password refused", lang)


@every_language
def test_a_saved_and_a_refused_sheet_of_the_desk(house: House, lang: str) -> None:
    page = house.visit("operator")
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
    arrive(page, "/console/desk", lang, 403)
    look(page, "answer:forbidden", lang)


@every_language
def test_a_form_older_than_its_case(house: House, lang: str) -> None:
    number = house.neglected()
    slow, quick = house.visit("handler"), house.as_("handler")
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


def test_a_receipt_is_copied_and_printed_by_its_buttons(shown: House) -> None:
    page = shown.visit()
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.add_init_script("window.print = () => { window.printed = true }")
    kept = report(page, kind="complaint", text=CRY, contact="none")
    page.get_by_role("button", name="复制").click()
    expect(page.get_by_role("button", name="已复制")).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert kept.number in copied
    assert kept.code.split() == copied.split()[-4:]
    page.get_by_role("button", name="打印").click()
    assert page.evaluate("window.printed")


def test_pages_by_night_are_for_everybody_too(shown: House) -> None:
    """Whoever's telephone is set to dark reads the same words as well."""
    shown_in = "getComputedStyle(document.body).backgroundColor"
    day, night = shown.visit(color_scheme="light"), shown.visit(color_scheme="dark")
    for page in (day, night):
        page.goto("/")
    assert day.evaluate(shown_in) != night.evaluate(shown_in)
    for account, path in (("", "/report"), ("supervisor", "/console/"), ("unit", "/unit/")):
        page = shown.visit(account, color_scheme="dark", viewport=TELEPHONE)
        arrive(page, path, "zh")
        look(page, f"night:{path}", "zh")
    page = shown.visit("supervisor", color_scheme="dark")
    open_case(page, shown.neglected())
    look(page, "night:case", "zh")


def test_a_file_of_inquiry(house: House) -> None:
    """Behind a proposal that the city issued; looked at with its first step to be taken."""
    drafts = select(Order).where(Order.kind == "accountability", Order.state == "draft")

    def issue(session: Session) -> int:
        order = session.scalars(drafts.order_by(Order.id)).first()
        city = session.scalars(select(User).where(User.username == "city")).one()
        assert order is not None
        actor = accounts.actor_of(session, city)
        return orders.issue(session, actor, order.id, order.text, clock.now()).id

    order_id = house.do(issue)
    page = house.as_("city")
    page.goto(f"/console/orders/{order_id}")
    sent(page, "form[action$='/inquiry']")
    there = page.url.partition("#")[0]
    for lang in LANGUAGES:
        arrive(page, there, lang)
        look(page, "answer:inquiry", lang)


def test_whoever_left_safely_finds_an_empty_form_by_going_back(shown: House) -> None:
    page = shown.visit()
    arrive(page, "/report", "zh")
    form = page.locator("form[action='/report']")
    put(form, kind="complaint", text=CRY, contact="name", name="陈女士", phone="13800008888")
    page.locator("form[action='/report'] button[type=submit]").click()
    receipt(page)
    page.get_by_role("button", name="安全离开").click()
    page.wait_for_url("**/")
    with page.expect_navigation():  # past the receipt, which no browser shows again
        page.evaluate("history.go(-2)")
    page.wait_for_url("**/report*")
    fields = ":is(textarea, input[name=name], input[name=phone])"
    typed = page.locator("form[action='/report']").locator(fields)
    expect(typed).to_have_count(3)
    assert typed.evaluate_all("fields => fields.map(one => one.value)") == ["", "", ""]
    put(page.locator("form[action='/report']"), text="另一件事")
    assert "left=1" not in page.evaluate("document.cookie")


def test_tabs_that_do_not_fit_a_telephone_show_that_there_are_more(shown: House) -> None:
    page = shown.visit("supervisor", viewport=TELEPHONE)
    page.goto("/console/")
    tabs = page.locator(".top-nav")
    expect(tabs).to_have_class(re.compile("has-more"))
    said = tabs.evaluate("nav => getComputedStyle(nav, '::after').content")
    assert "›" in said
    page.locator(".top-nav ul").evaluate("row => { row.scrollLeft = row.scrollWidth; }")
    expect(tabs).not_to_have_class(re.compile("has-more"))
    expect(tabs).to_have_class(re.compile("has-before"))
    page.set_viewport_size({"width": 1440, "height": 900})
    expect(tabs).not_to_have_class(re.compile("has-"))


@pytest.mark.parametrize("scripts", [True, False])
def test_going_back_from_the_receipt_and_pressing_again_gives_the_same_one(
    shown: House, scripts: bool
) -> None:
    page = shown.visit(java_script_enabled=scripts)
    words = f"{CRY}，{scripts}"
    kept = report(page, kind="complaint", text=words, contact="none")
    page.go_back()
    page.wait_for_url("**/report*")
    form = page.locator("form[action='/report']")
    if form.locator("[name=text]").input_value() != words:
        put(form, kind="complaint", text=words, contact="none")
    sent(page, "form[action='/report']")
    assert receipt(page) == kept


def test_the_other_language_keeps_what_was_typed_and_enter_sends(shown: House) -> None:
    page = shown.visit(java_script_enabled=False)
    page.goto("/report")
    put(page.locator("form[action='/report']"), kind="help", text=CRY, place="东门外")
    page.get_by_role("button", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.locator("[name=text]")).to_have_value(CRY)
    page.locator("[name=place]").press("Enter")
    expect(page.locator("#receipt")).to_be_visible()
    number = page.locator("#receipt .big-number").first.inner_text()
    page.get_by_role("button", name="中文").click()
    expect(page.locator("html")).to_have_attribute("lang", "zh-CN")
    expect(page.locator("#receipt .big-number").first).to_have_text(number)


def test_a_school_that_was_chosen_stays_until_another_is(shown: House) -> None:
    page = shown.visit()
    page.goto("/report")
    search, schools = page.locator("[data-unit-search]"), page.locator("#f-unit")
    told, chosen = page.locator("[data-unit-told]"), page.locator("#f-unit option:checked")
    names = schools.locator("option").all_inner_texts()
    search.fill("没有这所学校")
    expect(told).to_have_text("名单里没有，按您写的收下。")
    search.fill("")
    schools.select_option(label=names[1])
    search.fill("没有这所学校")
    expect(chosen).to_have_text(names[1])
    expect(told).to_have_text(f"名单里没有您刚写的；仍是您选的“{names[1]}”。")
    search.fill(names[2])
    expect(chosen).to_have_text(names[2])
    schools.select_option("")
    search.fill("没有这所学校")
    expect(chosen).to_have_attribute("value", "")


def test_a_school_that_nobody_chose_goes_with_the_words_that_found_it(shown: House) -> None:
    page = shown.visit()
    page.goto("/report")
    search, chosen = page.locator("[data-unit-search]"), page.locator("#f-unit option:checked")
    name = page.locator("#f-unit option").all_inner_texts()[1]
    search.fill(name)
    expect(chosen).to_have_text(name)
    search.fill(f"{name}没有的分校")
    expect(chosen).to_have_attribute("value", "")


@pytest.mark.parametrize("path", ["/console/orders", "/console/check", "/console/"])
def test_a_list_on_paper_has_no_buttons_and_says_what_follows(shown: House, path: str) -> None:
    page = shown.visit("supervisor")
    page.goto(path)
    page.emulate_media(media="print")
    expect(page.locator("main").get_by_role("heading", level=1)).to_be_visible()
    for one in page.locator("main :is(.btn, .tabs, .filters, button)").all():
        expect(one).to_be_hidden()
    more = page.locator("a[rel=next]").count()
    expect(page.locator("main").get_by_text("本页之后还有")).to_have_count(more)
    assert more == (path == "/console/")


@every_language
def test_an_import_is_settled_and_read(shown: House, lang: str, tmp_path: Path) -> None:
    file = tmp_path / "台账.xlsx"
    rows, _ = messy.ledger(clean=False, rows=120)
    file.write_bytes(messy.workbook(rows))
    page = shown.as_("supervisor")
    arrive(page, "/console/imports", lang)
    page.locator("#f-file").set_input_files(file)
    sent(page, "form[action='/console/imports']")
    look(page, "answer:import columns", lang)
    sent(page, "form[action$='/columns']")
    look(page, "answer:import found", lang)
