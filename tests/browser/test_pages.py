"""Every page, wide and on a telephone, in both languages: for everybody to use, and nothing odd.

axe finds no violation, nothing scrolls sideways (with everything unfolded), the language is named,
the page has a title, the console is silent. PAGES_SHOTS=folder keeps a picture of each page, for
people to look at.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page, expect
from sqlalchemy import ScalarSelect, select

from caseflow.escalation.tables import Order
from caseflow.ledger.tables import Case, Item
from caseflow.people.tables import User
from tests.browser.house import House
from tests.browsers import TELEPHONE, WIDE

SHOTS = os.environ.get("PAGES_SHOTS", "")
SIZES = (WIDE, TELEPHONE)
UNFOLD = "document.querySelectorAll('details:not([data-menu])').forEach(one => one.open = true)"
AXE = "axe.run(document, {resultTypes: ['violations']})"
LANGUAGES = {"zh": "zh-CN", "en": "en"}
NOBODY = ""


@dataclass(frozen=True)
class Sight:
    """One page: who looks, and where."""

    name: str
    account: str
    path: Callable[[House], str]


def at(account: str, path: str) -> Sight:
    return Sight(f"{account or 'public'}:{path}", account, lambda _house: path)


def a_case(state: str, account: str = "supervisor") -> Sight:
    def path(house: House) -> str:
        query = select(Case.number).where(Case.state == state).order_by(Case.id).limit(1)
        return f"/console/cases/{house.ask(lambda s: s.scalars(query).one())}"

    return Sight(f"{account}:case {state}", account, path)


def an_item(state: str, account: str) -> Sight:
    def path(house: House) -> str:
        query = select(Case.number).join(Item, Item.case_id == Case.id)
        query = query.where(Item.state == state).order_by(Item.id).limit(1)
        return f"/console/cases/{house.ask(lambda s: s.scalars(query).one())}"

    return Sight(f"{account}:item {state}", account, path)


def an_order(state: str, account: str) -> Sight:
    def path(house: House) -> str:
        query = select(Order.id).where(Order.state == state).order_by(Order.id).limit(1)
        return f"/console/orders/{house.ask(lambda s: s.scalars(query).one())}"

    return Sight(f"{account}:order {state}", account, path)


def held(state: str, account: str = "unit") -> Sight:
    """An item in the hands of the unit that verifies it, as its own handler sees it."""

    def path(house: House) -> str:
        query = select(Item.id).where(Item.state == state, Item.inspector_id.is_(None))
        query = query.where(Item.verifying_unit_id == of_account(account)).limit(1)
        return f"/unit/items/{house.ask(lambda s: s.scalars(query).one())}"

    return Sight(f"{account}:item {state}", account, path)


def received_order() -> Sight:
    def path(house: House) -> str:
        query = select(Order.id).where(Order.state == "issued")
        query = query.where(Order.unit_id == of_account("unit")).limit(1)
        return f"/unit/orders/{house.ask(lambda s: s.scalars(query).one())}"

    return Sight("unit:order", "unit", path)


def of_account(username: str) -> ScalarSelect[int | None]:
    return select(User.unit_id).where(User.username == username).scalar_subquery()


SIGHTS = (
    *(at(NOBODY, path) for path in ("/", "/report", "/track", "/contact", "/login", "/nowhere")),
    at("supervisor", "/console/"),
    at("auditor", "/console/?state=closed"),
    at("handler", "/console/?q=食堂"),
    at("handler", "/console/?q=没有这几个字"),
    *(
        at("operator", f"/console/desk?channel={channel}")
        for channel in ("telephone", "window", "letter", "handed_down")
    ),
    at("reviewer", "/console/check"),
    at("supervisor", "/console/orders"),
    at("leader", "/console/orders?state=issued"),
    *(a_case(state) for state in ("received", "handling", "replying", "calling_back", "closed")),
    a_case("awaiting_reporter", "handler"),
    a_case("declined", "auditor"),
    a_case("received", "operator"),
    an_item("submitted", "reviewer"),
    an_item("draft", "handler"),
    an_order("draft", "supervisor"),
    an_order("issued", "leader"),
    at("unit", "/unit/"),
    at("inspector", "/unit/"),
    held("dispatched", "yanhui"),
    *(held(state) for state in ("verifying", "rectifying", "submitted", "struck_off")),
    received_order(),
)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("sight", SIGHTS, ids=lambda sight: sight.name)
def test_a_page_is_for_everybody(shown: House, sight: Sight, lang: str) -> None:
    page = shown.as_(sight.account) if sight.account else shown.as_nobody()
    before = len(shown.trouble)
    arrive(page, sight.path(shown), lang)
    check(page, lang)
    photographs(page, f"{sight.name}-{lang}")
    page.evaluate(UNFOLD)
    for size in SIZES:
        page.set_viewport_size(size)  # type: ignore[arg-type]
        assert too_wide(page) == [], size
        assert violations(page) == [], size
    assert shown.trouble[before:] == []


def arrive(page: Page, path: str, lang: str) -> None:
    """Open a page in a language and wait until its pieces have come."""
    glue = "&" if "?" in path else "?"
    page.set_viewport_size(WIDE)  # type: ignore[arg-type]
    page.goto(f"{path}{glue}lang={lang}")
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
        page.evaluate(AXE_SCRIPT)
    found = page.evaluate(AXE)["violations"]
    return [f"{one['id']}: {one['nodes'][0]['html']} ({len(one['nodes'])})" for one in found]


def photographs(page: Page, name: str) -> None:
    """Keep a picture of the whole page in each size, where somebody wants to look."""
    plain = name.translate(str.maketrans("/:? ", "____"))
    for size in SIZES if SHOTS else ():
        page.set_viewport_size(size)  # type: ignore[arg-type]
        page.screenshot(path=Path(SHOTS) / f"{plain}-{size['width']}.png", full_page=True)
