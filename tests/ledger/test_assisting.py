"""Assisting units (协办): asked beside the lead, heard by the office, or released."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from caseflow.db import Database
from caseflow.deadlines import clocks
from caseflow.deadlines.calendar import Unit
from caseflow.deadlines.rules import rules_of
from caseflow.errors import BadInput, MoveNotAllowed, NotFound, NotPermitted
from caseflow.escalation import orders
from caseflow.escalation.sweep import sweep
from caseflow.escalation.tables import Order
from caseflow.ledger import assistances, hands, holding, in_hand, tips, verbs
from caseflow.ledger.assistance_tables import Assistance
from caseflow.ledger.moves import (
    assisting,
    check,
    items,
    naming,
    objecting,
    triage,
    withdrawing,
    work,
)
from caseflow.ledger.moves.items import Dispatch
from caseflow.ledger.moves.record import of_item
from caseflow.ledger.moves.work import Result
from caseflow.ledger.tables import Item
from caseflow.people.scope import scope_of
from tests import office as offices


class Refund:
    """An item at the school, with the academy to assist."""

    def __init__(self, session: Session, now: datetime, **more: object) -> None:
        self.session, self.now = session, now
        self.office = offices.make(session)
        self.case, _ = offices.report(session, now, **more)
        me = self.office["handler"]
        triage.accept(session, me, self.case.id, now)
        [self.item] = items.split(session, me, self.case.id, ["退费"], now)

    def led_by(self, unit: str, **more: bool) -> "Refund":
        given = Dispatch(self.office.units[unit], "请核查", **more)
        items.dispatch(self.session, self.office["handler"], self.item.id, given, self.now)
        return self

    def asks(self, unit: str = "academy", who: str = "handler", **more: bool) -> Assistance:
        me, to = self.office[who], self.office.units[unit]
        n = assisting.ask_assistance(
            self.session, me, self.item.id, to, "请提供收费明细", self.now, **more
        )
        return self.session.get_one(Assistance, n)

    def answers(self, who: str = "academy", text: str = "明细如下", **more: Any) -> None:
        me = self.office[who]
        assisting.answer_assistance(self.session, me, self.item.id, text, self.now, **more)

    def beside(self, *, verifies: bool = True) -> list[tuple[str, str, bool]]:
        known = assistances.beside(self.session, self.item, verifies=verifies, rectifies=True)
        return [(one.name, one.answer, one.owes) for one in known]

    def releases(
        self, unit: str = "academy", who: str = "handler", why: str = "已电话核实"
    ) -> None:
        me, of = self.office[who], self.office.units[unit]
        assisting.release_assistance(self.session, me, self.item.id, of, why, self.now)

    def signs(self) -> None:
        work.sign_for(self.session, self.office["school"], self.item.id, self.now)
        picture = offices.blob(self.session, self.now)
        work.hand_in(self.session, self.office["school"], self.item.id, picture, "图", self.now)

    def finds(self, result: str = "unsubstantiated") -> None:
        found = Result(result, "依据", self.office.units["school"])
        work.find(self.session, self.office["school"], self.item.id, found, self.now)

    def urged(self) -> list[datetime]:
        return [one.due for one in clocks.alive(self.session, of_item(self.item), "assist")]

    def sees(self, who: str, n: int) -> assistances.Asked:
        return assistances.one(self.session, scope_of(self.office[who]), n)


@pytest.fixture
def given(database: Database, now: datetime) -> Iterator[Refund]:
    with database.transaction() as session:
        yield Refund(session, now)


def test_a_unit_answers_and_the_lead_need_not_wait_for_it(given: Refund) -> None:
    given.led_by("school").signs()
    row = given.asks()
    assert (given.item.state, len(given.urged())) == ("verifying", 1)
    given.finds()
    assert (given.item.state, row.is_open) == ("submitted", True)
    with pytest.raises(MoveNotAllowed):
        given.asks("branch")  # too late to ask anybody
    for who in ("school", "branch"):
        with pytest.raises(MoveNotAllowed):
            given.answers(who)
    with pytest.raises(BadInput):
        given.answers(text=" ")
    given.answers()
    with pytest.raises(MoveNotAllowed):
        given.answers()
    assert (row.answer, row.is_open, given.urged()) == ("明细如下", False, [])
    assert hands.had_a_hand(given.session, given.item.id, given.office["academy"].person)


def test_what_comes_with_an_answer_is_no_evidence_of_the_leads(given: Refund) -> None:
    """The office reads it; the lead has to bring its own, and sees none of theirs."""
    given.led_by("school")
    work.sign_for(given.session, given.office["school"], given.item.id, given.now)
    row = given.asks()
    table = offices.blob(given.session, given.now)
    given.answers(files=[(table, "明细.xlsx")])
    [(file, blob)] = assistances.files(given.session, row.id)
    assert (file.unit_id, blob.id) == (given.office.units["academy"], table)
    with pytest.raises(BadInput) as refused:
        given.finds()
    assert set(refused.value.fields) == {"evidence"}
    lead = scope_of(given.office["school"])
    assert not holding.sheet(given.session, lead, given.item.id, given.now).evidence
    theirs = scope_of(given.office["academy"])
    assert assistances.file(given.session, theirs, file.id) == (1, blob)
    for who in ("school", "branch", "inspector"):
        with pytest.raises(NotFound):
            assistances.file(given.session, scope_of(given.office[who]), file.id)
        with pytest.raises(NotFound):
            holding.evidence(given.session, scope_of(given.office[who]), file.id)


def test_in_a_tip_only_what_the_lead_handed_in_calls_for_the_offices_finding(
    database: Database, now: datetime
) -> None:
    with database.transaction() as session:
        tip = Refund(session, now, kind="tip").led_by("school", none_listed=True)
        work.sign_for(session, tip.office["school"], tip.item.id, now)
        tip.asks(none_listed=True)
        tip.answers(files=[(offices.blob(session, now), "表")])
        assert not tips.to_find(session, tip.case)


def test_the_office_releases_a_unit_and_says_why(given: Refund) -> None:
    given.led_by("school")
    row = given.asks()
    with pytest.raises(BadInput):
        given.releases(why="")
    with pytest.raises(BadInput):
        given.releases("branch")
    for who in ("school", "academy", "reviewer"):
        with pytest.raises(NotPermitted):
            given.releases(who=who)
    given.releases()
    assert (row.is_open, row.reason, given.urged()) == (False, "已电话核实", [])
    assert given.sees("academy", row.id).stopped


def test_an_answer_by_telephone_is_kept_when_it_was_said(given: Refund) -> None:
    given.led_by("school")
    row = given.asks()
    clock, asked = assistances.promise(given.session, row), given.now
    given.now = clock.due + timedelta(days=2)

    def hears(who: str = "handler", unit: str = "academy", **more: Any) -> None:
        said = {"answer": "共三十二人", "said_by": "王会计", "heard_at": clock.due} | more
        me, of = given.office[who], given.office.units[unit]
        assisting.record_assistance(given.session, me, given.item.id, of, now=given.now, **said)

    for who in ("academy", "school", "reviewer"):
        with pytest.raises(NotPermitted):
            hears(who)
    for wrong in ({"heard_at": None}, {"heard_at": given.now + timedelta(minutes=1)}):
        with pytest.raises(BadInput, match="时间"):
            hears(**wrong)
    with pytest.raises(BadInput) as refused:
        hears(unit="branch", answer=" ", said_by="", heard_at=None)
    assert set(refused.value.fields) == {"heard_of", "answer", "said_by", "heard_time"}
    with pytest.raises(BadInput, match="早于"):
        hears(heard_at=asked - timedelta(minutes=1))
    hears()
    assert (row.answer, row.said_by, row.answered_at) == ("共三十二人", "王会计", clock.due)
    assert (clock.state, clock.ended_at, given.urged()) == ("met", clock.due, [])
    assert hands.had_a_hand(given.session, given.item.id, given.office["handler"].person)
    with pytest.raises(BadInput):
        hears()


def test_striking_off_releases_who_never_answered(given: Refund) -> None:
    given.led_by("school").signs()
    row = given.asks()
    given.finds()
    check.strike_off(given.session, given.office["reviewer"], given.item.id, "", given.now)
    assert (row.is_open, row.released_by, row.released_at) == (False, None, given.now)
    assert given.urged() == []


def test_its_promise_is_its_own_and_never_ends_after_the_items(given: Refund) -> None:
    given.led_by("school")
    given.asks()
    [verify] = clocks.alive(given.session, of_item(given.item), "verify")
    [due] = given.urged()
    assert due < verify.due
    rules = rules_of(given.session)
    assert due == rules.calendar.due(given.now, 5, Unit.working_days)
    clocks.replan(given.session, verify, given.now + timedelta(hours=5))
    given.asks("branch")
    assert max(given.urged()[1:]) == verify.due
    clocks.replan(given.session, verify, given.now - timedelta(hours=5))
    given.releases("branch")
    given.asks("branch")
    assert min(given.urged()) > given.now  # late already: whoever is asked is not late at once


def test_who_may_be_asked(given: Refund) -> None:
    with pytest.raises(MoveNotAllowed):
        given.asks()  # nobody leads yet
    given.led_by("school")
    given.asks()
    for unit in ("school", "academy"):
        with pytest.raises(BadInput):
            given.asks(unit)
    for who in ("school", "reviewer", "inspector"):
        with pytest.raises(NotPermitted):
            given.asks("branch", who)
    given.answers()
    given.asks()  # once more, now that it answered
    assert in_hand.open_items(given.session, given.office.units["academy"]) == 1


def test_a_tip_never_goes_beside_the_lead_to_whom_it_is_about(
    database: Database, now: datetime
) -> None:
    with database.transaction() as session:
        tip = Refund(session, now, kind="tip", unit=None).led_by("academy", none_listed=True)
        with pytest.raises(BadInput, match="确实不在名单里"):
            tip.asks("branch")
        tip.asks("branch", none_listed=True)
        me, school = tip.office["handler"], tip.office.units["school"]
        with pytest.raises(BadInput, match="先解除协办"):
            naming.name_unit(session, me, tip.case.id, school, "来件所述", now)
        tip.releases("branch")
        naming.name_unit(session, me, tip.case.id, school, "来件所述", now)
        for unit in ("school", "branch"):
            with pytest.raises(BadInput, match="被举报单位"):
                tip.asks(unit, none_listed=True)


def test_an_assisting_unit_reads_its_own_words_and_nothing_else(given: Refund) -> None:
    given.led_by("school").signs()
    row = given.asks()
    seen = given.sees("academy", row.id)
    assert (seen.row.text, seen.owed, seen.clock is not None) == ("请提供收费明细", True, True)
    for who in ("school", "branch", "handler", "inspector"):
        with pytest.raises(NotFound):
            given.sees(who, row.id)
    with pytest.raises(NotPermitted):
        work.sign_for(given.session, given.office["academy"], given.item.id, given.now)


def test_the_lead_reads_an_answer_once_the_office_shares_it(given: Refund) -> None:
    given.led_by("school").signs()
    row, me, to = given.asks(), given.office["handler"], given.office.units["academy"]
    n = given.item.id
    with pytest.raises(BadInput):
        assisting.share_assistance(given.session, me, n, to, given.now)  # nothing to share yet
    assert given.beside() == [("测试academy", "", True)]
    given.answers()
    assert given.beside() == [("测试academy", "", False)]
    for who in ("school", "academy", "reviewer"):
        with pytest.raises(NotPermitted):
            assisting.share_assistance(given.session, given.office[who], n, to, given.now)
    assisting.share_assistance(given.session, me, n, to, given.now)
    assert (row.shared_by, row.shared_at) == (me.person, given.now)
    assert given.beside() == [("测试academy", "明细如下", False)]
    with pytest.raises(MoveNotAllowed):
        assisting.share_assistance(given.session, me, n, to, given.now)
    given.now += timedelta(minutes=1)
    given.finds("substantiated")
    assert given.beside(verifies=False) == []  # who only puts it right reads nothing from before


def test_the_office_chooses_which_of_a_units_answers_the_lead_reads(given: Refund) -> None:
    given.led_by("school").signs()
    for text in ("共三十二人", "更正为三十三人", "另附说明"):
        given.asks()
        given.answers(text=text)
        given.now += timedelta(days=1)
    me, to, n = given.office["handler"], given.office.units["academy"], given.item.id

    def shares(nth: int) -> None:
        assisting.share_assistance(given.session, me, n, to, given.now, nth=nth)

    for none in (4, -1):
        with pytest.raises(BadInput):
            shares(none)
    shares(2)
    read = [answer for _, answer, _ in given.beside()]
    assert read == ["", "更正为三十三人", ""]
    shares(0)  # the newest
    assert [answer for _, answer, _ in given.beside()] == ["", "更正为三十三人", "另附说明"]
    for again in (2, 3):
        with pytest.raises(MoveNotAllowed):
            shares(again)


def test_who_leads_from_now_on_assists_no_more_and_the_others_go_on(given: Refund) -> None:
    given.led_by("school")
    row, other = given.asks(), given.asks("branch")
    objecting.object_to(given.session, given.office["school"], given.item.id, "不归我们", given.now)
    assert row.is_open  # nobody decided yet, and it may answer
    to, me = Dispatch(given.office.units["academy"], "请核查"), given.office["supervisor"]
    objecting.dispatch_anew(given.session, me, given.item.id, to, given.now)
    assert (row.is_open, row.released_by, other.is_open) == (False, None, True)
    withdrawing.withdraw(given.session, given.office["handler"], given.item.id, "重复", given.now)
    withdrawing.consent_withdrawal(given.session, me, given.item.id, "", given.now)
    assert (other.is_open, given.urged()) == (False, [])


def test_who_puts_it_right_assists_no_more(given: Refund) -> None:
    given.led_by("school").signs()
    row = given.asks()
    found = Result("substantiated", "依据", given.office.units["academy"], "请退费")
    work.find(given.session, given.office["school"], given.item.id, found, given.now)
    assert (row.is_open, given.urged()) == (False, [])


def test_who_still_owes_is_urged_again_when_the_case_is_taken_up(given: Refund) -> None:
    given.led_by("school")
    row, me = given.asks(), given.office["supervisor"]
    triage.decline(given.session, me, given.case.id, "不属于", given.now)
    assert given.urged() == []
    assert given.sees("academy", row.id).stopped
    verbs.CASE_VERBS["reopen"](given.session, me, given.case.id, "属于", given.now)
    [more] = items.split(given.session, me, given.case.id, ["退费二"], given.now)
    to = Dispatch(given.office.units["school"], "请核查")
    items.dispatch(given.session, me, more.id, to, given.now)
    assert len(given.urged()) == 1
    given.answers()
    assert given.urged() == []


def test_silence_climbs_the_ladder_of_units_to_a_document_of_its_own(given: Refund) -> None:
    given.led_by("school").signs()
    given.asks()
    given.now += timedelta(days=9)
    while sweep(given.session, given.now):
        pass
    academy = given.office.units["academy"]
    [order] = [one for one in given.session.query(Order) if one.unit_id == academy]
    assert "你单位协办的事项" in order.text
    item = given.session.get_one(Item, given.item.id)
    assert orders.kept_back(given.session, order, given.case, item) == ""
    given.releases()
    assert orders.kept_back(given.session, order, given.case, item) == orders.RELIEVED
