"""How a provider calls our hooks: Twilio signed by its own library, a gateway by our secret."""

import hashlib
import hmac
import json
from dataclasses import replace
from datetime import datetime
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from caseflow.app import Services
from tests.telephone.twilio_api import ACCOUNT, NUMBER, TOKEN, FakeTwilio

PUBLIC = "https://jubao.example.gov.cn"
SECRET = "a secret of the hooks that nobody guesses"


def connected(built: Services, base: str = "", **more: Any) -> Services:
    """Return these services with an account at (the stand-in of) Twilio and a secret."""
    settings = replace(
        built.settings,
        public_url=PUBLIC,
        twilio_account=ACCOUNT,
        twilio_token=TOKEN,
        twilio_number=NUMBER,
        twilio_url=base,
        hook_secret=SECRET,
    )
    return Services(replace(settings, **more), built.rooms)


def from_twilio(
    app: Flask, twilio: FakeTwilio, path: str, form: dict[str, str], **more: Any
) -> TestResponse:
    """Call a hook as Twilio does: signed for the public address."""
    headers = twilio.sign(PUBLIC + path, form)
    return app.test_client().post(path, data=form, headers=headers, **more)


def signed(body: bytes, at: datetime, secret: str = SECRET) -> dict[str, str]:
    """Return the headers of a gateway's call, as docs/telephone.md tells."""
    t = str(int(at.timestamp()))
    code = hmac.new(secret.encode(), f"{t}.".encode() + body, hashlib.sha256).hexdigest()
    return {"X-Caseflow-Signature": f"t={t},v1={code}", "Content-Type": "application/json"}


def from_gateway(app: Flask, path: str, said: Any, at: datetime) -> TestResponse:
    """Call a hook as a gateway or exchange does: JSON, signed with the secret."""
    body = json.dumps(said, ensure_ascii=False).encode()
    return app.test_client().post(path, data=body, headers=signed(body, at))
