"""What an office that goes back keeps of a storm: every message, each on its own."""

from datetime import datetime
from pathlib import Path

from sqlalchemy import inspect, text

from caseflow.db import Database
from caseflow.intake.filters.storms import FREE
from caseflow.migrating import downgrade, upgrade
from tests.mail.conftest import office
from tests.mail.ledger import counts
from tests.mail.post import give, letter


def test_no_message_of_a_storm_is_lost_on_the_way_back(
    database: Database, now: datetime, tmp_path: Path
) -> None:
    rooms = office(database, tmp_path)
    many = [letter(b"Auto-Submitted: auto-replied", mid=f"{n}") for n in range(FREE + 4)]
    for raw in many:
        give(rooms, raw, now)
    claims = letter(mid="claim", subject="关于 430503-2026-000001")
    give(rooms, letter(mid="first"), now)
    give(rooms, claims, now)
    before = counts(rooms)
    downgrade(database.engine, "0051")
    tables = set(inspect(database.engine).get_table_names())
    assert not tables & {"claim", "mail_storm", "quarantine_folded", "blocked_sender"}
    with database.read() as session:
        kept = "SELECT count(*), count(DISTINCT channel_key), count(DISTINCT original_id)"
        assert tuple(session.execute(text(f"{kept} FROM quarantine")).one()) == (len(many),) * 3
    upgrade(database.engine)
    after = counts(rooms)
    assert after == {**before, "quarantine": len(many)}
    assert [give(rooms, raw, now).word for raw in many] == ["quarantined"] * len(many)
    assert counts(rooms) == after
