"""Asking for what is missing before anything is decided (补正)."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from caseflow.db import Database
from caseflow.deadlines import clocks
from caseflow.errors import BadInput, MoveNotAllowed
from caseflow.escalation.sweep import sweep
from caseflow.ledger.application_tables import Proposal
from caseflow.ledger.moves import asking, merging, notice, proposing, supplementing, triage
from caseflow.ledger.moves.record import whole
from caseflow.ledger.moves.triage import Because
from caseflow.ledger.report_tables import Question
from caseflow.ledger.tables import Case
from caseflow.people.actor import REPORTER
from tests import office as offices

LACKS = {"unit": " 哪一所学校？ ", "evidence": "收费的凭据", "when": ""}


class Vague:
    """A complaint that does not say enough."""

    def __init__(self, session: Session, now: datetime) -> None:
        self.session, self.now = session, now
        self.office = offices.make(session)
        self.case, self.report = offices.report(session, now, reach="phone")

    def asks(self, lacks: Mapping[str, str] = LACKS, who: str = "operator") -> Question:
        me, case, report = self.office[who], self.case.id, self.report.id
        return supplementing.supplement(self.session, me, case, report, lacks, self.now)

    def declines(self, code: str) -> None:
        boss = self.office["supervisor"]
        triage.decline(self.session, boss, self.case.id, "没有补正", self.now, code=code)

    def clocks(self) -> dict[str, str]:
        return {one.name: one.state for one in clocks.alive(self.session, whole(self.case))}

    def silent(self) -> None:
        """Let the time for an answer run out."""
        self.now += timedelta(days=20)
        while sweep(self.session, self.now):
            pass
        assert self.session.get_one(Case, self.case.id).state == "received"


@pytest.fixture
def given(database: Database, now: datetime) -> Iterator[Vague]:
    with database.transaction() as session:
        yield Vague(session, now)


def test_what_is_missing_is_asked_for_item_by_item(given: Vague) -> None:
    question = given.asks()
    assert question.text == "涉及的学校或机构：哪一所学校？\n证据或线索：收费的凭据"
    assert (given.case.state, given.case.resume_to) == ("awaiting_reporter", "received")


def test_it_is_dealt_with_and_the_notice_runs_on(given: Vague) -> None:
    before = given.clocks()
    assert before["immediate"] == "running"
    given.asks()
    assert given.clocks() == {"notice": "running", "resolve": "paused", "reply": "paused"}


def test_an_urgent_report_still_wants_a_named_person(database: Database, now: datetime) -> None:
    with database.transaction() as session:
        vague = Vague(session, now)
        vague.case, vague.report = offices.report(session, now, urgent=True)
        vague.asks()
        assert vague.clocks()["immediate"] == "running"


def test_nothing_is_asked_without_saying_what(given: Vague) -> None:
    with pytest.raises(BadInput):
        given.asks({"unit": " ", "nonsense": "x"})
    with pytest.raises(BadInput) as wrong:
        given.asks({"what": "长" * 501})
    assert set(wrong.value.fields) == {"lack_what"}


def test_an_answer_brings_it_back_as_new(given: Vague) -> None:
    given.asks()
    asking.resume(given.session, REPORTER, given.case.id, given.now)
    assert given.case.state == "received"
    assert given.clocks() == dict.fromkeys(("immediate", "notice", "resolve", "reply"), "running")
    with pytest.raises(MoveNotAllowed):
        given.asks()
    with pytest.raises(BadInput):
        given.declines("unsupplemented")
    triage.accept(given.session, given.office["handler"], given.case.id, given.now)


def test_silence_brings_it_back_and_is_a_reason(given: Vague) -> None:
    with pytest.raises(BadInput):
        given.declines("unsupplemented")
    given.asks()
    given.silent()
    given.declines("unsupplemented")
    assert given.case.state == "declined"


def test_nothing_is_merged_into_what_is_not_decided_nor_anybody_told(given: Vague) -> None:
    given.asks()
    other, _ = offices.report(given.session, given.now)
    me, number = given.office["handler"], given.case.number
    with pytest.raises(BadInput):
        merging.merge(given.session, me, other.id, number, "同一件事", given.now)
    with pytest.raises(MoveNotAllowed):
        notice.tell(given.session, me, given.case.id, given.report.id, given.now)


def test_a_proposal_is_over_when_a_supplement_is_asked_for(given: Vague) -> None:
    me, because = given.office["handler"], Because("unclear", "没有具体事实")
    proposing.propose(given.session, me, given.case.id, "decline", because, given.now)
    given.asks()
    assert given.session.scalars(select(Proposal.outcome)).all() == ["lapsed"]
