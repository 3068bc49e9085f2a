"""Which messages may wait for the morning: people's, but not urgent ones, and no reporter's."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from caseflow.crypto.keys import KeyRing
from caseflow.db import Database
from caseflow.ledger.moves import triage
from caseflow.outbox.run import run
from tests import office as offices
from tests.notices.desk import Desk, desk
from tests.notices.watch import PostOffice, drafted, handlers

__all__ = ["desk"]

NIGHT = datetime(2026, 3, 3, 15, 0, tzinfo=UTC)  # 23:00 in Shanghai


def test_the_shift_is_awake_and_so_is_every_reporter(desk: Desk) -> None:
    case, _ = desk.case(reach="email")
    offices.report(desk.session, desk.now, urgent=True)
    triage.accept(desk.session, desk.office["operator"], case.id, desk.now)
    found = drafted(desk.session)
    names = {f"user:{desk.office[name].id}": name for name in ("operator", "handler", "leader")}
    told = {(one.rule, names.get(one.recipient, "reporter")): one.calm for one in found}
    assert told["new", "operator"] is False
    assert told["new", "handler"] is True
    assert told["decision", "reporter"] is False
    urgent = [one for one in found if one.rule == "urgent"]
    assert urgent
    assert all(one.urgent for one in urgent)


def test_a_handler_reads_of_a_night_in_one_message(
    sqlite_database: Database, tmp_path: Path
) -> None:
    with sqlite_database.transaction() as session:
        offices.make(session)
        for minutes in range(6):
            offices.report(session, NIGHT + timedelta(minutes=minutes))
    post = PostOffice()
    mine = handlers(post, KeyRing.create(tmp_path / "keys.json"))
    run(sqlite_database, mine, NIGHT + timedelta(minutes=10), "tester")
    assert {to for to, _ in post.letters} == {"operator@office.example"}
    post.letters.clear()
    run(sqlite_database, mine, NIGHT + timedelta(hours=8, minutes=30), "tester")
    [(to, letter)] = post.letters
    assert to == "handler@office.example"
    assert letter.subject == "有 6 项事情需要您处理"
    assert letter.text.count("编号：") == 6
