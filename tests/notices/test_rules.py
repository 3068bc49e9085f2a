"""Which event makes which message: the table itself, without a database."""

import pytest

from caseflow.notices.render import TASKS
from caseflow.notices.rules import News, known, notices
from caseflow.words import CIRCULAR_MOVES, MOVES


def said(news: News) -> set[tuple[str, tuple[str, ...]]]:
    return {(notice.rule, notice.audience) for notice in notices(news)}


def test_every_move_was_thought_about() -> None:
    assert set(MOVES) - known() == set()
    of_no_case = {
        "anchored",
        "handed_over",
        "handed_away",
        "mail_storm",
        "report_back_owed",
        "text_budget",
        *CIRCULAR_MOVES,
    }
    assert known() - set(MOVES) == of_no_case


@pytest.mark.parametrize(
    ("news", "expected"),
    [
        (News("open", urgent=True), {("urgent", ("shift_leader", "leader"))}),
        (News("open"), {("new", ("shift_leader", "office_handler"))}),
        (News("answer", kind="question"), set()),
        (News("answer", kind="help"), {("second_look", ("lookers",))}),
        (News("reply", way="telephone"), set()),
        (News("reply", way="message"), {("reply", ("reporter",))}),
        (News("find"), set()),
        (News("find", to_other=True), {("rectify", ("rectifier",))}),
        (News("find", to_check=True), {("check", ("checkers",))}),
        (News("hand_in"), set()),
        (News("hand_in", to_find=True), {("to_find", ("assignee",))}),
        (News("acknowledge"), set()),
        (News("acknowledge", countersign=True), {("countersign", ("signers",))}),
        (News("call_back"), set()),
        (News("rung", audience=("unit_head",)), {("rung", ("unit_head",))}),
        (News("rung", audience=("leader",), document=True), {("sign", ("leader",))}),
        (News("something new"), set()),
    ],
)
def test_an_event_makes(news: News, expected: set[tuple[str, tuple[str, ...]]]) -> None:
    assert said(news) == expected


def test_every_message_inside_has_its_words() -> None:
    rules = {
        notice.rule
        for name in known() - {"rung"}
        for news in (
            News(name, way="message", to_other=True, to_check=True, countersign=True),
            News(name, urgent=True, unsatisfied=True, to_leader=True, moved=True),
            News(name, moved=True, in_its_place=True),
            News(name, all_withdrawn=True, to_find=True, proposed=True, again=True),
        )
        for notice in notices(news)
        if not notice.audience[0].startswith(("reporter", "other_office"))
    }
    assert rules == set(TASKS)


def test_who_checks_is_told_of_a_visit_while_the_item_waits_for_the_check() -> None:
    assert [one.audience for one in notices(News("visit", to_check=True))] == [("checkers",)]
    assert notices(News("visit")) == []
