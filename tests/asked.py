"""What some work asks of the database, for whoever wants to see how that is carried out."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import event
from sqlalchemy.orm import Session

from caseflow.db import Database


def asked(database: Database, work: Callable[[Session], object]) -> list[tuple[str, Any]]:
    """Return every statement that some work sends, with its values; nothing of it is kept."""
    sent: list[tuple[str, Any]] = []

    def note(_link: object, _cursor: object, statement: str, said: Any, *_more: object) -> None:
        sent.append((statement, said))

    event.listen(database.engine, "before_cursor_execute", note)
    try:
        with database.transaction() as session:
            work(session)
            session.rollback()
    finally:
        event.remove(database.engine, "before_cursor_execute", note)
    return sent
