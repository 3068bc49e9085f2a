"""A demo office for the browser: made once a test process, copied and served for whoever asks.

Session cookies know no port and every copy has the same keys, so each account signs in once.
"""

import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, build_opener

import pytest
from playwright.sync_api import Browser, BrowserContext, Page
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from caseflow import clock
from caseflow.app import services
from caseflow.db import Database
from caseflow.escalation import sweep
from caseflow.intake import limits
from caseflow.intake.limits import Limit
from caseflow.intake.tables import Tally
from caseflow.ledger.tables import Case, Item
from caseflow.people.tables import Recusal, Unit, User
from config import Settings
from tests import demo_office
from tests.browsers import WIDE
from tests.servers import start_caseflow

T = TypeVar("T")
_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


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

    def visit(self, account: str = "", **options: Any) -> Page:
        """Open a browser of its own, in which nobody but `account` is signed in."""
        said = {"locale": "zh-CN", "timezone_id": "Asia/Shanghai", "viewport": WIDE, **options}
        context = self.browser.new_context(base_url=self.url, **said)
        context.add_cookies(self.signed_in(account) if account else [])
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
            self._pages[account] = self.visit(account)
        return self._pages[account]

    def as_nobody(self) -> Page:
        """Return the page of somebody of the public; the same one each time."""
        if "" not in self._pages:
            self._pages[""] = self.visit()
        return self._pages[""]

    def signed_in(self, account: str) -> Any:
        """Return the cookies of an account, sending the form of the login page the first time."""
        if account not in self.cookies:
            jar = CookieJar()
            browser = build_opener(HTTPCookieProcessor(jar))
            form = browser.open(f"{self.url}/login").read().decode()
            typed = {"username": account, "csrf_token": _TOKEN.search(form)[1]}  # type: ignore[index]
            typed["password"] = (self.home / "demo-password").read_text().strip()
            answer = browser.open(f"{self.url}/login", urlencode(typed).encode())
            assert "/login" not in answer.url, f"{account} could not sign in"
            kept = [{"name": one.name, "value": one.value, "url": self.url} for one in jar]
            self.cookies[account] = kept
        return self.cookies[account]

    @contextmanager
    def tried(self, limit: Limit) -> Iterator[None]:
        """Let a limit be used up for a while."""
        built = services(Settings.read({"CASEFLOW_HOME": str(self.home)}))
        ring, now = built.rooms.ring, clock.now()
        with built.database.transaction() as session:
            for _ in range(limit.most):
                limits.count(session, ring, limit, now)
        try:
            yield
        finally:
            with built.database.transaction() as session:
                session.execute(delete(Tally))
            built.database.close()

    def recused(self, account: str, unit: str) -> None:
        """Let an account keep away from a unit."""
        database = Database(f"sqlite:///{self.home / 'caseflow.db'}")
        with database.transaction() as session:
            user = session.scalars(select(User.id).where(User.username == account)).one()
            away = session.scalars(select(Unit.id).where(Unit.name == unit)).one()
            session.add(
                Recusal(user_id=user, unit_id=away, reason="亲属在校任教", since=clock.now())
            )
        database.close()

    def told(self, account: str) -> None:
        """Let an account have a password that an administrator told."""
        database = Database(f"sqlite:///{self.home / 'caseflow.db'}")
        with database.transaction() as session:
            person = select(User).where(User.username == account)
            session.scalars(person).one().password_told = True
        database.close()

    def ask(self, question: Callable[[Session], T]) -> T:
        """Read from the office's database beside the running server."""
        database = Database(f"sqlite:///{self.home / 'caseflow.db'}")
        try:
            with database.read() as session:
                return question(session)
        finally:
            database.close()

    def do(self, work: Callable[[Session], T]) -> T:
        """Write to the office's database beside the running server."""
        database = Database(f"sqlite:///{self.home / 'caseflow.db'}")
        try:
            return database.run(work)
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

    def sweep(self, moment: datetime) -> None:
        """Let what is overdue at a moment climb, as the scheduled job does."""
        database = Database(f"sqlite:///{self.home / 'caseflow.db'}")
        try:
            sweep.run(database, moment)
        finally:
            database.close()

    def neglected(self) -> str:
        """Return the newest case whose one item nobody has signed for."""
        query = select(Case.number).join(Item, Item.case_id == Case.id)
        query = query.where(Item.state == "dispatched", Item.n == 1, Case.urgent.is_(False))
        query = query.order_by(Item.dispatched_at.desc()).limit(1)
        return self.ask(lambda session: session.scalars(query).one())

    @contextmanager
    def used(self) -> Iterator["House"]:
        """Let one test in: its visits end with it, and what troubled a page is told as its own."""
        stay, troubles = set(self._visits), len(self.trouble)
        yield self
        stay |= {page.context for page in self._pages.values()}
        for context in self._visits:
            if context not in stay:
                context.close()
        self._visits = [context for context in self._visits if context in stay]
        assert self.trouble[troubles:] == [], self.trouble[troubles:]

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
    """Serve a copy of a demo office."""
    shutil.copytree(home, copy)
    with start_caseflow(copy, *arguments) as server:
        house = House(server.url, copy, browser, cookies)
        yield house
        house.leave()
