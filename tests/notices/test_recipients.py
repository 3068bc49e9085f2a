"""Who is told of what, by real moves on both databases."""

from pathlib import Path

import pytest
from sqlalchemy import select, update

from caseflow.crypto.keys import KeyRing
from caseflow.deadlines.tables import Clock
from caseflow.errors import BadInput
from caseflow.escalation import orders
from caseflow.escalation.sweep import sweep
from caseflow.escalation.tables import Order
from caseflow.intake import known
from caseflow.ledger import checkers
from caseflow.ledger.moves import (
    asking,
    check,
    closing,
    items,
    objecting,
    opening,
    triage,
    urgency,
    work,
)
from caseflow.ledger.moves.heard import Heard
from caseflow.ledger.moves.urgency import DangerCard
from caseflow.ledger.moves.work import Result
from caseflow.ledger.tables import Case, Item
from caseflow.people.actor import REPORTER
from caseflow.people.scope import scope_of
from caseflow.people.tables import Area, Post, Recusal, User
from caseflow.vault.tables import Original
from tests import office as offices
from tests.notices.desk import Desk, desk
from tests.notices.watch import drafted

__all__ = ["desk"]


def test_a_report_goes_to_the_shift_and_an_urgent_one_to_the_leader_too(desk: Desk) -> None:
    offices.report(desk.session, desk.now)
    assert desk.told() == {"new > operator", "new > handler"}
    offices.report(desk.session, desk.now, urgent=True)
    assert desk.told() == {"urgent > operator", "urgent > leader"}
    assert {draft.urgent for draft in drafted(desk.session)} == {False, True}
    case, _ = desk.case()
    raised = desk.by(urgency.raise_urgency, "handler", case.id, "孩子还在校门口")
    assert raised == {"urgent > operator", "urgent > leader"}


@pytest.mark.parametrize(
    ("reach", "expected"), [("email", {"decision > reporter"}), ("phone", set()), ("", set())]
)
def test_a_decision_is_told_by_mail_where_there_is_one(
    desk: Desk, reach: str, expected: set[str]
) -> None:
    case, _ = desk.case(reach=reach)
    assert desk.by(triage.accept, "operator", case.id) == expected
    other, _ = desk.case(reach=reach)
    refer = desk.by(triage.refer, "supervisor", other.id, "市场监管局", "由其管辖")
    assert refer == expected


def test_a_decline_is_looked_at_again_by_somebody_else(desk: Desk) -> None:
    case, _ = desk.case(reach="email")
    told = desk.by(triage.decline, "supervisor", case.id, "不属于受理范围")
    assert told == {"decision > reporter", "second_look > reviewer"}


def test_an_answer_on_the_spot_is_looked_at_again_but_for_questions(desk: Desk) -> None:
    case, _ = desk.case(kind="help")
    assert desk.by(triage.answer, "operator", case.id, "已说明") == {"second_look > reviewer"}
    case, _ = desk.case(kind="question")
    assert desk.by(triage.answer, "operator", case.id, "已说明") == set()


def test_no_call_to_the_police_is_countersigned(desk: Desk) -> None:
    case, _ = desk.case(urgent=True)
    card = DangerCard(police_called=False, leader_told=True, reason="双方已分开")
    told = desk.by(urgency.acknowledge, "operator", case.id, card)
    assert told == {"countersign > supervisor", "countersign > leader"}


def test_asking_tells_the_reporter_and_going_on_tells_the_handler(desk: Desk) -> None:
    case, report = desk.case(reach="email")
    desk.by(triage.accept, "operator", case.id)
    assert desk.by(asking.ask, "handler", case.id, report.id, "哪个班") == {"question > reporter"}
    assert desk.by(asking.resume, "supervisor", case.id) == {"resumed > handler"}


@pytest.mark.parametrize(
    ("urgent", "expected"),
    [(False, {"added > handler"}), (True, {"retaliation > leader"})],
)
def test_what_a_reporter_adds_goes_to_the_handler_and_retaliation_to_the_leader(
    desk: Desk, urgent: bool, expected: set[str]
) -> None:
    case, first = desk.case()
    desk.by(triage.accept, "operator", case.id)
    session, now = desk.session, desk.now
    session.add(Original(id="more", sealed=b"-", size=1, received_at=now))
    session.flush()
    more = opening.NewReport(
        registered=opening.register(session, case.area_code, now),
        channel="webform",
        channel_key="more",
        received_at=now,
        kind=case.kind,
        text="又来了",
        original_id="more",
        anonymous=True,
        urgent=urgent,
    )
    opening.join(session, REPORTER, case, first, more, now)
    assert desk.told() == expected


def test_a_dispatch_goes_to_the_unit_or_to_the_inspector_who_goes_there(desk: Desk) -> None:
    desk.dispatched()
    assert desk.told() == {"dispatched > school"}
    desk.dispatched("section", kind="tip", unit=desk.office.units["school"])
    assert desk.told() == {"dispatched > inspector"}


def test_a_finding_tells_another_unit_to_put_right(desk: Desk) -> None:
    school = desk.office.units["school"]
    _, item = desk.dispatched("section", kind="tip", unit=school)
    desk.told()
    assert desk.by(work.sign_for, "inspector", item.id) == set()
    result = Result("partly", "部分属实", school, "请立即整改")
    assert desk.by(work.find, "inspector", item.id, result) == {"rectify > school"}


def test_an_unsubstantiated_finding_and_a_submission_go_to_the_reviewers(desk: Desk) -> None:
    _, item = desk.dispatched()
    desk.told()
    desk.by(work.sign_for, "school", item.id)
    desk.hand_in("school", item)
    result = Result("unsubstantiated", "不属实")
    assert desk.by(work.find, "school", item.id, result) == {"check > reviewer"}
    desk.submitted()
    assert desk.told() == {"check > reviewer"}


def test_a_return_goes_back_and_the_last_strike_off_goes_on(desk: Desk) -> None:
    _, item = desk.submitted()
    desk.told()
    assert desk.by(check.return_item, "reviewer", item.id, "看不清") == {"returned > school"}
    desk.hand_in("school", item)
    desk.by(work.submit, "school", item.id, "已补")
    assert desk.by(check.strike_off, "reviewer", item.id, "清楚") == {"write_reply > handler"}


def test_only_a_reply_by_message_is_sent(desk: Desk) -> None:
    case, report = desk.replying(reach="email,phone")
    told = desk.by(closing.reply, "handler", case.id, report.id, "答复内容", "message")
    assert told == {"reply > reporter"}
    case, report = desk.replying(reach="email,phone")
    assert desk.by(closing.reply, "handler", case.id, report.id, "答复内容", "telephone") == set()


def test_a_call_back_is_asked_for_and_what_came_of_it_decided(desk: Desk) -> None:
    case, item = desk.submitted()
    case.call_back = True
    desk.by(check.strike_off, "reviewer", item.id, "清楚")
    report = offices.first_report(desk.session, case)
    told = desk.by(closing.reply, "handler", case.id, report.id, "已办", "telephone")
    assert told == {"call_back > operator"}
    heard = Heard(reached=True, solved=False, satisfied=False, words="没有改")
    assert desk.by(closing.call_back, "operator", case.id, heard) == {"unsatisfied > supervisor"}
    told = desk.by(closing.reopen, "supervisor", case.id, "仍未解决")
    assert told == {"reopened > handler"}


def test_giving_a_case_to_somebody_tells_them(desk: Desk) -> None:
    case, _ = desk.case()
    desk.by(triage.accept, "supervisor", case.id)
    handler = desk.office["handler"].id
    assert desk.by(triage.assign, "supervisor", case.id, handler) == {"assigned > handler"}


def climbed(desk: Desk) -> dict[int, set[str]]:
    """Let the unit's clock climb all its rungs; return who was told at each."""
    found = {}
    desk.session.execute(
        update(Clock).where(Clock.name != "sign_for").values(next_rung_at=None, next_rung=None)
    )
    clock = desk.session.scalars(select(Clock).where(Clock.name == "sign_for")).one()
    while clock.next_rung_at is not None:
        n, desk.now = clock.next_rung or 0, clock.next_rung_at
        sweep(desk.session, desk.now)
        desk.session.execute(
            update(Clock).where(Clock.name == "draft").values(next_rung_at=None, next_rung=None)
        )
        desk.session.expire_all()
        found[n] = desk.told()
    return found


def test_the_rungs_of_a_unit_turn_to_their_audience(desk: Desk) -> None:
    desk.dispatched()
    desk.told()
    assert climbed(desk) == {
        1: {"rung > school"},
        2: {"rung > school", "rung > handler"},
        3: {"sign > supervisor"},
        4: {"sign > supervisor", "sign > leader"},
        5: {"sign > leader"},
        6: {"sign > city"},
        7: {"sign > city"},
    }


def test_an_issued_order_goes_to_the_head_of_the_unit(desk: Desk) -> None:
    desk.dispatched()
    desk.told()
    climbed(desk)
    order = desk.session.scalars(select(Order).order_by(Order.id)).first()
    assert order is not None
    told = desk.by(orders.issue, "supervisor", order.id, order.text)
    assert told == {"order > school"}


def test_a_vacant_post_is_passed_over_and_never_to_nobody(desk: Desk) -> None:
    school = desk.office.units["school"]
    desk.session.execute(
        update(Post).where(Post.unit_id == school).values(user_id=None, deputy_id=None)
    )
    desk.dispatched()
    desk.by(triage.note, "leader", desk.session.scalars(select(Case.id)).one(), "看过")
    assert climbed(desk)[1] == {"rung > handler"}
    desk.session.execute(update(User).where(User.username == "handler").values(active=False))
    desk.session.expire_all()
    offices.report(desk.session, desk.now)
    assert desk.told() == {"new > operator", "new > supervisor"}


def test_whoever_is_recused_is_passed_over(desk: Desk) -> None:
    school = desk.office.units["school"]
    for name in ("operator", "handler"):
        person = desk.office[name].person
        desk.session.add(Recusal(user_id=person, unit_id=school, reason="亲属任职", since=desk.now))
    offices.report(desk.session, desk.now, unit=school)
    assert desk.told() == {"new > supervisor"}


def test_a_rung_of_a_tips_verification_never_turns_to_the_unit_reported(desk: Desk) -> None:
    school = desk.office.units["school"]
    _, item = desk.dispatched("section", kind="tip", unit=school)
    told = set().union(*climbed(desk).values())
    assert not {one for one in told if one.endswith("> school")}
    assert "rung > inspector" in told
    assert item.rectifying_unit_id is None


def test_a_late_message_of_the_verification_never_turns_to_the_unit_reported(desk: Desk) -> None:
    school = desk.office.units["school"]
    _, item = desk.dispatched("section", kind="tip", unit=school)
    desk.told()
    clock = desk.session.scalars(select(Clock).where(Clock.name == "sign_for")).one()
    assert clock.next_rung_at is not None
    sweep(desk.session, clock.next_rung_at)
    work.sign_for(desk.session, desk.office["inspector"], item.id, desk.now)
    result = Result("partly", "部分属实", school, "请立即整改")
    work.find(desk.session, desk.office["inspector"], item.id, result, desk.now)
    assert desk.told() >= {"rung > inspector", "rectify > school"}
    assert "rung > school" not in desk.told()


def test_a_decision_is_looked_at_by_anybody_but_whoever_took_it(desk: Desk) -> None:
    """Where no reviewer is left the only other checker took it: the leader looks, not nobody."""
    desk.session.get_one(User, desk.office["reviewer"].person).active = False
    case, _ = desk.case()
    assert desk.by(triage.decline, "supervisor", case.id, "不属于") >= {"second_look > leader"}


def test_whoever_is_recused_is_not_asked_to_check(desk: Desk) -> None:
    school, reviewer = desk.office.units["school"], desk.office["reviewer"]
    desk.session.add(
        Recusal(user_id=reviewer.person, unit_id=school, reason="亲属", since=desk.now)
    )
    case, item = desk.case(unit=school)[0], None
    desk.by(triage.accept, "handler", case.id)
    desk.by(items.split, "handler", case.id, ["食堂卫生"])
    item = desk.session.scalars(select(Item).where(Item.case_id == case.id)).one()
    area = desk.session.get_one(Area, case.area_code)
    found = checkers.eyes(desk.session, [(area, case, item)])[item.id]
    assert not found.may(reviewer.id)
    assert found.may(desk.office["supervisor"].id)


def test_a_recused_inspector_is_sent_nowhere(desk: Desk) -> None:
    school, inspector = desk.office.units["school"], desk.office["inspector"]
    desk.session.add(
        Recusal(user_id=inspector.person, unit_id=school, reason="亲属", since=desk.now)
    )
    desk.session.flush()
    with pytest.raises(BadInput, match="回避"):
        desk.dispatched("section", unit=school)


def test_earlier_cases_of_a_unit_stay_within_the_scope(desk: Desk, tmp_path: Path) -> None:
    school = desk.office.units["school"]
    case, _ = desk.case(unit=school)
    ring = KeyRing.create(tmp_path / "keys.json")
    for who, expected in (("operator", [case.id]), ("stranger", [])):
        scope = scope_of(desk.office[who])
        earlier = known.look_up(desk.session, ring, scope, desk.now, unit_id=school).by_unit
        assert [one.case.id for one in earlier] == expected


def test_whoever_loses_an_item_is_told_that_it_is_theirs_no_more(desk: Desk) -> None:
    _, item = desk.dispatched()
    desk.told()
    first, second = desk.office["inspector"].person, another_inspector(desk)
    told = desk.by(items.reassign, "supervisor", item.id, first, "学校拖延")
    assert told == {"dispatched > inspector", "taken_away > school"}
    [letter] = [one for one in drafted(desk.session) if one.rule == "taken_away"]
    assert "https://tips.example/unit/\n" in letter.text
    assert "该事项不再由你单位办理" in letter.text
    assert not [word for word in INSPECTION if word in letter.subject + letter.text]
    told = desk.by(items.reassign, "supervisor", item.id, second, "外出")
    assert told == {"dispatched > inspector2", "replaced > inspector"}
    [letter] = [one for one in drafted(desk.session) if one.rule == "replaced"]
    assert "该事项已改由他人到场核查，不再由你办理" in letter.text
    desk.session.get_one(User, second).active = False
    told = desk.by(items.reassign, "supervisor", item.id, first, "调离")
    assert told == {"dispatched > inspector"}  # who left is told nothing, and nobody instead


def test_a_unit_in_whose_place_an_inspector_goes_reads_neither_that_nor_that_it_was_right(
    desk: Desk,
) -> None:
    _, item = desk.dispatched()
    desk.by(objecting.object_to, "school", item.id, "不属本校")
    desk.by(objecting.reject_objection, "supervisor", item.id, "属于")
    desk.by(objecting.object_to, "school", item.id, "不属本校")
    given = items.Dispatch(desk.office.units["school"], "到校核查", desk.office["inspector"].id)
    told = desk.by(objecting.designate, "leader", item.id, given)
    assert told == {"dispatched > inspector", "taken_away > school"}
    [letter] = [one for one in drafted(desk.session) if one.rule == "taken_away"]
    assert not [word for word in INSPECTION if word in letter.subject + letter.text]


INSPECTION = ("到场", "核查", "督学", "退单已获同意")
"""What a unit must not read of an inspection, or what is not true of its objection then."""


def another_inspector(desk: Desk) -> int:
    person = User(
        username="inspector2",
        name="测试inspector2",
        role="inspector",
        area_code=offices.DISTRICT,
        password_hash="!",
        email="inspector2@office.example",
    )
    desk.session.add(person)
    desk.session.flush()
    return person.id
