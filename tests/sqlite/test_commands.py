"""What an administrator types at the machine: the words it answers, and how it exits."""

import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import func, select, text

from caseflow import clock
from caseflow.app import services
from caseflow.cli import main
from caseflow.crypto.keys import KeyRing
from caseflow.db import Database
from caseflow.escalation.tables import Rung
from caseflow.histories import BESIDE
from caseflow.ledger import anchors
from caseflow.ledger.history import GENESIS, link
from caseflow.ledger.moves import triage
from tests import office as offices
from tests.servers import ROOT


def command(*arguments: str) -> Result:
    return CliRunner().invoke(main, arguments)


@pytest.fixture
def ledger(
    sqlite_database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, now: datetime
) -> Database:
    """A production office with one case of three entries."""
    KeyRing.create(tmp_path / "keys.json")
    monkeypatch.setenv("CASEFLOW_HOME", str(tmp_path))
    monkeypatch.setenv("CASEFLOW_DATABASE_URL", sqlite_database.url)
    monkeypatch.setenv("CASEFLOW_KEYS", str(tmp_path / "keys.json"))
    with sqlite_database.transaction() as session:
        office = offices.make(session)
        case, _ = offices.report(session, now)
        triage.accept(session, office["handler"], case.id, now)
        triage.note(session, office["handler"], case.id, "家长来电", now)
    return sqlite_database


def damage(database: Database, statement: str, **values: object) -> None:
    """Change the history as somebody would who owns the database: past its triggers."""
    with database.transaction() as session:
        for change in ("entry_no_update", "entry_no_delete", "anchor_no_update"):
            session.execute(text(f"DROP TRIGGER IF EXISTS {change}"))
        session.execute(text(statement), values)


def test_a_history_that_fits_is_said_to(ledger: Database) -> None:
    said = command("ledger", "verify")
    assert (said.exit_code, said.output) == (0, "ok 1 cases 3 entries 0 anchors\n")


@pytest.mark.parametrize(
    ("statement", "entry"),
    [
        ("UPDATE entry SET body = replace(body, '家长来电', '无人来电') WHERE n = 3", 3),
        ("UPDATE entry SET verb = 'decline' WHERE n = 2", 2),
        ("UPDATE entry SET user_id = NULL WHERE n = 2", 2),
        ("UPDATE entry SET at = '2026-03-03 01:00:00.000000' WHERE n = 2", 2),
        ("DELETE FROM entry WHERE n = 1", 1),
        ("DELETE FROM entry WHERE n = 2", 2),
        ("DELETE FROM entry WHERE n = 3", 3),
        ("UPDATE case_file SET head_n = 2", 3),
    ],
)
def test_the_first_entry_that_does_not_fit_is_named(
    ledger: Database, statement: str, entry: int
) -> None:
    damage(ledger, statement)
    said = command("ledger", "verify")
    assert (said.exit_code, said.output) == (1, f"misfit 430503-2026-000001 {entry}\n")


_PUT = (
    "INSERT INTO entry (case_id, n, at, verb, user_id, prev, hash, body)"
    " SELECT {}, at, verb, user_id, prev, hash, body FROM entry WHERE case_id = 1 AND n = {}"
)


@pytest.mark.parametrize(
    ("statements", "misfit"),
    [
        ((_PUT.format("1, 4", 3),), "000001 4"),
        ((_PUT.format("2, 2", 2),), "000002 2"),
        (
            (
                "UPDATE entry SET n = 9 WHERE case_id = 1 AND n = 2",
                "UPDATE entry SET n = 2 WHERE case_id = 1 AND n = 3",
                "UPDATE entry SET n = 3 WHERE case_id = 1 AND n = 9",
            ),
            "000001 2",
        ),
        (
            (
                "UPDATE entry SET case_id = 3 - case_id, n = n + 10 WHERE n = 1",
                "UPDATE entry SET n = 1 WHERE n = 11",
            ),
            "000001 1",
        ),
    ],
    ids=["put at the end", "put into another", "reordered", "swapped between cases"],
)
def test_what_was_put_in_moved_or_swapped_is_named(
    ledger: Database, now: datetime, statements: tuple[str, ...], misfit: str
) -> None:
    with ledger.transaction() as session:
        offices.report(session, now)
    assert command("ledger", "verify").output == "ok 2 cases 4 entries 0 anchors\n"
    for statement in statements:
        damage(ledger, statement)
    said = command("ledger", "verify")
    assert (said.exit_code, said.output) == (1, f"misfit 430503-2026-{misfit}\n")


@pytest.mark.parametrize("body", ["{}", "x", "[]", "[" * 100_000])
def test_a_body_that_is_none_is_named_even_if_its_hash_is_right(
    ledger: Database, body: str
) -> None:
    damage(
        ledger,
        "UPDATE entry SET body = :body, hash = :hash WHERE n = 1",
        body=body,
        hash=link(GENESIS, body),
    )
    said = command("ledger", "verify")
    assert (said.exit_code, said.output) == (1, "misfit 430503-2026-000001 1\n")


def test_the_doctor_asks_for_every_law(ledger: Database) -> None:
    said = command("doctor", "--laws")
    lines = said.output.splitlines()
    assert said.exit_code == 0
    assert lines[0] == "database: ok"
    assert lines[-1] == "8 history: ok 1 cases 3 entries 0 anchors"
    assert {line.rpartition(": ")[2] for line in lines[1:-1]} == {"ok"}
    with ledger.transaction() as session:
        session.execute(text("UPDATE case_file SET next_due = opened_at"))
    said = command("doctor", "--laws")
    assert said.exit_code == 1
    assert "7 promises: broken 430503-2026-000001" in said.output
    assert command("doctor").output == "database: ok\n"


def test_the_doctor_warns_of_a_provider_abroad(
    ledger: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CASEFLOW_PUBLIC_URL", "https://tips.example")
    for name in ("ACCOUNT", "TOKEN", "NUMBER"):
        monkeypatch.setenv(f"CASEFLOW_TWILIO_{name}", "+10000000000")
    said = command("doctor")
    assert said.exit_code == 0
    [warned] = [line for line in said.output.splitlines() if line.startswith("warning: ")]
    assert "outside the mainland" in warned


def test_anchors_are_printed_as_they_were_signed(ledger: Database, now: datetime) -> None:
    rooms = services().rooms
    anchors.make(ledger, rooms.store, rooms.ring, offices.DISTRICT, now, BESIDE)
    with ledger.read() as session:
        [row] = anchors.all_of(session)
    said = command("ledger", "anchors")
    public = anchors.public_key(rooms.ring, row.key_id)
    assert said.output == f"{anchors.signed(row)}\npublic {row.key_id} {public}\n"
    assert command("ledger", "verify").output == "ok 1 cases 3 entries 1 anchors\n"
    damage(ledger, "UPDATE anchor SET key_id = 'lost'")
    assert command("ledger", "anchors").output.endswith("\npublic lost not in the ring\n")
    damage(ledger, "UPDATE anchor SET key_id = :kept", kept=row.key_id)
    damage(ledger, "DELETE FROM entry WHERE n = 3")
    with ledger.transaction() as session:
        session.execute(
            text(
                "UPDATE case_file SET head_n = 2, head = (SELECT hash FROM entry WHERE n = 2"
                " AND case_id = case_file.id)"
            )
        )
    verdict = command("ledger", "verify")
    assert (verdict.exit_code, verdict.output) == (1, "misfit 430503-2026-000001 3 anchor 1\n")


def test_no_future_is_swept_in_production_but_it_is_foretold(ledger: Database) -> None:
    later = f"{clock.now() + timedelta(days=30):%Y-%m-%dT%H:%M:%S%z}"
    said = command("sweep", "--now", later)
    assert (said.exit_code, said.output) == (
        1,
        "Error: a future --now needs --dry-run in production\n",
    )
    foretold = command("sweep", "--now", later, "--dry-run")
    assert foretold.exit_code == 0
    assert "430503-2026-000001" in foretold.output
    with ledger.read() as session:
        assert session.scalar(select(func.count()).select_from(Rung)) == 0


def test_the_module_is_the_command_where_that_is_not_on_the_path() -> None:
    run = [sys.executable, "-m", "caseflow.cli", "--help"]
    said = subprocess.run(run, cwd=ROOT, capture_output=True, text=True, check=True)
    assert "Complaint and tip-line ledger" in said.stdout
