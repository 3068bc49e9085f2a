"""A small stand-in for Twilio's REST API: a real server on the loopback that remembers.

Messages, calls and recordings can be made, read and deleted; a picture or a recording is handed out
by way of another address, as Twilio's are. Every request and every answer is held against Twilio's
own description (`description`); only its refusals are not described there.

    with FakeTwilio() as twilio:
        twilio.base                     # for CASEFLOW_TWILIO_URL
        twilio.messages                 # what was sent, by id
        twilio.refuse["+8613800000001"] = 21211
        place = twilio.picture(b"…", "image/png")
        twilio.sign(url, form)          # headers of a hook, signed by Twilio's own library
"""

import json
from base64 import b64decode
from dataclasses import dataclass, field
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit
from uuid import uuid4

from twilio.request_validator import RequestValidator

from caseflow import clock
from tests.telephone.description import check_answer, check_request

ACCOUNT = "AC" + "a" * 32
TOKEN = "the token of nobody's account"
NUMBER = "+8673912345678"
_VERSION = "2010-04-01"
_ROOT = f"/{_VERSION}/Accounts/{ACCOUNT}"


def sid(sort: str) -> str:
    """Return a fresh id as Twilio makes them: `SM…`, `CA…`, `RE…`."""
    return sort + uuid4().hex


@dataclass
class Refusal(Exception):
    """What Twilio will not do, with its code."""

    status: int
    code: int


@dataclass
class FakeTwilio:
    """The server. What it holds may be looked at and changed while it runs."""

    messages: dict[str, dict[str, Any]] = field(default_factory=dict)
    media: dict[str, dict[str, Any]] = field(default_factory=dict)
    calls: dict[str, dict[str, Any]] = field(default_factory=dict)
    recordings: dict[str, dict[str, Any]] = field(default_factory=dict)
    content: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    callbacks: dict[str, str] = field(default_factory=dict)
    refuse: dict[str, int] = field(default_factory=dict)
    down: bool = False
    asked: list[str] = field(default_factory=list)
    wrong: list[AssertionError] = field(default_factory=list)

    def __enter__(self) -> Self:
        fake = self

        class Handler(_Handler):
            twilio = fake

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()
        self.base = f"http://127.0.0.1:{self._server.server_port}"
        return self

    def __exit__(self, *_error: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
        assert self.wrong == [], self.wrong

    # What happens at Twilio

    def sign(self, url: str, form: dict[str, str]) -> dict[str, str]:
        """Return the headers of a hook as Twilio signs it for that address."""
        return {"X-Twilio-Signature": RequestValidator(TOKEN).compute_signature(url, form)}

    def text(self, sender: str, body: str, *pictures: tuple[str, bytes]) -> dict[str, str]:
        """Let a text message come in, and return the form that the hook is told."""
        message_sid = sid("MM" if pictures else "SM")
        self.messages[message_sid] = _message(message_sid, sender, NUMBER, body, "inbound")
        self.messages[message_sid]["num_media"] = str(len(pictures))
        form = {
            "MessageSid": message_sid,
            "SmsMessageSid": message_sid,
            "AccountSid": ACCOUNT,
            "From": sender,
            "To": NUMBER,
            "Body": body,
            "NumMedia": str(len(pictures)),
            "NumSegments": "1",
            "SmsStatus": "received",
            "ApiVersion": _VERSION,
        }
        for n, (media_type, content) in enumerate(pictures):
            media_sid = sid("ME")
            self.media[media_sid] = _media(media_sid, message_sid, media_type)
            self.content[media_sid] = media_type, content
            form[f"MediaUrl{n}"] = f"{self.base}{_ROOT}/Messages/{message_sid}/Media/{media_sid}"
            form[f"MediaContentType{n}"] = media_type
        return form

    def fate(self, message_sid: str, status: str, code: int | None = None) -> dict[str, str]:
        """Let a message that was sent come to something, and return the form of the callback."""
        message = self.messages[message_sid]
        message["status"], message["error_code"] = status, code
        form = {
            "MessageSid": message_sid,
            "SmsSid": message_sid,
            "AccountSid": ACCOUNT,
            "From": message["from"],
            "To": message["to"],
            "MessageStatus": status,
            "SmsStatus": status,
            "ApiVersion": _VERSION,
        }
        return form | ({"ErrorCode": str(code)} if code else {})

    def recording(self, call_sid: str, content: bytes, media_type: str = "audio/x-wav") -> str:
        """Let a call have been recorded, and return the id of the recording."""
        recording_sid = sid("RE")
        self.recordings[recording_sid] = _recording(recording_sid, call_sid, self.base)
        self.content[recording_sid] = media_type, content
        return recording_sid

    # What its API answers

    def answer(self, method: str, path: str, form: dict[str, str]) -> tuple[int, Any]:
        """Return status and body. Raises Refusal."""
        room, _, rest = path.removeprefix(f"{_ROOT}/").removesuffix(".json").partition("/")
        parts = rest.split("/") if rest else []
        if room == "Messages" and len(parts) == 3:
            return self._one(self.media, method, parts[2], form)
        rows = {"Messages": self.messages, "Calls": self.calls, "Recordings": self.recordings}
        if room not in rows or len(parts) > 1:
            raise Refusal(404, 20404)
        if parts:
            return self._one(rows[room], method, parts[0], form)
        if method == "POST" and room == "Messages":
            return 201, self._send(form)
        if method == "POST" and room == "Calls":
            return 201, self._call(form)
        raise Refusal(405, 20004)

    def _one(
        self, rows: dict[str, dict[str, Any]], method: str, name: str, form: dict[str, str]
    ) -> tuple[int, Any]:
        if name not in rows:
            raise Refusal(404, 20404)
        if method == "DELETE":
            del rows[name]
            self.content.pop(name, None)
            return 204, None
        if "Status" in form:
            rows[name]["status"] = form["Status"]
        return 200, rows[name]

    def _send(self, form: dict[str, str]) -> dict[str, Any]:
        if form["To"] in self.refuse:
            raise Refusal(400, self.refuse[form["To"]])
        if not form.get("Body"):
            raise Refusal(400, 21602)
        if form.get("From") != NUMBER:
            raise Refusal(400, 21606)
        made = _message(sid("SM"), NUMBER, form["To"], form["Body"], "outbound-api")
        self.messages[made["sid"]] = made
        self.callbacks[made["sid"]] = form.get("StatusCallback", "")
        return made

    def _call(self, form: dict[str, str]) -> dict[str, Any]:
        if form["To"] in self.refuse:
            raise Refusal(400, self.refuse[form["To"]])
        made = _call(sid("CA"), form["From"], form["To"])
        self.calls[made["sid"]] = made
        self.callbacks[made["sid"]] = form.get("StatusCallback", "")
        return made


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    twilio: FakeTwilio

    def do_GET(self) -> None:
        """Hand out a file, or answer as the API does."""
        path = urlsplit(self.path).path
        name = path.rpartition("/")[2]
        if path.startswith("/elsewhere/"):
            self._file(name)
        elif path.endswith(".json") or "." in name:
            self._api("GET")
        elif not self._let_in():
            self._say(401, {"code": 20003, "status": 401})
        elif name not in self.twilio.content or self.twilio.down:
            self._say(500 if self.twilio.down else 404, {"code": 20404})
        else:
            self.send_response(307)
            self.send_header("Location", f"{self.twilio.base}/elsewhere/{name}")
            self.send_header("Content-Length", "0")
            self.end_headers()

    def do_POST(self) -> None:
        """Make something, or change it."""
        self._api("POST")

    def do_DELETE(self) -> None:
        """Delete something."""
        self._api("DELETE")

    def _api(self, method: str) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        form = dict(parse_qsl(body, keep_blank_values=True))
        path = urlsplit(self.path).path
        self.twilio.asked.append(f"{method} {path}")
        try:
            if self.twilio.down:
                raise Refusal(503, 20503)
            if not self._let_in():
                raise Refusal(401, 20003)
            check_request(method, path, form)
            status, answer = self.twilio.answer(method, path, form)
            check_answer(method, path, status, answer)
        except Refusal as error:
            words = f"no: {form.get('To', '')} {form.get('Body', '')}"
            said = {"code": error.code, "message": words, "status": error.status}
            self._say(error.status, said)
        except AssertionError as error:
            self.twilio.wrong.append(error)
            self._say(500, {"code": 0, "message": "not described", "status": 500})
        else:
            self._say(status, answer)

    def _let_in(self) -> bool:
        sort, _, said = self.headers.get("Authorization", "").partition(" ")
        return sort == "Basic" and b64decode(said).decode() == f"{ACCOUNT}:{TOKEN}"

    def _file(self, name: str) -> None:
        media_type, content = self.twilio.content[name]
        self.send_response(200)
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def _say(self, status: int, answer: Any) -> None:
        body = b"" if answer is None else json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_said: object) -> None:
        """Say nothing."""


def _at() -> str:
    return format_datetime(clock.now())


def _message(name: str, sender: str, to: str, body: str, direction: str) -> dict[str, Any]:
    at = _at()
    return {
        "account_sid": ACCOUNT,
        "api_version": _VERSION,
        "body": body,
        "date_created": at,
        "date_sent": at if direction == "inbound" else None,
        "date_updated": at,
        "direction": direction,
        "error_code": None,
        "error_message": None,
        "from": sender,
        "messaging_service_sid": None,
        "num_media": "0",
        "num_segments": "1",
        "price": None,
        "price_unit": "USD",
        "sid": name,
        "status": "received" if direction == "inbound" else "queued",
        "subresource_uris": {"media": f"{_ROOT}/Messages/{name}/Media.json"},
        "to": to,
        "uri": f"{_ROOT}/Messages/{name}.json",
    }


def _media(name: str, message_sid: str, media_type: str) -> dict[str, Any]:
    return {
        "account_sid": ACCOUNT,
        "content_type": media_type,
        "date_created": _at(),
        "date_updated": _at(),
        "parent_sid": message_sid,
        "sid": name,
        "uri": f"{_ROOT}/Messages/{message_sid}/Media/{name}.json",
    }


_EMPTY_OF_CALL = (
    *("parent_call_sid", "phone_number_sid", "start_time", "end_time", "duration", "price"),
    *("answered_by", "forwarded_from", "group_sid", "caller_name", "trunk_sid"),
)


def _call(name: str, sender: str, to: str) -> dict[str, Any]:
    return {
        **dict.fromkeys(_EMPTY_OF_CALL),
        "account_sid": ACCOUNT,
        "api_version": _VERSION,
        "date_created": _at(),
        "date_updated": _at(),
        "direction": "outbound-api",
        "from": sender,
        "from_formatted": sender,
        "price_unit": "USD",
        "queue_time": "0",
        "sid": name,
        "status": "queued",
        "subresource_uris": {},
        "to": to,
        "to_formatted": to,
        "uri": f"{_ROOT}/Calls/{name}.json",
    }


def _recording(name: str, call_sid: str, base: str) -> dict[str, Any]:
    return {
        "account_sid": ACCOUNT,
        "api_version": _VERSION,
        "call_sid": call_sid,
        "channels": 1,
        "conference_sid": None,
        "date_created": _at(),
        "date_updated": _at(),
        "duration": "7",
        "encryption_details": None,
        "error_code": None,
        "media_url": f"{base}{_ROOT}/Recordings/{name}",
        "price": None,
        "price_unit": "USD",
        "sid": name,
        "source": "RecordVerb",
        "start_time": _at(),
        "status": "completed",
        "subresource_uris": {},
        "uri": f"{_ROOT}/Recordings/{name}.json",
    }
