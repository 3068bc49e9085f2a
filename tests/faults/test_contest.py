"""Sixteen people and four sweeps at fifty cases at once: who is quicker wins, and nobody else.

A few seconds of what `make soak` does for a minute.
"""

from collections.abc import Iterator

import pytest

from caseflow.db import Database
from tests.faults import checker
from tests.ledger.world import populate
from tests.office import Office
from tests.soak import judging
from tests.soak.contest import CASES, contest, prepare

SECONDS = 4.0


@pytest.fixture
def office(postgres_database: Database) -> Iterator[Office]:
    """An office with fifty cases."""
    with postgres_database.transaction() as session:
        office = populate(session)
    prepare(postgres_database, office)
    yield office
    postgres_database.close()


def test_nothing_is_lost_doubled_or_stuck_when_everybody_is_at_the_same_cases(
    postgres_database: Database, office: Office
) -> None:
    before = judging.entries(postgres_database)
    postgres_database.close()  # nobody is born with a connection of somebody else
    account = contest(postgres_database.url, office, SECONDS)
    judging.judge(postgres_database, office, before, account)
    ask = checker.query_of(postgres_database.url)
    [(cases,)] = ask("SELECT count(*) FROM case_file")
    born = sum(account.moves[move] for move in ("split_off", "ask_review"))
    assert cases == CASES + account.outcomes["came in"] + born
    assert account.outcomes["accepted"] > 0
    assert account.outcomes["409 somebody was quicker"] > 0, "nobody met anybody"
    assert account.rungs > 0
