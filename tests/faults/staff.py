"""People of the office who move cases in a browser while everything is being killed.

Each looks at a case and sends one of the forms that its page offers; when no answer comes, the
same form again, as whoever reloads a page does. What the office was told is kept: a move that was
accepted must be found in the history, right behind what its form had seen.
"""

import random
import threading
import time
from collections import Counter, defaultdict
from dataclasses import dataclass
from urllib.parse import urlencode

from caseflow.db import Database
from caseflow.people import accounts
from caseflow.people.tables import Unit, User
from tests.faults.checker import Query
from tests.faults.clients import Person, ServerGoneError
from tests.web.forms import Form, read

AREA = "430503"
PASSWORD = "correct horse battery staple"
PEOPLE = {"wang": "handler", "li": "handler", "zhao": "supervisor", "qian": "operator"}
FORM = "application/x-www-form-urlencoded"
BREATH = 0.15
_NOTES = ("notice_sent", "rung")


@dataclass(frozen=True)
class Made:
    """A move that the office was told is made. `seen`: the history number on its form."""

    case: str
    seen: int
    verb: str
    who: str


def employ(url: str) -> None:
    """Give the office its people, and a school to give things to."""
    database = Database(url)
    stored = accounts.hash_password(PASSWORD)
    with database.transaction() as session:
        session.add(Unit(area_code=AREA, name="第一小学", kind="school", active=True))
        for name, role in PEOPLE.items():
            known = {"username": name, "name": name, "role": role, "area_code": AREA}
            session.add(User(**known, password_hash=stored))
    database.close()


def _stays(form: Form) -> bool:
    """Tell whether a move leaves one case to each form that came in, which is what is counted:
    merging and splitting do not (`test_contest` has them).
    """
    return "into" not in form.names and not form.action.endswith("/split_off")


class Officer(Person):
    """One of them, with a browser."""

    def __init__(self, port: int, name: str) -> None:
        super().__init__(port)
        self.name = name
        self.chance = random.Random(name)
        self.made: list[Made] = []
        self.outcomes: Counter[str] = Counter()

    def sign_in(self) -> None:
        """Sign in, however often it takes."""
        page = self._insist(lambda: self._open("/login"))
        [form] = [form for form in page if "username" in form.names]
        fields = self._filled(form) | {"username": self.name, "password": PASSWORD}
        status, page_text = self._insist(lambda: self._send("/login", fields))
        assert status == 302, page_text

    def work(self) -> None:
        """Look at a case and make a move there."""
        _, page = self._insist(lambda: self._sent_for("GET", "/console/"))
        cases = sorted({link for link in read(page).links if link.startswith("/console/cases/")})
        if not cases:
            return
        case = self.chance.choice(cases).partition("#")[0]
        forms = self._insist(lambda: self._open(case))
        offered = [form for form in forms if "head_n" in form.names and _stays(form)]
        if offered:
            self._make(case, self.chance.choice(offered))

    def _make(self, case: str, form: Form) -> None:
        fields, tries = self._filled(form), 0

        def attempt() -> tuple[int, str]:
            nonlocal tries
            tries += 1
            return self._send(form.action, fields)

        status, page = self._insist(attempt)
        assert status in (302, 403, 409, 422), f"{form.action}: {status}\n{page}"
        if status == 409:
            assert "变了什么" in page, "told to look again, and not at what"
        again = ", sent again" if tries > 1 else ""
        self.outcomes[f"{status}{again}"] += 1
        if status == 302:
            number, verb = case.rpartition("/")[2], form.action.rpartition("/")[2]
            self.made.append(Made(number, int(fields["head_n"]), verb, self.name))

    def _filled(self, form: Form) -> dict[str, str]:
        fields = {name: values[0] for name, values in form.fields.items()}
        for name, value in fields.items():
            if not value:
                fields[name] = "1" if name.endswith("unit") else "饭菜不新鲜，已向学校说明"
        return fields

    def _open(self, path: str) -> list[Form]:
        status, page = self._sent_for("GET", path)
        assert status == 200, f"{path}: {status}\n{page}"
        return read(page).forms

    def _send(self, path: str, fields: dict[str, str]) -> tuple[int, str]:
        return self._sent_for("POST", path, urlencode(fields).encode())

    def _sent_for(self, method: str, path: str, body: bytes = b"") -> tuple[int, str]:
        status, page = self._ask(method, path, body, FORM if body else "")
        if status == 503:
            raise ServerGoneError
        return status, page


class Staff:
    """All of them at work until they are sent home."""

    def __init__(self, port: int) -> None:
        self.officers = [Officer(port, name) for name in PEOPLE]
        self.failures: list[BaseException] = []
        self._over = threading.Event()
        self._threads = [
            threading.Thread(target=self._work, args=(one,), daemon=True) for one in self.officers
        ]

    def begin(self) -> None:
        """Let everybody start."""
        for thread in self._threads:
            thread.start()

    def finish(self) -> None:
        """Send everybody home after what they are at; raises what somebody met."""
        self._over.set()
        for thread in self._threads:
            thread.join()
        if self.failures:
            raise self.failures[0]

    @property
    def made(self) -> list[Made]:
        """Every move that somebody was told is made."""
        return [one for officer in self.officers for one in officer.made]

    @property
    def outcomes(self) -> Counter[str]:
        """How often the office answered what."""
        return sum((officer.outcomes for officer in self.officers), Counter())

    def _work(self, officer: Officer) -> None:
        try:
            officer.sign_in()
            while not self._over.is_set():
                officer.work()
                time.sleep(BREATH)
        except BaseException as error:  # noqa: BLE001 - raised by `finish`
            self.failures.append(error)


def moves_are_in_the_ledger(ask: Query, made: list[Made]) -> None:
    """Each accepted move is the first of anybody's behind what its form had seen, once."""
    told = defaultdict(list)
    for number, n, verb, who in ask(
        "SELECT c.number, e.n, e.verb, u.username FROM entry e JOIN case_file c ON c.id = e.case_id"
        " LEFT JOIN user_account u ON u.id = e.user_id ORDER BY e.case_id, e.n"
    ):
        if verb not in _NOTES:
            told[number].append((n, verb, who))
    found = set()
    for one in made:
        n, verb, who = next((e for e in told[one.case] if e[0] > one.seen), (0, "", ""))
        assert (verb, who) == (one.verb, one.who), f"{one} is not what the history says"
        found.add((one.case, n))
    assert len(found) == len(made), "two accepted moves, one entry"
