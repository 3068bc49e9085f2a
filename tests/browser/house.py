"""A demo office for the browser: made once a test process, copied and served for whoever asks.

Session cookies know no port and every copy has the same keys, so each account signs in once.
"""

import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import pytest
from playwright.sync_api import Browser, BrowserContext, Page
from sqlalchemy import select
from sqlalchemy.orm import Session

from caseflow import clock
from caseflow.db import Database
from caseflow.ledger.tables import Case, Item
from tests import demo_office
from tests.browsers import WIDE
from tests.servers import start_caseflow

T = TypeVar("T")


@dataclass
class House:
    """One running office: where it is, what it holds, who visits it."""

    url: str
    home: Path
    browser: Browser
    cookies: dict[str, Any]
    trouble: list[str] = field(default_factory=list)
    _visits: list[BrowserContext] = field(default_factory=list)
    _pages: dict[str, Page] = field(default_factory=dict)

    def visit(self, **options: Any) -> Page:
        """Open a browser of a person who is not signed in."""
        said = {"locale": "zh-CN", "timezone_id": "Asia/Shanghai", "viewport": WIDE, **options}
        context = self.browser.new_context(base_url=self.url, **said)
        context.set_default_timeout(15_000)
        self._visits.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: self.trouble.append(f"{page.url}: {error}"))
        page.on("console", lambda said: self._hear(page, said.type, said.text))
        page.on("response", lambda answer: self._look(answer.url, answer.status))
        return page

    def _hear(self, page: Page, kind: str, text: str) -> None:
        refused = "Failed to load resource" in text  # the answers themselves tell (`_look`)
        if kind == "error" and not refused:
            self.trouble.append(f"{page.url}: {text}")

    def _look(self, url: str, status: int) -> None:
        missing = status == 404 and "/static/" in url
        if status >= 500 or missing:
            self.trouble.append(f"{url}: {status}")

    def as_(self, account: str) -> Page:
        """Return the page of somebody who is signed in; the same one each time."""
        if account not in self._pages:
            self._pages[account] = self.visit(storage_state=self.signed_in(account))
        return self._pages[account]

    def as_nobody(self) -> Page:
        """Return the page of somebody of the public; the same one each time."""
        if "" not in self._pages:
            self._pages[""] = self.visit()
        return self._pages[""]

    def signed_in(self, account: str) -> Any:
        """Return the cookies of an account, signing in through the form the first time."""
        if account not in self.cookies:
            page = self.visit()
            page.goto("/login")
            page.fill("[name=username]", account)
            page.fill("[name=password]", (self.home / "demo-password").read_text().strip())
            page.press("[name=password]", "Enter")
            page.wait_for_url(lambda url: "/login" not in url)
            self.cookies[account] = page.context.storage_state()
            page.context.close()
        return self.cookies[account]

    def ask(self, question: Callable[[Session], T]) -> T:
        """Read from the office's database beside the running server."""
        database = Database(f"sqlite:///{self.home / 'caseflow.db'}")
        try:
            with database.read() as session:
                return question(session)
        finally:
            database.close()

    def command(self, *arguments: str, given: bytes = b"") -> str:
        """Run `caseflow ARGUMENTS` on this office and return what it prints."""
        program = Path(sys.executable).with_name("caseflow")
        done = subprocess.run(
            [program, *arguments],
            input=given,
            capture_output=True,
            check=False,
            env={"CASEFLOW_HOME": str(self.home), "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"},
        )
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout.decode()

    def neglected(self) -> str:
        """Return the newest case whose one item nobody has signed for."""
        query = select(Case.number).join(Item, Item.case_id == Case.id)
        query = query.where(Item.state == "dispatched", Item.n == 1, Case.urgent.is_(False))
        query = query.order_by(Item.dispatched_at.desc()).limit(1)
        return self.ask(lambda session: session.scalars(query).one())

    def leave(self) -> None:
        """Close every browser of this office."""
        for context in self._visits:
            context.close()


@pytest.fixture(scope="session")
def demo_home(quick: Path) -> Path:
    """A demo office as it stands now, to copy."""
    home = quick / "demo"
    home.mkdir()
    built = demo_office.make(f"sqlite:///{home / 'caseflow.db'}", home, clock.now())
    built.database.close()
    return home


@pytest.fixture(scope="session")
def cookies() -> dict[str, Any]:
    """Who signed in already in this test process."""
    return {}


@contextmanager
def served(
    home: Path, copy: Path, browser: Browser, cookies: dict[str, Any], *arguments: str
) -> Iterator[House]:
    """Serve a copy of a demo office; fails at the end when a page was in trouble."""
    shutil.copytree(home, copy)
    with start_caseflow(copy, *arguments) as server:
        house = House(server.url, copy, browser, cookies)
        yield house
        house.leave()
    assert house.trouble == [], house.trouble
