"""A unit's answer counts once its responsible person signed it off (单位负责人签发)."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from caseflow.db import Database
from caseflow.deadlines import clocks
from caseflow.errors import BadInput, MoveNotAllowed, NotPermitted
from caseflow.ledger import hands, signatures
from caseflow.ledger.moves import check, items, objecting, signing, triage, work
from caseflow.ledger.moves.items import Dispatch
from caseflow.ledger.moves.record import of_item
from caseflow.ledger.moves.work import Result
from caseflow.ledger.signature_tables import Signature
from caseflow.ledger.tables import Item
from caseflow.people import accounts
from caseflow.people.actor import Actor
from caseflow.people.tables import Post, User
from tests import office as offices
from tests.notices.watch import Watch


class School:
    """An item at a school of two accounts: its head, and a clerk who writes."""

    def __init__(self, session: Session, now: datetime) -> None:
        self.session, self.now = session, now
        self.office = offices.make(session)
        self.unit, self.head = self.office.units["school"], self.office["school"]
        person = session.get_one(User, self.head.person)
        values = {"role": "unit", "area_code": person.area_code, "unit_id": self.unit}
        clerk = User(username="clerk", name="干事", password_hash="!", **values)
        session.add(clerk)
        session.flush()
        self.clerk = accounts.actor_of(session, clerk)
        self.case, _ = offices.report(session, now)
        me = self.office["handler"]
        triage.accept(session, me, self.case.id, now)
        [self.item] = items.split(session, me, self.case.id, ["收费"], now)
        items.dispatch(session, me, self.item.id, Dispatch(self.unit, "请核查"), now)
        work.sign_for(session, self.clerk, self.item.id, now)
        self.brings()

    def brings(self) -> None:
        picture = offices.blob(self.session, self.now)
        work.hand_in(self.session, self.clerk, self.item.id, picture, "图", self.now)

    def finds(self, who: Actor, result: str = "unsubstantiated", **more: str) -> None:
        work.find(self.session, who, self.item.id, Result(result, "依据"), self.now, **more)

    def signs(self, who: Actor) -> None:
        signing.sign_off(self.session, who, self.item.id, self.now)

    def sends_back(self, who: Actor, why: str = "再查一遍") -> None:
        signing.send_back_answer(self.session, who, self.item.id, why, self.now)

    def running(self) -> set[str]:
        return {clock.name for clock in clocks.alive(self.session, of_item(self.item))}

    def facts(self, verb: str) -> dict[str, object]:
        return dict(offices.last_entry(self.session, self.case, verb)["facts"])


@pytest.fixture
def given(database: Database, now: datetime) -> Iterator[School]:
    with database.transaction() as session:
        yield School(session, now)


def test_what_a_clerk_writes_waits_and_the_clock_runs_on(given: School) -> None:
    given.finds(given.clerk)
    assert given.item.state == "verifying"
    assert given.running() == {"verify"}
    with pytest.raises(MoveNotAllowed):
        given.finds(given.clerk)
    for who in (given.clerk, given.office["handler"], given.office["academy"]):
        with pytest.raises(NotPermitted):
            given.signs(who)
    given.now += timedelta(hours=2)
    given.signs(given.head)
    assert given.item.state == "submitted"
    assert given.running() == {"check"}
    name = given.session.get_one(User, given.head.person).name
    said = given.facts("find")
    assert (said["signer"], said["written_by"]) == (name, given.clerk.person)
    for who in (given.clerk, given.head):
        assert hands.had_a_hand(given.session, given.item.id, who.person)
    with pytest.raises(NotPermitted):  # it is the office's turn
        given.signs(given.head)


def test_what_is_sent_back_is_written_anew(given: School) -> None:
    with pytest.raises(MoveNotAllowed):
        given.sends_back(given.head)
    given.finds(given.clerk)
    with pytest.raises(BadInput):
        given.sends_back(given.head, " ")
    with pytest.raises(NotPermitted):
        given.sends_back(given.clerk)
    given.sends_back(given.head)
    assert given.item.state == "verifying"
    last = signatures.newest(given.session, given.item, given.unit)
    assert last is not None
    assert (last.outcome, last.remark) == ("sent_back", "再查一遍")
    given.finds(given.clerk, "substantiated")
    given.signs(given.head)
    assert given.item.state == "rectifying"
    assert given.item.rectifying_unit_id == given.unit


def test_where_who_wrote_it_left_the_unit_is_told(given: School) -> None:
    given.finds(given.clerk)
    post = Post.duty == "unit_handler", Post.unit_id == given.unit
    deputy = User(
        username="deputy", name="副校长", password_hash="!", role="unit", unit_id=given.unit
    )
    deputy.area_code = given.session.get_one(User, given.clerk.person).area_code
    given.session.add(deputy)
    given.session.flush()
    given.session.execute(update(Post).where(*post).values(user_id=deputy.id))
    given.session.execute(update(User).where(User.id == given.clerk.person).values(active=False))
    watch = Watch(given.session)
    watch.forget()
    given.sends_back(given.head)
    assert watch.told() == {"unsigned > deputy"}


def test_who_is_responsible_signs_what_they_write(given: School) -> None:
    given.finds(given.clerk)
    given.finds(given.head)  # in other words, without the clerk's
    rows = given.session.scalars(select(Signature).order_by(Signature.id)).all()
    assert [row.outcome for row in rows][-1] == "signed"
    assert given.item.state == "submitted"


def test_a_submission_waits_too_and_wants_evidence_first(given: School) -> None:
    given.finds(given.head, "substantiated")
    given.now += timedelta(minutes=5)
    with pytest.raises(BadInput):
        work.submit(given.session, given.clerk, given.item.id, "已退费", given.now)
    given.brings()
    work.submit(given.session, given.clerk, given.item.id, "已退费", given.now)
    assert given.item.state == "rectifying"
    assert given.running() == {"rectify"}
    given.signs(given.head)
    assert (given.item.state, given.facts("submit")["done"]) == ("submitted", "已退费")
    check.return_item(given.session, given.office["reviewer"], given.item.id, "不够", given.now)
    assert signatures.waiting(given.session, given.item) is None


def test_where_nobody_has_the_post_the_name_is_asked_for(given: School) -> None:
    given.session.execute(delete(Post).where(Post.duty == "unit_head", Post.unit_id == given.unit))
    with pytest.raises(BadInput) as wrong:
        given.finds(given.clerk)
    assert set(wrong.value.fields) == {"signer"}
    given.finds(given.clerk, signer=" 王校长 ")
    assert given.item.state == "submitted"
    assert given.facts("find")["signer"] == "王校长"
    assert signatures.known_signer(given.session, given.unit) == "王校长"


def test_a_head_who_left_signs_nothing_and_the_deputy_does(given: School) -> None:
    of_head = Post.duty == "unit_head", Post.unit_id == given.unit
    given.session.execute(update(Post).where(*of_head).values(deputy_id=given.clerk.person))
    given.session.get_one(User, given.head.person).active = False
    given.session.flush()
    given.finds(given.clerk)
    assert given.facts("find")["signer"] == "干事"


def test_what_waits_is_over_when_the_item_goes_elsewhere(given: School) -> None:
    given.finds(given.clerk)
    reason = "不归我们管"
    objecting.object_to(given.session, given.clerk, given.item.id, reason, given.now)
    with pytest.raises(MoveNotAllowed):
        given.signs(given.head)
    given.now += timedelta(minutes=1)
    boss, other = given.office["supervisor"], Dispatch(given.office.units["academy"], "请核查")
    objecting.dispatch_anew(given.session, boss, given.item.id, other, given.now)
    work.sign_for(given.session, given.office["academy"], given.item.id, given.now)
    with pytest.raises(NotPermitted):
        given.signs(given.head)
    assert signatures.waiting(given.session, given.session.get_one(Item, given.item.id)) is None


def test_the_office_in_a_units_place_signs_nothing(given: School) -> None:
    given.finds(given.head, "substantiated")
    given.now += timedelta(minutes=5)
    given.brings()
    work.submit(given.session, given.clerk, given.item.id, "已退费", given.now)
    me = given.office["handler"]
    work.submit(given.session, me, given.item.id, "已电话核实", given.now)
    assert given.item.state == "submitted"
    assert "signer" not in given.facts("submit")
    [row] = given.session.scalars(select(Signature).where(Signature.move == "submit"))
    assert row.outcome == "lapsed"
