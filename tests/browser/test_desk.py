"""A shift at the desk in a real browser: three calls in a row, never a mouse."""

import re
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import func, select
from werkzeug.serving import make_server

from caseflow import clock
from caseflow.db import Database
from caseflow.intake.call_tables import Call
from caseflow.intake.tables import Draft
from caseflow.ledger.report_tables import Report
from caseflow.ledger.tables import Case
from caseflow.people import accounts
from caseflow.people.tables import Unit, User
from tests.web.site import PASSWORD, Site
from tests.web.test_calls import CALLER, told

# Where Tab leads from the caller's number on, when nothing special was said.
ORDER = [
    *("f-phone", "f-name", "f-kind", "f-danger", "f-category", "f-unit", "f-place"),
    *("f-happened", "f-text", "f-outcome", "desk-save"),
]
FOCUSED = "document.activeElement.id || document.activeElement.parentElement.className"


@pytest.fixture
def site(sqlite_database: Database, tmp_path: Path) -> Site:
    """The site on a fresh database, at the real time."""
    made = Site(sqlite_database, tmp_path, clock.now())
    stored = accounts.hash_password(PASSWORD)

    def give(session: object) -> None:
        user = session.get_one(User, made.office["operator"].person)  # type: ignore[attr-defined]
        user.password_hash = stored

    made.do(give)
    return made


@pytest.fixture
def address(site: Site) -> Iterator[str]:
    """The site on a port of its own."""
    server = make_server("127.0.0.1", 0, site.app, threaded=True)
    server.daemon_threads = False  # closing waits for answers under way: the next test's database
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    streams = site.app.extensions["caseflow.streams"]
    looks, streams.looks = streams.looks, 0  # an open stream ends at its next look
    server.shutdown()
    thread.join()
    server.server_close()
    streams.looks = looks


@pytest.fixture
def desk(page: Page, address: str) -> Page:
    """An operator at the desk; from here on only keys are pressed."""
    page.goto(f"{address}/login?next=/console/desk")
    page.locator("[name=username]").fill("operator")
    page.locator("[name=password]").fill(PASSWORD)
    page.keyboard.press("Enter")
    at_the_first_field(page)
    return page


def at_the_first_field(page: Page) -> None:
    """Wait until the sheet listens: the first field has the focus before the scripts have run."""
    expect(page.locator("#f-phone")).to_be_focused()
    page.wait_for_load_state()


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def write(page: Page, words: str) -> None:
    page.keyboard.insert_text(words)


def read_aloud(page: Page) -> str:
    expect(page.locator(".desk-saved")).to_be_visible()
    page.wait_for_load_state()
    return page.locator(".desk-saved .big-number").first.inner_text()


def a_call(page: Page, number: str, words: str) -> str:
    """Log one call from the first field on and return the number that is read aloud."""
    at_the_first_field(page)
    write(page, number)
    press(page, "Enter", "Tab", "Space", "Alt+n")
    write(page, words)
    press(page, "Alt+s")
    expect(page.locator("#f-text")).to_have_value("")
    return read_aloud(page)


def reports(site: Site) -> list[Report]:
    return list(site.ask(lambda s: s.scalars(select(Report).order_by(Report.id)).all()))


def test_three_calls_in_a_row_without_the_mouse(desk: Page, site: Site) -> None:
    numbers = [
        a_call(desk, f"1381234567{n}", words)
        for n, words in enumerate(["食堂的菜里有虫", "课后服务收费不清", "作业太多"])
    ]
    kept = reports(site)
    assert [report.number for report in kept] == numbers
    assert [report.text for report in kept] == ["食堂的菜里有虫", "课后服务收费不清", "作业太多"]
    assert {report.kind for report in kept} == {"question"}
    assert site.ask(lambda s: s.scalar(select(func.count()).select_from(Draft))) == 0


def test_a_call_that_rings_is_seen_and_one_key_opens_its_log(desk: Page, site: Site) -> None:
    """The page stands open while it rings; what is beside it is the number's earlier case."""
    a_call(desk, CALLER, "食堂的菜里有虫")
    call_id = told(site, "ringing")
    rings = desk.locator("#ringing")
    expect(rings).to_contain_text(f"尾号 {CALLER[-4:]}")
    expect(rings).to_contain_text("食堂的菜里有虫")
    press(desk, "Alt+t")
    expect(desk.locator("#f-phone")).to_have_value(CALLER)
    at_the_first_field(desk)
    press(desk, "Enter", "Tab", "Space", "Alt+n")
    write(desk, "又有虫子")
    press(desk, "Alt+s")
    read_aloud(desk)
    call = site.ask(lambda s: s.get_one(Call, call_id))
    assert [call.report_id] == [one.id for one in reports(site) if one.text == "又有虫子"]


def test_a_sheet_nobody_wrote_in_is_not_saved_over_the_code_of_the_last_call(
    desk: Page, site: Site
) -> None:
    a_call(desk, "13812345678", "食堂的菜里有虫")
    press(desk, "Alt+s")
    expect(desk.locator("[data-draft-state]")).to_contain_text("查询码还在")
    expect(desk.locator(".desk-saved")).to_be_visible()
    a_call(desk, "13812345679", "课后服务收费不清")
    assert len(reports(site)) == 2


def test_the_focus_goes_from_top_to_bottom(desk: Page) -> None:
    seen = [desk.evaluate(FOCUSED)]
    for _ in ORDER[1:]:
        press(desk, "Tab")
        seen.append(desk.evaluate(FOCUSED))
    assert seen == ORDER


def test_enter_goes_on_and_never_sends(desk: Page, site: Site) -> None:
    write(desk, "13812345678")
    press(desk, "Enter")
    assert desk.evaluate(FOCUSED) == "f-name"
    press(desk, *["Enter"] * 7)
    assert desk.evaluate(FOCUSED) == "f-text"
    press(desk, "Enter")
    assert desk.locator("#f-text").input_value() == "\n"
    assert reports(site) == []


def test_a_reload_in_the_middle_of_the_second_call_keeps_the_draft(desk: Page, site: Site) -> None:
    a_call(desk, "13812345678", "食堂的菜里有虫")
    write(desk, "13987654321")
    press(desk, "Alt+n")
    write(desk, "刚说到一半")
    expect(desk.locator("[data-draft-state]")).to_have_text("草稿已保存")
    desk.reload()
    expect(desk.locator("#f-text")).to_have_value("刚说到一半")
    expect(desk.locator("#f-phone")).to_have_value("13987654321")
    assert "sheet=" in desk.url
    assert "13987654321" not in desk.url
    press(desk, "Alt+n", "End")
    write(desk, "，又接着说")
    press(desk, "Alt+k", "Space", "Alt+s")
    read_aloud(desk)
    assert [report.text for report in reports(site)] == ["食堂的菜里有虫", "刚说到一半，又接着说"]


def test_earlier_cases_appear_while_the_number_is_typed(desk: Page) -> None:
    a_call(desk, "13812345678", "食堂的菜里有虫")
    write(desk, "138 1234 5678")
    expect(desk.locator("#known .desk-lines li")).to_have_count(1)
    expect(desk.locator("#known")).to_contain_text("食堂的菜里有虫")


def test_a_unit_is_chosen_from_the_names_like_it(desk: Page, site: Site) -> None:
    write(desk, "13812345678")
    press(desk, "Alt+d")
    write(desk, "测试")
    names = desk.locator("#known [data-put]")
    expect(names.nth(1)).to_be_visible()
    chosen = names.nth(1).inner_text()
    press(desk, "Alt+u")
    expect(names.first).to_be_focused()
    press(desk, "Tab", "Enter")
    expect(desk.locator("#f-unit")).to_be_focused()
    expect(desk.locator("#f-unit")).to_have_value(chosen)
    expect(desk.locator("#known h3").last).to_have_text(f"{chosen} 0")
    press(desk, "Tab")
    assert desk.evaluate(FOCUSED) == "f-place"
    press(desk, "Alt+k", "Space", "Alt+n")
    write(desk, "食堂的菜里有虫")
    press(desk, "Alt+s")
    read_aloud(desk)
    unit_id = reports(site)[0].unit_id
    assert site.ask(lambda s: s.scalar(select(Unit.name).where(Unit.id == unit_id))) == chosen


def test_a_danger_opens_its_card_and_the_keys_walk_through_it(desk: Page, site: Site) -> None:
    press(desk, "Alt+j", "Space", "Tab")
    assert desk.evaluate(FOCUSED) == "f-police_called"
    press(desk, "Space", "Tab")
    assert desk.evaluate(FOCUSED) == "f-police_who"
    write(desk, "李值班")
    press(desk, "Tab")
    write(desk, "十点零五分")
    press(desk, "Tab", "Tab", "Space", "Alt+n")
    write(desk, "孩子被锁在车里")
    press(desk, "Alt+s")
    expect(desk.locator("[data-error-summary]")).to_be_focused()
    press(desk, "Tab", "Enter")
    assert desk.evaluate(FOCUSED) == "f-kind"
    press(desk, "Space", "Alt+s")
    expect(desk.locator("#saved-title")).to_contain_text("紧急，已由您接手")
    assert len(reports(site)) == 1


def test_an_answer_on_the_spot_is_one_key_away_and_so_is_the_way_back(
    desk: Page, site: Site
) -> None:
    press(desk, "Alt+k", "Space", "Alt+n")
    write(desk, "几点放学")
    press(desk, "Alt+a")
    assert desk.evaluate(FOCUSED) == "f-answer_text"
    write(desk, "四点半放学")
    press(desk, "Alt+l")
    expect(desk.locator("#f-answer_text")).to_be_hidden()
    press(desk, "Alt+a")
    expect(desk.locator("#f-answer_text")).to_have_value("四点半放学")
    press(desk, "Alt+s")
    expect(desk.locator("#saved-title")).to_contain_text("当场答复")
    assert site.ask(lambda s: s.scalars(select(Case.state)).all()) == ["answered"]


def test_the_keys_are_named_where_somebody_looks_for_them(desk: Page) -> None:
    named = ".desk-actions .choice:has([value=answer]) kbd"
    expect(desk.locator(named)).to_have_text("Alt+A")
    at_the_first_field(desk)
    press(desk, "Alt+b")
    told = desk.locator("[data-keys-help]")
    expect(told).to_be_visible()
    expect(desk.locator("#f-phone")).to_be_focused()
    expect(desk.locator("#f-phone")).to_have_value("")
    press(desk, "Escape")
    expect(told).to_be_hidden()
    desk.get_by_role("button", name="帮助").click()
    expect(told).to_be_visible()
    for key in ("Alt+U", "Alt+A", "Alt+J"):
        expect(told).to_contain_text(key)


def test_what_to_do_with_it_is_in_sight_however_long_the_sheet_is(desk: Page) -> None:
    press(desk, "Alt+k", "Space", "Alt+j", "Space", "Alt+h")
    desk.evaluate("scrollTo(0, 0)")
    for control in ("[value=open]", "[value=answer]", "[type=submit]"):
        expect(desk.locator(f".desk-actions {control}")).to_be_in_viewport(ratio=1)
    stands_above_the_keys(desk)


@pytest.mark.parametrize("width", [1280, 1440])
def test_the_keys_cover_nothing_where_their_names_are_long(
    desk: Page, address: str, width: int
) -> None:
    desk.set_viewport_size({"width": width, "height": 900})
    desk.goto(f"{address}/console/desk?lang=en")
    at_the_first_field(desk)
    press(desk, "Alt+k", "Space", "Alt+j", "Space", "Alt+h")
    stands_above_the_keys(desk)


def stands_above_the_keys(desk: Page) -> None:
    bar, keys = (desk.locator(one).bounding_box() for one in (".desk-actions", ".key-bar"))
    assert bar
    assert keys
    assert bar["y"] + bar["height"] <= keys["y"] + 1


COPIES = """aheads => aheads.forEach(ahead => {
    const copy = document.querySelector('#owed [data-countdown]').cloneNode();
    copy.dataset.countdown = new Date(Date.now() + ahead * 1000).toISOString();
    document.body.append(copy);
})"""


def test_what_is_owed_counts_down_in_two_units(desk: Page) -> None:
    a_call(desk, "13812345678", "食堂的菜里有虫")
    desk.evaluate(COPIES, [90, 7500, 200_000, -61])
    told = [r"1 分 \d+ 秒", r"2 时 [45] 分", r"2 天 7 时", r"超 1 分 \d+ 秒"]
    expect(desk.locator("body > [data-countdown]")).to_have_text([re.compile(one) for one in told])


def test_the_call_is_timed_from_the_first_word_on(desk: Page, site: Site) -> None:
    timer = desk.locator("[data-timer]")
    assert timer.get_attribute("data-call-timer") is None
    write(desk, "13812345678")
    expect(timer).to_have_attribute("data-call-timer", "")
    expect(timer).not_to_have_text("00:00")
    press(desk, "Alt+k", "Space", "Alt+n")
    write(desk, "食堂的菜里有虫")
    press(desk, "Alt+s")
    read_aloud(desk)
    report = reports(site)[0]
    assert report.call_began is not None
    assert report.call_began < report.received_at == report.call_ended


WIDEST = "number => { number.textContent = '43050301-20261128-0004'; }"


@pytest.mark.parametrize("width", [1280, 1440, 820, 390])
def test_the_longest_number_stays_inside_its_card(desk: Page, width: int) -> None:
    desk.set_viewport_size({"width": width, "height": 800})
    a_call(desk, "13812345678", "食堂的菜里有虫")
    number = desk.locator(".desk-saved .big-number").first
    number.evaluate(WIDEST)
    within = "n => [n.scrollWidth, n.clientWidth, parseFloat(getComputedStyle(n).fontSize)]"
    needed, given, size = number.evaluate(within)
    assert needed <= given
    assert size >= 18, "to be read aloud"
