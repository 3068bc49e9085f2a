"""The lines of the table: what is done, what it must hold, and what it is compared with.

Floors and reaches are those of the issue that asked for the bench, measured there on two cores.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from threading import Lock
from urllib.parse import quote

from bench import load
from bench.filling import AREAS, Plan
from bench.load import Wrong
from bench.places import PASSWORD
from bench.texts import RARE, told

_CSRF = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
_NONCE = re.compile(r'name="nonce"[^>]*value="([^"]+)"')
_ROW = re.compile(r"/console/cases/(\d{6,12}-\d{4}-\d{6,12})")
_HITS = 11
_told = count(1)
_turn = Lock()

Work = Callable[[int], object]


@dataclass(frozen=True)
class Goal:
    """What a line must come to at least (`floor`) and should (`reach`): a rate, and where anything
    was said of it a p95 in ms.
    """

    floor: float
    reach: float
    floor_p95: float | None = None
    reach_p95: float | None = None


@dataclass(frozen=True)
class Line:
    """One kind of work at a served office; `work(port)` prepares it and returns what to repeat."""

    name: str
    unit: str
    goal: Goal
    work: Callable[[int], Work]


def sign_in(port: int, username: str) -> str:
    """Return the cookie of somebody who signed in."""
    form = load.ask(port, "/login")
    said = {"username": username, "password": PASSWORD, "csrf_token": _found(_CSRF, form.body)}
    done = load.ask(port, "/login", said, form.cookie)
    if done.status != 302:
        raise Wrong(f"/login: {done.status}")
    return done.cookie


def _found(pattern: re.Pattern[str], body: str) -> str:
    found = pattern.search(body)
    if found is None:
        raise Wrong(f"no {pattern.pattern}")
    return found[1]


def _reports(areas: int) -> Callable[[int], Work]:
    def prepare(port: int) -> Work:
        return lambda n: _report(port, AREAS[n % areas])

    return prepare


def _report(port: int, area: str) -> None:
    """Open the form and send it, as a stranger does; the receipt must hold number and code."""
    form = load.ask(port, "/report")
    with _turn:
        n = next(_told)
    said = {
        "csrf_token": _found(_CSRF, form.body),
        "nonce": _found(_NONCE, form.body),
        "kind": "complaint",
        "area": area,
        "text": f"食堂第 {n} 次出现异物，孩子吃了肚子疼，希望尽快查一查。",
    }
    done = load.ask(port, "/report", said, form.cookie)
    if done.status != 200 or f"{area}-" not in done.body:
        raise Wrong(f"/report: {done.status}")


def _work_list(port: int) -> Work:
    cookie = sign_in(port, "supervisor")

    def look(_n: int) -> None:
        body = load.page(port, "/console/", "办件", cookie)
        if len(set(_ROW.findall(body))) < 25:
            raise Wrong("/console/: fewer than 25 rows")

    return look


def _search(words: str, hits: int) -> Callable[[int], Work]:
    def prepare(port: int) -> Work:
        cookie = sign_in(port, "city")
        path = f"/console/?q={quote(words)}"

        def look(_n: int) -> None:
            found = len(set(_ROW.findall(load.page(port, path, "办件", cookie))))
            if found < hits:
                raise Wrong(f"{words}: {found} of {hits}")

        return look

    return prepare


def _case(port: int) -> Work:
    cookie = sign_in(port, "supervisor")
    numbers = sorted(set(_ROW.findall(load.page(port, "/console/", "办件", cookie))))

    def look(n: int) -> None:
        number = numbers[n % len(numbers)]
        load.page(port, f"/console/cases/{number}", number, cookie)

    return look


def _suggested(port: int) -> Work:
    """Ask as the desk does while somebody types what was said before, with words of their own: of
    sentences that thousands of reports have, and one that few do.
    """
    cookie = sign_in(port, "city")
    form = load.ask(port, "/console/desk?sheet=" + "b" * 20, cookie=cookie)
    token, cookie = _found(_CSRF, form.body), form.cookie or cookie

    def look(n: int) -> None:
        before = told(n % RARE["补课"] * 83, Plan(1).seed).text
        text = "您好，我要反映：" + before.replace("希望", "盼")
        said = {"csrf_token": token, "category": "food", "text": text}
        done = load.ask(port, "/console/desk/known", said, cookie)
        if done.status != 200 or not _ROW.search(done.body):
            raise Wrong(f"/console/desk/known: {done.status}")

    return look


LINES = (
    Line("public report, 8 areas", "pairs/s", Goal(150, 200, 90, 60), _reports(8)),
    Line("public report, 1 area", "pairs/s", Goal(150, 200, 90, 60), _reports(1)),
    Line("work list", "pages/s", Goal(150, 200, 80, 60), _work_list),
    Line("search 补课", "pages/s", Goal(100, 150, 120, 80), _search("补课", _HITS)),
    Line(
        "search, a rare word",
        "pages/s",
        Goal(100, 150, 120, 80),
        _search("skateboard", RARE["skateboard"]),
    ),
    Line("suggestions while typing", "answers/s", Goal(60, 120, 150, 80), _suggested),
    Line("case page", "pages/s", Goal(120, 200, 100, 80), _case),
)

EMBEDDED = (
    Line("embedded: public report, 1 area", "pairs/s", Goal(45, 80), _reports(1)),
    Line("embedded: work list", "pages/s", Goal(70, 120), _work_list),
)
