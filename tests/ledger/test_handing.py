"""Handing over what a person has in hand, and what falls to the posts (ledger.moves.handing)."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from caseflow.db import Database
from caseflow.errors import BadInput, MoveNotAllowed, NotPermitted, Stale
from caseflow.ledger import hands, in_hand, takers
from caseflow.ledger.history_tables import Entry
from caseflow.ledger.moves import closing, handing, items, triage
from caseflow.ledger.moves.handing import Handing, Outcome
from caseflow.ledger.moves.items import Dispatch
from caseflow.ledger.moves.record import let_go, refresh
from caseflow.ledger.tables import Case, Item
from caseflow.outbox.tables import Event
from caseflow.people.tables import Post, Recusal, User
from tests import office as offices
from tests.ledger.test_absences import colleague, send_away
from tests.office import Office


@dataclass
class Bench:
    """An office whose handler has work, and a colleague who could take it."""

    session: Session
    office: Office
    now: datetime

    def id(self, name: str) -> int:
        return self.office[name].person

    def case(self, inspected: bool = False, **more: object) -> Case:
        """A case of the handler's with one item sent out."""
        me = self.office["handler"]
        case, _ = offices.report(self.session, self.now, **more)  # type: ignore[arg-type]
        triage.accept(self.session, me, case.id, self.now)
        [item] = items.split(self.session, me, case.id, ["食堂"], self.now)
        unit = self.office.units["section" if inspected else "school"]
        inspector = self.id("inspector") if inspected else None
        order = Dispatch(unit, "请核查", inspector, none_listed=True)
        items.dispatch(self.session, me, item.id, order, self.now)
        return case

    def over(self, *given: Handing, who: str = "supervisor", giver: str = "handler") -> Outcome:
        return handing.hand_over_all(
            self.session, self.office[who], self.id(giver), given, "休产假", self.now
        )

    def ends(self, case: Case) -> None:
        case.state = "closed"
        let_go(self.session, case, self.now)
        refresh(self.session, case)

    def last(self, case: Case) -> Entry:
        query = select(Entry).where(Entry.case_id == case.id).order_by(Entry.n.desc()).limit(1)
        return self.session.scalars(query).one()

    def told(self, name: str) -> list[tuple[int, int]]:
        rows = self.session.scalars(select(Event.body).where(Event.name == name).order_by(Event.id))
        return [(body["to"], body["count"]) for body in map(json.loads, rows)]

    def item(self, case: Case) -> Item:
        return self.session.scalars(select(Item).where(Item.case_id == case.id)).one()


@pytest.fixture
def bench(database: Database, now: datetime) -> Iterator[Bench]:
    with database.transaction() as session:
        office = offices.make(session)
        colleague(session, office, "handler")
        colleague(session, office, "inspector", "other")
        yield Bench(session, office, now)


def test_each_case_gets_one_entry_and_each_taker_one_message(bench: Bench) -> None:
    cases = [bench.case() for _ in range(3)]
    given = [Handing(case.id, bench.id("twin"), seen=case.head_n) for case in cases[1:]]
    done = bench.over(Handing(cases[0].id, bench.id("supervisor")), *given)
    assert (done.cases, done.stayed) == (3, {})
    assert [case.handler_id for case in cases] == [
        bench.id(name) for name in ("supervisor", "twin", "twin")
    ]
    facts = json.loads(bench.last(cases[1]).body)["facts"]
    assert bench.last(cases[1]).verb == "hand_over"
    assert facts == {"giver": bench.id("handler"), "handler": bench.id("twin"), "reason": "休产假"}
    assert bench.told("handed_over") == [(bench.id("supervisor"), 1), (bench.id("twin"), 2)]
    assert bench.told("handed_away") == [(bench.id("handler"), 3)]
    assert hands.had_a_hand(bench.session, bench.item(cases[1]).id, bench.id("twin"))


def test_an_inspectors_items_go_to_another_inspector(bench: Bench) -> None:
    case = bench.case(inspected=True)
    [piece] = in_hand.pieces(bench.session, bench.office["supervisor"], bench.id("inspector"))
    assert (piece.case.id, piece.handles, len(piece.items)) == (case.id, False, 1)
    bench.over(Handing(case.id, inspector=bench.id("other")), giver="inspector")
    item = bench.item(case)
    assert (item.inspector_id, item.state, item.held_since) == (
        bench.id("other"),
        "dispatched",
        bench.now,
    )
    assert bench.last(case).verb == "hand_over"
    assert bench.told("handed_over") == [(bench.id("other"), 1)]
    assert in_hand.pieces(bench.session, bench.office["supervisor"], bench.id("inspector")) == []


def test_what_cannot_go_stays_and_the_rest_goes(bench: Bench) -> None:
    school = bench.office.units["school"]
    away = Recusal(user_id=bench.id("twin"), unit_id=school, reason="亲属", since=bench.now)
    stale, recused, good, foreign = bench.case(), bench.case(), bench.case(), bench.case()
    recused.unit_id, seen = school, stale.head_n
    foreign.handler_id = bench.id("supervisor")
    bench.session.add(away)
    triage.note(bench.session, bench.office["operator"], stale.id, "来过电话", bench.now)
    twin = bench.id("twin")
    given = [Handing(case.id, twin, seen=case.head_n) for case in (recused, good, foreign)]
    done = bench.over(Handing(stale.id, twin, seen=seen), *given)
    assert done.cases == 1
    assert done.stayed == {
        stale.id: "这个办件刚有新的办理记录，请看过再操作",
        recused.id: "请选择一位承办人",
        foreign.id: "已经不在这个人名下",
    }
    assert [case.handler_id == bench.id("handler") for case in (stale, recused, good)] == [
        True,
        True,
        False,
    ]
    assert bench.told("handed_over") == [(twin, 1)]


def test_only_a_supervisor_hands_over_and_says_why(bench: Bench) -> None:
    case = bench.case()
    given = Handing(case.id, bench.id("twin"))
    for who in ("handler", "leader", "administrator", "stranger"):
        done = bench.over(given, who=who)
        assert list(done.stayed) == [case.id]
    me, giver = bench.office["handler"], bench.id("handler")
    with pytest.raises(NotPermitted):
        handing.hand_over(bench.session, me, giver, given, "休假", bench.now)
    with pytest.raises(BadInput):
        handing.hand_over_all(
            bench.session, bench.office["supervisor"], 1, [given], "  ", bench.now
        )
    assert (case.handler_id, bench.told("handed_over")) == (bench.id("handler"), [])


def test_who_may_take_is_there_and_need_not_keep_away(bench: Bench) -> None:
    school = bench.office.units["school"]
    bench.session.add(
        Recusal(user_id=bench.id("twin"), unit_id=school, reason="亲属", since=bench.now)
    )
    plain, about = bench.case(), bench.case()
    about.unit_id = school
    pieces = in_hand.pieces(bench.session, bench.office["supervisor"], bench.id("handler"))

    def names(away: set[int]) -> list[list[str]]:
        found = takers.takers(bench.session, pieces, bench.id("handler"), away).handlers
        return [[one.username for one in found[case.id]] for case in (plain, about)]

    assert names(set()) == [["city", "supervisor", "twin"], ["city", "supervisor"]]
    assert names({bench.id("supervisor")}) == [["city", "twin"], ["city"]]


def test_who_takes_a_case_cannot_strike_its_items_off(bench: Bench) -> None:
    case = bench.case()
    chosen = {case.id: bench.id("supervisor")}
    found = takers.lost(bench.session, [case], chosen)[case.id]
    assert (found.items, found.alone) == ((1,), ())
    bench.session.get_one(User, bench.id("reviewer")).active = False
    bench.session.flush()
    assert takers.lost(bench.session, [case], chosen)[case.id].alone == (1,)
    assert takers.lost(bench.session, [case], {case.id: bench.id("twin")}) == {}


def test_nobody_sees_what_they_must_keep_away_from(bench: Bench) -> None:
    case = bench.case()
    case.unit_id = bench.office.units["school"]
    bench.session.add(
        Recusal(
            user_id=bench.id("supervisor"), unit_id=case.unit_id, reason="亲属", since=bench.now
        )
    )
    bench.session.flush()
    reader = replace(bench.office["supervisor"], recused=frozenset([case.unit_id]))
    assert in_hand.pieces(bench.session, reader, bench.id("handler")) == []
    assert in_hand.pieces(bench.session, bench.office["administrator"], bench.id("handler")) == []


def test_what_somebody_leaves_falls_to_the_post_and_is_told_once(bench: Bench) -> None:
    cases = [bench.case(), bench.case()]
    ended = bench.case()
    bench.ends(ended)
    leaver = bench.session.get_one(User, bench.id("handler"))
    leaver.active = False
    bench.session.flush()
    done = handing.left_behind(bench.session, bench.office["administrator"], leaver.id, bench.now)
    assert done.cases == 2
    assert {case.handler_id for case in cases} == {bench.id("supervisor")}
    assert ended.handler_id == leaver.id
    entry = bench.last(cases[0])
    assert (entry.verb, entry.user_id) == ("fall_back", None)
    assert bench.told("handed_over") == [(bench.id("supervisor"), 2)]


def test_nothing_falls_to_somebody_who_cannot_go_on_with_it(bench: Bench) -> None:
    """The deputy is away and the supervisor gone: the leader can neither work nor assign."""
    case, leaver = bench.case(), bench.id("handler")
    deputy = colleague(bench.session, bench.office, "handler", "deputy")
    post = select(Post).where(Post.duty == "office_handler", Post.user_id == leaver)
    bench.session.scalars(post).one().deputy_id = deputy.id
    send_away(bench.session, bench.office, "deputy", "twin", bench.now)
    for gone in ("twin", "supervisor", "handler"):
        bench.session.get_one(User, bench.id(gone)).active = False
    bench.session.flush()
    handing.left_behind(bench.session, bench.office["administrator"], leaver, bench.now)
    assert case.handler_id == deputy.id
    there = colleague(bench.session, bench.office, "handler", "there")
    deputy.role = "reviewer"
    bench.session.flush()
    me = bench.office["administrator"]
    handing.left_behind(bench.session, me, deputy.id, bench.now, moved=True)
    assert case.handler_id == there.id
    there.active = False
    bench.session.flush()
    handing.left_behind(bench.session, me, there.id, bench.now)
    assert case.handler_id == bench.id("city")


def test_only_what_somebody_must_keep_away_from_is_left(bench: Bench) -> None:
    plain, about = bench.case(), bench.case()
    about.unit_id = bench.office.units["school"]
    handler = bench.id("handler")
    bench.session.add(
        Recusal(user_id=handler, unit_id=about.unit_id, reason="亲属", since=bench.now)
    )
    bench.session.flush()
    handing.left_behind(bench.session, bench.office["administrator"], handler, bench.now)
    assert (plain.handler_id, about.handler_id) == (handler, bench.id("supervisor"))


def test_whoever_does_something_else_now_keeps_no_case(bench: Bench) -> None:
    case = bench.case()
    user = bench.session.get_one(User, bench.id("handler"))
    user.role = "reviewer"
    bench.session.flush()
    me = bench.office["administrator"]
    assert handing.left_behind(bench.session, me, user.id, bench.now).cases == 0
    assert handing.left_behind(bench.session, me, user.id, bench.now, moved=True).cases == 1
    assert case.handler_id == bench.id("supervisor")


def test_a_matter_taken_up_anew_goes_to_nobody_who_left(bench: Bench) -> None:
    case, _ = offices.report(bench.session, bench.now, kind="question")
    triage.accept(bench.session, bench.office["handler"], case.id, bench.now)
    closing.conclude(bench.session, bench.office["handler"], case.id, bench.now)
    bench.session.get_one(User, bench.id("handler")).active = False
    bench.session.flush()
    closing.reopen(bench.session, bench.office["supervisor"], case.id, "不清楚", bench.now)
    assert case.handler_id == bench.id("supervisor")


def test_what_moved_on_or_is_over_cannot_be_handed_over(bench: Bench) -> None:
    case = bench.case()
    me, giver = bench.office["supervisor"], bench.id("handler")
    given = Handing(case.id, bench.id("twin"), seen=1)
    with pytest.raises(Stale):
        handing.hand_over(bench.session, me, giver, given, "休假", bench.now)
    bench.ends(case)
    with pytest.raises(MoveNotAllowed):
        handing.hand_over(
            bench.session, me, giver, Handing(case.id, bench.id("twin")), "休假", bench.now
        )
