"""Headings found and guessed, names of units matched, rows understood: no database."""

from datetime import datetime

import pytest

from caseflow.intake.old_ledger import headings, names, rows
from caseflow.intake.old_ledger.cells import Cell, Cells, said
from caseflow.intake.old_ledger.dates import Sheet
from caseflow.intake.old_ledger.names import Named, Register
from caseflow.intake.old_ledger.rows import Choices, Row

SHEET = Sheet(this_year=2026, year=2026)
COLUMNS = ("number", "received", "text", "result", "closed", "state", "kind", "due")
UNITS = [
    Named(1, "城东小学"),
    Named(2, "城西中学"),
    Named(3, "第一小学"),
    Named(4, "城东中学"),
    Named(5, "育才培训学校（城南校区）"),
    Named(6, "育才培训学校（城北校区）"),
]


@pytest.mark.parametrize(
    ("heading", "field"),
    [
        ("受理编号", "number"),
        ("序号", "serial"),
        ("来件 时间", "received"),
        ("受理日期（年月日）", "received"),
        ("信访人姓名", "name"),
        ("联系电话\n(必填)", "phone"),
        ("被投诉学校名称", "unit"),
        ("反映的主要问题", "text"),
        ("主要诉求", "text"),
        ("承办科室", "assigned"),
        ("限办日期", "due"),
        ("办理情况及结果", "result"),
        ("是否属实", "proven"),
        ("办结时间", "closed"),
        ("是否办结", "state"),
        ("备　注", "remark"),
        ("满意度", ""),
        ("家长多次反映学校食堂的饭菜有异味孩子吃了肚子疼要求查处", ""),
    ],
)
def test_a_heading_is_known_by_its_usual_words(heading: str, field: str) -> None:
    assert headings.field_of(heading) == field


def test_headings_are_found_below_titles_with_the_year_of_the_title() -> None:
    top: list[Cells] = [
        ("某某区台账", None),
        (None, None, "2025年度"),
        (),
        ("序号", "来件时间", "反映内容", "备注"),
        (1, "3月1日", "内容", None),
    ]
    table = headings.find(top)
    assert table is not None
    assert (table.row, table.year) == (4, 2025)
    assert table.headings == ("序号", "来件时间", "反映内容", "备注")


def test_two_rows_of_headings_are_one() -> None:
    top: list[Cells] = [
        ("编号", "来件时间", "反映人情况", None, "反映内容"),
        (None, None, "姓名", "电话", None),
    ]
    table = headings.find(top)
    assert table is not None
    assert table.row == 2
    assert headings.guess(table.headings) == ["number", "received", "name", "phone", "text"]


def test_a_sheet_without_headings_is_none() -> None:
    assert headings.find([("填写说明", "一"), ("请", "按要求填写")]) is None


def test_the_same_headings_are_the_same_however_they_are_typed() -> None:
    one = headings.Table(1, ("受理 编号", "来件时间（必填）"))
    other = headings.Table(7, ("受理编号", "来件时间"))
    assert one.fingerprint == other.fingerprint
    assert one.fingerprint != headings.Table(1, ("受理编号", "来件日期")).fingerprint


def test_a_field_is_guessed_once_and_the_plain_heading_wins() -> None:
    assert headings.guess(["主办单位反馈时间", "来件时间", "承办单位"]) == [
        "",
        "received",
        "assigned",
    ]


@pytest.mark.parametrize(
    ("words", "unit"),
    [
        ("城东小学", 1),
        (" 城东　小学 ", 1),
        ("大祥区城东小学", 1),
        ("湖南省邵阳市大祥区城东小学", 1),
        ("城东小学校", 1),
        ("城东小学（本部）", 1),
        ("城西中学学校", 2),
        ("北塔区第一小学", 3),
        ("", None),
    ],
)
def test_what_only_is_typed_otherwise_is_matched(words: str, unit: int | None) -> None:
    assert Register(UNITS).find(words) == (True, unit)


@pytest.mark.parametrize("words", ["城东小雪", "城东学校", "城东", "育才培训学校", "东方小学"])
def test_what_is_only_alike_or_may_be_two_is_asked(words: str) -> None:
    assert Register(UNITS).find(words) == (False, None)


def test_a_question_offers_the_likeliest_first_and_is_asked_once() -> None:
    asked = names.asked(Register(UNITS), {"城东小雪": 2, "城东小学": 9, "什么地方": 1})
    assert [(one.words, one.rows) for one in asked] == [("城东小雪", 2), ("什么地方", 1)]
    assert asked[0].offered[0] == UNITS[0]


def test_answers_are_remembered_unless_the_unit_is_gone() -> None:
    answers = {"城东小雪": 1, "某处": None, "旧校": 99}
    register = Register(UNITS, answers)
    assert register.find("城东 小雪") == (True, 1)
    assert register.find("某处") == (True, None)
    assert register.find("旧校") == (False, None)


def read(now: datetime, *cells: Cell, **choices: object) -> Row | list[str]:
    settled = Choices(COLUMNS, **choices)  # type: ignore[arg-type]
    found = rows.read(7, cells, settled, SHEET, now)
    return found if isinstance(found, Row) else [one.field for one in found]


@pytest.mark.parametrize(
    ("typed", "state"),
    [
        ("已办结", "closed"),
        ("是", "closed"),
        ("√", "closed"),
        ("结案", "closed"),
        ("整改到位", "closed"),
        ("未办结", "accepted"),
        ("否", "accepted"),
        ("办理中", "accepted"),
        ("正在整改", "accepted"),
        ("已转教育局", "accepted"),
        ("待受理", "received"),
        ("未办理", "received"),
        ("再说", ""),
    ],
)
def test_a_word_of_state_means_one_of_ours(typed: str, state: str) -> None:
    assert rows.state_of(typed) == state


def test_without_a_state_the_other_columns_say_it(now: datetime) -> None:
    finished = read(now, 1, "1月1日", "内容", None, "1月5日")
    fresh = read(now, 1, "1月1日", "内容")
    assert isinstance(finished, Row)
    assert isinstance(fresh, Row)
    assert (finished.state, fresh.state) == ("closed", "received")


def test_a_result_without_a_state_is_told_unless_it_was_decided(now: datetime) -> None:
    row = (1, "1月1日", "内容", "已核实")
    assert read(now, *row) == ["state"]
    closed, still = read(now, *row, result="closed"), read(now, *row, result="open")
    assert isinstance(closed, Row)
    assert isinstance(still, Row)
    assert (closed.state, still.state) == ("closed", "accepted")


@pytest.mark.parametrize(
    ("cells", "fields"),
    [
        ((1, None, "内容"), ["received"]),
        ((1, "1月1日", None), ["text"]),
        ((1, "12月31日", "内容"), ["received"]),
        ((1, "1月9日", "内容", None, "1月5日"), ["closed"]),
        ((1, "1月1日", "内容", None, "1月5日", "办理中"), ["state"]),
        ((1, "1月1日", "#REF!"), ["text"]),
        ((1, "#N/A", "内容"), ["received"]),
        ((1, "1月1日", "内容", None, None, "待受理", "什么"), ["kind"]),
        ((1, "上周", "内容", None, "昨天"), ["received", "closed"]),
    ],
)
def test_all_that_is_wrong_with_a_row_is_told(
    now: datetime, cells: tuple[Cell, ...], fields: list[str]
) -> None:
    assert read(now, *cells) == fields


def test_a_day_on_which_something_is_due_lasts_to_its_end(now: datetime) -> None:
    row = read(now, 1, "1月1日", "内容", None, None, "待受理", "举报", "1月10日")
    assert isinstance(row, Row)
    assert row.kind == "tip"
    assert row.due is not None
    assert f"{row.due:%m-%d %H:%M}" == "01-10 16:00"


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (13812345678.0, "13812345678"),
        (2.5, "2.5"),
        (" 字\x00符 ", "字符"),
        (None, ""),
        (True, "是"),
    ],
)
def test_a_cell_is_said_as_it_is_seen(cell: Cell, text: str) -> None:
    assert said(cell) == text
