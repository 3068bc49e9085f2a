"""Twilio: the only place that knows its library, which is read when something is first asked of it.

What Twilio says in words is never passed on, only its code: its words quote numbers. Nor may its
library log, for the same reason.
"""

import logging
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from caseflow.intake.telephony import NotKept, ProviderDown
from caseflow.outbox.transport import (
    Outgoing,
    PermanentFailure,
    TemporaryFailure,
    TransportDown,
)

API = "https://api.twilio.com"
TIMEOUT = 20.0
_SILENT = logging.getLogger("caseflow.adapters.twilio.silent")
_SILENT.disabled = True
_PIECE = 64 * 1024
_PLACES = {
    "media": re.compile(r"(?P<message>(?:SM|MM)[0-9a-f]{32})/(?P<file>ME[0-9a-f]{32})"),
    "recording": re.compile(r"(?P<file>RE[0-9a-f]{32})"),
}
_PATHS = {"media": "Messages/{message}/Media/{file}", "recording": "Recordings/{file}"}
_OURS = frozenset({401, 403, 404, 408, 425, 429})
"""Refusals of our account, our address or our haste: no fault of the message, which waits."""
# Of a 400 these say that the number will never be reached from here; any other may be ours to mend.
NEVER = frozenset({21211, 21214, 21217, 21265, 21610, 21614, 21635})


@dataclass(frozen=True)
class Twilio:
    """One account at Twilio. `number`: ours, in E.164; `status_url`: what stands before a message's
    id in the address that Twilio tells its fate to; `base`: where its REST API is.
    """

    account: str
    token: str = field(repr=False)
    number: str
    status_url: str = ""
    base: str = ""

    def signed(self, url: str, form: Mapping[str, Sequence[str]], signature: str) -> bool:
        """Tell whether Twilio signed this form for this address (its own validator decides)."""
        from twilio.request_validator import RequestValidator

        return bool(RequestValidator(self.token).validate(url, _Form(form), signature))

    def send(self, address: str, message: Outgoing) -> None:
        """Hand one text message to Twilio. Raises PermanentFailure for a number that is refused for
        good, TransportDown when Twilio cannot be reached or will not let us in, TemporaryFailure.

        It cannot be told that it was handed the message before: see `Transport`.
        """
        from requests import RequestException
        from twilio.base.exceptions import TwilioException, TwilioRestException

        more = {"status_callback": self.status_url + message.message_id} if self.status_url else {}
        try:
            self._client.messages.create(to=address, from_=self.number, body=message.text, **more)
        except TwilioRestException as error:
            raise _refusal(error.status, error.code) from None
        except (TwilioException, RequestException) as error:
            raise TransportDown(f"Twilio: {type(error).__name__}") from None

    def fetch(self, place: str, longest: int) -> tuple[str, Iterator[bytes]]:
        """Return a file that Twilio keeps: media type and pieces. Raises NotKept, ProviderDown."""
        import requests

        try:
            answer = requests.get(
                self._address(place), auth=(self.account, self.token), timeout=TIMEOUT, stream=True
            )
        except requests.RequestException as error:
            raise ProviderDown(f"Twilio: {type(error).__name__}") from None
        try:
            _check(answer.status_code)
            if int(answer.headers.get("Content-Length") or 0) > longest:
                raise NotKept("too large")
        except BaseException:
            answer.close()
            raise
        media_type = answer.headers.get("Content-Type", "").partition(";")[0].strip()
        return media_type, _pieces(answer, longest)

    def delete(self, place: str) -> None:
        """Delete a file at Twilio; one that is gone is deleted. Raises NotKept, ProviderDown."""
        import requests

        try:
            answer = requests.delete(
                f"{self._address(place)}.json", auth=(self.account, self.token), timeout=TIMEOUT
            )
        except requests.RequestException as error:
            raise ProviderDown(f"Twilio: {type(error).__name__}") from None
        if answer.status_code != 404:
            _check(answer.status_code)

    def _address(self, place: str) -> str:
        """Return where a file lies. Raises NotKept for what is no place of ours."""
        sort, _, name = place.partition(":")
        found = _PLACES[sort].fullmatch(name) if sort in _PLACES else None
        if found is None:
            raise NotKept("no such place")
        path = _PATHS[sort].format(**found.groupdict())
        return f"{self.base or API}/2010-04-01/Accounts/{self.account}/{path}"

    @cached_property
    def _client(self) -> Any:
        from twilio.http.http_client import TwilioHttpClient
        from twilio.rest import Client

        base = urlsplit(self.base or API)

        class Elsewhere(TwilioHttpClient):  # type: ignore[misc]  # the library has no types
            """Goes to the address that was said: the library knows only Twilio's own."""

            def request(self, method: str, url: str, *args: Any, **more: Any) -> Any:
                to = urlsplit(url)._replace(scheme=base.scheme, netloc=base.netloc)
                return super().request(method, urlunsplit(to), *args, **more)

        http = Elsewhere(timeout=TIMEOUT, logger=_SILENT)
        return Client(self.account, self.token, http_client=http, environment={"": ""})


class _Form(dict[str, list[str]]):
    """A form as Twilio's validator wants to ask it: every value of a field."""

    def __init__(self, form: Mapping[str, Sequence[str]]) -> None:
        super().__init__({name: list(values) for name, values in form.items()})

    def getall(self, name: str) -> list[str]:
        """Return every value of a field."""
        return self[name]


def _refusal(status: int, code: int | None) -> Exception:
    words = f"Twilio {code or status}"
    if status in _OURS or status >= 500:
        return TransportDown(words)
    if code in NEVER:
        return PermanentFailure(f"{words}: recipient")
    return TemporaryFailure(words)


def _check(status: int) -> None:
    """Raise what an answer means where it is no success."""
    if status in (404, 410):
        raise NotKept(f"Twilio {status}")
    if status >= 400:
        raise ProviderDown(f"Twilio {status}")


def _pieces(answer: Any, longest: int) -> Iterator[bytes]:
    from requests import RequestException

    length = 0
    with answer:
        try:
            for piece in answer.iter_content(_PIECE):
                length += len(piece)
                if length > longest:
                    raise NotKept("too large")
                yield piece
        except RequestException as error:
            raise ProviderDown(f"Twilio: {type(error).__name__}") from None
