"""The demo office in a fresh database, for tests that want an office with a past."""

import shutil
from datetime import datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from caseflow import demo, setup
from caseflow.app import Services, services
from caseflow.crypto.keys import KeyRing
from config import Settings


def installed(database_url: str, home: Path) -> Services:
    """Return the services of an installation that is migrated and has its rules, and nobody."""
    KeyRing.create(home / "keys.json")
    built = _services(database_url, home)
    setup.prepare(built)
    return built


def make(database_url: str, home: Path, now: datetime) -> Services:
    """Return the services of a demo office as it stands at `now`.

    On SQLite it is made once in a test process for each moment and copied afterwards.
    """
    if database_url.startswith("sqlite"):
        shutil.copytree(_made(now).name, home, dirs_exist_ok=True)
        shutil.move(home / _FILE, database_url.removeprefix("sqlite:///"))
        return _services(database_url, home)
    built = installed(database_url, home)
    demo.make(built, now)
    return built


_FILE = "office.db"


@cache
def _made(now: datetime) -> TemporaryDirectory[str]:
    folder = TemporaryDirectory(prefix="caseflow-demo-")
    built = installed(f"sqlite:///{folder.name}/{_FILE}", Path(folder.name))
    demo.make(built, now)
    built.database.close()
    return folder


def _services(database_url: str, home: Path) -> Services:
    names = {"CASEFLOW_HOME": str(home), "CASEFLOW_DATABASE_URL": database_url}
    return services(Settings.read(names))
