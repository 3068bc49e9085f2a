"""Kills -9 while people submit and officers work: what was promised is in the ledger, and once.

The embedded office (one process, SQLite) and the production one (web, RQ worker and scheduler on
PostgreSQL and Redis, where the database server is struck too) are killed as a power cut would,
again and again, at moments that only the progress of the people decides. `make soak` does it for
longer.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults import kills
from tests.faults.house import House, in_production

SUBMISSIONS, KILLS = 500, 20


@pytest.fixture
def embedded(tmp_path: Path) -> Iterator[House]:
    """An embedded office that is up, with divisions and rules and nothing else."""
    house = House(tmp_path, f"sqlite:///{tmp_path}/caseflow.db")
    yield house
    house.stop()


@pytest.fixture
def production(tmp_path: Path, redis_url: str) -> Iterator[House]:
    """The same in production."""
    with in_production(tmp_path, redis_url) as house:
        yield house


def test_no_kill_loses_doubles_or_halves_what_was_submitted(embedded: House) -> None:
    run = kills.run(embedded, SUBMISSIONS, KILLS)
    kills.judge(embedded, run)
    assert sum(1 for one in run.sent if one.files) > SUBMISSIONS / 3 - 1
    assert run.torn >= KILLS / 2, "the kills hit nobody who was waiting for an answer"


def test_nor_in_production_where_the_database_is_struck_and_officers_move_cases(
    production: House,
) -> None:
    run = kills.run(production, SUBMISSIONS, KILLS)
    kills.judge(production, run)
    assert production.crashes == KILLS // 3
    assert run.torn >= KILLS / 2, "the kills hit nobody who was waiting for an answer"
    assert len(run.made) > KILLS, "hardly anybody moved a case"
