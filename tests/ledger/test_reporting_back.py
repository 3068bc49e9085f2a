"""What is reported back to the office that handed a matter down: the case closes only then."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from caseflow.db import Database
from caseflow.deadlines import clocks
from caseflow.errors import BadInput, MoveNotAllowed, NotPermitted
from caseflow.ledger import back_laws, gate, reports_back, turns
from caseflow.ledger.asker import said_of
from caseflow.ledger.handed_tables import ReportBack
from caseflow.ledger.moves import closing, reporting_back, triage
from caseflow.ledger.moves.heard import Heard
from caseflow.ledger.moves.record import of_case
from caseflow.ledger.tables import Case
from caseflow.people.scope import scope_of
from tests import office as offices

PLEASED = Heard(reached=True, solved=True, satisfied=True, words="好")
DAY = timedelta(days=1)


class Handed:
    """A matter that another office handed down, which wants a report back."""

    def __init__(self, session: Session, now: datetime, *, reach: str = "") -> None:
        self.session, self.now, self.office = session, now, offices.make(session)
        self.case, self.report = offices.report(session, now, kind="complaint", reach=reach)
        self.report.handed_by, self.report.handed_number = "市信访局", "XF-1"
        self.report.report_back = True
        session.flush()

    def replied(self) -> None:
        triage.accept(self.session, self.office["handler"], self.case.id, self.now)
        self.case.state = "replying"  # how it got there is not what this is about
        self.reply()

    def reply(self) -> None:
        me, report = self.office["handler"], self.report.id
        closing.reply(self.session, me, self.case.id, report, "已整改", "window", self.now)

    def does(self, move: str, who: str = "handler", *said: str) -> None:
        verb = getattr(reporting_back, f"{move}_report_back")
        verb(self.session, self.office[who], self.case.id, self.report.id, *said, now=self.now)

    def sent(self) -> None:
        self.does("draft", "handler", "办理情况如下。")
        self.does("check", "reviewer")
        self.does("send", "handler", "letter")

    def runs(self) -> set[str]:
        found = clocks.alive(self.session, of_case(self.case), "report_back", "signed_back")
        return {one.name for one in found}

    def row(self) -> ReportBack:
        return reports_back.of_case(self.session, self.case.id)[-1]

    def lawful(self) -> bool:
        return not [row for law in back_laws.broken() for row in self.session.scalars(law)]


@pytest.fixture
def handed(database: Database, now: datetime) -> Iterator[Handed]:
    with database.transaction() as session:
        yield Handed(session, now)


def test_the_case_stays_until_its_report_was_sent_and_signed_for(handed: Handed) -> None:
    handed.replied()
    assert (handed.case.state, handed.runs()) == ("replying", {"report_back"})
    handed.sent()
    assert (handed.case.state, handed.runs()) == ("replying", {"signed_back"})
    handed.does("sign", "handler", "王科长")
    assert (handed.case.state, handed.runs()) == ("closed", set())
    assert handed.lawful()


def test_a_report_that_was_signed_for_first_lets_the_reply_close(handed: Handed) -> None:
    triage.accept(handed.session, handed.office["handler"], handed.case.id, handed.now)
    handed.case.state = "replying"
    handed.sent()
    handed.does("sign", "handler", "王科长")
    assert handed.case.state == "replying"
    handed.reply()
    assert handed.case.state == "closed"


def test_whoever_wrote_it_does_not_check_it(handed: Handed) -> None:
    handed.replied()
    handed.does("draft", "supervisor", "办理情况如下。")
    for move, said in (("check", ()), ("return", ("重写",))):
        with pytest.raises(NotPermitted, match="拟稿人以外"):
            handed.does(move, "supervisor", *said)
    with pytest.raises(NotPermitted):
        handed.does("check", "handler")
    handed.does("check", "leader")
    assert handed.row().state == "checked"


def test_nothing_goes_off_unchecked_and_what_is_rewritten_is_checked_anew(handed: Handed) -> None:
    handed.replied()
    with pytest.raises(MoveNotAllowed):
        handed.does("send", "handler", "letter")
    handed.does("draft", "handler", "第一稿")
    with pytest.raises(MoveNotAllowed):
        handed.does("send", "handler", "letter")
    handed.does("check", "reviewer")
    handed.does("draft", "handler", "第二稿")
    with pytest.raises(MoveNotAllowed):
        handed.does("send", "handler", "letter")
    with pytest.raises(MoveNotAllowed):
        handed.does("sign", "handler", "王科长")


def test_what_the_checker_returns_is_written_again_and_both_are_kept(handed: Handed) -> None:
    handed.replied()
    handed.does("draft", "handler", "第一稿")
    handed.does("return", "reviewer", "写明整改日期")
    handed.sent()
    rows = reports_back.of_case(handed.session, handed.case.id)
    assert [row.state for row in rows] == ["returned", "sent"]


def test_what_the_sender_refuses_is_owed_again(handed: Handed) -> None:
    handed.replied()
    handed.sent()
    handed.does("refuse", "handler", "没有附材料")
    assert (handed.case.state, handed.runs()) == ("replying", {"report_back"})
    handed.sent()
    handed.does("sign", "handler", "王科长")
    assert handed.case.state == "closed"
    assert handed.lawful()


def test_a_sender_that_wants_none_any_more_lets_the_case_close(handed: Handed) -> None:
    handed.replied()
    with pytest.raises(NotPermitted):
        handed.does("waive", "handler", "电话告知")
    handed.does("waive", "supervisor", "3月3日王科长电话告知不用回报")
    assert (handed.case.state, handed.runs()) == ("closed", set())
    assert handed.lawful()


def test_it_is_due_before_the_moment_that_the_sender_asked_for(handed: Handed) -> None:
    handed.report.back_due = handed.now + timedelta(hours=5)
    clocks.stop(handed.session, of_case(handed.case), handed.now, "immediate")
    handed.replied()
    [clock] = clocks.alive(handed.session, of_case(handed.case), "report_back")
    assert clock.due == handed.report.back_due
    assert handed.case.next_clock == "report_back"


@pytest.mark.parametrize("move", ["decline", "refer", "answer"])
def test_what_ended_at_once_is_owed_a_report_all_the_same(handed: Handed, move: str) -> None:
    said = {"decline": ("不归本办",), "refer": ("市场监管局", "职责"), "answer": ("已答复",)}[move]
    verb = getattr(triage, move)
    verb(handed.session, handed.office["supervisor"], handed.case.id, *said, handed.now)
    assert handed.runs() == {"report_back"}
    handed.sent()
    handed.does("sign", "handler", "王科长")
    assert handed.runs() == set()
    assert handed.case.state in ("declined", "referred", "answered")
    assert handed.lawful()


@pytest.mark.parametrize("signs_first", [True, False])
def test_whoever_is_to_be_called_back_is_called_and_the_sender_signs(
    database: Database, now: datetime, signs_first: bool
) -> None:
    with database.transaction() as session:
        handed = Handed(session, now, reach="phone")
        handed.replied()
        assert (handed.case.state, handed.runs()) == ("calling_back", {"report_back"})
        handed.sent()
        if signs_first:
            handed.does("sign", "handler", "王科长")
            assert handed.case.state == "calling_back"
        operator, case = handed.office["operator"], handed.case.id
        closing.call_back(session, operator, case, PLEASED, now)
        if not signs_first:
            assert handed.case.state == "calling_back"
            with pytest.raises(MoveNotAllowed, match="办结报告"):
                closing.close(session, handed.office["supervisor"], case, "满意", now)
            handed.does("sign", "handler", "王科长")
        assert handed.case.state == "closed"
        assert handed.lawful()


def test_taken_up_again_it_is_owed_anew(handed: Handed) -> None:
    handed.replied()
    handed.sent()
    handed.does("sign", "handler", "王科长")
    boss = handed.office["supervisor"]
    closing.reopen(handed.session, boss, handed.case.id, "反弹", handed.now)
    assert handed.runs() == set()
    handed.case.state = "replying"
    handed.reply()
    assert (handed.case.state, handed.runs()) == ("replying", {"report_back"})
    assert handed.lawful()


def test_a_report_that_nobody_asked_for_is_not_written(handed: Handed) -> None:
    handed.report.report_back = False
    triage.accept(handed.session, handed.office["handler"], handed.case.id, handed.now)
    handed.case.state = "replying"
    with pytest.raises(BadInput):
        handed.does("draft", "handler", "办理情况如下。")
    handed.reply()
    assert handed.case.state == "closed"


def test_the_law_finds_a_case_that_was_closed_over_the_senders_head(handed: Handed) -> None:
    handed.replied()
    assert handed.lawful()
    handed.case.state = "closed"
    handed.session.flush()
    assert not handed.lawful()


def test_it_stands_on_the_list_of_whoever_does_what_comes_next(handed: Handed) -> None:
    handed.replied()
    assert _whose(handed) == {"handler"}
    handed.does("draft", "handler", "办理情况如下。")
    assert _whose(handed) == {"reviewer", "supervisor", "leader", "city"}
    handed.does("check", "reviewer")
    assert _whose(handed) == {"handler"}
    handed.does("send", "handler", "letter")
    assert _whose(handed) == set()


def _whose(handed: Handed) -> set[str]:
    """Return on whose lists of what waits for them it stands, of those who see it."""
    found = set()
    for name, actor in handed.office.actors.items():
        mine = and_(Case.id == handed.case.id, turns.waits_for(actor), turns.stirs(actor))
        asked = select(Case.id).where(mine)
        seen = gate.covers(scope_of(actor), handed.case)
        if seen and handed.session.scalar(asked, said_of(actor)) is not None:
            found.add(name)
    return found
