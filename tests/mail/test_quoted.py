"""Folding the history of a mail loses nothing and never takes long."""

from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from caseflow.intake.channels.mailbox.quoted import fold
from tests.mail.sample_quoted import HISTORIES

LINES = st.sampled_from(
    ["投诉食堂。", "> a", "", "在 2026-03-03 10:00 写道：", "发件人: x", "主题: y", "收件人：z",
     "---- 原始邮件 ----", "On 3 Mar at 10:00 A <a@b.example> wrote:", "Forwarded message"]
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(lines=st.lists(LINES, max_size=12))
def test_every_line_is_somewhere(lines: list[str]) -> None:
    text = "\n".join(lines)
    found = fold(text)
    assert found.own.strip() or not text.strip()
    said = sorted(line for line in text.split("\n") if line.strip())
    assert sorted(x for x in f"{found.own}\n{found.history}".split("\n") if x.strip()) == said


@pytest.mark.parametrize("history", HISTORIES.values(), ids=list(HISTORIES))
def test_a_history_alone_is_not_hidden(history: str) -> None:
    assert fold(history).own == history


@pytest.mark.parametrize(
    "piece", ["在@:", "在@" * 150 + "\n", "写道\n", "--", "From: x\n", "> \n", "a@b> 于", " "]
)
def test_nobody_can_make_it_slow(piece: str) -> None:
    began = process_time()
    fold(piece * (190_000 // len(piece)))
    assert process_time() - began < 1.0


@pytest.mark.parametrize("mark", ["On wrote", "在写道：", "-- 原始邮件 --", "From:", "> "])
def test_nor_by_a_gap_that_nothing_follows_as_it_should(mark: str) -> None:
    text = f"{mark}{' ' * 190_000}x"
    began = process_time()
    assert fold(text).own == text
    assert process_time() - began < 1.0
