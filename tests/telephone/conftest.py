"""What the tests of telephone and text messages can ask for."""

from collections.abc import Iterator

import pytest

from tests.telephone.twilio_api import FakeTwilio
from tests.web.site import site

__all__ = ["site"]


@pytest.fixture
def twilio() -> Iterator[FakeTwilio]:
    """A stand-in for Twilio; at its end nothing may have been said that Twilio would not."""
    with FakeTwilio() as fake:
        yield fake
