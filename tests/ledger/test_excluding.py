"""Leaving a case out of the figures (考核剔除): two persons, on the record, and back again."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

import pytest
from sqlalchemy.orm import Session

from caseflow.db import Database
from caseflow.deadlines import clocks
from caseflow.errors import BadInput, MoveNotAllowed, NotPermitted
from caseflow.intake import tracking
from caseflow.ledger import apart, exclusions
from caseflow.ledger.application_tables import Exclusion
from caseflow.ledger.moves import closing, excluding, triage
from caseflow.ledger.moves.record import of_case
from caseflow.ledger.waiting import waiting
from tests import office as offices
from tests.office import entries_since


class Answered:
    """A question that was answered on the spot, for the ninth time."""

    def __init__(self, session: Session, now: datetime) -> None:
        self.session, self.now, self.office = session, now, offices.make(session)
        self.case, self.report = offices.report(session, now, kind="question", reach="phone")
        triage.answer(session, self.office["operator"], self.case.id, "已答复", now)

    def asks(self, who: str = "handler", code: str = "repeated", why: str = "第九次") -> None:
        me, n = self.office[who], self.case.id
        excluding.ask_exclusion(self.session, me, n, code, why, self.now)

    def decides(self, who: str, *, approve: bool = True, why: str = "同意") -> None:
        verb = excluding.exclude if approve else excluding.refuse_exclusion
        verb(self.session, self.office[who], self.case.id, why, self.now)

    def lifts(self, who: str, why: str = "确属新诉求") -> None:
        excluding.lift_exclusion(self.session, self.office[who], self.case.id, why, self.now)

    @property
    def row(self) -> Exclusion:
        return exclusions.asked(self.session, self.case.id)[-1]

    def promised(self) -> list[str]:
        return [clock.name for clock in clocks.alive(self.session, of_case(self.case))]


@pytest.fixture
def given(database: Database, now: datetime) -> Iterator[Answered]:
    with database.transaction() as session:
        yield Answered(session, now)


def test_one_asks_another_decides_and_the_reporter_reads_nothing(given: Answered) -> None:
    before = tracking.story(given.session, given.report.id)
    with pytest.raises(BadInput) as wrong:
        given.asks(code="bad", why=" ")
    assert set(wrong.value.fields) == {"code", "reason"}
    for who in ("operator", "leader"):
        with pytest.raises(NotPermitted):
            given.asks(who)
    given.asks()
    assert given.promised() == ["consent"]
    with pytest.raises(MoveNotAllowed):
        given.asks()
    counts = {w: waiting(given.session, given.office[w]).cases for w in ("handler", "leader")}
    assert counts == {"handler": 0, "leader": 1}
    listed = {w: apart.listed(given.session, given.office[w]) for w in ("handler", "leader")}
    assert {who: len(found["excludes"]) for who, found in listed.items()} == counts
    with pytest.raises(NotPermitted):
        given.decides("handler")
    given.decides("leader")
    assert (given.row.outcome, given.row.decided_by) == ("approved", given.office["leader"].id)
    assert given.promised() == []
    assert given.case.state == "answered"
    with pytest.raises(MoveNotAllowed, match="不计入"):
        given.asks()
    after = tracking.story(given.session, given.report.id)
    assert after == before


def test_whoever_asked_decides_neither_way_whatever_they_became(given: Answered) -> None:
    given.asks()
    me, case = replace(given.office["handler"], role="supervisor"), given.case.id
    for verb in (excluding.exclude, excluding.refuse_exclusion):
        with pytest.raises(NotPermitted):
            verb(given.session, me, case, "同意", given.now)
    given.decides("supervisor", approve=False, why="应计入")
    assert given.row.outcome == "refused"
    with pytest.raises(MoveNotAllowed):
        given.decides("leader")
    with pytest.raises(MoveNotAllowed):
        given.lifts("leader")


def test_it_is_lifted_by_a_further_decision_and_can_be_asked_again(given: Answered) -> None:
    given.asks()
    given.decides("supervisor")
    with pytest.raises(NotPermitted):
        given.lifts("handler")
    with pytest.raises(BadInput):
        given.lifts("leader", " ")
    given.lifts("leader")
    assert given.row.lifted_by == given.office["leader"].id
    given.asks("supervisor", "other", "另有理由")
    given.decides("leader")
    assert [row.outcome for row in exclusions.asked(given.session, given.case.id)] == [
        *("approved", "approved"),
    ]


def test_it_is_over_when_the_matter_is_taken_up_again(given: Answered) -> None:
    given.asks()
    boss = given.office["supervisor"]
    closing.reopen(given.session, boss, given.case.id, "确有新情况", given.now)
    given.session.refresh(given.row)
    assert (given.row.outcome, given.row.decided_by) == ("lapsed", None)
    assert "consent" not in given.promised()
    with pytest.raises(MoveNotAllowed):
        given.asks()  # it is at work


def test_what_is_taken_up_again_counts_again_and_whoever_asked_may_ask_anew(
    given: Answered,
) -> None:
    given.asks()
    given.decides("leader")
    boss = given.office["supervisor"]
    closing.reopen(given.session, boss, given.case.id, "确有新情况", given.now)
    given.session.refresh(given.row)
    assert (given.row.outcome, given.row.lifted_by) == ("approved", boss.id)
    assert entries_since(given.session, given.case, 0)[-2:] == ["reopen", "lift_exclusion"]
    given.case.state = "closed"
    given.asks()
    given.decides("supervisor")
    assert [row.lifted_at is None for row in exclusions.asked(given.session, given.case.id)] == [
        *(False, True),
    ]
