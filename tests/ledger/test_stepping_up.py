"""A document of the ladder before its date: asked for, decided, drafted, and never again."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select

from caseflow.db import Database
from caseflow.deadlines import amending, clocks
from caseflow.deadlines.calendar import Unit
from caseflow.deadlines.ladder import Ladder, Trigger
from caseflow.deadlines.tables import Clock
from caseflow.errors import BadInput, MoveNotAllowed, NotPermitted
from caseflow.escalation import answers, orders
from caseflow.escalation.defaults import SHIPPED, UNITS
from caseflow.escalation.tables import Order
from caseflow.ledger.history_tables import Entry
from caseflow.ledger.moves import items, objecting, stepping_up, triage, withdrawing
from caseflow.ledger.moves.items import Dispatch
from caseflow.ledger.step_up_tables import StepUp
from caseflow.ledger.tables import Case
from tests import office as offices
from tests.ledger.stepped import DAY, WHY, Given, begun, fits


@pytest.fixture
def given(database: Database, now: datetime) -> Iterator[Given]:
    with begun(database, now) as one:
        yield one


def test_what_was_approved_is_drafted_at_once_and_never_again(given: Given) -> None:
    given.ask("circular")
    assert given.orders() == [], "asking moves nothing"
    given.approve()
    assert given.rungs() == [(4, "conduct")]
    assert given.orders() == [("circular", "draft")]
    told = offices.last_entry(
        given.session, given.session.get_one(Case, given.item.case_id), "rung"
    )
    assert (told["facts"]["cause"], told["role"]) == ("conduct", "system")
    for _ in range(60):
        given.sweep(DAY)
    by_date = [n for n, cause in given.rungs() if not cause]
    assert by_date == [1, 2, 5, 6, 7], "messages come by their dates, 督办单 and 通报 no more"
    kinds = [kind for kind, _ in given.orders()]
    assert kinds == ["circular", "interview", "listed", "accountability"]
    fits(given.session)


def test_the_document_says_nothing_of_the_reason_nor_of_lateness_before_it_is_late(
    given: Given,
) -> None:
    given.ask("listed", cause="public_attention", reason="网上反映强烈")
    given.approve()
    text = given.session.scalars(select(Order.text)).one()
    assert "测试school：" in text
    assert "挂牌督办" in text
    for word in ("逾期", "网上", "舆情", "反映"):
        assert word not in text


def test_who_asks_does_not_decide_and_others_may_not(given: Given) -> None:
    for who in ("handler", "leader", "school", "reviewer", "stranger"):
        with pytest.raises(NotPermitted):
            given.ask(who=who)
    given.ask()
    for who in ("supervisor", "handler", "city"):
        with pytest.raises(NotPermitted):
            given.approve(who)
    given.approve()
    assert given.orders() == [("supervision_order", "draft")]


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"document": "urging"}, "document"),
        ({"document": "rectification"}, "document"),
        ({"cause": "mood"}, "cause"),
        ({"reason": " "}, "reason"),
    ],
    ids=str,
)
def test_what_makes_no_sense_is_said_beside_its_field(
    given: Given, said: dict[str, str], field: str
) -> None:
    with pytest.raises(BadInput) as refused:
        given.ask(**said)
    assert set(refused.value.fields) == {field}


def test_a_rung_that_came_by_its_date_is_not_asked_for(given: Given) -> None:
    for _ in range(20):
        given.sweep(DAY)
    assert given.rungs()[-1][0] == 4
    with pytest.raises(BadInput):
        given.ask("circular")
    given.ask("interview")
    given.sweep(20 * DAY)  # meanwhile its date came
    assert given.rungs()[-1] == (6, "")
    with pytest.raises(MoveNotAllowed):
        given.approve()
    stepping_up.refuse_step_up(
        given.session, given.office["leader"], given.item.id, "已经约谈", given.now
    )
    fits(given.session)


def test_one_request_waits_and_none_beside_a_withdrawal(given: Given) -> None:
    given.ask()
    with pytest.raises(MoveNotAllowed):
        given.ask("listed")
    s, office, n = given.session, given.office, given.item.id
    with pytest.raises(MoveNotAllowed):
        withdrawing.withdraw(s, office["handler"], n, "重复", given.now)
    stepping_up.refuse_step_up(s, office["leader"], n, "再等等", given.now)
    withdrawing.withdraw(s, office["handler"], n, "重复", given.now)
    with pytest.raises(MoveNotAllowed):
        given.ask()
    assert given.orders() == []


def test_a_request_ends_with_its_item_and_nobody_is_urged_to_decide(given: Given) -> None:
    given.ask()
    s, case_id = given.session, given.item.case_id
    triage.decline(s, given.office["supervisor"], case_id, "不属于", given.now)
    assert s.scalars(select(StepUp.outcome)).one() == "lapsed"
    alive = select(func.count()).where(Clock.name == "consent", Clock.state == "running")
    assert s.scalar(alive) == 0
    fits(s)


def test_what_was_asked_about_one_unit_reaches_no_other(given: Given) -> None:
    given.ask()
    s, office, n = given.session, given.office, given.item.id
    given.now += timedelta(minutes=1)
    objecting.object_to(s, office["school"], n, "不归我校", given.now)
    academy = Dispatch(office.units["academy"], "请核查")
    objecting.dispatch_anew(s, office["supervisor"], n, academy, given.now)
    with pytest.raises(MoveNotAllowed):
        given.approve()
    assert given.orders() == []


def test_none_is_asked_for_while_an_inspector_verifies(given: Given) -> None:
    s, office = given.session, given.office
    me, n = office["supervisor"], given.item.id
    items.reassign(s, me, n, office["inspector"].person, "到场看", given.now)
    with pytest.raises(MoveNotAllowed):
        given.ask()


def test_a_document_brought_before_its_date_is_lifted_by_its_level_alone(given: Given) -> None:
    given.ask("listed")
    given.approve()
    s, office = given.session, given.office
    order = s.scalars(select(Order)).one()
    for who in ("supervisor", "leader"):
        with pytest.raises(NotPermitted):
            orders.issue(s, office[who], order.id, order.text, given.now)
    orders.issue(s, office["city"], order.id, order.text, given.now)
    assert given.item.reserved_for == "city"
    for who in ("supervisor", "leader"):
        with pytest.raises(NotPermitted):
            answers.lift(s, office[who], order.id, "已办妥", given.now)
    answers.lift(s, office["city"], order.id, "已办妥", given.now)
    assert (order.state, given.item.reserved_for) == ("lifted", None)


# What is counted anew keeps what was brought


def test_more_time_repeats_no_document_that_was_brought(given: Given) -> None:
    given.ask("supervision_order")
    given.approve()
    s = given.session
    verify = s.scalars(select(Clock).where(Clock.name == "verify", Clock.state == "running")).one()
    later = clocks.supersede(s, verify, verify.due + 3 * DAY, given.now)
    assert later.entered == 3
    for _ in range(30):
        given.sweep(DAY)
    assert [n for n, _ in given.rungs()] == [3, 1, 2, 4, 5, 6, 7][: len(given.rungs())]
    fits(s)


def test_another_ladder_keeps_what_was_brought(given: Given) -> None:
    given.ask("circular")
    given.approve()
    s = given.session
    petition = Ladder("units", 2, SHIPPED["petition"].steps, SHIPPED["petition"].triggers)
    amending.write_ladder(s, petition, given.office["supervisor"].person, given.now)
    verify = s.scalars(select(Clock).where(Clock.name == "verify", Clock.state == "running")).one()
    later = clocks.supersede(s, verify, verify.due, given.now, ladder=petition)
    assert later.entered == 4, "the circular is its fourth step, behind the interview"
    for _ in range(50):
        given.sweep(DAY)
    kinds = [kind for kind, _ in given.orders()]
    assert kinds == ["circular", "listed", "rectification", "accountability"]


def test_the_history_names_who_asked_and_why(given: Given) -> None:
    given.ask("circular", cause="instruction")
    given.approve()
    query = select(Entry.verb).where(Entry.verb.in_(("ask_step_up", "step_up", "rung")))
    assert given.session.scalars(query.order_by(Entry.n)).all() == [
        "ask_step_up",
        "step_up",
        "rung",
    ]
    case = given.session.get_one(Case, given.item.case_id)
    said = offices.last_entry(given.session, case, "ask_step_up")["facts"]
    assert said == {"action": "circular", "cause": "instruction", "rung": 4, "reason": WHY}


def test_a_trigger_names_a_document_of_its_ladder() -> None:
    lost = Ladder("units", 1, UNITS.steps, (Trigger(event="sent_back", label="约谈", times=2),))
    unit = Unit.working_days
    assert lost.brings(lost.triggers[0], unit) is None
    for ladder in SHIPPED.values():
        for trigger in ladder.triggers:
            step = ladder.brings(trigger, unit)
            assert step is not None
            assert step.action != "accountability"
