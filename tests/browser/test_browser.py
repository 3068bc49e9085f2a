"""The browser that page tests use: it draws Chinese, obeys the policy and stays on this machine."""

import pytest
from playwright.sync_api import Error, Page

from tests.browsers import TELEPHONE, Visitor

WIDTH = "(text) => {const c = document.createElement('canvas').getContext('2d');"
WIDTH += "c.font = '40px sans-serif'; return c.measureText(text).width}"


def test_chinese_has_a_font(page: Page) -> None:
    page.set_content("<html lang=zh><body>督办</body></html>")
    assert round(page.evaluate(WIDTH, "督办")) == 80


def test_two_different_characters_do_not_look_alike(page: Page) -> None:
    page.set_viewport_size({"width": 80, "height": 80})
    shots = []
    for character in "督办":
        page.set_content(f"<html lang=zh><body>{character}</body></html>")
        shots.append(page.screenshot())
    assert shots[0] != shots[1]


def test_the_browser_cannot_leave_this_machine(page: Page) -> None:
    with pytest.raises(Error, match="ERR_NAME_NOT_RESOLVED"):
        page.goto("http://example.org/")


def test_visitors_do_not_share_cookies(visitor: Visitor) -> None:
    one, other = visitor(), visitor(viewport=TELEPHONE, locale="en-GB")
    one.add_cookies([{"name": "who", "value": "one", "url": "http://127.0.0.1/"}])
    assert other.cookies() == []


def test_the_browser_lives_in_shanghai(page: Page) -> None:
    assert page.evaluate("new Date(Date.UTC(2026, 2, 3, 2)).getHours()") == 10
