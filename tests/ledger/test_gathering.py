"""Cases that may be one matter: what is suggested to whom, and a wave merged and undone at once."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import event, select, update
from sqlalchemy.orm import Session

from caseflow import doctor
from caseflow.db import Database
from caseflow.errors import BadInput, MoveNotAllowed, NotFound, NotPermitted, Stale
from caseflow.ledger import suggesting
from caseflow.ledger.moves import closing, gathering, items, merging, triage
from caseflow.ledger.report_tables import Report
from caseflow.ledger.sketch_tables import Wave
from caseflow.ledger.tables import Case
from caseflow.ledger.verify import verify_chains
from caseflow.people.actor import Actor
from caseflow.people.scope import scope_of
from caseflow.vault.tables import Identity
from tests import office as offices
from tests.ledger.saying import said
from tests.office import Office

WAVE = "城东小学食堂的菜里有虫，孩子吃了两天肚子疼，请查一查进货和卫生，不能再拖了。"


class Many:
    """An office to which parents write about the canteen of one school."""

    def __init__(self, session: Session, now: datetime) -> None:
        self.session, self.now = session, now
        self.office: Office = offices.make(session)
        self.first, *self.others = (self.comes_in(f"{WAVE}第{n}位家长") for n in range(6))

    def comes_in(self, text: str, **more: object) -> Case:
        where = {"unit": self.office.units["school"], "category": "food", **more}
        return said(self.session, self.now, text, **where)

    def gather(self, *cases: Case, who: str = "handler", seen: int | None = None) -> int:
        self.now += timedelta(minutes=1)
        heads = {case.number: case.head_n for case in cases}
        me, why = self.office[who], "同一食堂同一天"
        return gathering.gather(self.session, me, self.first.id, heads, why, self.now, seen=seen)

    def scatter(self, wave: int) -> int:
        self.now += timedelta(minutes=1)
        me = self.office["handler"]
        return gathering.scatter(self.session, me, self.first.id, wave, "并错了", self.now)

    def states(self) -> set[str]:
        return {case.state for case in self.others}

    def suggested(self, who: Actor, case: Case | None = None) -> dict[int, list[str]]:
        of = case or self.first
        reports = self.session.scalars(select(Report).where(Report.case_id == of.id)).all()
        found = suggesting.of_case(self.session, scope_of(who), of, reports)
        return {one.case.id: sorted(one.reasons) for one in found}


@pytest.fixture
def many(database: Database, now: datetime) -> Iterator[Many]:
    with database.transaction() as session:
        yield Many(session, now)


# A wave


def test_a_wave_goes_over_at_once_and_comes_back_at_once(many: Many) -> None:
    assert many.gather(*many.others) == 5
    reports = many.session.scalars(select(Report.case_id)).all()
    assert (many.states(), set(reports)) == ({"merged"}, {many.first.id})
    wave = many.session.scalars(select(Wave)).one()
    assert (wave.into_id, wave.user_id) == (many.first.id, many.office["handler"].id)
    assert many.scatter(wave.id) == 5
    assert many.states() == {"received"}
    assert len(set(many.session.scalars(select(Report.case_id)))) == 6
    assert verify_chains(many.session).fits
    with pytest.raises(MoveNotAllowed, match="都已恢复"):
        many.scatter(wave.id)


def test_the_doctor_finds_a_wave_that_went_elsewhere(many: Many) -> None:
    many.gather(*many.others)
    [asked] = doctor.LAWS["waves went where they say"]()
    assert many.session.scalars(asked).all() == []
    for wrong in ({"into_id": many.others[0].id}, {"undone_at": many.now}):
        right = {"into_id": many.first.id, "undone_at": None}
        many.session.execute(update(Wave).values(**{**right, **wrong}))
        assert len(many.session.scalars(asked).all()) == 5


def test_what_was_undone_one_by_one_is_left_alone(many: Many) -> None:
    many.gather(*many.others)
    wave = many.session.scalars(select(Wave.id)).one()
    merging.unmerge(many.session, many.office["handler"], many.others[2].id, "是另一件", many.now)
    many.gather(many.others[2])
    assert many.scatter(wave) == 4
    assert many.others[2].state == "merged"
    with pytest.raises(NotFound):
        gathering.scatter(
            many.session, many.office["handler"], many.others[0].id, wave, "并错了", many.now
        )


@pytest.mark.parametrize("what", ["another school", "worked on", "another kind"])
def test_one_that_does_not_fit_is_named_and_none_goes_over(many: Many, what: str) -> None:
    me = many.office["handler"]
    if what == "another school":
        odd = many.comes_in(WAVE, unit=many.office.units["academy"])
    elif what == "another kind":
        odd = many.comes_in(WAVE, kind="question")
    else:
        odd = many.comes_in(WAVE)
        for case in (many.first, odd):
            triage.accept(many.session, me, case.id, many.now)
        items.split(many.session, me, odd.id, ["食堂"], many.now)
    with (
        pytest.raises((BadInput, MoveNotAllowed), match=odd.number),
        many.session.begin_nested(),
    ):
        many.gather(*many.others, odd)
    many.session.expire_all()
    assert many.states() == {"received"}
    assert many.session.scalars(select(Wave)).all() == []


def test_nobody_gathers_what_they_may_not_merge_or_see(many: Many) -> None:
    outside = many.comes_in(WAVE, unit=None, area=offices.OTHER)
    for who, case, error in (
        ("auditor", many.others[0], NotPermitted),
        ("stranger", many.others[0], BadInput),
        ("handler", outside, BadInput),
    ):
        with pytest.raises(error), many.session.begin_nested():
            many.gather(case, who=who)
    far = replace(many.office["handler"], recused=frozenset({many.office.units["school"]}))
    many.office.actors["far"] = far
    with pytest.raises(BadInput), many.session.begin_nested():
        many.gather(many.others[0], who="far")


def test_what_moved_on_since_it_was_seen_is_not_merged(many: Many) -> None:
    heads = {many.others[0].number: many.others[0].head_n}
    me = many.office["handler"]
    triage.note(many.session, me, many.others[0].id, "家长来电", many.now)
    with pytest.raises(Stale), many.session.begin_nested():
        gathering.gather(many.session, me, many.first.id, heads, "同一件事", many.now)
    seen = many.first.head_n
    triage.note(many.session, me, many.first.id, "家长来电", many.now)
    with pytest.raises(Stale), many.session.begin_nested():
        many.gather(many.others[1], seen=seen)


def test_a_wave_of_which_somebody_got_an_answer_is_not_undone(many: Many) -> None:
    me = many.office["handler"]
    many.first, other = (many.comes_in(WAVE, kind="question", reach="phone") for _ in range(2))
    for case in (many.first, other):
        triage.accept(many.session, me, case.id, many.now)
    report = many.session.scalars(select(Report).where(Report.case_id == other.id)).one()
    many.gather(other)
    closing.conclude(many.session, me, many.first.id, many.now)
    way = "telephone"
    closing.reply(many.session, me, many.first.id, report.id, "答复", way, many.now)
    with pytest.raises(MoveNotAllowed, match=other.number):
        many.scatter(many.session.scalars(select(Wave.id)).one())


# What is suggested


def test_each_suggestion_says_why(many: Many) -> None:
    handler = many.office["handler"]
    elsewhere = many.comes_in("完全另一回事：操场的跑道气味刺鼻", category="safety", reach="phone")
    alone = many.comes_in(WAVE, unit=None, category=None)
    alike = many.comes_in("食堂的饭又凉又少", reach="phone")
    old = many.comes_in("食堂两年前的事", category="food")
    old.opened_at -= timedelta(days=400)
    for case in (elsewhere, alike):
        mine = select(Report.identity_id).where(Report.case_id == case.id)
        many.session.execute(
            update(Identity).where(Identity.id.in_(mine)).values(phone_index="p" * 64)
        )
    found = many.suggested(handler)
    assert {found[one.id] == ["place", "text"] for one in many.others} == {True}
    assert found[alone.id] == ["text"]
    assert found[alike.id] == ["place"]
    assert old.id not in found
    assert many.first.id not in found
    assert elsewhere.id not in found
    assert many.suggested(handler, alike)[elsewhere.id] == ["number"]
    assert many.suggested(many.office["stranger"]) == {}
    far = replace(handler, recused=frozenset({many.office.units["school"]}))
    assert set(many.suggested(far)) == {alone.id}


@contextmanager
def counted(session: Session) -> Iterator[list[str]]:
    sent: list[str] = []
    engine = session.get_bind()

    def note(_c: object, _cursor: object, statement: str, *_more: object) -> None:
        sent.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    yield sent
    event.remove(engine, "before_cursor_execute", note)


def test_suggesting_costs_the_same_in_a_wave_as_for_one(many: Many) -> None:
    handler = many.office["handler"]
    lone = many.comes_in("一件没有别人说过的事情", unit=many.office.units["academy"])
    texts = []
    for case in (lone, many.first):
        many.session.flush()
        with counted(many.session) as sent:
            many.suggested(handler, case)
        texts.append(len(sent) - 1)  # the test's own look at the reports
    assert texts[1] <= texts[0] == 4
