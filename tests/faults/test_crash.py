"""The server that fault tests crash keeps what it has committed, or those tests prove nothing."""

from collections.abc import Iterator

import psycopg
import pytest

from tests.postgres import Postgres, start_postgres


@pytest.fixture
def durable() -> Iterator[Postgres]:
    """A PostgreSQL of this test's own that waits for the disk."""
    server = start_postgres(durable=True)
    yield server
    server.stop()


def test_what_was_committed_survives_a_crash(durable: Postgres) -> None:
    with durable.admin() as link:
        link.execute("CREATE TABLE kept (n int)")
        link.execute("INSERT INTO kept VALUES (1)")
    durable.crash()
    with durable.admin() as link:
        assert link.execute("SELECT n FROM kept").fetchall() == [(1,)]


def test_what_was_not_committed_does_not(durable: Postgres) -> None:
    with durable.admin() as link:
        link.execute("CREATE TABLE kept (n int)")
    open_one = psycopg.connect(durable.url)
    open_one.execute("INSERT INTO kept VALUES (1)")
    durable.crash()
    open_one.close()
    with durable.admin() as link:
        assert link.execute("SELECT n FROM kept").fetchall() == []
