"""An office that goes back loses the rows of files that are held back, and no file; they return."""

from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import func, select, text

from caseflow.db import Database
from caseflow.deadlines.tables import Clock
from caseflow.escalation import sweep
from caseflow.escalation.tables import Rung
from caseflow.intake import held_files
from caseflow.intake.tables import QuarantinedFile
from caseflow.ledger.report_tables import Attachment
from caseflow.migrating import downgrade, upgrade
from tests.mail.conftest import office
from tests.mail.post import give
from tests.mail.writing import DATE, FROM, MIME, TO, message, multipart, part


def test_rows_of_files_go_with_their_clocks_and_come_again(
    database: Database, now: datetime, tmp_path: Path
) -> None:
    rooms = office(database, tmp_path)
    program = part(b"Content-Disposition: attachment; filename=a.exe", body=b"MZ\x90" + bytes(60))
    body = multipart(b"B", part(b"Content-Type: text/plain", body=b"x"), program)
    kind = b"Content-Type: multipart/mixed; boundary=B"
    give(rooms, message(FROM, TO, DATE, MIME, kind, body=body), now)
    machine = message(b"Auto-Submitted: auto-replied", FROM, TO, DATE, b"Subject: x", body=b"x")
    give(rooms, machine, now)
    assert held_files.mind(rooms, now, scans=False) == 1
    later = now + timedelta(days=3)
    assert sweep.run(database, later)
    with database.read() as session:
        files = session.scalars(select(Attachment.name)).all()
        letters = "SELECT id, original_id FROM quarantine WHERE original_id IS NOT NULL"
        before = session.execute(text(letters)).all()
        looks = select(func.count()).select_from(Clock).where(Clock.name == "look")
        assert (session.scalar(looks), len(before)) == (2, 1)
    downgrade(database.engine, "0079")
    with database.read() as session:
        assert session.execute(text("SELECT id, original_id FROM quarantine")).all() == before
        assert session.scalar(looks) == 1
        lost = select(func.count()).select_from(Rung).where(~Rung.clock_id.in_(select(Clock.id)))
        assert session.scalar(lost) == 0
    upgrade(database.engine)
    assert held_files.mind(rooms, later, scans=False) == 1
    with database.read() as session:
        assert session.scalars(select(Attachment.name)).all() == files
        assert session.scalar(select(func.count()).select_from(QuarantinedFile)) == 1
        assert session.scalar(looks) == 2
