"""What the doctor says of settings for telephone and text messages."""

import pytest

from caseflow import advice
from config import Settings

TWILIO = {
    "CASEFLOW_PUBLIC_URL": "https://jubao.example",
    "CASEFLOW_TWILIO_ACCOUNT": "AC1",
    "CASEFLOW_TWILIO_TOKEN": "t",
    "CASEFLOW_TWILIO_NUMBER": "+1",
}
GATEWAY = {
    "CASEFLOW_SMS_URL": "https://sms.example/send",
    "CASEFLOW_SMS_TOKEN": "t",
    "CASEFLOW_HOOK_SECRET": "s" * 32,
}


def said(*more: dict[str, str], **names: str) -> str:
    known = {name: value for one in more for name, value in one.items()}
    return "\n".join(advice.of(Settings.read(known | names)))


def test_an_office_without_telephone_is_asked_about_nothing() -> None:
    assert said() == ""
    assert said(GATEWAY) == ""


@pytest.mark.parametrize(
    ("area", "warned"),
    [("430503", True), ("110000", True), ("650100", True), ("810000", False), ("710000", False)],
)
def test_a_provider_outside_the_mainland_is_warned_of_in_the_mainland(
    area: str, warned: bool
) -> None:
    assert ("outside the mainland" in said(TWILIO, CASEFLOW_AREA=area)) is warned


@pytest.mark.parametrize("name", [*list(TWILIO)[1:], "CASEFLOW_SMS_URL", "CASEFLOW_SMS_TOKEN"])
def test_half_a_configuration_is_named(name: str) -> None:
    whole = TWILIO | GATEWAY
    assert "missing" not in said(whole)
    assert f"{name} is missing" in said({one: said_ for one, said_ in whole.items() if one != name})


def test_an_open_line_and_a_missing_secret_are_named() -> None:
    assert "not https" in said(GATEWAY, CASEFLOW_SMS_URL="http://10.0.0.9/send")
    assert "not https" not in said(GATEWAY, CASEFLOW_SMS_URL="http://127.0.0.1:9/send")
    assert "CASEFLOW_HOOK_SECRET" in said(GATEWAY, CASEFLOW_HOOK_SECRET="")
