"""Who is told that a case is to be left out of the figures, is, and counts again."""

from caseflow.ledger.moves import closing, excluding, triage
from tests.notices.desk import Desk, desk

__all__ = ["desk"]


def test_those_who_may_decide_and_whoever_asked_learn_it_and_nobody_outside(desk: Desk) -> None:
    case, _ = desk.case(kind="question", reach="email")
    desk.by(triage.answer, "operator", case.id, "已答复")
    asked = desk.by(excluding.ask_exclusion, "handler", case.id, "repeated", "第九次")
    assert asked == {"exclusion > supervisor", "exclusion > leader"}
    assert desk.by(excluding.exclude, "leader", case.id, "") == {"excluded > handler"}
    again = desk.by(excluding.lift_exclusion, "supervisor", case.id, "应计入")
    assert again == {"counted_again > handler"}
    asked = desk.by(excluding.ask_exclusion, "supervisor", case.id, "other", "另有理由")
    assert asked == {"exclusion > leader"}
    refused = desk.by(excluding.refuse_exclusion, "leader", case.id, "应计入")
    assert refused == {"not_excluded > supervisor"}


def test_whoever_asked_learns_that_it_counts_since_it_is_handled_again(desk: Desk) -> None:
    case, _ = desk.case(kind="question")
    desk.by(triage.answer, "operator", case.id, "已答复")
    desk.by(excluding.ask_exclusion, "handler", case.id, "repeated", "第九次")
    desk.by(excluding.exclude, "leader", case.id, "")
    told = desk.by(closing.reopen, "supervisor", case.id, "有新的事实")
    assert told == {"counted_again > handler"}
