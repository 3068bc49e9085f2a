"""What holds of whoever carries our text messages: Twilio or any gateway."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from caseflow.adapters.sms_gateway import SmsGateway
from caseflow.adapters.twilio import Twilio
from caseflow.outbox.transport import (
    Outgoing,
    PermanentFailure,
    TemporaryFailure,
    Transport,
    TransportDown,
)
from tests.telephone import gateway
from tests.telephone.gateway import FakeGateway
from tests.telephone.twilio_api import ACCOUNT, NUMBER, TOKEN, FakeTwilio

SOMEBODY = "+8613912345678"
SAID = Outgoing("ab-12", "", "来件已收到 𠮷😀，编号 1", "zh")


@dataclass
class Far:
    """The far end: a transport to it, and what it can be made to do."""

    carrier: Transport
    stranger: Transport
    fake: FakeTwilio | FakeGateway
    gone: int
    busy: int

    def texts(self) -> list[tuple[str, str]]:
        return [(one["to"], one.get("body") or one["text"]) for one in self.fake.messages.values()]


@pytest.fixture(params=["twilio", "gateway"])
def far(request: pytest.FixtureRequest) -> Iterator[Far]:
    if request.param == "twilio":
        with FakeTwilio() as fake:
            one, other = (Twilio(ACCOUNT, t, NUMBER, base=fake.base) for t in (TOKEN, "x"))
            yield Far(one, other, fake, 21211, 21606)
    else:
        with FakeGateway() as fake_gateway:
            one_, other_ = (SmsGateway(fake_gateway.url, t) for t in (gateway.TOKEN, "x"))
            yield Far(one_, other_, fake_gateway, 422, 400)


def test_a_message_arrives_as_it_was_written(far: Far) -> None:
    far.carrier.send(SOMEBODY, SAID)
    assert far.texts() == [(SOMEBODY, SAID.text)]


def test_a_number_that_takes_none_is_told_for_good_and_not_named(far: Far) -> None:
    far.fake.refuse[SOMEBODY] = far.gone
    with pytest.raises(PermanentFailure, match="recipient") as caught:
        far.carrier.send(SOMEBODY, SAID)
    assert SOMEBODY not in str(caught.value)
    assert SAID.text not in str(caught.value)


def test_any_other_refusal_may_be_mended(far: Far) -> None:
    far.fake.refuse[SOMEBODY] = far.busy
    with pytest.raises(TemporaryFailure) as caught:
        far.carrier.send(SOMEBODY, SAID)
    assert not isinstance(caught.value, TransportDown)


def test_who_is_down_or_knows_us_not_keeps_the_way_waiting(far: Far) -> None:
    with pytest.raises(TransportDown):
        far.stranger.send(SOMEBODY, SAID)
    far.fake.down = True
    with pytest.raises(TransportDown):
        far.carrier.send(SOMEBODY, SAID)
    assert far.texts() == []


def test_neither_number_nor_text_is_logged(far: Far, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    far.carrier.send(SOMEBODY, SAID)
    far.fake.refuse[SOMEBODY] = far.gone
    with pytest.raises(PermanentFailure):
        far.carrier.send(SOMEBODY, SAID)
    assert not [one for one in caplog.messages if SOMEBODY in one or "来件" in one]


def test_a_gateway_keeps_a_message_once_and_is_never_followed_elsewhere() -> None:
    with FakeGateway() as fake:
        carrier = SmsGateway(fake.url, gateway.TOKEN)
        carrier.send(SOMEBODY, SAID)
        carrier.send(SOMEBODY, SAID)
        assert len(fake.messages) == 1
        fake.refuse["+8613800000000"] = 302
        with pytest.raises(TransportDown, match="gateway 302"):
            carrier.send("+8613800000000", SAID)
    with pytest.raises(TransportDown):
        carrier.send(SOMEBODY, SAID)
