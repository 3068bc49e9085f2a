"""Keeping the sketch of a report's text, in the transaction that keeps the report."""

from collections.abc import Iterable

from sqlalchemy.orm import Session

from caseflow.ledger import sketch
from caseflow.ledger.sketch_tables import Sketch
from caseflow.many import add_many


def keep(session: Session, report_id: int, said: str) -> None:
    """Let a report be known again by what it says; one statement, none where it says too little."""
    rows = [{"hash": one, "report_id": report_id} for one in sketch.hashes(said)]
    add_many(session, Sketch, rows)


def keep_many(session: Session, said: Iterable[tuple[int, str]]) -> None:
    """Let many reports, by id, be known again by what each says."""
    rows = [{"hash": one, "report_id": at} for at, text in said for one in sketch.hashes(text)]
    add_many(session, Sketch, rows)
