"""The administrators' pages in a real browser: for everybody to use, also what a POST answers."""

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from caseflow import clock
from caseflow.app import services
from caseflow.deadlines.tables import PolicyRow
from caseflow.intake.tables import Quarantine
from caseflow.people.tables import Unit, User
from config import Settings
from tests.browser.house import House
from tests.browser.looking import LANGUAGES, Sight, arrive, at, look
from tests.mail.writing import DATE, FROM, MIME, TO, message, multipart, part


def a_person(username: str, account: str = "admin") -> Sight:
    def path(house: House) -> str:
        query = select(User.id).where(User.username == username)
        return f"/console/people/{house.ask(lambda s: s.scalars(query).one())}"

    return Sight(f"{account}:person {username}", account, path)


def work_of(username: str, account: str) -> Sight:
    sight = a_person(username, account)
    return Sight(f"{account}:work of {username}", account, lambda h: f"{sight.path(h)}/handing")


def a_unit(house: House) -> str:
    query = select(Unit.id).where(Unit.kind == "school").limit(1)
    return f"/console/units/{house.ask(lambda s: s.scalars(query).one())}"


def quarantined(house: House) -> str:
    return f"/console/quarantine/{house.ask(lambda s: s.scalars(select(Quarantine.id)).first())}"


def a_rule(page: str, account: str = "admin", clock: str = "verify") -> Sight:
    def path(house: House) -> str:
        query = select(PolicyRow.id).where(PolicyRow.clock == clock).order_by(PolicyRow.id).limit(1)
        return f"/console/policies/{page}?id={house.ask(lambda s: s.scalars(query).one())}"

    return Sight(f"{account}:{page} {clock}", account, path)


SIGHTS = (
    *(at("admin", f"/console/calendar?year={year}") for year in (2026, 2027)),
    at("operator", "/console/calendar?year=2027"),
    at("auditor", "/console/policies"),
    a_rule("rule"),
    a_rule("rule", "auditor", "resolve"),
    a_rule("narrower"),
    at("admin", "/console/ladders?name=units"),
    at("admin", "/console/ladders?name=office"),
    at("auditor", "/console/ladders?name=office"),
    at("admin", "/console/policies/visits"),
    at("admin", "/console/people"),
    at("admin", "/console/people?state=closed&q=nobody"),
    at("admin", "/console/people/new"),
    at("admin", "/console/people/changes"),
    at("admin", "/console/posts"),
    at("admin", "/console/posts?vacant=1"),
    at("admin", "/console/posts/leader-430503-0"),
    a_person("handler"),
    a_person("admin"),
    a_person("handler", "supervisor"),
    a_person("handler2"),
    work_of("handler2", "supervisor"),
    work_of("inspector", "supervisor"),
    work_of("handler", "admin"),
    at("admin", "/console/units"),
    at("admin", "/console/units?q=nobody"),
    at("admin", "/console/units/new"),
    Sight("admin:unit", "admin", a_unit),
    at("admin", "/console/outbox"),
    at("operator", "/console/quarantine"),
    at("operator", "/console/quarantine/blocked"),
    Sight("operator:quarantined", "operator", quarantined),
)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("sight", SIGHTS, ids=lambda sight: sight.name)
def test_an_administrators_page_is_for_everybody(shown: House, sight: Sight, lang: str) -> None:
    page = shown.as_(sight.account)
    before = len(shown.trouble)
    arrive(page, sight.path(shown), lang, sight.status)
    look(page, sight.name, lang)
    assert shown.trouble[before:] == []


def test_a_person_who_keeps_away(house: House) -> None:
    house.recused("handler", "樟叶路小学")
    page = house.as_("admin")
    for lang in LANGUAGES:
        arrive(page, a_person("handler").path(house), lang)
        look(page, "admin:recused", lang)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_work_is_looked_over_before_it_is_handed_over(shown: House, lang: str) -> None:
    page = shown.as_("supervisor")
    arrive(page, work_of("handler2", "supervisor").path(shown), lang)
    page.fill("[name=reason]", "参加培训")
    page.click("main form button[type=submit]")
    expect(page.locator(".field-error").first).to_be_visible()
    look(page, "supervisor:work wrong", lang)
    me = shown.ask(lambda s: s.scalars(select(User.id).where(User.username == "supervisor")).one())
    page.select_option("[name=handler]", str(me))
    page.click("main form button[type=submit]")
    expect(page.locator(".handing-confirm")).to_be_visible()
    look(page, "supervisor:work looked over", lang)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_notice_is_entered_previewed_and_confirmed(own_house: House, lang: str) -> None:
    page = own_house.as_("admin")
    arrive(page, "/console/calendar?year=2027", lang)
    page.fill("[name=lines]", "2027-02-05 至 2027-02-12 休 春节\n二月二十 班")
    page.check("[name=published]")
    page.click("#edit button[type=submit]")
    expect(page.locator(".wrong-lines li")).to_have_count(1)
    look(page, "admin:calendar wrong", lang)
    text = page.input_value("[name=lines]").replace("二月二十", "2027-02-20")
    # The office's clocks run now, so a day of this very month moves them too.
    page.fill("[name=lines]", f"{text}\n{soon(page)}")
    page.click("#edit button[type=submit]")
    expect(page.locator(".grid tbody tr").first).to_be_visible()
    look(page, "admin:calendar preview", lang)
    page.click("form[action='/console/calendar'][method=post] button")
    expect(page.locator(".notice-good")).to_be_visible()
    assert "/console/calendar" in page.url
    look(page, "admin:calendar changed", lang)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_rule_and_a_ladder_are_changed_previewed_and_confirmed(
    own_house: House, lang: str
) -> None:
    page = own_house.as_("admin")
    arrive(page, a_rule("rule", clock="verify").path(own_house), lang)
    page.fill("[name=amount]", "0")
    page.click("#edit button[type=submit]")
    expect(page.locator("#f-amount-error")).to_be_visible()
    look(page, "admin:rule wrong", lang)
    page.fill("[name=amount]", "12")
    page.fill("[name=margin]", "4")
    page.click("#edit button[type=submit]")
    expect(page.locator(".grid tbody tr").first).to_be_visible()
    look(page, "admin:rule preview", lang)
    page.check("[name=open][value=all]")
    page.click("button[form=confirm]")
    expect(page.locator(".notice-good")).to_be_visible()
    look(page, "admin:rule changed", lang)
    arrive(page, "/console/ladders?name=units", lang)
    page.fill("[name='amount-4']", "4")
    page.fill("[name='amount-5']", "x")
    page.click("main form button[type=submit]")
    expect(page.locator("#f-amount-5-error")).to_be_visible()
    look(page, "admin:ladder wrong", lang)
    page.fill("[name='amount-5']", "9")
    page.click("main form button[type=submit]")
    expect(page.locator(".grid tbody tr").first).to_be_visible()
    look(page, "admin:ladder preview", lang)
    page.click("button[form=confirm]")
    expect(page.locator(".notice-good")).to_be_visible()
    look(page, "admin:ladder changed", lang)
    arrive(page, "/console/people/changes", lang)
    look(page, "admin:rules among changes", lang)


def soon(page: Page) -> str:
    """Return lines that make the next fourteen days off."""
    days = page.evaluate(
        "[...Array(14).keys()].map(n => new Date(Date.now() + (n + 1) * 86400000)"
        ".toISOString().slice(0, 10))"
    )
    return "\n".join(f"{day} 休" for day in days)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_an_account_is_made_and_its_password_shown_once(house: House, lang: str) -> None:
    page, name = house.visit("admin"), f"newcomer-{lang}"
    arrive(page, "/console/people/new", lang)
    page.fill("[name=username]", "X")
    page.fill("[name=name]", "新同事")
    page.click("main form button[type=submit]")
    expect(page.locator(".field-error").first).to_be_visible()
    look(page, "admin:person wrong", lang)
    page.fill("[name=username]", name)
    page.select_option("[name=role]", "handler")
    page.select_option("[name=area]", "430503")
    page.click("main form button[type=submit]")
    password = page.inner_text("#new-password")
    look(page, "admin:person made", lang)
    visit = house.visit()
    visit.goto("/login")
    visit.fill("[name=username]", name)
    visit.fill("[name=password]", password)
    visit.press("[name=password]", "Enter")
    visit.wait_for_url("**/console/")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_an_original_is_seen_and_made_a_case(house: House, lang: str) -> None:
    broken = f"no mail at all, in {lang}\n".encode()
    word, number = house.command("mail", "deliver", given=broken).split()
    assert word == "quarantined"
    page = house.visit("operator")
    arrive(page, f"/console/quarantine/{number}", lang)
    page.fill("[name=reason]", "登记来件")
    page.click("form[action$='/look'] button")
    expect(page.locator("#original")).to_be_visible()
    look(page, "operator:original", lang)
    page.select_option("[name=kind]", "complaint")
    page.fill("[name=text]", "反映食堂卫生")
    page.click("form[action$='/take'] button")
    page.wait_for_url("**/console/cases/**")
    expect(page.get_by_text("反映食堂卫生").first).to_be_visible()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_file_that_is_held_back_is_looked_at_and_settled(house: House, lang: str) -> None:
    parts = [part(b"Content-Type: text/plain", body=b"see the files")]
    for n in range(2):
        field = f"Content-Disposition: attachment; filename={lang}{n}.exe".encode()
        parts.append(part(field, body=b"MZ\x90" + lang.encode() + bytes(60 + n)))
    fields = (FROM, TO, DATE, MIME, b"Content-Type: multipart/mixed; boundary=B")
    house.command("mail", "deliver", given=message(*fields, body=multipart(b"B", *parts), mid=lang))
    services(Settings.read({"CASEFLOW_HOME": str(house.home)})).examine_files(clock.now())
    page = house.visit("handler")
    arrive(page, "/console/quarantine", lang)
    look(page, "handler:quarantine with files", lang)
    page.click(f"a:has-text('{lang}0.exe')")
    look(page, "handler:held file", lang)
    page.click("form[action$='/seen'] button")
    look(page, "handler:held file, no words", lang)
    page.fill("[name=note]", "已请反映人换一种格式再发")
    page.click("form[action$='/seen'] button")
    page.wait_for_url("**/console/quarantine")
    expect(page.locator(f"h2:has-text('{lang}')")).to_have_count(0)
