"""The demo office in a fresh database, for tests that want an office with a past."""

from datetime import datetime
from pathlib import Path

from caseflow import demo, setup
from caseflow.app import Services, services
from caseflow.crypto.keys import KeyRing
from config import Settings


def installed(database_url: str, home: Path) -> Services:
    """Return the services of an installation that is migrated and has its rules, and nobody."""
    KeyRing.create(home / "keys.json")
    names = {"CASEFLOW_HOME": str(home), "CASEFLOW_DATABASE_URL": database_url}
    built = services(Settings.read(names))
    setup.prepare(built)
    return built


def make(database_url: str, home: Path, now: datetime) -> Services:
    """Return the services of a demo office as it stands at `now`."""
    built = installed(database_url, home)
    demo.make(built, now)
    return built
