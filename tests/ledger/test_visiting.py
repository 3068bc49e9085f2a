"""On-the-spot visits (实地核查): two people, and before what nobody strikes off."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from caseflow.db import Database
from caseflow.errors import BadInput, MoveNotAllowed, NotPermitted
from caseflow.ledger import attached, hands, tips, verbs, visits
from caseflow.ledger.moves import check, items, triage, visiting, work
from caseflow.ledger.moves.items import Dispatch
from caseflow.ledger.moves.visiting import Seen
from caseflow.ledger.moves.work import Result
from caseflow.ledger.tables import Item
from caseflow.people import office_changes
from caseflow.people.tables import User
from tests import office as offices


class Kitchen:
    """A complaint about food, with an item at the school."""

    def __init__(self, session: Session, now: datetime) -> None:
        self.session, self.now = session, now
        self.office = offices.make(session)
        visits.load(session)
        self.case, _ = offices.report(session, now, category="food")
        me = self.office["handler"]
        triage.accept(session, me, self.case.id, now)
        [self.item] = items.split(session, me, self.case.id, ["食堂"], now)
        given = Dispatch(self.office.units["school"], "请核查")
        items.dispatch(session, me, self.item.id, given, now)
        work.sign_for(session, self.office["school"], self.item.id, now)
        people = [self.office[name].person for name in ("inspector", "handler")]
        self.told = Seen(now, "后厨", "台面整洁", people)

    def goes(self, who: str = "handler", **more: object) -> int:
        told = replace(self.told, **more)  # type: ignore[arg-type]
        return visiting.visit(self.session, self.office[who], self.item.id, told, self.now)

    def submitted(self, result: str = "unsubstantiated") -> None:
        """The school finds; what is not substantiated waits for its check."""
        school, n = self.office["school"], self.item.id
        work.hand_in(self.session, school, n, offices.blob(self.session, self.now), "图", self.now)
        found = Result(result, "依据", self.office.units["school"])
        work.find(self.session, school, n, found, self.now)

    def strikes_off(self, who: str = "reviewer") -> None:
        check.strike_off(self.session, self.office[who], self.item.id, "", self.now)


@pytest.fixture
def given(database: Database, now: datetime) -> Iterator[Kitchen]:
    with database.transaction() as session:
        yield Kitchen(session, now)


def test_a_visit_by_one_person_is_refused(given: Kitchen) -> None:
    me = given.office["handler"].person
    namesake = given.session.get_one(User, me).name
    for told in (
        {"people": [me]},
        {"people": [me, me]},
        {"people": [me], "others": (" ",)},
        {"people": [me], "others": (namesake,)},
        {"people": [], "others": ("张三",)},
    ):
        with pytest.raises(BadInput) as wrong:
            given.goes(**told)
        assert set(wrong.value.fields) == {"companion"}
    colleague = given.session.get_one(User, given.office["reviewer"].person).name
    with pytest.raises(BadInput) as wrong:  # who went cannot strike it off: not by being typed
        given.goes(people=[me], others=(colleague,))
    assert set(wrong.value.fields) == {"others"}
    given.goes(people=[me], others=("张三",))
    [one] = visits.of_item(given.session, given.item.id)
    assert one.names == [namesake, "张三"]


def test_everything_that_is_missing_is_said_at_once(given: Kitchen) -> None:
    with pytest.raises(BadInput) as wrong:
        given.goes(at=None, place=" ", text="", people=[])
    assert set(wrong.value.fields) == {"visit_time", "place", "saw", "companion"}
    for at in (given.now + timedelta(minutes=1), given.now - timedelta(days=1)):
        with pytest.raises(BadInput):
            given.goes(at=at)
    with pytest.raises(BadInput):  # nobody of another office
        given.goes(people=[given.office["handler"].person, given.office["stranger"].person])


def test_where_the_category_demands_it_nothing_is_struck_off_unseen(given: Kitchen) -> None:
    given.submitted()
    assert visits.lacking(given.session, given.case, [given.item]) == {given.item.id}
    with pytest.raises(MoveNotAllowed, match="实地核查"):
        given.strikes_off()
    given.goes()
    given.strikes_off()
    assert given.session.get_one(Item, given.item.id).state == "struck_off"


def test_whoever_went_or_wrote_it_down_does_not_judge(given: Kitchen) -> None:
    given.submitted()
    given.goes(people=[given.office[name].person for name in ("inspector", "supervisor")])
    for who in ("handler", "inspector", "supervisor"):
        assert hands.had_a_hand(given.session, given.item.id, given.office[who].person)
    with pytest.raises(NotPermitted):
        given.strikes_off("supervisor")


def test_one_is_typed_at_the_machine(given: Kitchen) -> None:
    said = {"place": "后厨", "saw": "整洁", "people": ["inspector"], "others": ["张三"]}
    me, verb = given.office["handler"], verbs.ITEM_VERBS["visit"]
    for at in ("2026-03-03T09:30:00", "昨天"):  # which moment is it?
        call = {**said, "visited_at": at}
        with pytest.raises(BadInput):
            verbs.call(verb, given.session, me, given.item.id, call, given.now)
    call = {**said, "visited_at": given.now.isoformat()}
    verbs.call(verb, given.session, me, given.item.id, call, given.now)
    [one] = visits.of_item(given.session, given.item.id)
    assert one.names == ["测试inspector", "张三"]


def test_who_may_record_one(given: Kitchen) -> None:
    for who in ("school", "reviewer", "operator", "stranger", "inspector"):
        with pytest.raises(NotPermitted):  # the inspector does not hold this item
            given.goes(who)


def test_what_the_office_saw_is_none_of_the_units_evidence(given: Kitchen) -> None:
    given.submitted("substantiated")
    given.now += timedelta(minutes=5)
    given.goes(pictures=((offices.blob(given.session, given.now), "后厨.png"),))
    [row] = visits.of_item(given.session, given.item.id)
    assert row.pictures == len(attached.of_visit(given.session, row.row.id)) == 1
    with pytest.raises(BadInput) as wrong:
        work.submit(given.session, given.office["school"], given.item.id, "已改", given.now)
    assert set(wrong.value.fields) == {"evidence"}


def test_a_visit_does_not_say_that_the_unit_is_done_with_a_tip(given: Kitchen) -> None:
    given.case.kind = "tip"
    given.goes(pictures=((offices.blob(given.session, given.now), "后厨.png"),))
    assert tips.to_find(given.session, given.case) == frozenset()


def test_an_administrator_says_where_a_visit_is_demanded(given: Kitchen) -> None:
    session, admin = given.session, given.office["administrator"]
    assert set(visits.demanding(session)) == set(visits.SHIPPED)
    with pytest.raises(NotPermitted):
        visits.demand(session, given.office["supervisor"], [], given.now)
    with pytest.raises(BadInput):
        visits.demand(session, admin, ["nothing"], given.now)
    visits.demand(session, admin, ["bullying", "safety"], given.now)
    assert set(visits.demanding(session)) == {"bullying", "safety"}
    assert visits.demanding(session)["bullying"] == given.now
    noted = [(one.what, one.facts) for one in office_changes.newest(session, admin)]
    assert noted == [
        ("visit_demanded", {"category": "bullying"}),
        ("visit_lifted", {"category": "food"}),
    ]
    given.submitted()
    given.strikes_off()  # food is free again
    struck_off = select(Item.id).where(Item.struck_off_at.is_not(None))
    assert session.scalars(struck_off).all() == [given.item.id]
