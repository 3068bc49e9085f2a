"""The office above reviews an answer (复查), and once more (复核): who, when, what follows."""

from collections.abc import Mapping
from datetime import UTC, datetime

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from caseflow.clock import Period
from caseflow.errors import BadInput, MoveNotAllowed, NotFound, NotPermitted
from caseflow.insight.figures import figures
from caseflow.ledger import gate, numbers, queries, review_laws
from caseflow.ledger.moves import closing, items, merging, proposing, splitting, triage
from caseflow.ledger.moves.triage import Because
from caseflow.ledger.tables import Case
from caseflow.people.scope import scope_of
from tests import office as offices
from tests.ledger.appeals import CITY, DAY, Answered, answered
from tests.office import entries_since, last_entry

__all__ = ["answered"]


def test_asking_opens_a_case_of_the_office_above_about_the_same(answered: Answered) -> None:
    above = answered.ask()
    asked, row = answered.asked(above), answered.row(above)
    assert (above.area_code, above.number[:6], asked.number[:6]) == (CITY, CITY, CITY)
    assert (above.kind, above.category, above.unit_id) == ("complaint", None, None)
    assert (above.state, above.reviews, row.stage) == ("accepted", answered.case.id, 1)
    assert asked.identity_id == answered.report.identity_id
    assert asked.follows is None
    # 30 days from Tuesday 3 March 2026, by the calendar; nothing stands still, nobody asks for more
    due = datetime(2026, 4, 2, 16, tzinfo=UTC)
    assert answered.running(above) == {"resolve": due, "reply": due}
    assert above.handler_id == answered["city"].id
    assert answered.case.state == "answered"
    assert last_entry(answered.session, answered.case, "ask_review")["facts"] == {
        "report": answered.report.number,
        "stage": 1,
        "review": above.number,
    }


def test_a_review_takes_its_numbers_in_the_order_in_which_a_report_does(
    answered: Answered, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In another order, a report and a review of one area wait for one another (a deadlock)."""
    take, taken = numbers.take_many, list[numbers.Place]()

    def noted(session: Session, wanted: Mapping[numbers.Place, int]) -> dict[numbers.Place, int]:
        taken.extend(sorted(wanted))
        return take(session, wanted)

    monkeypatch.setattr(numbers, "take_many", noted)
    answered.ask()
    assert taken == [(CITY, "2026"), (CITY, "20260303")]


def test_until_thirty_days_after_the_answer_and_a_day_off_does_not_count(
    answered: Answered,
) -> None:
    # answered on 6 March: the thirtieth day is Sunday 5 April, a holiday until the 6th
    answered.now = datetime(2026, 3, 6, 2, tzinfo=UTC)
    case, report = answered.case, answered.report
    answered.reopen()
    case.state = "received"
    triage.answer(answered.session, answered["operator"], case.id, "已退", answered.now)
    answered.now = datetime(2026, 4, 7, 16, tzinfo=UTC)
    with pytest.raises(MoveNotAllowed, match="期限已过"):
        answered.ask()
    answered.now -= DAY / 24
    assert answered.ask(case, report).state == "accepted"


@pytest.mark.parametrize("kind", ["question", "suggestion", "tip"])
def test_only_who_asked_for_something_of_their_own_has_it_reviewed(
    answered: Answered, kind: str
) -> None:
    answered.case.kind = kind
    with pytest.raises(MoveNotAllowed, match="不能请求复查"):
        answered.ask()


def test_nobody_asks_before_the_answer_twice_or_for_another_report(answered: Answered) -> None:
    with pytest.raises(BadInput):
        answered.ask(text=" ")
    later = answered.writes_again()
    with pytest.raises(BadInput):
        answered.ask(report=later)
    answered.ask()
    with pytest.raises(MoveNotAllowed, match="已经请求过"):
        answered.ask()
    answered.reopen()
    with pytest.raises(MoveNotAllowed):
        answered.ask()
    assert answered.review_count() == 1


def test_the_desk_writes_it_down_for_somebody_who_calls(answered: Answered) -> None:
    with pytest.raises(NotPermitted):
        answered.ask(who=answered["stranger"])
    above = answered.ask(who=answered["operator"])
    assert answered.row(above).asked_by == answered["operator"].id
    assert last_entry(answered.session, above, "open")["role"] == "reporter"


def test_where_no_office_stands_above_nothing_is_asked(answered: Answered) -> None:
    first = answered.ask()
    answered.opine(first)
    with pytest.raises(MoveNotAllowed, match="不使用本系统"):
        answered.ask(first, answered.asked(first))


def test_the_office_above_reads_both_and_the_one_below_only_its_own(answered: Answered) -> None:
    above = answered.ask()
    session = answered.session
    for number in (above.number, answered.case.number):
        queries.case_by_number(session, scope_of(answered["city"]), number)
    for who in ("supervisor", "handler", "stranger"):
        with pytest.raises(NotFound):
            queries.case_by_number(session, scope_of(answered[who]), above.number)


def test_a_review_is_nothing_to_investigate(answered: Answered) -> None:
    above = answered.ask()
    session, me = answered.session, answered["city"]
    for try_it in (
        lambda: items.split(session, me, above.id, ["事项"], answered.now),
        lambda: triage.decline(session, me, above.id, "不属于", answered.now),
    ):
        with pytest.raises(MoveNotAllowed, match="只审查"):
            try_it()
    assert {edge.move for edge in gate.offers(me, above)} == {
        *("opine", "raise_urgency", "acknowledge", "countersign", "retract", "note"),
        *("assign", "hand_over"),
    }
    with pytest.raises(MoveNotAllowed):
        answered.opine(answered.case)


def test_an_opinion_is_written_delivered_and_told_below(answered: Answered) -> None:
    above = answered.ask()
    before = answered.case.head_n
    with pytest.raises(BadInput):
        answered.opine(above, "perhaps")
    with pytest.raises(NotPermitted):
        answered.opine(above, who="supervisor")
    answered.opine(above)
    row = answered.row(above)
    assert (above.state, row.result, row.grounds) == ("closed", "upheld", "审查意见")
    assert answered.running(above) == {}
    assert entries_since(answered.session, answered.case, before) == ["reviewed"]
    facts = last_entry(answered.session, answered.case, "reviewed")["facts"]
    assert (facts["result"], facts["review"], facts["ended"]) == ("upheld", above.number, False)


def test_whoever_had_a_part_in_the_matter_gives_no_opinion(answered: Answered) -> None:
    triage.second_look(answered.session, answered["city"], answered.case.id, "", answered.now)
    above = answered.ask()
    with pytest.raises(NotPermitted, match="参与过"):
        answered.opine(above)
    answered.employs("colleague", "supervisor", CITY)
    answered.opine(above, who="colleague")


def test_what_is_to_be_done_again_is_reopened_below(answered: Answered) -> None:
    above = answered.ask()
    answered.opine(above, "redone")
    case = answered.case
    assert (case.state, case.reopened) == ("accepted", 1)
    assert last_entry(answered.session, case, "reopen")["facts"]["review"] == above.number
    assert above.number in last_entry(answered.session, case, "reopen")["facts"]["reason"]
    # answered anew: a first review again, and none of what was cancelled
    with pytest.raises(MoveNotAllowed):
        answered.ask(above, answered.asked(above))
    case.state = "received"
    triage.answer(answered.session, answered["operator"], case.id, "全部退清", answered.now)
    assert answered.row(answered.ask()).stage == 1


def test_what_is_ordered_to_be_done_again_is_not_turned_away(answered: Answered) -> None:
    answered.opine(answered.ask(), "redone")
    session, case, now = answered.session, answered.case, answered.now
    boss, me = answered["supervisor"], answered["handler"]
    because = triage.Because("outside", "不属于", "法院")
    for turn_away in (
        lambda: triage.decline(session, boss, case.id, "已经答复过", now),
        lambda: triage.refer(session, boss, case.id, "法院", "不属于", now),
        lambda: proposing.propose(session, me, case.id, "decline", because, now),
    ):
        with pytest.raises(MoveNotAllowed, match="责令重新办理"):
            turn_away()
    case.state = "received"
    triage.answer(session, answered["operator"], case.id, "全部退清", now)
    answered.reopen()  # of their own accord: what they took up themselves they may find outside
    triage.decline(session, boss, case.id, "不属于", now)


def test_after_the_second_review_the_matter_is_ended(answered: Answered) -> None:
    answered.with_the_province()
    first = answered.ask()
    asked = answered.asked(first)
    with pytest.raises(MoveNotAllowed):
        answered.ask(first, asked)  # not answered yet
    answered.opine(first, "changed")
    assert answered.case.ended_at is None
    answered.now += 30 * DAY
    second = answered.ask(first, asked)
    row = answered.row(second)
    assert (row.stage, row.root_report_id, second.area_code) == (2, answered.report.id, "430000")
    with pytest.raises(NotPermitted):
        answered.opine(second)
    answered.opine(second, who="province")
    assert answered.case.ended_at == answered.now
    assert [
        last_entry(answered.session, one, "reviewed")["facts"]["ended"]
        for one in (answered.case, first)
    ] == [True, False]
    with pytest.raises(MoveNotAllowed, match="不能请求"):
        answered.ask(second, answered.asked(second))
    answered.reopen()
    assert answered.case.ended_at is None


def test_a_second_review_too_can_demand_that_it_is_done_again(answered: Answered) -> None:
    answered.final("redone")
    assert (answered.case.state, answered.case.ended_at) == ("accepted", None)


def test_the_doctor_names_a_review_that_is_not_sound(answered: Answered) -> None:
    done, session = answered.ask(), answered.session
    answered.opine(done)

    def found() -> set[str]:
        session.flush()
        return {number for query in review_laws.broken() for number in session.scalars(query)}

    assert found() == set()
    for planted, named in (
        ("UPDATE case_file SET reviews = id WHERE reviews IS NOT NULL", done),
        ("UPDATE case_file SET reviews = id WHERE reviews IS NULL", answered.case),
        ("UPDATE case_file SET state = 'accepted' WHERE reviews IS NOT NULL", done),
        ("UPDATE case_file SET ended_at = opened_at WHERE reviews IS NULL", answered.case),
        (
            f"UPDATE review SET opined_at = '2027-01-01', opined_by = {answered['operator'].id}",
            done,
        ),
    ):
        with session.begin_nested() as savepoint:
            session.execute(text(planted))
            assert named.number in found(), planted
            savepoint.rollback()


def test_figures_count_no_answer_twice(answered: Answered) -> None:
    today = answered.now.date()
    city = scope_of(answered["city"])

    def counted() -> int:
        period = Period(today, today)
        return figures(answered.session, city, period, answered.now).every.counts["reports"]

    before = counted()
    answered.ask()
    assert counted() == before == 1


def test_what_is_ordered_to_be_done_again_is_not_declined_nor_is_a_part_of_it(
    answered: Answered,
) -> None:
    session, case, now = answered.session, answered.case, answered.now
    answered.opine(answered.ask(), "redone")
    part = splitting.split_off(
        *(session, answered["handler"], case.id, [], "两件事", now),
        shared=[answered.report.number],
        matter="另一笔费用",
    )
    because = Because("other", "不属于")
    boss, handler = answered["supervisor"], answered["handler"]

    def evaded(one: Case) -> None:
        for try_it in (
            lambda: triage.decline(session, boss, one.id, "不属于", now),
            lambda: triage.refer(session, boss, one.id, "市监局", "不属于", now),
            lambda: proposing.propose(session, handler, one.id, "decline", because, now),
        ):
            with pytest.raises(MoveNotAllowed, match="责令重新办理"):
                try_it()

    evaded(case)
    evaded(part)
    other, _ = offices.report(session, now, kind="complaint")
    triage.accept(session, boss, other.id, now)
    merging.merge(session, boss, part.id, other.number, "同一件事", now)
    evaded(other)
    case.state = "closed"
    closing.reopen(session, boss, case.id, "有新的事实", now)  # by itself, and no order
    triage.decline(session, boss, case.id, "不属于", now)
