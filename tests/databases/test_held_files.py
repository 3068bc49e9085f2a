"""Looking for files that are held back costs no more because most files of the past are not."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import text

from bench import plans
from caseflow.db import Database
from caseflow.intake.held_files import is_due
from tests.databases import test_plans
from tests.postgres import Postgres

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
        found = plans.carried_out(database, lambda s: is_due(s, NOW, scans=scans))
        database.close()
    whole = [f"Seq Scan on {name}" for name in ("blob", "attachment", "report", "case_file")]
    assert [one.plan for one in found if any(scan in one.plan for scan in whole)] == []
    assert sum(one.pages for one in found) > 0
