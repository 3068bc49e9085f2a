"""What other offices send becomes the desk's fields, and nothing of it is lost."""

import re
import tomllib
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from caseflow.intake.channels.desk import FIELDS
from caseflow.intake.channels.handed import words
from caseflow.intake.channels.handed.moments import Within
from caseflow.intake.channels.handed.orders import Order, read

TODAY = date(2026, 3, 3)
SAMPLES = tomllib.loads(Path(__file__).with_name("samples.toml").read_text())["sample"]


def ends(began: date, stretch: Within) -> tuple[str, str]:
    """Count five working days to a week: no calendar is needed to see that a stretch is counted."""
    days = stretch.amount
    if stretch.unit == "working_days":
        days = stretch.amount // 5 * 7 + stretch.amount % 5
    return (began + timedelta(days=days)).isoformat(), ""


def told(order: Order) -> dict[str, str]:
    return {name: one.value for name, one in order.fields.items()}


def bare(said: str) -> str:
    return "".join(said.split())


def in_sight(order: Order) -> str:
    return bare(order.rest + "".join(one.words for one in order.fields.values()))


@pytest.mark.parametrize("sample", SAMPLES, ids=[one["name"] for one in SAMPLES])
def test_a_sample_fills_the_sheet(sample: Mapping[str, Any]) -> None:
    found = read(sample["text"], TODAY, ends)
    got = [{**told(one), "rest": bare(one.rest)} for one in found]
    assert got == [{**one, "rest": bare(one["rest"])} for one in sample["orders"]]


@pytest.mark.parametrize("sample", SAMPLES, ids=[one["name"] for one in SAMPLES])
def test_every_line_of_a_sample_filled_a_field_or_stays_in_sight(
    sample: Mapping[str, Any],
) -> None:
    seen = "".join(in_sight(one) for one in read(sample["text"], TODAY, ends))
    for said in re.split(r"[\s;]+", sample["text"]):
        assert said in seen or words.field_of(said), said


def test_there_are_enough_samples_and_each_has_a_name_of_its_own() -> None:
    assert len({one["name"] for one in SAMPLES}) == len(SAMPLES) >= 40


def test_every_field_that_is_filled_is_one_of_the_sheet() -> None:
    filled = {name for one in SAMPLES for order in one["orders"] for name in order} - {"rest"}
    assert filled <= set(FIELDS)


def test_a_single_order_is_kept_as_it_was_pasted() -> None:
    for sample in SAMPLES:
        found = read(sample["text"], TODAY, ends)
        if len(found) == 1 and "\t" not in sample["text"]:
            assert found[0].whole == sample["text"].replace("\r\n", "\n").strip()


_LABELS = st.sampled_from(sorted(words.fields()))
_ANY = st.one_of(
    _LABELS,
    st.sampled_from(
        [*"：:\t\n 【】；。，、（）", "3月6日", "5个工作日", "13812345678", "前报结果"]
    ),
    st.text(max_size=6),
)


@settings(max_examples=300, deadline=None)
@given(st.lists(_ANY, max_size=40).map("".join))
def test_whatever_is_pasted_raises_nothing_and_is_not_lost(text: str) -> None:
    found = read(text, TODAY, ends)
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    assert bool(found) == bool(bare(text)) or "\t" in text
    if "\t" not in text:
        assert bare("".join(one.whole for one in found)) == bare(text)
    for one in found:
        assert set(one.fields) <= set(FIELDS)
        for ch in set(bare(one.whole)):
            assert ch in in_sight(one)


@settings(max_examples=100, deadline=None)
@given(st.lists(_ANY, max_size=30).map("".join))
def test_an_order_that_is_read_again_fills_the_same(text: str) -> None:
    found = read(text, TODAY, ends)
    if len(found) == 1 and "\t" not in text:
        assert told(read(found[0].whole, TODAY, ends)[0]) == told(found[0])
