"""A real Chromium for the tests: fixtures `browser`, `visitor` and `page`.

The browser is the machine's own: Debian's chromium-headless-shell, the same engine without windows
(a third quicker), else chromium. It speaks Chinese, lives in Shanghai and cannot resolve any name
but this machine's.
"""

import shutil
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:  # every test process loads this file, few start a browser
    from playwright.sync_api import Browser, BrowserContext, Page

WIDE = {"width": 1440, "height": 900}
TELEPHONE = {"width": 390, "height": 844}

Visitor = Callable[..., "BrowserContext"]


@pytest.fixture(scope="session")
def browser() -> "Iterator[Browser]":
    """One Chromium for the whole test process."""
    program = shutil.which("chromium-headless-shell") or shutil.which("chromium")
    if program is None:
        pytest.fail("no chromium: python -m tests says how to get it")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=program,
            args=["--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost"],
        )
        yield browser
        browser.close()


@pytest.fixture
def visitor(browser: "Browser") -> Iterator[Visitor]:
    """Open separate visits: `visitor(locale="en-GB", viewport=TELEPHONE)`, cookies apart."""
    visits: list[BrowserContext] = []

    def visit(**options: Any) -> "BrowserContext":
        defaults = {"locale": "zh-CN", "timezone_id": "Asia/Shanghai", "viewport": WIDE}
        context = browser.new_context(**{**defaults, **options})
        context.set_default_timeout(15_000)
        visits.append(context)
        return context

    yield visit
    for context in visits:
        context.close()


@pytest.fixture
def page(visitor: Visitor) -> "Iterator[Page]":
    """A page on a wide screen. Fails the test when a script raised or the policy was violated."""
    page = visitor().new_page()
    trouble: list[str] = []
    page.on("pageerror", lambda error: trouble.append(str(error)))
    page.on(
        "console",
        lambda message: (
            trouble.append(message.text) if "Content Security Policy" in message.text else None
        ),
    )
    yield page
    assert trouble == []
