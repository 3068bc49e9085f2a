"""What comes after the end: a further word, answered on its own; a report on ended facts."""

from datetime import UTC, datetime

import pytest

from caseflow.errors import BadInput, MoveNotAllowed, NotPermitted
from caseflow.ledger import apart
from caseflow.ledger.moves import afterwards, closing
from caseflow.ledger.waiting import waiting
from tests.ledger.appeals import Answered, answered
from tests.office import last_entry, report

__all__ = ["answered"]


def test_what_comes_after_the_end_is_answered_on_its_own(answered: Answered) -> None:
    case = answered.case

    def owed(who: str) -> list[int]:
        return [one.id for one in apart.listed(answered.session, answered[who])["later"]]

    later = answered.writes_again()
    promised = answered.running(case)
    assert promised["reply"] == datetime(2026, 3, 17, 16, tzinfo=UTC)  # ten working days
    assert promised["notice"] == datetime(2026, 3, 18, 16, tzinfo=UTC)
    assert answered.writes_again().id != later.id
    assert answered.running(case) == promised  # one answer for both
    assert owed("handler") == [case.id]
    assert waiting(answered.session, answered["handler"]).cases == 2  # and its end is looked at
    assert owed("reviewer") == []
    answered.answers(later)
    assert (case.state, case.reopened) == ("answered", 0)
    assert set(answered.running(case)) == {"second_look"}
    assert owed("handler") == []
    assert waiting(answered.session, answered["handler"]).cases == 1
    with pytest.raises(MoveNotAllowed, match="已经答复"):
        answered.answers(later)


def test_by_message_it_counts_once_the_channel_took_it(answered: Answered) -> None:
    later = answered.writes_again()
    sent = answered.answers(later, way="message")
    assert "reply" in answered.running(answered.case)
    with pytest.raises(MoveNotAllowed, match="正在送达"):
        answered.answers(later)
    newer = answered.writes_again()  # nothing that was written before answers it
    answered.delivered(sent)
    assert "reply" in answered.running(answered.case)
    answered.answers(newer)
    assert "reply" not in answered.running(answered.case)


def test_only_what_came_afterwards_is_answered_so_and_by_a_way_that_leads_there(
    answered: Answered,
) -> None:
    later = answered.writes_again()
    for wrong in (answered.report, report(answered.session, answered.now)[1]):
        with pytest.raises(BadInput):
            answered.answers(wrong)
    with pytest.raises(BadInput):
        answered.answers(later, way="pigeon")
    with pytest.raises(NotPermitted):
        answered.answers(later, who="operator")


def test_reopening_for_new_facts_promises_the_one_reply_for_all(answered: Answered) -> None:
    answered.writes_again()
    answered.reopen()
    names = sorted(answered.running(answered.case))
    assert names == ["immediate", "reply", "resolve"]


def test_a_further_report_on_ended_facts_is_linked_and_told_so(answered: Answered) -> None:
    answered.final()
    session, now = answered.session, answered.now
    again, _ = report(session, now, reach="phone")
    me, ended = answered["supervisor"], answered.case.number

    def decline(number: str, who: str = "supervisor") -> None:
        afterwards.decline_ended(session, answered[who], again.id, number, "已终结", now)

    for wrong in ("", again.number):
        with pytest.raises(BadInput):
            decline(wrong)
    with pytest.raises(NotPermitted):
        decline(ended, "handler")
    decline(ended)
    assert (again.state, again.same_as) == ("declined", answered.case.id)
    facts = last_entry(session, again, "decline")["facts"]
    assert (facts["code"], facts["same_as"]) == ("ended", ended)
    assert "second_look" in answered.running(again)
    closing.reopen(session, me, again.id, "有新的事实", now)  # new facts go the ordinary way
    assert again.state == "accepted"
