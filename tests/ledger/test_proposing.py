"""Declining and referring by reason, and proposing either to somebody else (拟不予受理, 拟转送)."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from caseflow.db import Database
from caseflow.deadlines import clocks
from caseflow.errors import BadInput, MoveNotAllowed, NotPermitted
from caseflow.escalation.sweep import sweep
from caseflow.ledger.application_tables import Proposal
from caseflow.ledger.history_tables import Entry
from caseflow.ledger.moves import asking, merging, proposing, triage
from caseflow.ledger.moves.record import of_case
from caseflow.ledger.moves.triage import Because
from caseflow.ledger.tables import Case
from tests import office as offices

OURS_NOT = Because("outside", "涉及食品经营许可")
TO_MARKET = Because("authority", "食品经营许可归其主管", " 区市场监督管理局 ")


class Fresh:
    """A complaint that just came in."""

    def __init__(self, session: Session, now: datetime) -> None:
        self.session, self.now = session, now
        self.office = offices.make(session)
        self.case, self.report = offices.report(session, now)

    def proposes(self, move: str, why: Because, who: str = "handler") -> None:
        me = self.office[who]
        proposing.propose(self.session, me, self.case.id, move, why, self.now)

    def approves(self, who: str = "supervisor", remark: str = "") -> None:
        proposing.approve(self.session, self.office[who], self.case.id, remark, self.now)

    def refuses(self, who: str = "supervisor", why: str = "归我们管") -> None:
        proposing.refuse_proposal(self.session, self.office[who], self.case.id, why, self.now)

    def running(self) -> set[str]:
        alive = clocks.alive(self.session, of_case(self.case))
        return {clock.name for clock in alive}

    def rows(self) -> list[str | None]:
        query = select(Proposal.outcome).where(Proposal.case_id == self.case.id)
        return list(self.session.scalars(query.order_by(Proposal.id)))

    def facts(self, verb: str) -> dict[str, object]:
        query = select(Entry.body).where(Entry.case_id == self.case.id, Entry.verb == verb)
        body = self.session.scalars(query.order_by(Entry.n.desc())).first()
        return json.loads(body or "{}").get("facts", {})  # type: ignore[no-any-return]


@pytest.fixture
def given(database: Database, now: datetime) -> Iterator[Fresh]:
    with database.transaction() as session:
        yield Fresh(session, now)


def test_a_reason_must_fit_the_matter_and_be_said(given: Fresh) -> None:
    boss, case = given.office["supervisor"], given.case
    for code in ("", "nonsense", "authority"):
        with pytest.raises(BadInput) as wrong:
            triage.decline(given.session, boss, case.id, " ", given.now, code=code)
        assert set(wrong.value.fields) == {"code", "reason"}
    case.kind = "question"
    with pytest.raises(BadInput):
        triage.decline(given.session, boss, case.id, "走诉讼", given.now, code="lawful_way")
    triage.decline(given.session, boss, case.id, "不归我们", given.now, code="outside")
    assert given.facts("decline") == {"code": "outside", "reason": "不归我们"}


def test_whoever_refers_says_to_whom(given: Fresh) -> None:
    boss = given.office["supervisor"]
    with pytest.raises(BadInput) as wrong:
        triage.refer(given.session, boss, given.case.id, " ", "主管", given.now, code="area")
    assert set(wrong.value.fields) == {"authority"}


def test_what_is_proposed_waits_and_wins_no_time(given: Fresh) -> None:
    before = given.running()
    given.proposes("decline", OURS_NOT)
    assert given.case.state == "received"
    assert given.running() == before | {"consent"}
    for move, why in (("decline", OURS_NOT), ("refer", TO_MARKET)):
        with pytest.raises(MoveNotAllowed):
            given.proposes(move, why, "operator")
    assert given.rows() == [None]


def test_another_person_approves_and_nobody_need_look_again(given: Fresh) -> None:
    given.proposes("decline", OURS_NOT)
    given.approves(remark="同意")
    assert given.case.state == "declined"
    assert given.rows() == ["approved"]
    assert not given.running() & {"consent", "second_look", "resolve", "immediate"}
    assert given.facts("decline") == {
        "code": "outside",
        "reason": "涉及食品经营许可",
        "proposed_by": given.office["handler"].id,
        "remark": "同意",
    }


def test_what_is_approved_goes_to_the_authority_that_was_proposed(given: Fresh) -> None:
    given.proposes("refer", TO_MARKET, "operator")
    given.approves()
    assert given.case.state == "referred"
    assert given.facts("refer")["authority"] == "区市场监督管理局"
    assert given.facts("refer")["proposed_by"] == given.office["operator"].id


def test_a_refusal_leaves_the_case_as_it_was_and_says_why(given: Fresh) -> None:
    before = given.running()
    given.proposes("decline", OURS_NOT)
    with pytest.raises(BadInput):
        given.refuses(why=" ")
    given.refuses()
    assert (given.case.state, given.running(), given.rows()) == ("received", before, ["refused"])
    given.proposes("refer", TO_MARKET)
    assert given.rows() == ["refused", None]


@pytest.mark.parametrize("who", ["operator", "handler", "reviewer", "leader", "auditor"])
def test_only_a_supervisor_decides(given: Fresh, who: str) -> None:
    given.proposes("decline", OURS_NOT)
    with pytest.raises(NotPermitted):
        given.approves(who)
    with pytest.raises(NotPermitted):
        given.refuses(who)


def test_whoever_proposed_does_not_decide_though_they_were_promoted(given: Fresh) -> None:
    given.proposes("decline", OURS_NOT)
    me, case, now = replace(given.office["handler"], role="supervisor"), given.case.id, given.now
    with pytest.raises(NotPermitted):
        proposing.approve(given.session, me, case, "", now)
    with pytest.raises(NotPermitted):
        proposing.refuse_proposal(given.session, me, case, "归我们", now)
    assert given.rows() == [None]


def test_nobody_decides_what_nobody_proposed(given: Fresh) -> None:
    with pytest.raises(MoveNotAllowed):
        given.approves()
    with pytest.raises(MoveNotAllowed):
        given.refuses()


def _accepted(given: Fresh) -> None:
    triage.accept(given.session, given.office["operator"], given.case.id, given.now)


def _answered(given: Fresh) -> None:
    triage.answer(given.session, given.office["operator"], given.case.id, "已答复", given.now)


def _declined(given: Fresh) -> None:
    boss = given.office["supervisor"]
    triage.decline(given.session, boss, given.case.id, "不归我们", given.now)


def _merged(given: Fresh) -> None:
    other, _ = offices.report(given.session, given.now)
    me = given.office["handler"]
    merging.merge(given.session, me, given.case.id, other.number, "同一件事", given.now)


def _took_in(given: Fresh) -> None:
    other, _ = offices.report(given.session, given.now)
    me = given.office["handler"]
    merging.merge(given.session, me, other.id, given.case.number, "同一件事", given.now)


@pytest.mark.parametrize("otherwise", [_accepted, _answered, _declined, _merged, _took_in])
def test_a_proposal_is_over_when_the_case_goes_another_way(given: Fresh, otherwise: object) -> None:
    given.proposes("decline", OURS_NOT)
    otherwise(given)  # type: ignore[operator]
    assert given.rows() == ["lapsed"]
    assert "consent" not in given.running()
    with pytest.raises(MoveNotAllowed):
        given.approves()


def test_a_proposal_is_over_when_the_reporter_is_asked(given: Fresh) -> None:
    _accepted(given)
    given.proposes("decline", OURS_NOT)
    me = given.office["handler"]
    asking.ask(given.session, me, given.case.id, given.report.id, "哪一天？", given.now)
    assert given.rows() == ["lapsed"]


def test_what_one_person_declines_beside_a_proposal_is_looked_at_again(given: Fresh) -> None:
    given.proposes("refer", TO_MARKET)
    _declined(given)
    assert "second_look" in given.running()
    assert "proposed_by" not in given.facts("decline")


def test_a_decision_that_is_late_climbs(given: Fresh) -> None:
    given.proposes("decline", OURS_NOT)
    while sweep(given.session, given.now + timedelta(days=3)):
        pass
    query = select(Entry.body).where(Entry.case_id == given.case.id, Entry.verb == "rung")
    climbed = [json.loads(body)["facts"]["clock"] for body in given.session.scalars(query)]
    assert "consent" in climbed
    assert given.session.get_one(Case, given.case.id).state == "received"


def test_no_proposal_passes_a_missing_countersignature(given: Fresh) -> None:
    given.proposes("decline", OURS_NOT)
    given.case.countersign = True
    with pytest.raises(MoveNotAllowed):
        given.approves()
    given.refuses()
    with pytest.raises(MoveNotAllowed):
        given.proposes("decline", OURS_NOT)
