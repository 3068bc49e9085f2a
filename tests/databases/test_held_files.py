"""Looking for files that are held back costs no more because most files of the past are not."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select, text

from bench import plans
from caseflow.db import Database
from caseflow.deadlines.tables import Clock
from caseflow.intake import held_files
from caseflow.intake.tables import Quarantine
from tests.databases import test_plans
from tests.postgres import Postgres
from tests.web.site import Site
from tests.web.test_console_files import received

NOW = datetime(2026, 3, 20, 2, 0, tzinfo=UTC)
CLOSED, FILES, HELD = 500, 20_000, 40
_BLOBS = """INSERT INTO blob
    (id, sha256, size, media_type, key_id, stored_at, held, about, scan, scan_tries, scan_found,
    scan_db)
    SELECT 'b' || nth, 'b' || nth, 1, 'application/pdf', 'k', :at,
    CASE WHEN nth <= :held THEN 'type' ELSE '' END, '', 'clean', 0, '', ''
    FROM generate_series(1, :files) AS nth"""
_ATTACHMENTS = """INSERT INTO attachment (report_id, blob_id, name, media_type, size)
    SELECT (SELECT min(id) FROM report), 'b' || nth, 'a', 'application/pdf', 1
    FROM generate_series(1, :files) AS nth"""


@pytest.mark.parametrize("scans", [True, False])
def test_only_files_that_are_held_back_are_looked_at(
    postgres: Postgres, postgres_template: str, scans: bool
) -> None:
    with postgres.copy(postgres_template) as url:
        database = Database(url)
        test_plans.fill(database, NOW, CLOSED)
        with database.transaction() as session:
            session.execute(text(_BLOBS), {"at": NOW, "held": HELD, "files": FILES})
            session.execute(text(_ATTACHMENTS), {"files": FILES})
        test_plans.analyse(database)
        found = plans.carried_out(database, lambda s: held_files.is_due(s, NOW, scans=scans))
        database.close()
    whole = [f"Seq Scan on {name}" for name in ("blob", "attachment", "report", "case_file")]
    assert [one.plan for one in found if any(scan in one.plan for scan in whole)] == []
    assert sum(one.pages for one in found) > 0


def test_two_workers_that_look_at_once_set_a_file_aside_once(
    postgres_database: Database, tmp_path: Path, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = Site(postgres_database, tmp_path, now)
    received(site, "a.exe", b"MZ\x90\x00" + bytes(60))
    met, looks, look = threading.Barrier(2), threading.local(), held_files._new

    def together(*asked: Any, **more: Any) -> list[tuple[int, str, datetime, str]]:
        found = look(*asked, **more)
        looks.n = getattr(looks, "n", 0) + 1
        if looks.n == 2:  # the first look writes nothing
            met.wait(20)
        return found

    monkeypatch.setattr(held_files, "_new", together)
    with ThreadPoolExecutor() as workers:
        both = [workers.submit(held_files.mind, site.rooms, now, scans=False) for _ in range(2)]
        assert sorted(one.result() for one in both) == [0, 1]
    with postgres_database.read() as session:
        assert session.scalar(select(func.count()).select_from(Quarantine)) == 1
        clocks = select(func.count()).where(Clock.quarantine_id.is_not(None))
        assert session.scalar(clocks) == 1
