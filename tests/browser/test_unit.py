"""A unit's one form, as a telephone sends it: the files alone or with the words, nothing lost."""

from pathlib import Path

from playwright.sync_api import Dialog, Page, Route, expect

from tests.browser.house import House
from tests.browser.people import (
    FOUND,
    ITS_HEAD,
    ITS_PEOPLE,
    SCHOOL,
    does,
    hand_in,
    hold,
    log,
    move,
    open_case,
    photograph,
    sign,
    signed_off,
)
from tests.browsers import TELEPHONE

DONE = "已更换冷柜\n并消毒"


def held(house: House, page: Page, task: str) -> None:
    """Let a complaint come to the school and be found, up to where it has to be put right."""
    got = log(house.as_("operator"), kind="complaint", unit=SCHOOL, text="冷柜不冷")
    handler = house.as_("handler")
    open_case(handler, got.number)
    move(handler, "accept")
    move(handler, "split", matters=task)
    move(handler, "item-1-dispatch", unit=SCHOOL, text=task)
    hold(page, task)
    sign(page)


def test_without_scripts_the_words_wait_while_the_files_are_saved(
    house: House, tmp_path: Path
) -> None:
    page = house.visit(ITS_PEOPLE, viewport=TELEPHONE, java_script_enabled=False)
    held(house, page, "查冷柜温度")
    hand_in(page, photograph(tmp_path), **FOUND)
    expect(page.locator("[name=result]:checked")).to_have_value(FOUND["result"])
    does(page, "find")
    signed_off(house.as_(ITS_HEAD), "查冷柜温度")
    hold(page, "查冷柜温度")
    hand_in(page, photograph(tmp_path, 1), done=DONE)
    expect(page.locator("[name=done]")).to_have_value(DONE)
    does(page, "submit")
    expect(page.locator("main")).to_contain_text("已更换冷柜")


def test_words_that_were_given_back_are_not_left_by_mistake(house: House, tmp_path: Path) -> None:
    page, asked = house.visit(ITS_PEOPLE, viewport=TELEPHONE), []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    held(house, page, "再查冷柜温度")
    hand_in(page, photograph(tmp_path), basis=FOUND["basis"])
    page.on("dialog", stay)
    page.locator("[name=note]").click()  # a browser asks only where somebody touched the page
    page.get_by_role("link", name="返回列表").click()
    expect(page.locator("[name=basis]")).to_have_value(FOUND["basis"])
    assert asked == ["beforeunload"]


def test_a_large_film_goes_on_where_the_line_broke(house: House, tmp_path: Path) -> None:
    page, places = house.visit(ITS_PEOPLE, viewport=TELEPHONE), []
    film = tmp_path / "后厨.mp4"
    film.write_bytes(b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom" + bytes(21 * 1024 * 1024))

    def breaks(route: Route) -> None:
        if route.request.method != "PATCH":
            return route.continue_()
        places.append(int(route.request.headers["upload-offset"]))
        return route.abort() if len(places) == 2 else route.continue_()

    held(house, page, "录像核查")
    page.route("**/pieces/**", breaks)
    page.route("**/pieces", breaks)
    page.locator("[name=evidence]").set_input_files(film)
    expect(page.locator("[data-pieces-list] [name=kept]")).to_be_checked(timeout=30_000)
    assert places[1] == places[2] > 0, "it went on where the line broke"
    does(page, "find", **FOUND)
    expect(page.locator("main")).to_contain_text("第 1 份")
