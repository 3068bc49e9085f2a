"""Dates of old ledgers: every way people write them, and those of which nobody can be sure."""

from contextlib import suppress
from datetime import date, datetime, time, timedelta
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caseflow.clock import local
from caseflow.intake.old_ledger import dates
from caseflow.intake.old_ledger.cells import Cell
from caseflow.intake.old_ledger.dates import BadDate, Sheet

SHEET = Sheet(this_year=2026, year=2026)
NO_YEAR = Sheet(this_year=2026)
wall = datetime.fromisoformat


def shown(cell: Cell, sheet: Sheet = SHEET) -> str:
    """Return the Shanghai wall clock of a cell."""
    when = dates.read(cell, sheet)
    assert when is not None
    return f"{local(when.at):%Y-%m-%d %H:%M}" if when.timed else f"{local(when.at):%Y-%m-%d}"


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("2026.3.1", "2026-03-01"),
        ("2026-3-1", "2026-03-01"),
        ("2026/3/1", "2026-03-01"),
        ("2026年3月1日", "2026-03-01"),
        (" 2026 年 3 月 1 日 ", "2026-03-01"),
        ("2026年3月1号", "2026-03-01"),
        ("２０２６．３．１", "2026-03-01"),
        ("2026、3、1", "2026-03-01"),
        ("2026.3.1.", "2026-03-01"),
        ("二〇二六年三月十一日", "2026-03-11"),
        ("2026年3月1日（星期日）", "2026-03-01"),
        ("2026-03-01 周日", "2026-03-01"),
        ("3月1日", "2026-03-01"),
        ("3.1", "2026-03-01"),
        ("3/1", "2026-03-01"),
        ("12-31", "2026-12-31"),
        ("26/3/1", "2026-03-01"),
        ("26.03.01", "2026-03-01"),
        ("26年3月1日", "2026-03-01"),
        ("20260301", "2026-03-01"),
        (20260301, "2026-03-01"),
        (20260301.0, "2026-03-01"),
        ("3/25/2026", "2026-03-25"),
        ("25/3/2026", "2026-03-25"),
        ("3/3/2026", "2026-03-03"),
        (46082, "2026-03-01"),
        (46082.5, "2026-03-01 12:00"),
        (wall("2026-03-01"), "2026-03-01"),
        (wall("2026-03-01 15:30"), "2026-03-01 15:30"),
        (date(2026, 3, 1), "2026-03-01"),
        ("2026-03-01 15:30", "2026-03-01 15:30"),
        ("2026-03-01T15:30:45", "2026-03-01 15:30"),
        ("2026年3月1日15时30分", "2026-03-01 15:30"),
        ("2026年3月1日下午3点半", "2026-03-01 15:30"),
        ("2026.3.1 下午3:30", "2026-03-01 15:30"),
        ("3月1日上午9点", "2026-03-01 09:00"),
        ("2026.3.1 上午", "2026-03-01"),
        ("2026.3.1 中午12点", "2026-03-01 12:00"),
        ("2026.3.1 中午11点半", "2026-03-01 11:30"),
        ("2026.3.1 晚上8点一刻", "2026-03-01 20:15"),
        ("2026.3.1 凌晨2点", "2026-03-01 02:00"),
        ("2026/3/1 3:30 PM", "2026-03-01 15:30"),
        ("2026-03-01 24:00", "2026-03-02 00:00"),
        ("202603011530", "2026-03-01 15:30"),
    ],
)
def test_a_date_is_read_as_it_is_meant(cell: Cell, expected: str) -> None:
    assert shown(cell) == expected


@pytest.mark.parametrize(
    ("cell", "why"),
    [
        ("3月1日", "没有写年份"),
        ("3.1", "没有写年份"),
        (3.1, "小数"),
        (2026.3, "小数"),
        (2026, "看不懂"),
        ("2026年3月", "没有写日"),
        ("2026.3", "没有写日"),
        ("3/1/2026", "顺序不明"),
        ("24/3/25", "顺序不明"),
        ("2026.2.30", "没有这一天"),
        ("2026.13.1", "没有这一天"),
        ("20261301", "没有这一天"),
        ("1926.3.1", "年份"),
        ("2026.3.1-3.5", "看不懂后面"),
        ("2026.3.1 25:00", "看不懂后面"),
        ("2026.3.1 晚上12点", "12 点"),
        ("上周", "看不懂"),
        ("详见附件", "看不懂"),
        (True, "看不懂"),
        (time(9, 30), "看不懂"),
        (timedelta(hours=30), "看不懂"),
    ],
)
def test_what_could_be_another_day_is_refused_with_the_reason(cell: Cell, why: str) -> None:
    with pytest.raises(BadDate, match=why):
        dates.read(cell, NO_YEAR)


def test_the_sheets_year_settles_what_its_figures_do_not() -> None:
    assert shown("24/3/25", Sheet(this_year=2026, year=2024)) == "2024-03-25"


def test_days_that_count_from_1904_are_read_so() -> None:
    assert shown(46082 - 1462, Sheet(2026, from_1904=True)) == "2026-03-01"


@pytest.mark.parametrize("cell", [None, "", "  "])
def test_an_empty_cell_is_no_date(cell: Cell) -> None:
    assert dates.read(cell, SHEET) is None


WAYS = (
    "{0:%Y-%m-%d %H:%M}",
    "{0:%Y/%m/%d %H:%M:%S}",
    "{0.year}.{0.month}.{0.day} {0.hour}:{0.minute:02}",
    "{0.year}年{0.month}月{0.day}日{0.hour}时{0.minute}分",
    "{0:%Y%m%d%H%M}",
    "{0:%Y-%m-%dT%H:%M:00+08:00}",
    "{0.month}月{0.day}日 {0.hour}:{0.minute:02}",
)
_MINUTES = st.datetimes(wall("2000-01-01"), wall("2099-12-31")).map(
    lambda at: at.replace(second=0, microsecond=0)
)


@given(_MINUTES, st.sampled_from(WAYS))
def test_every_minute_comes_back_from_every_way_of_writing_it(at: datetime, way: str) -> None:
    when = dates.read(way.format(at), Sheet(this_year=at.year, year=at.year))
    assert when is not None
    assert local(when.at).replace(tzinfo=None) == at


@given(_MINUTES)
def test_every_minute_comes_back_from_a_spreadsheets_number(at: datetime) -> None:
    number = (at - wall("1899-12-30")) / timedelta(days=1)
    when = dates.read(number, NO_YEAR)
    assert when is not None
    assert local(when.at).replace(tzinfo=None) == at


@given(st.text(max_size=40) | st.floats() | st.integers())
def test_whatever_a_cell_holds_it_is_a_date_or_told(cell: Cell) -> None:
    with suppress(BadDate):
        assert dates.read(cell, NO_YEAR) is None or shown(cell, NO_YEAR)


@pytest.mark.parametrize(
    ("cell", "many"), [("2025-3-1 8:30", 150), ("2025-3-1", 20_000), ("3月1日", 20_000)]
)
def test_nobody_can_make_a_cell_slow(cell: str, many: int) -> None:
    """A cell that was filled up with blanks: two hundred behind a time took seven seconds."""
    began = process_time()
    with pytest.raises(BadDate):
        dates.read(f"{cell}{' ' * many}x", SHEET)
    assert process_time() - began < 1.0
