"""What stands in the database after mail came in, read with plain SQL."""

from typing import Any

from sqlalchemy import text

from caseflow.intake.rooms import Rooms
from caseflow.vault.originals import original_for_machine

STORED = (
    "report",
    "case_file",
    "quarantine",
    "original",
    "attachment",
    "blob",
    "identity",
    "clock",
)


def rows(rooms: Rooms, query: str, **values: Any) -> list[tuple[Any, ...]]:
    """Return the rows of a query."""
    with rooms.database.read() as session:
        return [tuple(row) for row in session.execute(text(query), values)]


def counts(rooms: Rooms) -> dict[str, int]:
    """Return how many rows each table has that mail fills."""
    return {table: rows(rooms, f"SELECT count(*) FROM {table}")[0][0] for table in STORED}


def original(rooms: Rooms, original_id: str) -> bytes:
    """Return an original as it was kept."""
    with rooms.database.read() as session:
        pieces = original_for_machine(session, rooms.ring, rooms.store, original_id)
        return b"".join(pieces)


def quarantined(rooms: Rooms) -> list[tuple[str, bytes]]:
    """Return reason and original of everything in quarantine."""
    found = rows(rooms, "SELECT reason, original_id FROM quarantine ORDER BY id")
    return [(reason, original(rooms, one)) for reason, one in found]


def reported(rooms: Rooms) -> list[tuple[str, bytes]]:
    """Return text and original of every report."""
    found = rows(rooms, "SELECT text, original_id FROM report ORDER BY id")
    return [(said, original(rooms, one)) for said, one in found]
