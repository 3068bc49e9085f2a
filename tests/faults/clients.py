"""People at the public form: each fills it in once and sends it until a receipt is shown.

Plain HTTP, as a browser without JavaScript would. A form is sent again, unchanged, whenever its
answer did not come; some answers are thrown away on purpose, and some forms sent once more later.
"""

import html
import http.client
import re
import secrets
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from typing import TypeVar

from tests.servers import LOOPBACK

T = TypeVar("T")
KINDS = ("complaint", "help", "tip", "question", "suggestion")
PATIENCE = 60.0
ANSWER = 60.0
"""Seconds that a request may take: as long as the proxy waits (deploy/nginx.conf)."""
WAIT = "请过几分钟再"
"""What a page says when nothing can be kept just now."""
_FIELD = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)"')
_NUMBER = re.compile(r'<dd class="big-number">([\d-]+)</dd>')
_GROUP = re.compile(r"<span>(\d{4})</span>")
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"


@dataclass
class Submission:
    """What one person sends, and the receipts they were shown."""

    mark: str
    kind: str
    files: list[tuple[str, bytes]]
    named: bool
    throws_away: bool
    sends_again: bool
    receipts: list[tuple[str, str]] = field(default_factory=list)
    tries: int = 0
    met: Counter[str] = field(default_factory=Counter)
    """What came in place of a receipt, how often: told to wait, no answer, or an error of ours."""
    waited: float = 0.0
    """Seconds from when it was sent first until a receipt was shown."""

    def fields(self) -> dict[str, str]:
        """Return what is typed."""
        typed = {"kind": self.kind, "text": self.mark, "contact": "none", "place": "某某路"}
        if self.named:
            typed |= {"contact": "name", "name": "张三", "phone": "13800138000"}
            typed |= {"email": "zhang.san@example.org"}
        return typed


def submission(n: int) -> Submission:
    """Make up the n-th submission: a third with files, some of them the same picture."""
    mark = f"第{n}件：食堂周三的菜里有虫。{secrets.token_hex(8)}"
    files = []
    if n % 3 == 0:
        files.append((f"照片{n}.png", PNG + (b"same" if n % 6 else mark.encode()) * 200))
    if n % 9 == 0:
        files.append((f"记录{n}.txt", mark.encode() * 4000))
    return Submission(mark, KINDS[n % 5], files, n % 2 == 0, n % 5 == 1, n % 7 == 1)


class ServerGoneError(Exception):
    """No answer came: the server is down, or went down meanwhile."""


@dataclass
class Person:
    """A browser of its own: one cookie jar, one form at a time."""

    port: int
    cookie: str = ""

    def send(self, what: Submission) -> None:
        """Fill the form in and send it until the receipt is shown."""
        hidden = self._insist(lambda: self._form(what))
        body, kind = _multipart(what.fields() | hidden, what.files)
        if what.throws_away:
            self._thrown_away(body, kind)
        began = time.monotonic()
        for _ in range(2 if what.sends_again else 1):
            what.receipts.append(self._insist(lambda: self._receipt(what, body, kind)))
            what.waited = what.waited or time.monotonic() - began

    @staticmethod
    def _insist(attempt: Callable[[], T]) -> T:
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            try:
                return attempt()
            except ServerGoneError:
                time.sleep(0.02)
        raise AssertionError("the server did not come back")

    def _form(self, what: Submission) -> dict[str, str]:
        status, page = self._heard(what, "GET")
        if status in (500, 503):
            assert status == 500 or WAIT in page, page
            raise ServerGoneError
        assert status == 200, page
        return {name: html.unescape(value) for name, value in _FIELD.findall(page)}

    def _receipt(self, what: Submission, body: bytes, kind: str) -> tuple[str, str]:
        what.tries += 1
        status, page = self._heard(what, "POST", body, kind)
        if status in (500, 503):
            assert what.mark in page, f"what was written is not given back\n{page}"
            raise ServerGoneError
        numbers, groups = _NUMBER.findall(page), _GROUP.findall(page)
        assert (status, len(numbers), len(groups)) == (200, 1, 4), f"{status}\n{page}"
        return numbers[0], "".join(groups)

    def _heard(
        self, what: Submission, method: str, body: bytes = b"", kind: str = ""
    ) -> tuple[int, str]:
        """Ask, and put down what came in place of what was asked for."""
        try:
            status, page = self._ask(method, "/report", body, kind)
        except ServerGoneError:
            what.met["no answer"] += 1
            raise
        what.met["told to wait"] += status == 503
        what.met["an error of ours"] += status == 500
        return status, page

    def _thrown_away(self, body: bytes, kind: str) -> None:
        """Send the form and hang up before the answer."""
        link = http.client.HTTPConnection(LOOPBACK, self.port, timeout=ANSWER)
        try:
            link.request("POST", "/report", body, self._headers(kind))
        except OSError:
            return
        finally:
            link.close()

    def _headers(self, kind: str = "") -> dict[str, str]:
        headers = {"Cookie": self.cookie, "Content-Type": kind}
        return {name: value for name, value in headers.items() if value}

    def _ask(self, method: str, path: str, body: bytes = b"", kind: str = "") -> tuple[int, str]:
        link = http.client.HTTPConnection(LOOPBACK, self.port, timeout=ANSWER)
        try:
            link.request(method, path, body or None, self._headers(kind))
            answer = link.getresponse()
            page = answer.read().decode()
        except (OSError, http.client.HTTPException) as error:
            raise ServerGoneError from error
        finally:
            link.close()
        for name, morsel in SimpleCookie(answer.headers.get("Set-Cookie", "")).items():
            self.cookie = f"{name}={morsel.value}"
        return answer.status, page


def _multipart(fields: dict[str, str], files: list[tuple[str, bytes]]) -> tuple[bytes, str]:
    """Return body and content type of a form with files."""
    line = secrets.token_hex(16)
    parts = []
    for name, value in fields.items():
        head = f'--{line}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n'
        parts += [head.encode(), value.encode(), b"\r\n"]
    for name, content in files:
        head = f'--{line}\r\nContent-Disposition: form-data; name="files"; filename="{name}"\r\n'
        parts += [head.encode(), b"Content-Type: application/octet-stream\r\n\r\n", content]
        parts.append(b"\r\n")
    parts.append(f"--{line}--\r\n".encode())
    return b"".join(parts), f"multipart/form-data; boundary={line}"


class Crowd:
    """Several people at once, each with the next submission, until all are made or they are told
    to go home.
    """

    def __init__(self, port: int, people: int, submissions: Iterable[Submission]) -> None:
        self.sent: list[Submission] = []
        self.failures: list[BaseException] = []
        self._port, self._left = port, iter(submissions)
        self._lock, self._over = threading.Lock(), threading.Event()
        self._threads = [threading.Thread(target=self._work, daemon=True) for _ in range(people)]

    def begin(self) -> None:
        """Let everybody start."""
        for thread in self._threads:
            thread.start()

    def shown(self) -> int:
        """Return how many have their receipt by now."""
        return sum(1 for one in list(self.sent) if one.receipts)

    def at_work(self) -> bool:
        """Tell whether anybody still is at it."""
        return any(thread.is_alive() for thread in self._threads)

    def send_home(self) -> None:
        """Let everybody end with the submission they are at."""
        self._over.set()

    def finish(self) -> None:
        """Wait for everybody; raises what somebody met."""
        for thread in self._threads:
            thread.join()
        if self.failures:
            raise self.failures[0]

    def _next(self) -> Submission | None:
        with self._lock:
            one = None if self._over.is_set() else next(self._left, None)
            if one is not None:
                self.sent.append(one)
            return one

    def _work(self) -> None:
        try:
            while (one := self._next()) is not None:
                Person(self._port).send(one)
        except BaseException as error:  # noqa: BLE001 - raised by `finish`
            self.failures.append(error)
