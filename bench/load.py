"""Load: some people at once, each beginning anew as soon as they are done; every body is looked at.

One new connection for each request. The tool runs beside the servers on the same cores, as in the
figures that it is compared with.
"""

import http.client
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from statistics import quantiles
from threading import Thread
from urllib.parse import urlencode

PEOPLE = 8
LONGEST = 30.0
"""Seconds that anybody waits for an answer."""


class Wrong(Exception):
    """An answer was not what it had to be."""


@dataclass(frozen=True)
class Answer:
    """What a server said."""

    status: int
    body: str
    cookie: str
    location: str


@dataclass(frozen=True)
class Measured:
    """How many pieces of work a second were done, and how long one took, in milliseconds."""

    rate: float
    p50: float
    p95: float
    done: int


def ask(
    port: int,
    path: str,
    form: Mapping[str, str] | None = None,
    cookie: str = "",
) -> Answer:
    """Send one request over a connection of its own; a form is posted."""
    link = http.client.HTTPConnection("127.0.0.1", port, timeout=LONGEST)
    headers = {"Connection": "close", "Accept-Language": "zh-CN"}
    if cookie:
        headers["Cookie"] = cookie
    body = None
    if form is not None:
        body = urlencode(form)
        headers["Content-Type"] = "application/x-www-form-urlencoded"
    try:
        link.request("GET" if form is None else "POST", path, body, headers)
        said = link.getresponse()
        text = said.read().decode()
        cookies = "; ".join(
            one.split(";", 1)[0] for one in said.headers.get_all("Set-Cookie") or ()
        )
        return Answer(said.status, text, cookies, said.getheader("Location") or "")
    finally:
        link.close()


def page(port: int, path: str, holds: str, cookie: str = "") -> str:
    """Get a page that must hold some words. Raises Wrong."""
    said = ask(port, path, cookie=cookie)
    if said.status != 200 or holds not in said.body:
        raise Wrong(f"{path}: {said.status}, no {holds!r}")
    return said.body


def press(work: Callable[[int], object], seconds: float, people: int = PEOPLE) -> Measured:
    """Do a piece of work again and again for some seconds; `work` is told the how-manieth it is.

    Raises what any piece of work raised: a wrong answer is no throughput.
    """
    took: list[float] = []
    failed: list[BaseException] = []
    until = time.perf_counter() + seconds

    def busy(person: int) -> None:
        n = person
        while time.perf_counter() < until and not failed:
            began = time.perf_counter()
            try:
                work(n)
            except Exception as error:  # noqa: BLE001 - told by the thread that asked
                failed.append(error)
            took.append(time.perf_counter() - began)
            n += people

    threads = [Thread(target=busy, args=(person,)) for person in range(people)]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    whole = time.perf_counter() - began
    if failed:
        raise failed[0]
    parts = quantiles(took, n=100)
    return Measured(len(took) / whole, parts[49] * 1000, parts[94] * 1000, len(took))
