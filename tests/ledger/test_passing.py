"""Passing a case on to an office above or below (移送): whose it is when, and what goes along."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from caseflow.errors import BadInput, MoveNotAllowed, NotPermitted
from caseflow.escalation import orders
from caseflow.escalation.sweep import sweep
from caseflow.escalation.tables import Order
from caseflow.ledger import (
    extensions,
    gate,
    likely,
    passages,
    proposals,
    queries,
    withdrawals,
)
from caseflow.ledger.moves import (
    check,
    extending,
    items,
    merging,
    naming,
    opening,
    proposing,
    triage,
    urgency,
    withdrawing,
    work,
)
from caseflow.ledger.moves.items import Dispatch
from caseflow.ledger.moves.triage import Because
from caseflow.ledger.moves.work import Result
from caseflow.ledger.report_tables import Passage
from caseflow.people.actor import REPORTER
from caseflow.people.scope import scope_of
from caseflow.people.tables import Recusal, Unit, User
from tests import office as offices
from tests.ledger.passed import DAY, HOUR, Sent, sent
from tests.office import CITY, DISTRICT, OTHER

__all__ = ["sent"]


# Until somebody signs


def test_until_somebody_signs_it_is_the_senders_and_every_promise_runs_on(sent: Sent) -> None:
    sent.accept()
    before, area = sent.running(), sent.case.area_code
    sent.pass_on()
    after = sent.running()
    assert after.pop("receive") == datetime(2026, 3, 4, 16, 0, tzinfo=UTC)  # one working day
    assert after == before
    assert (sent.case.area_code, sent.case.bound_for) == (area, CITY)
    assert sent.case.handler_id == sent.person("handler").id
    assert (sent.case.next_clock, sent.case.next_due) == min(
        sent.running().items(), key=lambda one: one[1]
    )


def test_an_urgent_one_is_signed_for_within_two_hours(sent: Sent) -> None:
    urgent, _ = offices.report(sent.session, sent.now, urgent=True)
    sent.case = urgent
    with pytest.raises(MoveNotAllowed, match="专人确认接手"):
        sent.pass_on()
    card = urgency.DangerCard(True, True, "值班员", "10:05", "接警 12")
    urgency.acknowledge(sent.session, sent.person("operator"), urgent.id, card, sent.now)
    sent.pass_on()
    assert sent.running()["receive"] == sent.now + 2 * HOUR


def test_meanwhile_it_becomes_no_other_case_but_danger_is_dealt_with(sent: Sent) -> None:
    sent.accept()
    [item] = sent.split("饭菜")
    sent.pass_on()
    session, me, n = sent.session, sent.person("handler"), sent.case.id
    order = Dispatch(sent.office.units["school"], "请核查", none_listed=True)
    with pytest.raises(MoveNotAllowed, match="请先收回"):
        items.dispatch(session, me, item.id, order, sent.now)
    with pytest.raises(MoveNotAllowed, match="请先收回"):
        triage.decline(session, sent.person("supervisor"), n, "不属于", sent.now)
    with pytest.raises(MoveNotAllowed, match="请先收回"):
        merging.merge(session, me, sent.another().id, sent.case.number, "同一件事", sent.now)
    assert {edge.move for edge in gate.offers(me, sent.case)} == {
        *("raise_urgency", "acknowledge", "note", "tell", "retract")
    }
    assert gate.offers_on(me, sent.case, item) == []
    urgency.raise_urgency(session, me, n, "孩子还在校门口", sent.now)
    triage.note(session, me, n, "已报警", sent.now)
    assert sent.case.bound_for == CITY


def test_whoever_it_went_to_sends_it_back_or_its_office_takes_it_back(sent: Sent) -> None:
    before = sent.running()
    sent.pass_on()
    with pytest.raises(BadInput):
        sent.send_back(why=" ")
    sent.send_back()
    assert (sent.case.bound_for, sent.running()) == (None, before)
    sent.pass_on()
    with pytest.raises(NotPermitted):
        sent.take_back("city")
    sent.take_back()
    assert (sent.case.bound_for, sent.running()) == (None, before)
    assert [row.outcome for row in sent.rows()] == ["sent_back", "taken_back"]
    assert [row.answer for row in sent.rows()] == ["属区里办理", ""]
    with pytest.raises(MoveNotAllowed):
        sent.receive()


def test_once_the_time_is_over_it_can_only_be_signed_for(sent: Sent) -> None:
    sent.pass_on()
    sent.now += 2 * DAY
    with pytest.raises(MoveNotAllowed, match="退回期限已过"):
        sent.send_back()
    sent.receive()
    assert sent.case.area_code == CITY


def test_nobody_passes_on_what_somebody_is_at_work_on(sent: Sent) -> None:
    sent.accept()
    first, second = sent.split("饭菜", "收费")
    session, me = sent.session, sent.person("handler")
    order = Dispatch(sent.office.units["school"], "请核查", none_listed=True)
    items.dispatch(session, me, first.id, order, sent.now)
    with pytest.raises(MoveNotAllowed, match="还有问题项正在办理"):
        sent.pass_on()
    withdrawing.withdraw(session, me, first.id, "误拆", sent.now)
    withdrawing.consent_withdrawal(session, sent.person("leader"), first.id, "", sent.now)
    sent.pass_on()
    sent.receive()
    assert [(one.state, one.case_id) for one in sent.items_of()] == [
        ("withdrawn", sent.case.id),
        ("draft", sent.case.id),
    ]
    assert second.state == "draft"
    items.dispatch(session, sent.person("city"), second.id, order, sent.now)  # it went along


# Where to


def test_it_goes_up_or_down_and_never_to_an_office_beside(sent: Sent) -> None:
    assert sent.offered() == [CITY]  # nobody is at the province's
    with pytest.raises(BadInput):
        sent.pass_on(OTHER)
    sent.at_the_city()
    assert sent.offered() == [OTHER, DISTRICT]
    sent.down(OTHER)
    sent.receive("stranger")
    assert sent.case.area_code == OTHER
    with pytest.raises(BadInput):
        sent.pass_on(DISTRICT, "stranger")


def test_only_a_supervisor_of_the_office_that_has_it_passes_it_on(sent: Sent) -> None:
    for who in ("handler", "leader", "city", "stranger"):
        with pytest.raises(NotPermitted):
            sent.pass_on(CITY, who)
    for to, reason, grounds, field in (
        ("", "level", "请市里办", "to"),
        (CITY, "why not", "请市里办", "why"),
        (CITY, "level", " ", "grounds"),
    ):
        with pytest.raises(BadInput) as wrong:
            sent.pass_on(to, "supervisor", reason, grounds)
        assert set(wrong.value.fields) == {field}


def test_the_office_reported_and_one_that_answers_to_it_never_gets_it(sent: Sent) -> None:
    bureau = Unit(area_code=CITY, name="市教育局", kind="section", active=True)
    sent.session.add(bureau)
    sent.session.flush()
    its = Unit(area_code=CITY, name="市督导办", kind="office", managed_by=bureau.id, active=True)
    sent.session.add(its)
    sent.session.flush()
    assert sent.offered() == [CITY]
    handler, n = sent.person("handler"), sent.case.id
    naming.name_unit(sent.session, handler, n, bureau.id, "来件所述", sent.now)
    assert sent.offered() == []
    sent.case.unit_id = its.id
    assert sent.offered() == []
    with pytest.raises(BadInput):
        sent.pass_on()


def test_an_office_where_everybody_must_keep_away_never_gets_it(sent: Sent) -> None:
    school, boss = sent.office.units["school"], sent.person("city").person
    sent.case.unit_id = school
    assert sent.offered() == [CITY]
    sent.session.add(Recusal(user_id=boss, unit_id=school, reason="亲属", since=sent.now))
    sent.session.flush()
    assert sent.offered() == []
    sent.session.get_one(User, boss).active = False
    sent.case.unit_id = None
    assert sent.offered() == []


def test_what_was_sent_back_twice_the_office_above_decides(sent: Sent) -> None:
    for _ in range(2):
        sent.pass_on()
        sent.send_back()
    with pytest.raises(MoveNotAllowed, match="上级已退回两次"):
        sent.pass_on()
    city, _ = offices.report(sent.session, sent.now, area=CITY)
    sent.case = city
    for _ in range(2):
        sent.down()
        sent.send_back("supervisor", "不归我们")
    sent.down()
    assert sent.rows()[-1].designated
    with pytest.raises(MoveNotAllowed, match="上级已指定"):
        sent.send_back("supervisor")
    sent.receive("handler")
    sent.pass_on()  # what came since is another matter
    assert not sent.rows()[-1].designated


# Once somebody signed


def test_signed_for_it_lies_in_the_other_area_and_no_time_is_won(sent: Sent) -> None:
    sent.accept()
    number, before = sent.case.number, sent.running()
    sent.now += DAY
    sent.at_the_city()
    assert (sent.case.number, sent.report.number[:6]) == (number, DISTRICT)
    assert (sent.case.area_code, sent.case.city, sent.case.county) == (CITY, CITY, None)
    assert sent.running() == before
    assert sent.case.handler_id == sent.person("city").id
    assert sent.rows()[0].ended_by == sent.person("city").id
    for who, sees in (("supervisor", False), ("handler", False), ("city", True)):
        assert gate.covers(scope_of(sent.person(who)), sent.case) is sees


def test_who_signs_is_of_the_office_and_need_not_keep_away(sent: Sent) -> None:
    sent.at_the_city()
    sent.down()
    for who in ("operator", "leader", "city", "stranger"):
        with pytest.raises(NotPermitted):
            sent.receive(who)
    handler, school = sent.person("handler"), sent.office.units["school"]
    sent.case.unit_id = school
    sent.office.actors["handler"] = replace(handler, recused=frozenset({school}))
    with pytest.raises(NotPermitted):
        sent.receive("handler")
    sent.receive("supervisor")
    assert sent.case.county == DISTRICT
    with pytest.raises(MoveNotAllowed, match="没有等待签收"):
        sent.receive("supervisor")


def test_a_number_is_counted_where_it_was_given(sent: Sent) -> None:
    """The city's own first case of the year has the same number behind its own area."""
    own, _ = offices.report(sent.session, sent.now, area=CITY)
    sent.at_the_city()
    assert (own.seq, sent.case.seq) == (1, 1)
    assert (own.registered_in, sent.case.registered_in) == (CITY, DISTRICT)
    third, _ = offices.report(sent.session, sent.now)
    assert third.seq == 2


def test_what_was_asked_for_lapses_with_it(sent: Sent) -> None:
    sent.accept()
    [draft] = sent.split("饭菜")
    session, me = sent.session, sent.person("handler")
    day = datetime(2026, 3, 24, tzinfo=UTC).date()
    extending.extend_case(session, me, sent.case.id, day, "检测要十天", sent.now)
    withdrawing.withdraw(session, me, draft.id, "误拆", sent.now)
    sent.pass_on()
    assert [a.row.outcome for a in extensions.asked(session, sent.case.id)] == ["lapsed"]
    assert [w.outcome for w in withdrawals.asked(session, sent.case.id)] == ["lapsed"]
    assert not {"decide", "consent"} & set(sent.running())


def test_what_was_proposed_lapses_with_it_for_nobody_can_decide_while_it_waits(sent: Sent) -> None:
    sent.accept()
    why = Because("outside", "涉及食品经营许可")
    proposing.propose(sent.session, sent.person("handler"), sent.case.id, "decline", why, sent.now)
    assert "consent" in sent.running()
    sent.pass_on()
    assert [one.outcome for one in proposals.asked(sent.session, sent.case.id)] == ["lapsed"]
    assert "consent" not in sent.running()


def test_a_document_that_was_drafted_goes_along_and_is_numbered_there(sent: Sent) -> None:
    sent.accept()
    late, _ = sent.split("饭菜", "收费")
    session, me, school = sent.session, sent.person("handler"), sent.person("school")
    order = Dispatch(sent.office.units["school"], "请核查", none_listed=True)
    items.dispatch(session, me, late.id, order, sent.now)
    sent.now += 5 * DAY
    while sweep(session, sent.now):
        pass
    work.sign_for(session, school, late.id, sent.now)
    blob = offices.blob(session, sent.now)
    work.hand_in(session, school, late.id, blob, "图", sent.now)
    work.find(session, school, late.id, Result("unsubstantiated", "依据"), sent.now)
    check.strike_off(session, sent.person("reviewer"), late.id, "", sent.now)
    sent.at_the_city()
    [draft] = session.scalars(select(Order).where(Order.state == "draft"))
    assert "draft" in sent.running()
    with pytest.raises(NotPermitted):
        orders.issue(session, sent.person("supervisor"), draft.id, draft.text, sent.now)
    issued = orders.issue(session, sent.person("city"), draft.id, draft.text, sent.now)
    assert issued.number == "教督办〔2026〕430500-1号"


def test_what_waits_is_offered_to_nobody_to_merge_into(sent: Sent) -> None:
    sent.accept()
    other, me = sent.another(), scope_of(sent.person("handler"))
    assert likely.candidates(sent.session, me, other) == [sent.case]
    sent.pass_on()
    assert likely.candidates(sent.session, me, other) == []


def test_what_was_merged_goes_along_and_comes_out_of_it_there(sent: Sent) -> None:
    sent.accept()
    second = sent.another()
    me, session = sent.person("handler"), sent.session
    merging.merge(session, me, second.id, sent.case.number, "同一件事", sent.now)
    sent.pass_on()
    with pytest.raises(MoveNotAllowed, match="请先收回"):
        merging.unmerge(session, me, second.id, "不是", sent.now)
    sent.receive()
    assert (second.area_code, second.county, second.state) == (CITY, None, "merged")
    assert offices.entries_since(session, second, second.head_n - 1) == ["go_along"]
    with pytest.raises(NotPermitted):
        merging.unmerge(session, me, second.id, "不是", sent.now)
    merging.unmerge(session, sent.person("city"), second.id, "不是", sent.now)
    assert (second.state, second.handler_id) == ("accepted", sent.person("city").id)
    was = select(Passage.outcome, Passage.to_area).where(Passage.case_id == second.id)
    assert session.execute(was).all() == [("received", CITY)]


def test_what_the_reporter_adds_comes_to_whoever_has_it(sent: Sent) -> None:
    sent.at_the_city()
    new = offices.new_report(sent.session, sent.now)
    more = opening.join(sent.session, REPORTER, sent.case, sent.report, new, sent.now)
    assert (more.case_id, more.number[:6]) == (sent.case.id, DISTRICT)


# What the old office may still know


def test_the_old_office_learns_where_it_went_and_nothing_else(sent: Sent) -> None:
    me, session = scope_of(sent.person("operator")), sent.session
    sent.pass_on()
    assert passages.gone(session, me, sent.report.number) is None  # it is still theirs
    sent.now += HOUR
    sent.receive()
    for typed in (sent.case.number, sent.report.number, sent.report.number.replace("-", "－")):
        found = passages.gone(session, me, typed)
        assert found is not None
        assert (found.number, found.office, found.state) == (sent.case.number, "邵阳市", "received")
        assert found.since == sent.now
    assert passages.gone(session, me, "菜里有虫") is None
    assert passages.gone(session, me, "430503-2026-000099") is None
    assert passages.gone(session, scope_of(sent.person("stranger")), sent.case.number) is None
    assert passages.gone(session, scope_of(sent.person("city")), sent.case.number) is None
    assert queries.find(session, me, sent.report.number) == []


def test_whoever_must_keep_away_learns_nothing_of_where_it_went(sent: Sent) -> None:
    school, operator = sent.office.units["school"], sent.person("operator")
    sent.case.unit_id = school
    sent.at_the_city()
    away = scope_of(replace(operator, recused=frozenset({school})))
    assert passages.gone(sent.session, away, sent.case.number) is None
    assert passages.gone(sent.session, scope_of(operator), sent.case.number) is not None


def test_it_can_come_home_again(sent: Sent) -> None:
    sent.at_the_city()
    sent.down()
    sent.receive("supervisor")
    assert (sent.case.area_code, sent.case.county) == (DISTRICT, DISTRICT)
    me = scope_of(sent.person("operator"))
    assert passages.gone(sent.session, me, sent.case.number) is None
    assert queries.find(sent.session, me, sent.case.number) == [sent.case]
