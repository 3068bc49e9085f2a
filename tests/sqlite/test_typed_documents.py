"""Documents, circulars, files of inquiry and assisting answers, typed at the machine."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import select, update

from caseflow import clock
from caseflow.cli import main
from caseflow.crypto.keys import KeyRing
from caseflow.db import Database
from caseflow.escalation.accountability_states import ACCOUNTABILITY_MOVES
from caseflow.escalation.order_states import ORDER_MOVES
from caseflow.escalation.sweep import sweep
from caseflow.escalation.tables import Order
from caseflow.ledger.assistance_tables import Assistance
from caseflow.ledger.moves import assisting
from caseflow.ledger.tables import Evidence
from caseflow.people import accounts
from caseflow.people.tables import Unit, User
from caseflow.publishing.circular_states import CHECKS, CIRCULAR_MOVES
from caseflow.typed_documents import CIRCULAR_VERBS, KINDS, ORDER_VERBS
from tests import office as offices
from tests.ledger.inquiries import DAY, add_city
from tests.ledger.late import Late
from tests.sqlite.test_typed_moves import Desk
from tests.web.site import PASSWORD, PNG


class At:
    """The moment that the machine's clock shows: it goes on by a minute each time."""

    def __init__(self, begin: datetime) -> None:
        self.minutes, self.begin = count(), begin

    def now(self) -> datetime:
        return self.begin + timedelta(minutes=next(self.minutes))


@pytest.fixture
def at(now: datetime) -> At:
    return At(now)


@pytest.fixture
def desk(
    sqlite_database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at: At
) -> Iterator[Desk]:
    """A production office whose school lets ten days pass, with a city above it."""
    KeyRing.create(tmp_path / "keys.json")
    monkeypatch.setenv("CASEFLOW_HOME", str(tmp_path))
    monkeypatch.setenv("CASEFLOW_DATABASE_URL", sqlite_database.url)
    monkeypatch.setenv("CASEFLOW_KEYS", str(tmp_path / "keys.json"))
    monkeypatch.setattr(clock, "now", at.now)
    with sqlite_database.transaction() as session:
        office = offices.make(session, PASSWORD)
        add_city(session, office)
        session.execute(update(User).values(password_hash=accounts.hash_password(PASSWORD)))
        late = Late(session, office, at.begin)
        _, [item, _] = late.case("school", "branch")
        assisting.ask_assistance(
            session,
            office["handler"],
            item.id,
            office.units["academy"],
            "请提供明细",
            at.begin,
        )
        late.passes()
        at.begin = late.now
    return Desk(sqlite_database)


def order(desk: Desk, kind: str) -> Order:
    with desk.database.read() as session:
        school = select(Unit.id).where(Unit.name == "测试school").scalar_subquery()
        query = select(Order).where(Order.kind == kind, Order.late_unit_id == school)
        return session.scalars(query.order_by(Order.id).limit(1)).one()


def reads(desk: Desk, who: str, about: str, *what: str) -> str:
    typed = ["ledger", "read", about, *what, "--as", who]
    done = CliRunner().invoke(main, typed, input=f"{PASSWORD}\n")
    assert done.exit_code == 0, done.output
    return done.stdout.strip()


def test_every_move_of_a_document_has_its_verb() -> None:
    assert set(ORDER_MOVES) == ORDER_VERBS.keys() - {"file_opened"}
    assert set(CIRCULAR_MOVES) == set(CIRCULAR_VERBS)
    assert set(ACCOUNTABILITY_MOVES) == KINDS["inquiry"].verbs.keys()


def test_a_document_is_signed_answered_and_judged(desk: Desk, tmp_path: Path) -> None:
    about = f"order/{order(desk, 'circular').id}"
    assert f"{about} circular draft" in desk.types("supervisor", "orders").stdout
    listed = desk.types("supervisor", about).stdout.splitlines()
    assert listed == ["order_edited text", "order_issued text", "order_cancelled reason"]
    draft = tmp_path / "draft.txt"
    draft.write_text(reads(desk, "supervisor", about), encoding="utf-8")
    other = desk.types("supervisor", about, "order_issued", "text=别的")
    assert "正文与您读到的不同" in other.output
    assert about not in desk.types("school", "orders").stdout
    for who in ("school", "stranger", "operator"):
        assert desk.types(who, about).exit_code == 1
    assert desk.does("supervisor", about, "order_issued", f"text=@{draft}") == "issued"
    assert desk.types("school", about).stdout.split("\n")[:2] == [
        "order_signed",
        "order_answered text",
    ]
    assert desk.does("school", about, "order_signed") == "signed_for"
    assert desk.does("school", about, "order_answered", "text=已经核查") == "answered"
    assert desk.types("branch", about, "order_answered", "text=x").exit_code == 1
    assert reads(desk, "supervisor", about, "answer") == "已经核查"
    assert desk.does("supervisor", about, "order_returned", "reason=写明日期") == "signed_for"
    assert "reason: 还没有填写" in desk.types("supervisor", about, "order_lifted").output
    assert desk.does("supervisor", about, "order_lifted", "reason=已办") == "lifted"


def test_a_circular_is_drafted_checked_signed_and_published(desk: Desk) -> None:
    days = ("first=2026-03-01", "last=2026-03-12")
    assert "draft_lateness first last" in desk.types("supervisor", "circulars").stdout
    assert "draft_" not in desk.types("reviewer", "circulars").stdout
    wrong = desk.types("supervisor", "circulars", "draft_problem", *days, "items=x/1", "text=有")
    assert "items: 请从名单中选择" in wrong.output
    assert desk.types("reviewer", "circulars", "draft_lateness", *days).exit_code == 1
    about = desk.does("supervisor", "circulars", "draft_lateness", *days)
    assert about == "circular/1"
    assert "测试school" in reads(desk, "reviewer", about)
    assert "测试school" not in reads(desk, "reviewer", about, "public_text")
    few = desk.types("reviewer", about, "circular_checked", "ticked=person")
    assert "ticked: 每一项都要核对" in few.output
    every = "ticked=" + "\n".join(CHECKS["lateness"])
    assert "请由他人核对" in desk.types("supervisor", about, "circular_checked", every).output
    assert desk.does("reviewer", about, "circular_checked", every) == "checked"
    assert desk.does("leader", about, "circular_issued") == "issued"
    assert desk.does("supervisor", about, "circular_published") == "published"
    assert "教督通报〔2026〕430503-1号" in desk.types("auditor", "circulars").stdout
    for who in ("handler", "school", "stranger"):
        assert desk.types(who, about).exit_code == 1


def test_a_file_of_inquiry_is_opened_and_its_steps_are_taken(desk: Desk, at: At) -> None:
    at.begin += 30 * DAY
    with desk.database.transaction() as session:
        while sweep(session, at.begin):
            pass
    proposal = order(desk, "accountability")
    about = f"order/{proposal.id}"
    desk.does("city", about, "order_issued", f"text={proposal.text}")
    assert "file_opened" in desk.types("city", about).stdout.split()
    assert "file_opened" not in desk.types("supervisor", about).stdout.split()
    file = desk.does("city", about, "file_opened")
    assert file == "inquiry/1"
    assert f"{file} opened 教督问" in desk.types("city_leader", "inquiries").stdout
    lines = desk.types("city", file).stdout.splitlines()
    assert lines == [
        "inquiry_recorded day [accounts] [people] text [files]",
        "file_discontinued text [files]",
    ]
    day = "day=2026-04-12"
    stranger = desk.types("city", file, "inquiry_recorded", day, "text=查明", "accounts=nobody")
    assert "accounts: 没有找到：nobody" in stranger.output
    late = desk.types("city", file, "inquiry_recorded", "day=2026-12-01", "text=查明", "people=张")
    assert "day: 日期不能晚于今天" in late.output
    done = ("inquiry_recorded", day, "text=查明", "accounts=city_second")
    assert desk.does("city", file, *done) == "inquired"
    assert "测试city_second" in reads(desk, "city", file)
    for who in ("supervisor", "school", "reviewer"):
        assert desk.types(who, file).exit_code == 1


def test_an_assisting_unit_answers_with_its_files(desk: Desk, tmp_path: Path) -> None:
    table = tmp_path / "明细.png"
    table.write_bytes(PNG)
    about = "assistance/1"
    assert desk.types("academy", "assistances").stdout.strip() == "assistance/1 owed"
    assert reads(desk, "academy", about) == "请提供明细"
    assert desk.types("academy", about).stdout.strip() == "answer_assistance answer [files]"
    said = ("answer_assistance", "answer=明细如下", f"files={table}")
    for who in ("school", "handler", "stranger"):
        assert desk.types(who, about, *said).exit_code == 1
    assert desk.does("academy", about, *said) == "answered"
    assert "现在不需要答复" in desk.types("academy", about, *said).output
    with desk.database.read() as session:
        assert session.scalars(select(Evidence.name)).one() == "明细.png"
        row = session.scalars(select(Assistance)).one()
    assert (row.answer, row.unit_id is not None) == ("明细如下", True)
    assert desk.does("school", f"item/{row.item_id:06d}", "sign_for") == "verifying"


@pytest.mark.parametrize(
    ("about", "why"),
    [
        ("order/abc", "没有这份文书"),
        ("order/", "没有这份文书"),
        ("order/99999999999999999999", "没有这份文书"),
        ("circular/abc", "没有这份通报"),
        ("inquiry/abc", "没有这份案卷"),
        ("assistance/abc", "没有这个协办事项"),
    ],
)
def test_what_is_not_there_is_said_to_be_what_it_was_called(
    desk: Desk, about: str, why: str
) -> None:
    who = "school" if about.startswith("assistance") else "city"
    refused = desk.types(who, about)
    assert (refused.exit_code, why in refused.output) == (1, True)
