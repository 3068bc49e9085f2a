"""The whole site on a fresh database, and people who walk it the way a browser does.

    def test_…(site: Site) -> None:
        page = site.as_("handler").get("/console/")
        page = page.send("/console/cases/…/accept")        # the form with that action, as it stands
        page = page.send("/console/cases/…/note", text="…")  # the same, with something typed

A form that the page does not hold, or a field that the form does not hold, fails the test: what
nobody can press cannot be walked. `visit.post(path, …)` posts past the page, for what must be
refused. `site.now` is the moment of every request and may be moved.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cached_property
from io import BytesIO
from pathlib import Path
from typing import Any, TypeVar

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from caseflow import clock
from caseflow.adapters.file_store import LocalStore
from caseflow.adapters.pictures import Pillow
from caseflow.app import Services
from caseflow.crypto.keys import KeyRing
from caseflow.db import Database
from caseflow.intake.rooms import Rooms
from caseflow.people.tables import User
from config import Settings
from tests import office as offices
from tests.office import Office
from tests.web import application
from tests.web.forms import Form, Reader, read

T = TypeVar("T")

PASSWORD = "correct horse battery staple"

# A picture just as it is made anew, so that it is its own copy.
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000"
    "907753de0000000c49444154789c63a898d0010003140191d528a46400"
    "00000049454e44ae426082"
)


def a_file(name: str = "整改后.png", content: bytes = PNG) -> tuple[BytesIO, str]:
    """Return a file as a form takes it."""
    return BytesIO(content), name


class Page:
    """An answer, with what a browser would see in it; read when somebody looks.

    Where a form was sent, the page that it leads to is opened at the first look: a test that goes
    on to another page spares itself that one.
    """

    def __init__(self, visit: "Visit", answer: TestResponse, *, leads_on: bool = False) -> None:
        self.visit = visit
        self._answer = answer
        self._leads_on = leads_on

    @cached_property
    def response(self) -> TestResponse:
        """The answer at the end of the way."""
        if not (self._leads_on and self._answer.location):
            return self._answer
        return self.visit.client.get(self._answer.location, follow_redirects=True)

    @cached_property
    def html(self) -> str:
        """The page as it was sent; nothing where the answer is a file."""
        return self.response.get_data(as_text=True) if self.is_html else ""

    @cached_property
    def _read(self) -> Reader:
        return read(self.html)

    @property
    def forms(self) -> list[Form]:
        """The forms of the page."""
        return self._read.forms

    @property
    def links(self) -> list[str]:
        """Where the page leads."""
        return self._read.links

    @property
    def csrf(self) -> str:
        """The form token of the page, or nothing."""
        return self._read.csrf

    @property
    def is_html(self) -> bool:
        """Tell whether the answer is a page rather than a file."""
        return self.response.mimetype == "text/html"

    @property
    def status(self) -> int:
        """The status code."""
        return self.response.status_code

    @property
    def path(self) -> str:
        """The path of the page, after redirects."""
        return self.response.request.path

    @property
    def text(self) -> str:
        """The words on the page, spaces folded."""
        return " ".join(" ".join(self._read.words).split())

    def form(self, action: str) -> Form:
        """Return the form that a button sends there; fails when the page offers none."""
        found = [form for form in self.forms if form.leads_to(action)]
        offered = sorted({form.action for form in self.forms})
        assert found, f"no form for {action} in {self.path}; there are {offered}"
        return found[0]

    def offers(self, action: str) -> bool:
        """Tell whether the page has a form that a button sends there."""
        return any(form.leads_to(action) for form in self.forms)

    def send(self, action: str, **typed: Any) -> "Page":
        """Fill the form with that action and send it; follow to the next page."""
        form = self.form(action)
        unknown = set(typed) - form.names
        assert not unknown, f"the form {action} has no {sorted(unknown)}, only {sorted(form.names)}"
        values: dict[str, Any] = {**form.fields, **typed}
        if form.method == "get":
            return self.visit.get(action, query_string=values)
        return self.visit.sent(action, values)


class Visit:
    """One browser: signed in as somebody, or nobody."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client

    def get(self, path: str, **more: Any) -> Page:
        """Open a page and follow where it leads."""
        return Page(self, self.client.get(path, follow_redirects=True, **more))

    def sent(self, path: str, values: dict[str, Any]) -> Page:
        """Post values just as they are and follow."""
        return Page(self, self.client.post(path, data=values), leads_on=True)

    def post(self, path: str, **values: Any) -> Page:
        """Post past the page, with a token of our own: for what the page does not offer."""
        return self.sent(path, {"csrf_token": self.token(), **values})

    def token(self) -> str:
        """Return a form token of this browser's session, from a page that everybody may open."""
        for path in ("/account", "/login"):
            page = Page(self, self.client.get(path))
            if page.csrf:
                return page.csrf
        raise AssertionError("no page with a form token")


class Site:
    """The application on a fresh database with the office of `tests/office.py`."""

    def __init__(self, database: Database, folder: Path, now: datetime) -> None:
        self.now = now
        self.database = database
        ring = KeyRing.create(folder / "keys.json")
        store = LocalStore(folder / "files", ring)
        self.rooms = Rooms(database, ring, store, offices.DISTRICT, Pillow())
        settings = replace(Settings.read({}), home=folder, database_url=database.url)
        self.services = Services(settings, self.rooms)
        self.app: Flask = application.start(self.services)
        self.office: Office = self.do(offices.make)
        self._visits: dict[str, Visit] = {}

    def do(self, work: Callable[[Session], T]) -> T:
        """Run something in a transaction of its own."""
        with self.database.transaction() as session:
            session.expire_on_commit = False
            return work(session)

    def ask(self, question: Callable[[Session], T]) -> T:
        """Read something from the database."""
        with self.database.read() as session:
            return question(session)

    def later(self, **passed: float) -> None:
        """Let time pass: later(days=3)."""
        self.now += timedelta(**passed)

    def nobody(self) -> Visit:
        """Return a fresh browser in which nobody is signed in."""
        return Visit(self.app.test_client())

    def as_(self, name: str) -> Visit:
        """Return the browser of a person of the office; the same one each time."""
        if name not in self._visits:
            visit = self.nobody()
            person = self.ask(lambda session: session.get_one(User, self.office[name].person))
            with visit.client.session_transaction() as kept:
                kept["_user_id"] = f"{person.id}.{person.session_epoch}"
                kept["_fresh"] = True
            self._visits[name] = visit
        return self._visits[name]


@pytest.fixture
def site(database: Database, tmp_path: Path, now: datetime) -> Iterator[Site]:
    """The site on a fresh database, on both kinds; Tuesday 3 March 2026, 10:00 in Shanghai."""
    with pytest.MonkeyPatch.context() as patch:
        made = Site(database, tmp_path, now)
        patch.setattr(clock, "now", lambda: made.now)
        yield made
