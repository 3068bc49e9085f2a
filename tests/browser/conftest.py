"""Every test of the browser gets an office: one to look at, one to work in, or one of its own."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from caseflow import clock
from tests import demo_office
from tests.browser.house import House, cookies, demo_home, served

__all__ = ["cookies", "demo_home"]


@pytest.fixture(scope="session")
def _shown(
    demo_home: Path, quick: Path, browser: Browser, cookies: dict[str, Any]
) -> Iterator[House]:
    with served(demo_home, quick / "shown", browser, cookies) as house:
        yield house


@pytest.fixture
def shown(_shown: House) -> Iterator[House]:
    """An office to look at: one for the whole test process, in which nothing of the demo moves."""
    with _shown.used() as house:
        yield house


@pytest.fixture(scope="session")
def _at_work(
    demo_home: Path, quick: Path, browser: Browser, cookies: dict[str, Any]
) -> Iterator[House]:
    with served(demo_home, quick / "at-work", browser, cookies) as house:
        yield house


@pytest.fixture
def house(_at_work: House) -> Iterator[House]:
    """An office to work in, with the demo's past: one for the whole test process, so a test goes
    by what it brought in itself.
    """
    with _at_work.used() as house:
        yield house


@pytest.fixture
def own_house(
    demo_home: Path, tmp_path: Path, browser: Browser, cookies: dict[str, Any]
) -> Iterator[House]:
    """An office of the test's own, for what changes every case."""
    with served(demo_home, tmp_path / "home", browser, cookies) as house, house.used():
        yield house


@pytest.fixture
def long_ago(tmp_path: Path, browser: Browser) -> Iterator[House]:
    """An office whose last moment was 75 days ago; nobody sweeps there but who says so."""
    home = tmp_path / "past"
    home.mkdir()
    then = clock.now() - timedelta(days=75)
    demo_office.make(f"sqlite:///{home / 'caseflow.db'}", home, then).database.close()
    with served(home, tmp_path / "home", browser, {}, "web") as house, house.used():
        yield house
