"""Who may call a hook, and what anybody else learns: nothing."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, request

from caseflow.app import Services, Unready, create_app, services
from caseflow.web.hooks import frame
from config import Settings
from tests.telephone.calling import PUBLIC, SECRET, connected, from_gateway, from_twilio, signed
from tests.telephone.twilio_api import FakeTwilio
from tests.web import application
from tests.web.site import Site

FORM = {"MessageSid": "SM1", "From": "+8613912345678", "Body": "校车 超员 +1"}
ECHO, MIRROR = "/hooks/echo", "/hooks/mirror"
Answer = Any


def by_twilio() -> Answer:
    return frame.plain(request.form["Body"])


def by_secret() -> Answer:
    return frame.plain(str(frame.told().get("text")))


def an_app(built: Services) -> Flask:
    """Return the application with two hooks more, which answer what they were told."""
    app = create_app(built)
    for path, hook in ((ECHO, frame.by_twilio(by_twilio)), (MIRROR, frame.by_secret(by_secret))):
        app.add_url_rule(path, f"hooks.{path[7:]}", hook, methods=["POST"])
    return app


@pytest.fixture
def app(site: Site) -> Flask:
    return application.start(connected(site.services, public_url=PUBLIC), an_app)


def refused(answer: Answer) -> bool:
    return answer.status_code == 403 and answer.data == b""


def test_twilio_is_known_by_its_signature_for_the_public_address(
    app: Flask, twilio: FakeTwilio
) -> None:
    behind = {"base_url": "http://10.0.0.7:8000", "environ_overrides": {"REMOTE_ADDR": "10.0.0.2"}}
    for more in ({}, behind):
        answer = from_twilio(app, twilio, ECHO, FORM, **more)
        assert (answer.status_code, answer.text) == (200, FORM["Body"])
    assert from_twilio(app, twilio, f"{ECHO}?a=1&b=%E4%BD%A0", FORM).status_code == 200


def test_any_change_to_a_signed_call_is_refused_without_a_word(
    app: Flask, twilio: FakeTwilio
) -> None:
    client, right = app.test_client(), twilio.sign(PUBLIC + ECHO, FORM)
    assert refused(client.post(ECHO, data={**FORM, "Body": "别的"}, headers=right))
    assert refused(client.post(f"{ECHO}?x=1", data=FORM, headers=right))
    assert refused(client.post(ECHO, data=FORM))
    assert refused(client.post(ECHO, data=FORM, headers={"X-Twilio-Signature": "嘿"}))
    assert refused(client.post(ECHO, data=FORM, headers=twilio.sign("http://localhost", FORM)))
    assert refused(client.post(ECHO, json=FORM, headers=twilio.sign(PUBLIC + ECHO, {})))


def test_nobody_gets_in_where_nobody_is_configured(site: Site, twilio: FakeTwilio) -> None:
    app = an_app(connected(site.services, twilio_token="", hook_secret=""))
    assert refused(from_twilio(app, twilio, ECHO, FORM))
    body = b"{}"
    assert refused(app.test_client().post(MIRROR, data=body, headers=signed(body, site.now, "")))
    short = an_app(connected(site.services, hook_secret="short"))
    headers = signed(body, site.now, "short")
    assert refused(short.test_client().post(MIRROR, data=body, headers=headers))


def test_a_gateway_is_known_by_the_secret_for_five_minutes(app: Flask, site: Site) -> None:
    answer = from_gateway(app, MIRROR, {"text": "校车超员 𠮷"}, site.now)
    assert (answer.status_code, answer.text) == (200, "校车超员 𠮷")
    for passed in (-301, 301):
        at = site.now + timedelta(seconds=passed)
        assert refused(from_gateway(app, MIRROR, {"text": "x"}, at))
    assert from_gateway(app, MIRROR, {"text": "x"}, site.now - timedelta(seconds=299)).text == "x"


@pytest.mark.parametrize(
    "header", ["", "t=,v1=", "t=1", "v1=0", "t=二,v1=0", "=", ",,,", f"t={'9' * 40},v1=0", SECRET]
)
def test_a_broken_signature_is_refused_without_a_word(app: Flask, header: str) -> None:
    headers = {"X-Caseflow-Signature": header.encode().decode("latin-1")}
    assert refused(app.test_client().post(MIRROR, data=b"{}", headers=headers))


def test_another_body_or_secret_is_refused(app: Flask, site: Site) -> None:
    client = app.test_client()
    assert refused(client.post(MIRROR, data=b"[]", headers=signed(b"{}", site.now)))
    other = signed(b"{}", site.now, "b" * 40)
    assert refused(client.post(MIRROR, data=b"{}", headers=other))


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b"\xff", b"[" * 5000, b'"x"'])
def test_what_is_no_object_is_told_so(app: Flask, site: Site, body: bytes) -> None:
    answer = app.test_client().post(MIRROR, data=body, headers=signed(body, site.now))
    assert (answer.status_code, answer.data) == (400, b"")


def test_a_long_body_is_not_read(app: Flask, site: Site, twilio: FakeTwilio) -> None:
    body = json.dumps({"text": "长" * frame.LARGEST}).encode()
    answer = app.test_client().post(MIRROR, data=body, headers=signed(body, site.now))
    assert (answer.status_code, answer.data) == (413, b"")
    long = {**FORM, "Body": "长" * frame.LARGEST}
    assert from_twilio(app, twilio, ECHO, long).status_code == 413


def test_a_hook_knows_no_cookie_no_token_and_no_language(site: Site, twilio: FakeTwilio) -> None:
    seen: list[object] = []

    def look() -> Answer:
        seen.append(frame.edge.signed_in())
        return frame.plain()

    app = an_app(connected(site.services, public_url=PUBLIC))
    app.add_url_rule("/hooks/look", "hooks.look", frame.by_twilio(look), methods=["POST"])
    app.config["WTF_CSRF_ENABLED"] = True
    client = app.test_client()
    with client.session_transaction() as kept:
        kept["_user_id"] = "1.0"
    path = "/hooks/look?lang=en"
    answer = client.post(path, data=FORM, headers=twilio.sign(PUBLIC + path, FORM))
    assert answer.status_code == 200
    assert seen == [False]
    assert "Set-Cookie" not in answer.headers


def test_half_a_configuration_does_not_start_in_production(tmp_path: Path) -> None:
    whole = {
        "CASEFLOW_HOME": str(tmp_path),
        "CASEFLOW_PUBLIC_URL": PUBLIC,
        "CASEFLOW_TWILIO_ACCOUNT": "AC1",
        "CASEFLOW_TWILIO_TOKEN": "t",
        "CASEFLOW_TWILIO_NUMBER": "+1",
        "CASEFLOW_HOOK_SECRET": SECRET,
    }
    assert Settings.read(whole).halves == ()
    in_production = {"CASEFLOW_DATABASE_URL": f"sqlite:///{tmp_path}/x.db"}
    for name in list(whole)[1:5]:
        half = {one: value for one, value in whole.items() if one != name}
        assert services(Settings.read(half)).settings.halves == (name,)
        with pytest.raises(Unready, match=name):
            services(Settings.read(half | in_production))
    with pytest.raises(Unready, match="CASEFLOW_HOOK_SECRET"):
        services(Settings.read(whole | in_production | {"CASEFLOW_HOOK_SECRET": "short"}))
