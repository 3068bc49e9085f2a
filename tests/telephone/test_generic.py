"""What any exchange may tell us, and what it hears: the contract of docs/telephone.md."""

import json
import logging
from base64 import b64encode
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from caseflow.intake.call_tables import Call, Recording
from tests.telephone.calling import from_gateway, signed
from tests.telephone.stories import ANNA, BO, CALLER
from tests.telephone.test_stories import app
from tests.web.site import Site
from tests.web.test_calls import WAV

__all__ = ["app"]
HOOK = "/hooks/telephony"


def calls(site: Site) -> list[Call]:
    return list(site.ask(lambda s: s.scalars(select(Call)).all()))


def tell(app: Flask, site: Site, path: str = HOOK, **said: Any) -> Any:
    return from_gateway(app, path, said, site.now)


def test_an_exchange_that_is_told_of_a_call_hears_whom_to_ring(app: Flask, site: Site) -> None:
    answer = tell(app, site, call="1", event="ringing", **{"from": CALLER})
    assert answer.text == f"{ANNA},{BO}\n"
    assert tell(app, site, call="1", event="ringing", line=ANNA).text == "ok\n"
    assert tell(app, site, call="1", event="hung_up").text == "ok\n"


@pytest.mark.parametrize("at", [1772503195, "2026-03-03T09:59:55+08:00", None])
def test_a_moment_may_be_said_in_seconds_or_in_words(app: Flask, site: Site, at: Any) -> None:
    said = {} if at is None else {"at": at}
    assert tell(app, site, call="1", event="ringing", **said).status_code == 200
    (call,) = calls(site)
    assert (site.now - call.began_at).total_seconds() == (5 if said else 0)


WRONG: list[dict[str, Any]] = [
    {},
    {"event": "ringing"},
    {"call": "", "event": "ringing"},
    {"call": 7, "event": "ringing"},
    {"call": "1", "event": "sleeping"},
    {"call": "1", "event": ["ringing"]},
    {"call": "x" * 101, "event": "ringing"},
    {"call": "a\nb", "event": "ringing"},
    {"call": "1", "event": "ringing", "at": "yesterday"},
    {"call": "1", "event": "ringing", "at": "2026-03-03T10:00:00"},
    {"call": "1", "event": "ringing", "at": 1e300},
    {"call": "1", "event": "ringing", "at": []},
]


@pytest.mark.parametrize("said", WRONG, ids=json.dumps)
def test_what_is_not_in_the_contract_is_refused_and_kept_nowhere(
    app: Flask, site: Site, said: dict[str, Any]
) -> None:
    assert from_gateway(app, HOOK, said, site.now).status_code == 400
    assert calls(site) == []


@pytest.mark.parametrize("caller", [{"n": 1}, "x" * 41, "139\n1234", "校长", None])
def test_whatever_callers_call_themselves_the_call_is_kept(
    app: Flask, site: Site, caller: Any
) -> None:
    answer = tell(app, site, call="1", event="hung_up", **{"from": caller})
    assert answer.status_code == 200
    assert [(one.outcome, one.identity_id) for one in calls(site)] == [("missed", None)]


@pytest.mark.parametrize("path", [HOOK, f"{HOOK}/recording"])
def test_a_forged_signature_is_refused(app: Flask, site: Site, path: str) -> None:
    body = json.dumps({"call": "1", "event": "ringing"}).encode()
    forged = signed(body, site.now, "another secret that is just as long as ours")
    answer = app.test_client().post(path, data=body, headers=forged)
    assert (answer.status_code, answer.data) == (403, b"")
    assert calls(site) == []


def test_a_recording_comes_whole_with_its_message_and_once(app: Flask, site: Site) -> None:
    said = {"call": "1", "from": CALLER, "audio": b64encode(WAV).decode()}
    for _ in range(2):
        assert tell(app, site, f"{HOOK}/recording", **said).status_code == 200
    tell(app, site, call="1", event="hung_up")
    (call,) = calls(site)
    assert call.outcome == "voicemail"
    (row,) = site.ask(lambda s: s.scalars(select(Recording)).all())
    assert (row.state, row.call_id) == ("cleared", call.id)
    page = site.as_("operator").get("/console/desk/calls")
    assert "语音留言" in page.text
    heard = site.as_("operator").get(f"/console/recordings/{row.id}")
    assert heard.response.data == WAV


@pytest.mark.parametrize("audio", [None, "", "no base64!", 7])
def test_a_recording_without_sound_is_refused(app: Flask, site: Site, audio: Any) -> None:
    assert tell(app, site, f"{HOOK}/recording", call="1", audio=audio).status_code == 400
    assert calls(site) == []


def test_no_number_is_in_any_log(app: Flask, site: Site, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        tell(app, site, call="1", event="ringing", **{"from": CALLER})
        tell(app, site, call="1", event="answered", line=ANNA)
        tell(app, site, call="1", event="ringing", at="wrong", **{"from": CALLER})
        tell(app, site, f"{HOOK}/recording", call="1", audio=b64encode(WAV).decode())
    assert all(CALLER[-8:] not in line and ANNA[-8:] not in line for line in caplog.messages)
