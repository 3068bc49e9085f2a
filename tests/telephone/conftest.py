"""What the tests of telephone and text messages can ask for."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from caseflow.db import Database
from tests.telephone.calling import connected
from tests.telephone.ringing import Exchange
from tests.telephone.twilio_api import FakeTwilio
from tests.web import application
from tests.web.site import Site, site

__all__ = ["site"]


@pytest.fixture
def twilio() -> Iterator[FakeTwilio]:
    """A stand-in for Twilio; at its end nothing may have been said that Twilio would not."""
    with FakeTwilio() as fake:
        yield fake


@pytest.fixture
def wired(site: Site, twilio: FakeTwilio) -> Site:
    """The site with an account at Twilio and a secret for gateways."""
    site.services = connected(site.services, twilio.base)
    application.start(site.services)
    return site


@pytest.fixture
def exchange(database: Database, tmp_path: Path, now: datetime) -> Exchange:
    """An office whose telephone rings, on both databases."""
    return Exchange(database, tmp_path, now)
