"""Blanks cost no more than they are long, wherever they stand in what another office sent."""

from datetime import date
from time import process_time

import pytest

from caseflow.intake.channels.handed import orders

TODAY = date(2026, 3, 3)


@pytest.mark.parametrize("gap", [" ", "\u3000", "\t"], ids=["narrow", "wide", "tab"])
@pytest.mark.parametrize(
    ("before", "many"),
    [("办理期限：3月5日", 600), ("办理期限：5", 9_000), ("联", 4_000), ("", 9_000)],
)
def test_nobody_can_make_it_slow(before: str, many: int, gap: str) -> None:
    """A list printed in columns is full of them; some hundred behind a day took half a minute."""
    text = f"工单编号：A1\n诉求内容：食堂有虫\n{before}{gap * many}x\n来电人：张三"
    began = process_time()
    [order] = orders.read(text, TODAY)
    assert order.fields["name"].value == "张三"
    assert process_time() - began < 1.0
