"""A move typed at the machine goes through the same gate, and says the same of what is wrong."""

from datetime import datetime, timedelta
from itertools import count
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select, update

from caseflow import clock
from caseflow.cli import main
from caseflow.crypto.keys import KeyRing
from caseflow.db import Database
from caseflow.ledger import queries, verbs
from caseflow.ledger.history_tables import Entry
from caseflow.ledger.report_tables import Report
from caseflow.ledger.states import CASE_EDGES, ITEM_EDGES, SYSTEM
from caseflow.ledger.tables import Case, Evidence, Item
from caseflow.people.tables import User
from caseflow.vault.tables import Original
from tests import office as offices
from tests.web.site import PASSWORD, PNG

NUMBER = "430503-2026-000001"


class Desk:
    """Somebody at the machine, and the database they work on."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def types(self, who: str, about: str, *words: str, password: str = PASSWORD) -> Result:
        """Make a move, or without words list what may be done."""
        what = ["move" if words else "moves", about, *words, "--as", who]
        return CliRunner().invoke(main, ["ledger", *what], input=f"{password}\n")

    def does(self, who: str, about: str, *words: str) -> str:
        """Make a move that succeeds, and return the state it led to."""
        done = self.types(who, about, *words)
        assert done.exit_code == 0, done.output
        return done.stdout.strip()


@pytest.fixture
def desk(
    sqlite_database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, now: datetime
) -> Desk:
    """A production office with one complaint that can be called back."""
    KeyRing.create(tmp_path / "keys.json")
    monkeypatch.setenv("CASEFLOW_HOME", str(tmp_path))
    monkeypatch.setenv("CASEFLOW_DATABASE_URL", sqlite_database.url)
    monkeypatch.setenv("CASEFLOW_KEYS", str(tmp_path / "keys.json"))
    minutes = count()
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(minutes=next(minutes)))
    with sqlite_database.transaction() as session:
        offices.make(session, PASSWORD)
        offices.report(session, now, reach="phone")
    return Desk(sqlite_database)


def test_every_move_that_a_person_makes_has_its_verb() -> None:
    of_cases = {edge.move for edge in CASE_EDGES if edge.who != SYSTEM}
    of_items = {edge.move for edge in ITEM_EDGES if edge.who != SYSTEM}
    whole = {"import", "void"}  # of a whole spreadsheet: caseflow ledger import, and --undo
    assert of_cases - verbs.CASE_VERBS.keys() == verbs.BESIDE.keys() | {"dispatch"} | whole
    assert of_items - verbs.ITEM_VERBS.keys() == set()


def test_a_complaint_goes_all_the_way(desk: Desk, tmp_path: Path) -> None:
    photo, reply = tmp_path / "整改后.png", tmp_path / "reply.txt"
    photo.write_bytes(PNG)
    reply.write_text("已更换供应商。\n感谢来电。", encoding="utf-8")
    item = f"{NUMBER}/1"
    assert desk.does("handler", NUMBER, "accept") == "accepted"
    desk.does("handler", NUMBER, "split", "matters=食堂卫生")
    given = ("unit_id=测试section", "text=请核查", "none_listed=yes")
    assert desk.does("handler", item, "dispatch", *given) == "dispatched"
    assert desk.does("handler", item, "sign_for") == "verifying"
    found = ("result=substantiated", "basis=现场属实", "rectifying_unit_id=测试section")
    assert desk.does("handler", item, "find", *found) == "rectifying"
    desk.does("handler", item, "hand_in", f"file={photo}", "note=更换后")
    assert desk.does("handler", item, "submit", "done=已更换供应商") == "submitted"
    assert desk.does("reviewer", item, "strike_off", "remark=") == "struck_off"
    with desk.database.read() as session:
        report = offices.first_report(session, session.scalars(select(Case)).one()).number
    said = (f"report_id={report}", f"text=@{reply}", "way=telephone")
    assert desk.does("handler", NUMBER, "reply", *said) == "calling_back"
    heard = ("reached=yes", "solved=yes", "satisfied=yes", f"report_id={report}")
    assert desk.does("operator", NUMBER, "call_back", *heard) == "closed"
    with desk.database.read() as session:
        assert session.scalars(select(Evidence.name)).one() == "整改后.png"
        verbs_told = session.scalars(select(Entry.verb).order_by(Entry.n)).all()
    assert verbs_told[:4] == ["open", "accept", "split", "dispatch"]


def test_what_may_be_done_is_listed_with_what_it_wants(desk: Desk) -> None:
    lines = desk.types("handler", NUMBER).stdout.splitlines()
    assert "accept" in lines
    assert "propose_decline code reason" in lines
    assert "answer text [way]" in lines
    assert not any(line.startswith(("decline", "strike_off")) for line in lines)
    assert desk.types("unit", NUMBER).exit_code == 1


@pytest.mark.parametrize(
    ("who", "about", "words", "said"),
    [
        ("auditor", NUMBER, ("accept",), "不能进行这一步"),
        ("stranger", NUMBER, ("accept",), "没有这个办件"),
        ("handler", NUMBER, ("reopen", "reason=x"), "现在的状态不能进行这一步"),
        ("handler", NUMBER, ("close_it",), "没有这一步"),
        ("handler", "430503-2026-000009", ("accept",), "没有这个办件"),
        ("handler", f"{NUMBER}/1", ("sign_for",), "没有这个问题项"),
        ("handler", f"{NUMBER}/x", ("sign_for",), "没有这个问题项"),
        ("handler", NUMBER, ("note",), "text: 还没有填写"),
        ("handler", NUMBER, ("note", "text="), "text: "),
        ("handler", NUMBER, ("accept", "because=x"), "because: 这一步不需要"),
        ("handler", NUMBER, ("assign", "handler_id=nobody"), "handler_id: 没有找到"),
        ("handler", NUMBER, ("extend_case", "until=soon", "grounds=x"), "until: "),
        ("operator", NUMBER, ("call_back", "reached=maybe"), "reached: 请填 yes 或 no"),
        ("handler", NUMBER, ("accept", "because"), "not WHAT=VALUE"),
    ],
)
def test_what_is_wrong_is_said_and_changes_nothing(
    desk: Desk, who: str, about: str, words: tuple[str, ...], said: str
) -> None:
    refused = desk.types(who, about, *words)
    assert refused.exit_code in (1, 2)
    assert said in refused.output
    assert "Traceback" not in refused.output
    with desk.database.read() as session:
        assert session.scalars(select(Entry.verb)).all() == ["open"]


def test_a_file_that_is_not_there_is_named(desk: Desk, tmp_path: Path) -> None:
    refused = desk.types("handler", f"{NUMBER}/1", "hand_in", f"file={tmp_path}/none.png")
    assert (refused.exit_code, "file: No such file" in refused.output) == (1, True)


def test_words_that_cannot_be_read_are_no_fault_of_the_program(desk: Desk, tmp_path: Path) -> None:
    foreign = tmp_path / "gbk.txt"
    foreign.write_bytes("退费".encode("gb18030"))
    for file in (foreign, tmp_path / "none.txt"):
        refused = desk.types("handler", NUMBER, "note", f"text=@{file}")
        assert (refused.exit_code, "Usage: " in refused.output) == (2, True)


def test_whoever_was_told_a_password_chooses_another_first(desk: Desk) -> None:
    with desk.database.transaction() as session:
        session.execute(
            update(User).where(User.username == "supervisor").values(password_told=True)
        )
    refused = desk.types("supervisor", NUMBER, "accept")
    assert (refused.exit_code, "换成自己的" in refused.output) == (1, True)


def test_numbers_are_numbers_and_fields_are_named_as_they_are_typed(desk: Desk) -> None:
    desk.does("handler", NUMBER, "accept")
    shelved = ("grounds=施工到夏天", "plan=每月看一次", "told=夏天完工", "what=完工")
    desk.does("handler", NUMBER, "ask_shelving", *shelved, "until=2026-06-30")
    assert desk.does("leader", NUMBER, "shelve", "remark=") == "shelved"
    wrong = desk.types("handler", NUMBER, "meet_milestone", "n=7", "note=x")
    assert "n: " in wrong.output
    assert "请填数字" in desk.types("handler", NUMBER, "meet_milestone", "n=x", "note=x").output
    assert desk.does("handler", NUMBER, "meet_milestone", "n=1", "note=已完工") == "accepted"


def test_who_went_has_an_account_or_is_said_to_have_none(desk: Desk) -> None:
    desk.does("handler", NUMBER, "accept")
    desk.does("handler", NUMBER, "split", "matters=食堂卫生")
    item = f"{NUMBER}/1"
    desk.does("handler", item, "dispatch", "unit_id=测试section", "text=请核查", "none_listed=yes")
    desk.does("handler", item, "sign_for")
    with desk.database.read() as session:
        then = session.scalars(select(Item.dispatched_at)).one()
    there = (f"visited_at={then.isoformat()}", "place=后厨", "saw=台面整洁")
    refused = desk.types("handler", item, "visit", *there, "people=handler\nreviever")
    assert "people: 没有找到：reviever" in refused.output
    desk.does("handler", item, "visit", *there, "people=handler", "others=王专家")


def test_verbs_that_go_over_the_edge_of_another_are_listed(desk: Desk) -> None:
    desk.does("handler", NUMBER, "propose_decline", "code=outside", "reason=不归本办")
    lines = desk.types("supervisor", NUMBER).stdout.splitlines()
    assert "approve remark" in lines


def test_wrong_passwords_are_counted_as_at_the_door(desk: Desk) -> None:
    for _ in range(5):
        refused = desk.types("handler", NUMBER, "accept", password="guess")
        assert (refused.exit_code, "登录名或密码不对" in refused.output) == (1, True)
    assert desk.types("handler", NUMBER, "accept").exit_code == 1
    assert desk.types("nobody", NUMBER, "accept").exit_code == 1


def test_a_review_is_asked_for_and_its_words_are_kept_sealed(desk: Desk) -> None:
    assert desk.does("operator", NUMBER, "answer", "text=已退费") == "answered"
    assert "ask_review report_id text channel" in desk.types("operator", NUMBER).stdout
    with desk.database.read() as session:
        report = offices.first_report(session, session.scalars(select(Case)).one()).number
    said = (f"report_id={report}", "text=没有全退", "channel=telephone")
    mine = desk.types("operator", NUMBER, "ask_review", *said[:2], "channel=webform")
    assert "channel: " in mine.output  # that door is the reporter's own
    ordered = ("reason=重办", "review=430500-2026-999999")
    forged = desk.types("supervisor", NUMBER, "reopen", *ordered)
    assert "review: 这一步不需要" in forged.output
    assert "reopen reason\n" in desk.types("supervisor", NUMBER).stdout
    assert desk.does("operator", NUMBER, "ask_review", *said) == "answered"
    opinion = ("result=upheld", "text=维持", "way=telephone")
    assert desk.does("city", "430500-2026-000001", "opine", *opinion) == "closed"
    with desk.database.read() as session:
        asked = session.scalars(select(Report).order_by(Report.id.desc())).first()
        assert asked is not None
        sealed = session.get_one(Original, asked.original_id).sealed
    assert sealed is not None
    assert "没有全退".encode() not in sealed


def test_a_case_is_split_by_the_numbers_that_its_page_shows(desk: Desk, now: datetime) -> None:
    with desk.database.transaction() as session:
        second, report = offices.report(session, now, reach="phone")
        other, number = second.number, report.number
    for case in (NUMBER, other):
        desk.does("handler", case, "accept")
    desk.does("handler", other, "merge", f"into={NUMBER}", "reason=同一件事")
    desk.does("handler", NUMBER, "split", "matters=食堂\n收费")
    said = (f"reports={number}", "reason=两件事")
    refused = desk.types("handler", NUMBER, "split_off", *said, "items=7")
    assert refused.exit_code
    assert "没有这个问题项" in refused.output
    assert "split_off reports reason [items]" in desk.types("handler", NUMBER).stdout
    assert desk.does("handler", NUMBER, "split_off", *said, "items=2") == "accepted"
    with desk.database.read() as session:
        [part] = session.scalars(select(Case).where(Case.number == "430503-2026-000003"))
        assert [item.matter for item in queries.items_of(session, part)] == ["收费"]
