"""The servers that tests run against: fresh databases, and programs from wheels where need be."""

import os
from pathlib import Path

import psycopg
import pytest
import redis

from tests import postgres as place
from tests.postgres import Kept, Postgres, start_postgres
from tests.servers import start_redis


def test_each_test_gets_a_database_of_its_own(postgres: Postgres, postgres_template: str) -> None:
    with postgres.copy(postgres_template) as one, postgres.copy(postgres_template) as other:
        with psycopg.connect(one) as link:
            link.execute("CREATE TABLE only_here (n int)")
        with psycopg.connect(other) as link:
            assert link.execute("SELECT to_regclass('only_here')").fetchone() == (None,)


def test_a_database_of_a_test_is_gone_afterwards(
    postgres: Postgres, postgres_template: str
) -> None:
    with postgres.copy(postgres_template) as url:
        pass
    with pytest.raises(psycopg.OperationalError, match="does not exist"):
        psycopg.connect(url)


@pytest.mark.parametrize(
    "left",
    [
        "CREATE TABLE more (n int)",
        "ALTER TABLE entry DISABLE TRIGGER ALL",
        "ALTER TABLE item ADD COLUMN more int",
        "GRANT SELECT ON item TO PUBLIC",
        "ANALYZE area",
    ],
)
def test_rows_are_wiped_away_and_whatever_else_is_left_makes_a_copy_anew(
    postgres: Postgres, postgres_template: str, left: str
) -> None:
    kept = Kept(postgres, postgres_template, f"caseflow_{os.getpid()}_tried")
    try:
        assert not kept.wiped()
        kept.renew()
        for _ in range(2):
            with psycopg.connect(kept.url) as link:
                link.execute("SET session_replication_role = replica")  # its area is nowhere
                link.execute("INSERT INTO counter VALUES ('430503', '2026', 1)")
                assert link.execute("SELECT nextval('item_id_seq')").fetchone() == (1,)
            assert kept.wiped()
        with psycopg.connect(kept.url) as link:
            link.execute(left)
        assert not kept.wiped()
        kept.renew()
        assert kept.wiped()
    finally:
        kept.close()


@pytest.mark.postgresql
def test_postgresql_comes_from_a_wheel_where_the_machine_has_none(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(place, "DEBIAN", tmp_path)
    monkeypatch.delenv("TEST_DATABASE_URL", raising=False)
    wheel = start_postgres()
    try:
        with wheel.admin() as link:
            assert link.execute("SELECT 1").fetchone() == (1,)
    finally:
        wheel.stop()


@pytest.mark.redis
def test_redis_comes_from_a_wheel_where_the_machine_has_none(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for tool in ("env", "setpriv"):
        (tmp_path / tool).symlink_to(f"/usr/bin/{tool}")
    monkeypatch.setenv("PATH", str(tmp_path))
    with start_redis() as server, redis.Redis.from_url(server.url) as client:
        assert client.info("server")["redis_version"].startswith("6.2.")


def test_a_redis_is_empty_at_the_start_of_a_test(redis_url: str) -> None:
    with redis.Redis.from_url(redis_url) as client:
        assert client.dbsize() == 0
        client.set("left", "behind")


def test_a_redis_is_empty_whatever_the_test_before_left(redis_url: str) -> None:
    with redis.Redis.from_url(redis_url) as client:
        assert client.dbsize() == 0
        client.set("left", "behind")
