"""An office that goes back before text messages keeps its reports and how else to reach people."""

import re
from datetime import datetime
from pathlib import Path

from sqlalchemy import inspect, text

from caseflow.db import Database
from caseflow.intake import texts
from caseflow.intake.channels import sms
from caseflow.migrating import MIGRATIONS, downgrade, upgrade
from tests.mail.conftest import office
from tests.mail.ledger import rows

FILE = MIGRATIONS / "versions" / "0063_text_messages.py"
WAYS = "SELECT can_be_reached FROM identity ORDER BY created_at, id"
TABLES = {"text_stop", "text_picture", "text_erasure", "text_day", "text_sent"}


def test_a_way_that_the_code_before_does_not_know_is_forgotten(
    database: Database, now: datetime, tmp_path: Path
) -> None:
    rooms = office(database, tmp_path)
    said = {"id": "1", "from": "13912345678", "text": "食堂"}
    texts.deliver(rooms, sms.original("gateway", said), now)
    database.run(
        lambda session: session.execute(
            text(
                "INSERT INTO identity (id, can_be_reached, created_at)"
                " VALUES ('a', 'email,text', :at), ('b', 'text', :at), ('c', 'email,phone', :at)"
            ),
            {"at": "2026-03-02 00:00:00+00:00"},
        )
    )
    [before_it] = re.findall(r'^down_revision = "(.*)"', FILE.read_text(), re.MULTILINE)
    downgrade(database.engine, before_it)
    assert [ways for (ways,) in rows(rooms, WAYS)] == ["email", "", "email,phone", "phone"]
    assert not TABLES & set(inspect(database.engine).get_table_names())
    assert rows(rooms, "SELECT channel FROM report") == [("text",)]
    upgrade(database.engine)
    assert set(inspect(database.engine).get_table_names()) >= TABLES
