"""The adapter of Twilio and its stand-in, which Twilio's own description vouches for."""

import logging

import pytest

from caseflow.adapters.twilio import Twilio
from caseflow.intake.telephony import NotKept, ProviderDown
from caseflow.outbox.transport import (
    Outgoing,
    PermanentFailure,
    TemporaryFailure,
    TransportDown,
)
from tests.telephone import description
from tests.telephone.description import UndescribedError
from tests.telephone.twilio_api import ACCOUNT, NUMBER, TOKEN, FakeTwilio, sid

SOMEBODY = "+8613912345678"
SAID = Outgoing("ab12", "", "您反映的情况已经收到。", "zh")
LONG = 10_000


def account(twilio: FakeTwilio) -> Twilio:
    return Twilio(ACCOUNT, TOKEN, NUMBER, "https://office.example/hooks/sms/status/", twilio.base)


def place_of(form: dict[str, str]) -> str:
    return "media:" + "/".join(form["MediaUrl0"].split("/Messages/")[1].split("/Media/"))


def test_a_message_goes_out_once_with_the_address_of_its_fate(twilio: FakeTwilio) -> None:
    account(twilio).send(SOMEBODY, SAID)
    (message,) = twilio.messages.values()
    assert (message["to"], message["from"], message["body"]) == (SOMEBODY, NUMBER, SAID.text)
    assert twilio.callbacks[message["sid"]] == "https://office.example/hooks/sms/status/ab12"


@pytest.mark.parametrize(
    ("code", "failure", "words"),
    [
        (21211, PermanentFailure, "Twilio 21211: recipient"),
        (21610, PermanentFailure, "Twilio 21610: recipient"),
        (21606, TemporaryFailure, "Twilio 21606"),
    ],
)
def test_a_refusal_tells_its_code_and_no_number(
    twilio: FakeTwilio, code: int, failure: type[Exception], words: str
) -> None:
    twilio.refuse[SOMEBODY] = code
    with pytest.raises(failure) as caught:
        account(twilio).send(SOMEBODY, SAID)
    assert str(caught.value) == words
    assert caught.value.__cause__ is None


def test_a_provider_that_is_down_or_lets_nobody_in_keeps_the_way_waiting(
    twilio: FakeTwilio,
) -> None:
    with pytest.raises(TransportDown):
        Twilio(ACCOUNT, "stale", NUMBER, base=twilio.base).send(SOMEBODY, SAID)
    twilio.down = True
    with pytest.raises(TransportDown):
        account(twilio).send(SOMEBODY, SAID)
    with pytest.raises(ProviderDown):
        account(twilio).fetch(f"recording:{sid('RE')}", LONG)
    with pytest.raises(ProviderDown):
        account(twilio).delete(f"recording:{sid('RE')}")


def test_nothing_of_a_message_is_logged(
    twilio: FakeTwilio, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    account(twilio).send(SOMEBODY, SAID)
    assert not [one for one in caplog.messages if SOMEBODY in one or SAID.text in one]
    assert "twilio" not in " ".join(record.name for record in caplog.records)


def test_a_picture_is_fetched_where_it_lies_and_deleted_there(twilio: FakeTwilio) -> None:
    place = place_of(twilio.text(SOMEBODY, "看", ("image/png", b"\x89PNG" * 1000)))
    media_type, pieces = account(twilio).fetch(place, LONG)
    assert (media_type, b"".join(pieces)) == ("image/png", b"\x89PNG" * 1000)
    account(twilio).delete(place)
    account(twilio).delete(place)  # one that is gone is deleted
    assert twilio.media == {}
    with pytest.raises(NotKept):
        account(twilio).fetch(place, LONG)


def test_a_recording_is_fetched_and_deleted(twilio: FakeTwilio) -> None:
    place = f"recording:{twilio.recording(sid('CA'), b'RIFF')}"
    assert b"".join(account(twilio).fetch(place, LONG)[1]) == b"RIFF"
    account(twilio).delete(place)
    assert twilio.recordings == {}


def test_what_is_larger_than_may_be_is_not_fetched(twilio: FakeTwilio) -> None:
    place = f"recording:{twilio.recording(sid('CA'), b'x' * (LONG + 1))}"
    with pytest.raises(NotKept):
        account(twilio).fetch(place, LONG)


@pytest.mark.parametrize(
    "place", ["media:../../x", "https://elsewhere.example/", "recording:RE1", "call:CA1", ""]
)
def test_only_ids_are_places(twilio: FakeTwilio, place: str) -> None:
    with pytest.raises(NotKept):
        account(twilio).fetch(place, LONG)
    assert twilio.asked == []


def test_the_description_tells_twilio_from_what_is_made_up(twilio: FakeTwilio) -> None:
    account(twilio).send(SOMEBODY, SAID)
    (message,) = twilio.messages.values()
    path = f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json"
    description.check_answer("POST", path, 201, message)
    wrong = (
        {**message, "status": "on its way"},
        {**message, "sid": "SM1"},
        {**message, "num_segments": 1},
        {**message, "date_created": "yesterday"},
        {**message, "cost": "0"},
        {name: value for name, value in message.items() if name != "uri"},
    )
    for one in wrong:
        with pytest.raises((UndescribedError, ValueError)):
            description.check_answer("POST", path, 201, one)
    for form in ({"To": SOMEBODY, "Text": "x"}, {"Body": "x"}):
        with pytest.raises(UndescribedError):
            description.check_request("POST", path, form)
    with pytest.raises(UndescribedError):
        description.check_answer("POST", path, 200, message)


def test_calls_are_described_too(twilio: FakeTwilio) -> None:
    calls = account(twilio)._client.calls
    call = calls.create(to=SOMEBODY, from_=NUMBER, twiml="<Response/>")
    assert calls(call.sid).update(status="completed").status == "completed"
    assert calls(call.sid).delete()
    assert twilio.calls == {}
