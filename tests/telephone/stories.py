"""The same stories of a call, told by an exchange of any make and by Twilio."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import format_datetime
from html.parser import HTMLParser
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from tests.telephone.calling import NUMBER, from_gateway, from_twilio
from tests.telephone.twilio_api import ACCOUNT, FakeTwilio, sid

CALLER = "+8613912345678"
ANNA, BO = "+8613800000001", "+867395320002"
Step = Callable[[], TestResponse]


@dataclass
class Generic:
    """An exchange that tells what the contract in docs/telephone.md names."""

    app: Flask
    start: datetime
    name = "pbx-1761.5"
    provider = "generic"

    def _tell(self, event: str, seconds: float, **more: Any) -> TestResponse:
        at = self.start + timedelta(seconds=seconds)
        said = {"call": self.name, "event": event, "at": at.isoformat(), "from": CALLER, **more}
        return from_gateway(self.app, "/hooks/telephony", said, self.start)

    def comes(self) -> TestResponse:
        """A call comes in; the answer says whom to ring."""
        return self._tell("ringing", 0)

    def rings(self, line: str, seconds: float) -> TestResponse:
        """Somebody's telephone rings."""
        return self._tell("ringing", seconds, line=line)

    def answers(self, line: str, seconds: float) -> TestResponse:
        """Somebody takes it up."""
        return self._tell("answered", seconds, line=line)

    def ends(self, seconds: float) -> TestResponse:
        """It is over."""
        return self._tell("hung_up", seconds)


@dataclass
class ByTwilio:
    """Twilio, with forms like those that it sends, each signed by its own library."""

    app: Flask
    start: datetime
    twilio: FakeTwilio
    name: str = ""
    provider = "twilio"

    def __post_init__(self) -> None:
        self.name = self.name or sid("CA")

    def post(self, path: str, seconds: float = 0, **form: str) -> TestResponse:
        """Post a callback about the call."""
        at = self.start + timedelta(seconds=seconds)
        said = {
            "AccountSid": ACCOUNT,
            "CallSid": self.name,
            "From": CALLER,
            "To": NUMBER,
            "Timestamp": format_datetime(at),
            **form,
        }
        return from_twilio(self.app, self.twilio, f"/hooks/voice{path}", said)

    def comes(self) -> TestResponse:
        """A call comes in; the answer is what Twilio is to do."""
        return self.post("", CallStatus="ringing")

    def _leg(self, line: str, seconds: float, state: str) -> TestResponse:
        leg = {"CallSid": sid("CA"), "ParentCallSid": self.name, "To": line, "From": CALLER}
        return self.post("/leg", seconds, CallStatus=state, **leg)

    def rings(self, line: str, seconds: float) -> TestResponse:
        """Somebody's telephone rings."""
        return self._leg(line, seconds, "ringing")

    def answers(self, line: str, seconds: float) -> TestResponse:
        """Somebody takes it up."""
        return self._leg(line, seconds, "in-progress")

    def ends(self, seconds: float) -> TestResponse:
        """It is over."""
        return self.post("/status", seconds, CallStatus="completed")


Exchange = Generic | ByTwilio


def answered(call: Exchange) -> list[Step]:
    """The first one takes it up."""
    return [
        call.comes,
        lambda: call.rings(ANNA, 1),
        lambda: call.answers(ANNA, 6),
        lambda: call.ends(90),
    ]


def second_answers(call: Exchange) -> list[Step]:
    """The first one is not there, the second takes it up."""
    return [
        call.comes,
        lambda: call.rings(ANNA, 1),
        lambda: call.rings(BO, 21),
        lambda: call.answers(BO, 25),
        lambda: call.ends(90),
    ]


def nobody(call: Exchange) -> list[Step]:
    """Nobody takes it up."""
    return [
        call.comes,
        lambda: call.rings(ANNA, 1),
        lambda: call.rings(BO, 21),
        lambda: call.ends(45),
    ]


def a_second(call: Exchange) -> list[Step]:
    """It is hung up after a second."""
    return [call.comes, lambda: call.ends(1)]


def orders(count: int) -> Iterable[tuple[int, ...]]:
    """Yield orders of so many steps: each comes first once, and each before the one before it.
    (Every order there is goes through `calls.take` in test_calls.)
    """
    for first in range(count):
        yield tuple((first + at) % count for at in range(count))
    yield tuple(reversed(range(count)))


Told = tuple[str, str, dict[str, str]]


class _Reader(HTMLParser):
    """Reads verbs one after the other, in small letters; what stands within one follows it."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[Told] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, "", {name: value or "" for name, value in attrs}))

    def handle_data(self, data: str) -> None:
        if self.found and data.strip():
            tag, words, said = self.found[-1]
            self.found[-1] = tag, words + data, said


def steps_of(answer: TestResponse) -> list[Told]:
    """Return what Twilio is told to do: verb, text, attributes; what stands within one follows."""
    reader = _Reader()
    reader.feed(answer.text)
    return reader.found[1:]
