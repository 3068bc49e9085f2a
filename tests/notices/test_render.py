"""The words of a message: when it is due, in whose language, and whether answers are read."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from caseflow.notices.render import Words, due_text, receipt, summary, to_reporter, to_staff

END_OF_FRIDAY = datetime(2026, 3, 6, 16, 0, tzinfo=UTC)
NOON = datetime(2026, 3, 6, 4, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("due", "locale", "text"),
    [
        (END_OF_FRIDAY, "zh", "3月6日 24:00"),
        (END_OF_FRIDAY, "en", "6 Mar 24:00"),
        (NOON, "zh", "3月6日 12:30"),
        (NOON, "en", "6 Mar 12:30"),
    ],
)
def test_a_due_moment_reads(due: datetime, locale: str, text: str) -> None:
    assert due_text(due, locale) == text


def test_a_message_to_staff_says_number_task_due_moment_and_link() -> None:
    words = Words("dispatched", "430503-2026-000042", "https://tips.example/unit/items/7", NOON)
    subject, text = to_staff(words, "zh")
    assert subject == "办件 430503-2026-000042：有新的交办事项，请签收并办理"
    assert text.splitlines()[:4] == [
        "编号：430503-2026-000042",
        "事项：有新的交办事项，请签收并办理",
        "期限：3月6日 12:30",
        "办理：https://tips.example/unit/items/7",
    ]


def test_a_rung_names_its_step_and_its_promise() -> None:
    words = Words("rung", "430503-2026-000042", "x", action="urging", clock="verify", urgent=True)
    subject, _ = to_staff(words, "zh")
    assert subject == "【紧急】办件 430503-2026-000042：催办（核查期限），请尽快办理"


def test_no_message_says_accountability_before_a_person_decided() -> None:
    said = to_staff(Words("sign", "430503-2026-000042", "x", action="accountability"), "zh")
    assert "问责" not in "".join(said)
    assert "请审阅决定" in said[0]


def test_a_message_to_a_reporter_says_where_nobody_reads_answers() -> None:
    subject, text = to_reporter(Words("reply", "430503-20260303-0001", "https://x/track"), "zh")
    assert subject == "编号 430503-20260303-0001 有新进展"
    assert "请勿回复" in text
    assert "https://x/track" in text


def test_where_answers_by_mail_are_read_the_messages_say_so() -> None:
    mine = Words("reply", "430503-20260303-0001", "https://x/track", answers=True)
    for say in (to_reporter, receipt):
        _, text = say(mine, "zh")
        assert "请勿回复" not in text
        assert "用收到本邮件的邮箱直接回复" in text
    yours = Words("assigned", "430503-2026-000042", "https://x", answers=True)
    assert "您写的会以您的名义记入这个办件" in to_staff(yours, "zh")[1]
    for other in (replace(yours, at_unit=True), replace(yours, number="")):
        assert "请勿回复" in to_staff(other, "zh")[1], "their answers go into no case"


def test_a_unit_is_told_of_an_item_and_never_of_a_case() -> None:
    words = Words("dispatched", "000057", "https://tips.example/unit/items/57", at_unit=True)
    assert to_staff(words, "zh")[0] == "事项 000057：有新的交办事项，请签收并办理"


@pytest.mark.parametrize("locale", ["zh", "en"])
def test_a_summary_tells_the_first_forty_and_where_the_others_stand(locale: str) -> None:
    said = [
        to_staff(Words("check", f"430503-2026-{n:06}", f"https://x/{n}", NOON), locale)
        for n in range(43)
    ]
    subject, text = summary(said, "https://x/console/", locale)
    assert subject == {"zh": "有 43 项事情需要您处理", "en": "43 things wait for you"}[locale]
    assert text.count("https://x/console/") == 1
    assert "430503-2026-000039" in text
    assert "430503-2026-000040" not in text
    footer = text.splitlines()[-1]
    assert text.count(footer) == 1, "what stands below every message stands there once"
    assert summary(said[:6], "https://x/console/", locale)[1].count("https://x/") == 6
