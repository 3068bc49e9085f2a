"""Whose word ends a case: never nobody's (design §3)."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import and_, select, update
from sqlalchemy.orm import Session

from caseflow.db import Database
from caseflow.deadlines.rules import forget
from caseflow.deadlines.tables import PolicyRow
from caseflow.errors import BadInput, MoveNotAllowed, NotPermitted
from caseflow.intake import tracking
from caseflow.ledger import asker, turns
from caseflow.ledger.history_tables import Entry
from caseflow.ledger.moves import closing, explaining, merging, retracting, triage
from caseflow.ledger.moves.heard import Heard
from caseflow.ledger.report_tables import CallBack, Reply
from caseflow.ledger.tables import Case
from caseflow.people.actor import REPORTER, Actor
from tests import office as offices

DAY = timedelta(days=1)
PLEASED = Heard(reached=True, solved=True, satisfied=True, words="好")
DISPLEASED = Heard(reached=True, solved=False, satisfied=False, words="没有改")
IN_VAIN = Heard(reached=False)


def test_a_supervisor_decides_only_about_what_was_called_back(
    database: Database, now: datetime
) -> None:
    with database.transaction() as session:
        office = offices.make(session)
        case, report = offices.report(session, now, kind="complaint", reach="phone")
        handler, supervisor = office["handler"], office["supervisor"]
        triage.accept(session, handler, case.id, now)
        case.state = "replying"  # how it got there is not what this is about
        closing.reply(session, handler, case.id, report.id, "已整改", "telephone", now)
        assert case.state == "calling_back"
        with pytest.raises(MoveNotAllowed, match="回访"):
            closing.close(session, supervisor, case.id, "政策如此", now)
        closing.call_back(session, handler, case.id, Heard(reached=False), now)
        closing.close(session, supervisor, case.id, "电话已停机，函告", now)
        assert case.state == "closed"


class Called:
    """A matter that two people reported, both answered and to be called back."""

    def __init__(self, session: Session, now: datetime) -> None:
        self.session, self.now, self.office = session, now, offices.make(session)
        self.case, one = offices.report(session, now, kind="complaint", reach="phone")
        other, two = offices.report(session, now, kind="complaint", reach="email")
        offices.report(session, now, kind="complaint", reach="")
        third, gone = offices.report(session, now, kind="complaint", reach="phone")
        me = self.office["handler"]
        for case in (self.case, other, third):
            triage.accept(session, me, case.id, now)
        merging.merge(session, me, third.id, self.case.number, "同一件事", now)
        retracting.retract(session, REPORTER, gone.id, "settled", now)  # called back no more
        merging.merge(session, me, other.id, self.case.number, "同一件事", now)
        self.one, self.two = one.id, two.id
        self.case.state = "replying"  # how it got there is not what this is about
        for report in (one, two, gone):
            closing.reply(session, me, self.case.id, report.id, "已整改", "telephone", now)

    def call(self, report_id: int | None, heard: Heard) -> None:
        me, n = self.office["operator"], self.case.id
        closing.call_back(self.session, me, n, heard, self.now, report_id=report_id)

    def close(self, who: str) -> None:
        closing.close(self.session, self.office[who], self.case.id, "已说明", self.now)

    def explain(self, report_id: int, **said: str) -> Reply:
        me = self.office[said.pop("who", "supervisor")]
        text, way = said.pop("text", "按规定如此"), said.pop("way", "telephone")
        n = self.case.id
        return explaining.explain(self.session, me, n, report_id, text, way, self.now, **said)

    def last_reason(self) -> str:
        query = select(Entry.body).where(Entry.case_id == self.case.id, Entry.verb == "close")
        return str(json.loads(self.session.scalars(query).one())["facts"]["reason"])

    def waits_for(self, who: str) -> bool:
        actor: Actor = self.office[who]
        mine = and_(Case.id == self.case.id, turns.waits_for(actor))
        query = select(Case.id).where(mine)
        return self.session.scalar(query, asker.said_of(actor)) is not None


@pytest.fixture
def called(database: Database, now: datetime) -> Iterator[Called]:
    with database.transaction() as session:
        yield Called(session, now)


def test_each_reporter_is_called_and_all_must_be_satisfied(called: Called) -> None:
    for nobody in (None, called.two + 1):
        with pytest.raises(BadInput):
            called.call(nobody, PLEASED)
    assert called.waits_for("operator")
    called.call(called.one, PLEASED)
    assert called.case.state == "calling_back"
    assert called.waits_for("operator")
    assert not called.waits_for("supervisor")
    called.call(called.two, PLEASED)
    assert called.case.state == "closed"


def test_one_who_is_not_satisfied_is_the_supervisors_whoever_else_is_called(called: Called) -> None:
    called.call(called.one, DISPLEASED)
    assert called.waits_for("supervisor")
    assert called.waits_for("operator")
    with pytest.raises(MoveNotAllowed, match="回访"):
        called.close("supervisor")  # one was never called
    called.call(called.two, PLEASED)
    assert called.case.state == "calling_back"
    assert not called.waits_for("operator")
    with pytest.raises(NotPermitted):
        called.close("operator")
    with pytest.raises(MoveNotAllowed, match="解释说明"):
        called.close("supervisor")
    called.explain(called.one)
    assert called.case.state == "closed"


def test_whoever_is_not_satisfied_says_why(called: Called) -> None:
    with pytest.raises(BadInput) as refused:
        called.call(called.one, replace(DISPLEASED, words=" "))
    assert set(refused.value.fields) == {"words"}


def test_of_whoever_was_not_reached_nothing_is_put_on_record_as_theirs(called: Called) -> None:
    called.call(called.one, replace(PLEASED, reached=False, words="打了两次，无人接听"))
    row = called.session.scalars(select(CallBack)).one()
    assert (row.solved, row.satisfied, row.whose) == (None, None, "caller")
    query = select(Entry.body).where(Entry.case_id == called.case.id, Entry.verb == "call_back")
    facts = json.loads(called.session.scalars(query).one())["facts"]
    assert (facts["reached"], facts["solved"], facts["satisfied"]) == (False, None, None)
    assert facts["whose"] == "caller"


def test_on_how_many_days_somebody_is_tried_is_the_rules_to_say(called: Called) -> None:
    called.call(called.one, PLEASED)
    called.call(called.two, IN_VAIN)
    called.call(called.two, IN_VAIN)
    with pytest.raises(NotPermitted):
        called.close("operator")  # twice on one day
    of_calls = update(PolicyRow).where(PolicyRow.clock == "call_back")
    called.session.execute(of_calls.values(attempt_days=1))
    forget(called.session)
    called.close("operator")
    assert called.case.state == "closed"


def test_what_was_heard_says_in_whose_words(called: Called) -> None:
    with pytest.raises(BadInput) as wrong:
        called.call(called.one, replace(DISPLEASED, whose=""))
    assert set(wrong.value.fields) == {"whose"}
    called.call(called.one, replace(DISPLEASED, whose="caller"))
    called.call(called.two, replace(PLEASED, words="", whose=""))
    query = select(CallBack.whose, CallBack.words).order_by(CallBack.id)
    assert called.session.execute(query).all() == [("caller", "没有改"), (None, "")]


def test_what_is_explained_counts_once_told_and_only_to_who_is_not_satisfied(
    called: Called,
) -> None:
    for one in (called.one, called.two):
        with pytest.raises(MoveNotAllowed):
            called.explain(one)  # nobody said anything
    called.call(called.two, DISPLEASED)
    for wrong in ({"text": " "}, {"way": "impossible", "proof": "空号"}, {"way": "pigeon"}):
        with pytest.raises(BadInput):
            called.explain(called.two, **wrong)
    with pytest.raises(NotPermitted):
        called.explain(called.two, who="operator")
    with pytest.raises(BadInput):
        called.explain(called.one, way="message")  # left a telephone only
    sent = called.explain(called.two, way="message")
    assert not called.waits_for("supervisor")
    with pytest.raises(MoveNotAllowed):
        called.explain(called.two)
    closing.undeliverable(called.session, sent.id, called.now)
    assert called.waits_for("supervisor")
    sent = called.explain(called.two, way="message")
    called.call(called.one, PLEASED)
    assert called.case.state == "calling_back"
    with pytest.raises(MoveNotAllowed, match="正在送达"):
        called.close("supervisor")
    closing.delivered(called.session, sent.id, called.now)
    assert called.case.state == "closed"
    assert called.last_reason() == closing.EXPLAINED
    story = tracking.story(called.session, called.two)
    assert story.reply == "已整改\n\n按规定如此"
    assert [step.what for step in story.steps][-1] == "explained"
    assert tracking.story(called.session, called.one).reply == "已整改"


def test_what_failed_and_arrived_when_it_was_sent_again_failed_no_more(called: Called) -> None:
    called.call(called.two, DISPLEASED)
    called.call(called.one, PLEASED)
    sent = called.explain(called.two, way="message")
    closing.undeliverable(called.session, sent.id, called.now)
    assert called.waits_for("supervisor")
    closing.delivered(called.session, sent.id, called.now)  # again, from the outbox page
    assert (called.case.state, called.last_reason()) == ("closed", closing.EXPLAINED)
    first, n = sent.delivered_at, called.case.head_n
    called.now += DAY
    closing.undeliverable(called.session, sent.id, called.now)  # it came back after all
    closing.delivered(called.session, sent.id, called.now)
    closing.delivered(called.session, sent.id, called.now)
    assert (sent.failed_at, sent.delivered_at) == (None, first)
    assert called.case.head_n == n + 2


def test_who_cannot_be_reached_keeps_nobody_waiting_who_is_satisfied(called: Called) -> None:
    called.call(called.one, PLEASED)
    for _ in range(3):
        with pytest.raises(NotPermitted):
            called.close("operator")
        called.call(called.two, IN_VAIN)
        called.now += DAY
    called.close("operator")
    assert called.case.state == "closed"


def test_who_was_called_is_promised_no_call_any_more(called: Called) -> None:
    both = called.one, called.two
    assert [tracking.story(called.session, one).call_back for one in both] == [True, True]
    called.call(called.one, PLEASED)
    one, two = (tracking.story(called.session, report) for report in both)
    assert (one.call_back, two.call_back) == (False, True)
    assert (one.state, two.state) == ("replied_to", "calling_back")
    assert "call_back" not in {clock.name for clock in one.clocks}


def test_what_was_recorded_for_everybody_counts_for_everybody(called: Called) -> None:
    called.call(called.one, DISPLEASED)
    called.session.execute(update(CallBack).values(report_id=None))
    called.session.expire_all()
    assert not called.waits_for("operator")
    assert called.waits_for("supervisor")
    called.explain(called.two)
    assert called.case.state == "closed"
