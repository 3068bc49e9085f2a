"""How an item ends without a check: withdrawn (撤项), or handed over (转入法定程序)."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from caseflow.db import Database
from caseflow.deadlines import clocks
from caseflow.errors import BadInput, MoveNotAllowed, NotPermitted
from caseflow.ledger.application_tables import Withdrawal
from caseflow.ledger.history_tables import Entry
from caseflow.ledger.moves import (
    asking,
    check,
    closing,
    items,
    transferring,
    triage,
    withdrawing,
    work,
)
from caseflow.ledger.moves.items import Dispatch
from caseflow.ledger.moves.record import of_item, whole
from caseflow.ledger.moves.transferring import Transfer
from caseflow.ledger.moves.work import Result
from caseflow.ledger.tables import Item
from caseflow.people import accounts
from caseflow.people.tables import Recusal, User
from tests import office as offices
from tests.office import Office

POLICE = Transfer("区公安分局", "涉嫌违法犯罪", "公立〔2026〕5号")


class Split:
    """A complaint with two items, the first of them dispatched to the school."""

    def __init__(self, session: Session, now: datetime) -> None:
        self.session, self.now = session, now
        self.office: Office = offices.make(session)
        self.case, self.report = offices.report(session, now)
        triage.accept(session, self.office["handler"], self.case.id, now)
        self.items = self.split("收费", "作业")
        self.dispatch(0)

    def split(self, *matters: str) -> list[Item]:
        return items.split(
            self.session, self.office["handler"], self.case.id, list(matters), self.now
        )

    def dispatch(self, n: int) -> None:
        given = Dispatch(self.office.units["school"], "请核查")
        items.dispatch(self.session, self.office["handler"], self.items[n].id, given, self.now)

    def asks(self, n: int, who: str = "handler", why: str = "与第1项重复") -> None:
        withdrawing.withdraw(self.session, self.office[who], self.items[n].id, why, self.now)

    def consents(self, n: int, who: str = "leader") -> None:
        item = self.items[n].id
        withdrawing.consent_withdrawal(self.session, self.office[who], item, "", self.now)

    def refuses(self, n: int, who: str = "leader", why: str = "仍须查清") -> None:
        item = self.items[n].id
        withdrawing.refuse_withdrawal(self.session, self.office[who], item, why, self.now)

    def withdraws(self, *which: int) -> None:
        for n in which:
            self.asks(n)
            self.consents(n)

    def confirms(self, who: str = "leader") -> None:
        boss = self.office[who]
        withdrawing.conclude_withdrawn(self.session, boss, self.case.id, "均已撤项", self.now)

    def transfers(self, n: int, who: str = "supervisor", given: Transfer = POLICE) -> None:
        item = self.items[n].id
        transferring.statutory(self.session, self.office[who], item, given, self.now)

    def hears(self, n: int, text: str, number: str = "", who: str = "handler") -> None:
        item = self.items[n].id
        transferring.statutory_outcome(
            self.session, self.office[who], item, text, self.now, number=number
        )

    def strikes_off(self, n: int) -> None:
        """Sign for an item, find nothing in it, and strike it off."""
        session, school, item = self.session, self.office["school"], self.items[n].id
        work.sign_for(session, school, item, self.now)
        work.hand_in(session, school, item, offices.blob(session, self.now), "图", self.now)
        work.find(session, school, item, Result("unsubstantiated", "依据"), self.now)
        check.strike_off(session, self.office["reviewer"], item, "", self.now)

    def closes(self) -> None:
        """Reply to somebody who wants no call-back."""
        me, n = self.office["handler"], self.case.id
        closing.reply(self.session, me, n, self.report.id, "答复", "telephone", self.now)
        assert self.case.state == "closed"

    def running(self, n: int) -> set[str]:
        return {clock.name for clock in clocks.alive(self.session, of_item(self.items[n]))}

    def row(self, n: int) -> Withdrawal:
        query = select(Withdrawal).where(Withdrawal.item_id == self.items[n].id)
        return self.session.scalars(query.order_by(Withdrawal.id.desc())).first()  # type: ignore[return-value]

    def facts_of(self, verb: str) -> str:
        query = select(Entry.body).where(Entry.case_id == self.case.id, Entry.verb == verb)
        return self.session.scalars(query.order_by(Entry.n.desc())).first() or ""


@pytest.fixture
def given(database: Database, now: datetime) -> Iterator[Split]:
    with database.transaction() as session:
        yield Split(session, now)


# Withdrawing


def test_asking_wins_no_time_and_another_person_has_a_day(given: Split) -> None:
    before = {c.id: c.due for c in clocks.alive(given.session, of_item(given.items[0]))}
    given.asks(0)
    after = clocks.alive(given.session, of_item(given.items[0]))
    new = [clock for clock in after if clock.id not in before]
    assert [clock.name for clock in new] == ["consent"]
    assert new[0].due == datetime(2026, 3, 4, 16, 0, tzinfo=UTC)
    assert {c.id: c.due for c in after if c.id in before} == before
    assert given.items[0].state == "dispatched"


def test_a_reason_is_asked_for_and_only_one_request_waits(given: Split) -> None:
    with pytest.raises(BadInput):
        given.asks(0, why=" ")
    given.asks(0)
    with pytest.raises(MoveNotAllowed):
        given.asks(0, "supervisor")


def test_another_person_withdraws_it_and_nothing_of_it_runs_on(given: Split) -> None:
    given.asks(0)
    with pytest.raises(NotPermitted):
        given.consents(0, "handler")
    given.consents(0)
    assert (given.items[0].state, given.items[0].outcome) == ("withdrawn", None)
    assert given.running(0) == set()
    assert given.row(0).outcome == "consented"
    assert given.case.state == "handling"  # the other one is still to be sent out


def test_whoever_worked_on_an_item_or_asked_does_not_consent(given: Split) -> None:
    boss = given.office["supervisor"]
    given.asks(0, "supervisor")
    with pytest.raises(NotPermitted):
        given.consents(0, "supervisor")
    given.refuses(0)
    triage.assign(given.session, boss, given.case.id, boss.person, given.now)
    given.asks(0)
    with pytest.raises(NotPermitted):
        given.consents(0, "supervisor")
    given.consents(0, "city")
    assert given.items[0].state == "withdrawn"


def test_whoever_keeps_away_from_the_unit_neither_asks_nor_decides(given: Split) -> None:
    given.asks(0)
    leader, school = given.office["leader"].person, given.office.units["school"]
    given.session.add(Recusal(user_id=leader, unit_id=school, reason="亲属", since=given.now))
    given.session.flush()
    user = given.session.get_one(User, leader)
    given.office.actors["leader"] = accounts.actor_of(given.session, user)
    with pytest.raises(NotPermitted):
        given.consents(0)
    given.consents(0, "supervisor")


def test_a_refusal_leaves_all_as_it_was_and_says_why(given: Split) -> None:
    before = given.running(0)
    given.asks(0)
    with pytest.raises(BadInput):
        given.refuses(0, why=" ")
    given.refuses(0)
    assert given.running(0) == before
    assert given.items[0].state == "dispatched"
    assert "仍须查清" in given.facts_of("refuse_withdrawal")
    given.asks(0)  # and may be asked again


def test_a_draft_is_withdrawn_by_any_colleague_but_not_by_who_asked(given: Split) -> None:
    given.asks(1)
    with pytest.raises(NotPermitted):
        given.consents(1, "handler")
    given.consents(1, "supervisor")
    assert given.items[1].state == "withdrawn"


def test_a_draft_sent_out_meanwhile_wants_other_eyes(given: Split) -> None:
    given.asks(1, "supervisor")
    given.dispatch(1)
    with pytest.raises(NotPermitted):
        given.consents(1, "handler")
    given.consents(1)


def test_what_is_over_otherwise_is_not_withdrawn_any_more(given: Split) -> None:
    given.asks(0)
    given.transfers(0)
    assert given.row(0).outcome == "lapsed"
    with pytest.raises(MoveNotAllowed):
        given.consents(0)
    with pytest.raises(MoveNotAllowed):
        given.asks(0)


def test_a_request_ends_with_its_case_and_does_not_come_back_with_it(given: Split) -> None:
    given.asks(0)
    given.asks(1)
    boss = given.office["supervisor"]
    triage.decline(given.session, boss, given.case.id, "不属于受理范围", given.now)
    assert (given.row(0).outcome, given.row(1).outcome) == ("lapsed", "lapsed")
    for n in (0, 1):
        with pytest.raises(MoveNotAllowed):
            given.asks(n)
    closing.reopen(given.session, boss, given.case.id, "属于受理范围", given.now)
    given.dispatch(1)
    assert "consent" not in given.running(0) | given.running(1)
    with pytest.raises(MoveNotAllowed):
        given.consents(0)


# What a case does then


def test_with_the_last_item_over_and_one_struck_off_the_case_goes_on(given: Split) -> None:
    given.withdraws(1)
    given.strikes_off(0)
    assert given.case.state == "replying"


def test_whichever_comes_last_leads_on(given: Split) -> None:
    given.strikes_off(0)
    assert given.case.state == "handling"
    given.withdraws(1)
    assert given.case.state == "replying"


def test_a_case_of_which_nothing_is_left_waits_for_a_second_person(given: Split) -> None:
    given.withdraws(0, 1)
    assert given.case.state == "handling"
    for who in ("handler", "reviewer", "operator"):
        with pytest.raises(NotPermitted):
            given.confirms(who)
    given.confirms()
    assert given.case.state == "replying"


def test_whoever_asked_for_any_of_it_does_not_confirm(given: Split) -> None:
    given.withdraws(0)
    given.asks(1, "supervisor")
    given.consents(1)
    with pytest.raises(NotPermitted):
        given.confirms("supervisor")
    given.confirms("city")


def test_a_case_with_anything_left_is_not_confirmed_away(given: Split) -> None:
    given.withdraws(0)
    with pytest.raises(MoveNotAllowed):
        given.confirms()
    given.transfers(1)
    assert given.case.state == "replying"  # one went to a statutory procedure


def test_a_new_item_takes_the_place_of_a_confirmation(given: Split) -> None:
    given.withdraws(0, 1)
    given.split("课后服务")
    with pytest.raises(MoveNotAllowed):
        given.confirms()


def test_what_was_struck_off_before_the_matter_was_taken_up_anew_counts_no_more(
    given: Split,
) -> None:
    given.withdraws(1)
    given.strikes_off(0)
    boss = given.office["supervisor"]
    closing.reopen(given.session, boss, given.case.id, "不满意", given.now)
    assert [item.round for item in given.items] == [0, 0]
    given.items += given.split("收费")
    given.withdraws(2)
    assert (given.case.state, given.items[2].round) == ("accepted", 1)
    given.confirms()
    assert given.case.state == "replying"


def test_while_the_reporter_is_asked_the_case_waits_and_then_goes_on(given: Split) -> None:
    given.transfers(0)
    handler = given.office["handler"]
    asking.ask(given.session, handler, given.case.id, given.report.id, "哪一天？", given.now)
    given.withdraws(1)
    assert given.case.state == "awaiting_reporter"
    asking.resume(given.session, handler, given.case.id, given.now)
    assert given.case.state == "replying"


# A statutory procedure


def test_what_goes_to_a_statutory_procedure_is_neither_struck_off_nor_open(given: Split) -> None:
    given.transfers(0)
    item = given.items[0]
    assert (item.state, item.outcome, item.struck_off_by) == ("statutory", "statutory", None)
    assert (item.authority, item.authority_number) == ("区公安分局", "公立〔2026〕5号")
    assert given.running(0) == set()
    assert "涉嫌违法犯罪" in given.facts_of("statutory")


def test_all_that_is_wrong_is_said_at_once(given: Split) -> None:
    with pytest.raises(BadInput) as wrong:
        given.transfers(0, given=Transfer(" ", "", "9" * 81))
    assert set(wrong.value.fields) == {"authority", "reason", "number"}


def test_only_whoever_answers_for_the_area_hands_over(given: Split) -> None:
    for who in ("handler", "reviewer", "leader", "school", "stranger"):
        with pytest.raises(NotPermitted):
            given.transfers(0, who)


def test_a_draft_goes_once_the_case_is_at_work_and_a_whole_case_is_referred(
    database: Database, now: datetime
) -> None:
    with database.transaction() as session:
        given = Split.__new__(Split)
        given.session, given.now, given.office = session, now, offices.make(session)
        given.case, _ = offices.report(session, now)
        triage.accept(session, given.office["handler"], given.case.id, now)
        given.items = given.split("收费", "作业")
        with pytest.raises(MoveNotAllowed):
            given.transfers(1)
        given.dispatch(0)
        given.transfers(1)
        assert given.items[1].state == "statutory"


def test_the_outcome_comes_later_even_to_a_closed_case(given: Split) -> None:
    given.transfers(0, given=Transfer("区公安分局", "涉嫌违法犯罪"))
    with pytest.raises(BadInput):
        given.hears(0, " ")
    given.hears(0, "", number="公立〔2026〕9号")
    assert given.items[0].authority_number == "公立〔2026〕9号"
    given.withdraws(1)
    given.closes()
    given.hears(0, "已立案")
    given.hears(0, "已作出处罚", who="supervisor")
    assert "已作出处罚" in given.facts_of("statutory_outcome")
    assert given.items[0].authority_number == "公立〔2026〕9号"
    for who in ("school", "operator", "reviewer", "stranger"):
        with pytest.raises(NotPermitted):
            given.hears(0, "已结案", who=who)


def test_a_case_whose_items_are_all_over_owes_no_item_anything(given: Split) -> None:
    given.transfers(0)
    given.withdraws(1)
    names = {clock.name for clock in clocks.alive(given.session, whole(given.case))}
    assert names <= {"resolve", "reply", "notice", "immediate"}
