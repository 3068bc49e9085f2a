"""Objection (退单): in which days, how often, and what becomes of the item's promises."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from caseflow.db import Database
from caseflow.deadlines import clocks
from caseflow.deadlines.tables import Clock
from caseflow.errors import BadInput, MoveNotAllowed, NotPermitted
from caseflow.ledger.moves import check, closing, items, objecting, triage, work
from caseflow.ledger.moves.items import Dispatch
from caseflow.ledger.moves.record import of_item
from caseflow.ledger.moves.work import Result
from caseflow.people.tables import Unit
from tests import office as offices
from tests.office import Office


class Dispatched:
    """A complaint whose one item was dispatched to the school."""

    def __init__(self, session: Session, now: datetime) -> None:
        self.session, self.now = session, now
        self.office: Office = offices.make(session)
        self.case, _ = offices.report(session, now)
        triage.accept(session, self.office["handler"], self.case.id, now)
        [self.item] = items.split(session, self.office["handler"], self.case.id, ["收费"], now)
        self.dispatch("school")

    def dispatch(self, to: str) -> None:
        given = self.given(to)
        items.dispatch(self.session, self.office["handler"], self.item.id, given, self.now)

    def given(self, to: str) -> Dispatch:
        return Dispatch(self.office.units[to], "请核查收费情况")

    def objects(self, who: str = "school", reason: str = "收费由总部统一办理") -> None:
        objecting.object_to(self.session, self.office[who], self.item.id, reason, self.now)

    def rejects(self) -> None:
        boss = self.office["supervisor"]
        objecting.reject_objection(self.session, boss, self.item.id, "属你校职责", self.now)

    def anew(self, to: str, who: str = "supervisor") -> None:
        given = self.given(to)
        objecting.dispatch_anew(self.session, self.office[who], self.item.id, given, self.now)

    def designates(self, to: str, who: str = "leader") -> None:
        given = self.given(to)
        objecting.designate(self.session, self.office[who], self.item.id, given, self.now)

    def signs(self, who: str = "school") -> None:
        work.sign_for(self.session, self.office[who], self.item.id, self.now)

    def hands_in(self, who: str) -> None:
        blob = offices.blob(self.session, self.now)
        work.hand_in(self.session, self.office[who], self.item.id, blob, "图", self.now)

    def finds(self, who: str) -> None:
        result = Result("unsubstantiated", "依据")
        work.find(self.session, self.office[who], self.item.id, result, self.now)

    def passes(self, **time: float) -> None:
        self.now += timedelta(**time)

    def running(self) -> dict[str, Clock]:
        return {clock.name: clock for clock in clocks.alive(self.session, of_item(self.item))}


@pytest.fixture
def given(database: Database, now: datetime) -> Iterator[Dispatched]:
    with database.transaction() as session:
        yield Dispatched(session, now)


def test_the_promises_run_on_while_an_objection_is_looked_at(given: Dispatched) -> None:
    before = {name: (clock.id, clock.due) for name, clock in given.running().items()}
    given.objects()
    assert given.item.state == "objected"
    running = given.running()
    assert running.pop("decide").due == datetime(2026, 3, 4, 16, 0, tzinfo=UTC)
    assert {name: (clock.id, clock.due) for name, clock in running.items()} == before
    given.passes(hours=30)
    given.rejects()
    assert {name: (clock.id, clock.due) for name, clock in given.running().items()} == before
    assert given.item.state == "dispatched"


def test_another_unit_gets_promises_of_its_own_within_the_same_case(given: Dispatched) -> None:
    verify = given.running()["verify"]
    resolve = given.case.next_due
    given.signs()
    given.objects()
    given.passes(days=2)
    given.anew("academy")
    assert (given.item.state, given.item.signed_at) == ("dispatched", None)
    assert given.item.verifying_unit_id == given.office.units["academy"]
    assert verify.state == "stopped"
    running = given.running()
    assert set(running) == {"sign_for", "verify"}
    assert running["verify"].id != verify.id
    assert running["verify"].due == verify.due  # both end the margin before the case
    assert running["sign_for"].due > resolve
    given.signs("academy")
    assert given.item.state == "verifying"


# 3 March 2026 is a Tuesday; the day of receipt does not count: the fifth working day is the 10th.
@pytest.mark.parametrize(
    ("begin", "last"),
    [
        ("2026-03-03T02:00", "2026-03-10T16:00"),
        ("2026-02-13T15:59", "2026-02-27T16:00"),  # over Spring Festival; the 14th is worked
        ("2026-09-29T01:00", "2026-10-12T16:00"),  # over National Day; Saturday the 10th is worked
    ],
)
def test_a_unit_objects_in_five_working_days(database: Database, begin: str, last: str) -> None:
    end = datetime.fromisoformat(last).replace(tzinfo=UTC)
    with database.transaction() as session:
        given = Dispatched(session, datetime.fromisoformat(begin).replace(tzinfo=UTC))
        assert objecting.until(session, given.case, given.item, given.now) == end
        given.now = end
        with pytest.raises(MoveNotAllowed, match="期限已过"):
            given.objects()
        assert given.item.state == "dispatched"
        given.now = end - timedelta(microseconds=1)
        given.objects()
        assert given.item.state == "objected"


def test_the_second_objection_is_the_leaders_whoever_makes_it(given: Dispatched) -> None:
    given.objects()
    with pytest.raises(MoveNotAllowed, match="退单满"):
        given.designates("academy")
    given.anew("academy")
    given.objects("academy")
    for refused in (given.rejects, lambda: given.anew("section")):
        with pytest.raises(MoveNotAllowed, match="分管领导指定"):
            refused()
    with pytest.raises(NotPermitted):
        given.designates("section", "supervisor")
    given.designates("section")
    assert given.item.verifying_unit_id == given.office.units["section"]
    assert given.item.designated


def test_whoever_is_designated_cannot_object(given: Dispatched) -> None:
    given.signs()
    given.objects()
    given.rejects()
    given.objects()
    verify = given.running()["verify"]
    given.designates("school")  # it stays where it is, and so do its promises
    assert given.item.state == "verifying"
    assert given.running() == {"verify": verify}
    with pytest.raises(MoveNotAllowed, match="指定承办"):
        given.objects()


def test_only_the_unit_that_has_it_objects_and_says_why(given: Dispatched) -> None:
    for who in ("academy", "handler", "supervisor", "inspector"):
        with pytest.raises((NotPermitted, MoveNotAllowed)):
            given.objects(who)
    with pytest.raises(BadInput) as wrong:
        given.objects(reason="  ")
    assert set(wrong.value.fields) == {"reason"}
    assert given.item.objections == 0


def test_an_objection_leads_to_another_unit_and_not_to_the_same(given: Dispatched) -> None:
    given.objects()
    with pytest.raises(BadInput) as wrong:
        given.anew("school")
    assert set(wrong.value.fields) == {"unit"}


def test_what_was_verified_once_is_no_matter_of_competence_any_more(given: Dispatched) -> None:
    given.signs()
    given.hands_in("school")
    given.finds("school")
    given.passes(minutes=1)
    reviewer = given.office["reviewer"]
    check.return_item(given.session, reviewer, given.item.id, "没有写清", given.now)
    with pytest.raises(MoveNotAllowed, match="已经核查过"):
        given.objects()


def test_what_the_unit_before_handed_in_is_no_evidence_of_the_next(given: Dispatched) -> None:
    given.signs()
    given.hands_in("school")
    given.objects()
    given.passes(minutes=1)
    given.anew("academy")
    given.signs("academy")
    with pytest.raises(BadInput) as wrong:
        given.finds("academy")
    assert set(wrong.value.fields) == {"evidence"}
    given.hands_in("academy")
    given.finds("academy")
    assert given.item.state == "submitted"


def test_a_case_taken_up_again_promises_the_decision_anew(given: Dispatched) -> None:
    given.objects()
    boss = given.office["supervisor"]
    triage.decline(given.session, boss, given.case.id, "不属于本办", given.now)
    assert given.running() == {}
    with pytest.raises(MoveNotAllowed):
        given.rejects()
    closing.reopen(given.session, boss, given.case.id, "重新办理", given.now)
    [second] = items.split(given.session, given.office["handler"], given.case.id, ["二"], given.now)
    items.dispatch(
        given.session, given.office["handler"], second.id, given.given("academy"), given.now
    )
    assert set(given.running()) == {"sign_for", "verify", "decide"}
    given.rejects()
    assert given.item.state == "dispatched"


def test_whoever_keeps_away_from_the_unit_decides_nothing_of_it(given: Dispatched) -> None:
    given.objects()
    boss = given.office["supervisor"]
    away = frozenset({given.office.units["school"]})
    given.office.actors["supervisor"] = replace(boss, recused=away)
    for refused in (given.rejects, lambda: given.anew("academy")):
        with pytest.raises(NotPermitted, match="回避"):
            refused()
    given.office.actors["supervisor"] = boss
    given.anew("academy")


def test_whoever_keeps_away_from_a_unit_gives_it_nothing_either(given: Dispatched) -> None:
    away = frozenset({given.office.units["academy"]})
    for who in ("supervisor", "leader"):
        given.office.actors[who] = replace(given.office[who], recused=away)
    given.objects()
    with pytest.raises(BadInput, match="须回避") as wrong:
        given.anew("academy")
    assert set(wrong.value.fields) == {"unit"}
    given.rejects()
    given.objects()
    with pytest.raises(BadInput, match="须回避"):
        given.designates("academy")
    given.designates("school")


def test_a_unit_that_was_closed_meanwhile_is_not_designated(given: Dispatched) -> None:
    given.objects()
    given.rejects()
    given.objects()
    given.session.get_one(Unit, given.office.units["school"]).active = False
    with pytest.raises(BadInput, match="请选择核查单位"):
        given.designates("school")
    assert given.item.state == "objected"
    given.designates("academy")


def test_a_tip_does_not_stay_with_the_unit_that_it_turns_out_to_be_about(given: Dispatched) -> None:
    given.case.kind = "tip"
    given.objects()
    given.rejects()
    given.objects()
    given.case.unit_id = given.office.units["school"]
    with pytest.raises(BadInput, match="举报不得交给被举报单位"):
        given.designates("school")


def test_a_unit_that_is_designated_reads_what_the_leader_wrote(given: Dispatched) -> None:
    given.objects()
    given.rejects()
    given.objects()
    leader, school = given.office["leader"], given.office.units["school"]
    for text in (" ", "由你校核查并于三日内书面报告"):
        order = Dispatch(school, text)
        if not text.strip():
            with pytest.raises(BadInput):
                objecting.designate(given.session, leader, given.item.id, order, given.now)
            continue
        objecting.designate(given.session, leader, given.item.id, order, given.now)
    assert given.item.dispatch_text == "由你校核查并于三日内书面报告"
    assert given.item.state == "dispatched"


def test_an_inspector_may_be_sent_where_the_unit_objected_twice(given: Dispatched) -> None:
    given.signs()
    given.objects()
    given.rejects()
    given.objects()
    inspector, school = given.office["inspector"].person, given.office.units["school"]
    order = Dispatch(school, "请到校核查", inspector)
    objecting.designate(given.session, given.office["leader"], given.item.id, order, given.now)
    assert (given.item.state, given.item.inspector_id) == ("dispatched", inspector)
    assert set(given.running()) == {"sign_for", "verify"}
