"""How a page is looked at: wide and on a telephone, in both languages, by axe and by people.

PAGES_SHOTS=folder keeps a picture of each page, for people to look at.
"""

import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page, expect

from tests.browser.house import House
from tests.browsers import TELEPHONE, WIDE

SHOTS = os.environ.get("PAGES_SHOTS", "")
SIZES = (TELEPHONE, WIDE)  # who goes on with the page afterwards has a wide one
UNFOLD = "document.querySelectorAll('details:not([data-menu])').forEach(one => one.open = true)"
# Only what is wrong comes back: handing over all that axe has seen takes as long as looking.
AXE = """axe.run(document, {resultTypes: ['violations']}).then(found => found.violations.map(
    one => `${one.id}: ${one.nodes[0].html} (${one.nodes.length})`))"""
# axe does not judge the contrast of a text near a generated box, and takes four times as long to
# find out which texts those are. Judged are all of them.
STRICTLY = """axe.configure({checks: [{id: 'color-contrast', options: {ignorePseudo: true}}]})"""
# A menu lies over the page, so each is opened by itself.
MENUS = """[...document.querySelectorAll('details[data-menu]')].filter(menu => {
    menu.open = true;
    const fits = document.scrollingElement.scrollWidth <= innerWidth;
    menu.open = false;
    return !fits;
}).map(menu => menu.querySelector('summary').innerText)"""
_CODE = re.compile(r"\w+\(\w+=|<\w+[^<>]* object|\bdatetime\.|\{\{|%\(\w+\)s")
LANGUAGES = {"zh": "zh-CN", "en": "en"}


@dataclass(frozen=True)
class Sight:
    """One page: who looks, and where."""

    name: str
    account: str
    path: Callable[[House], str]
    status: int = 200


def at(account: str, path: str, status: int = 200) -> Sight:
    return Sight(f"{account or 'public'}:{path}", account, lambda _house: path, status)


def look(page: Page, name: str, lang: str) -> None:
    """Assert that the page as it stands is for everybody, with everything unfolded.

    It names its language and itself, scrolls sideways on no screen, and axe finds nothing.
    """
    check(page, lang)
    photographs(page, f"{name}-{lang}")
    page.evaluate(UNFOLD)
    assert _CODE.findall(page.locator("body").inner_text()) == [], "a value, as a program writes it"
    for size in SIZES:
        page.set_viewport_size(size)  # type: ignore[arg-type]
        assert too_wide(page) == [], size
        assert page.evaluate(MENUS) == [], size
        assert violations(page) == [], size


def arrive(page: Page, path: str, lang: str, status: int = 200) -> None:
    """Open a page in a language and wait until its pieces have come. It is the page, and not one
    that says it is not there.
    """
    glue = "&" if "?" in path else "?"
    page.set_viewport_size(WIDE)  # type: ignore[arg-type]
    answer = page.goto(f"{path}{glue}lang={lang}")
    assert answer is not None
    assert answer.status == status
    expect(page.locator(".htmx-request")).to_have_count(0)


def check(page: Page, lang: str) -> None:
    """Assert that a page names its language and itself."""
    named = page.evaluate("[document.documentElement.lang, document.title.trim()]")
    assert named[0] == LANGUAGES[lang]
    assert named[1]


def too_wide(page: Page) -> Any:
    """Return what makes a page scroll sideways, nothing where it does not."""
    if page.evaluate("document.scrollingElement.scrollWidth <= innerWidth"):
        return []
    return page.evaluate(
        "[...document.querySelectorAll('body *')]"
        ".filter(one => one.getBoundingClientRect().right > innerWidth)"
        ".map(one => `${one.tagName}.${one.className} ${one.getBoundingClientRect().right}`)"
    ) or ["something"]


def violations(page: Page) -> list[str]:
    """Return what axe finds wrong, each with the first place."""
    if page.evaluate("typeof axe === 'undefined'"):
        page.evaluate(f"{AXE_SCRIPT};{STRICTLY}")
    return list(page.evaluate(AXE))


def photographs(page: Page, name: str) -> None:
    """Keep a picture of the whole page in each size, where somebody wants to look."""
    plain = name.translate(str.maketrans("/:? ", "____"))
    for size in SIZES if SHOTS else ():
        page.set_viewport_size(size)  # type: ignore[arg-type]
        page.screenshot(path=Path(SHOTS) / f"{plain}-{size['width']}.png", full_page=True)
