"""Files that hold a ledger: workbooks and text of every encoding, and what is refused unread."""

import zipfile
from collections.abc import Sequence
from datetime import date, datetime
from io import BytesIO
from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook
from xlsxwriter import Workbook as XlsxWriter

from caseflow.adapters.workbook import Workbooks
from caseflow.errors import BadInput
from caseflow.intake.old_ledger import flat, source
from caseflow.intake.old_ledger.books import MAX_COLUMNS, MAX_ROWS, Written, pages
from caseflow.intake.old_ledger.cells import Cell, Cells

LINES = "编号,来件时间,反映内容\n1,2025.3.1,𠮷林，“引号”\n"


def first(content: bytes) -> list[Cells]:
    return list(pages(Workbooks(), content)[0].rows())


def packed(rows: Sequence[Sequence[Cell]]) -> bytes:
    book = Workbook(write_only=True)
    page = book.create_sheet("台账")
    for row in rows:
        page.append(row)
    file = BytesIO()
    book.save(file)
    return file.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_text_is_read_whatever_its_encoding(encoding: str) -> None:
    assert first(LINES.encode(encoding))[1] == ("1", "2025.3.1", "𠮷林，“引号”")


def test_tabs_part_columns_too() -> None:
    assert first("编号\t来件时间\n1\t2025.3.1\n".encode()) == [
        ("编号", "来件时间"),
        ("1", "2025.3.1"),
    ]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "空的"),
        (b"\xd0\xcf\x11\xe0" + b"\0" * 100, "旧版的 .xls 文件：.*另存为 .xlsx"),
        (
            b"\xd0\xcf\x11\xe0" + "EncryptedPackage".encode("utf-16-le"),
            "打开密码.*取消密码",
        ),
        (b"\r\n<html><table><tr><td>1</td></tr></table>", "网页.*另存为 .xlsx"),
        (b'<?xml version="1.0"?><Workbook xmlns="urn:x"/>', "网页"),
        (b"PK\x03\x04broken", "打开.*另存为 .xlsx"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "不是 .xlsx"),
    ],
)
def test_what_is_no_ledger_is_refused_with_the_reason(content: bytes, why: str) -> None:
    with pytest.raises(BadInput, match=why):
        first(content)


def test_what_unpacks_to_far_more_than_it_is_is_not_unpacked() -> None:
    file = BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as bomb:
        bomb.writestr("xl/worksheets/sheet1.xml", b"0" * 60_000_000)
    with pytest.raises(BadInput, match="解开以后太大"):
        first(file.getvalue())


def test_a_sheet_with_too_many_rows_is_refused_while_it_is_read() -> None:
    row = f"1{',x' * 2}\n"
    with pytest.raises(BadInput, match="最多"):
        first((row * (MAX_ROWS + 1)).encode())


def test_a_row_far_down_and_a_cell_far_right_cost_nothing() -> None:
    """Both are written by people who press End: the sheet says that it is a million rows long."""
    book = Workbook()
    page = book.active
    assert page is not None
    page["A1"], page["XFD2"], page["A1048576"] = "编号", "远", "最后"
    file = BytesIO()
    book.save(file)
    found = pages(Workbooks(), file.getvalue())[0].rows()
    assert [len(row) for row in islice(found, 2)] == [1, MAX_COLUMNS]
    with pytest.raises(BadInput, match="最多"):
        list(found)


def test_a_formula_is_its_value_and_a_hidden_sheet_is_passed_over() -> None:
    book = Workbook()
    page = book.active
    assert page is not None
    page.append(["编号", "=1+1"])
    book.create_sheet("藏起来的").sheet_state = "hidden"
    file = BytesIO()
    book.save(file)
    found = pages(Workbooks(), file.getvalue())
    assert len(found) == 1
    assert list(found[0].rows()) == [("编号", None)]  # nobody computed it yet


def test_nothing_that_is_written_is_a_formula_or_a_link() -> None:
    file = BytesIO()
    words = ("=1+1", "@SUM(A1)", "http://example.invalid/", "+86", "-1")
    Workbooks().write(file, [Written("台账", [("一",) * 5, words])])
    page = load_workbook(file).active
    assert page is not None
    assert [cell.value for cell in page[2]] == list(words)
    assert {cell.data_type for cell in page[2]} == {"s"}
    assert [cell.hyperlink for cell in page[2]] == [None] * 5


_CELL = st.one_of(
    st.none(),
    st.text(st.characters(blacklist_categories=("Cs", "Cc")), max_size=20),
    st.integers(-(10**9), 10**12),
    st.floats(-1e6, 1e6, allow_nan=False),
    st.booleans(),
    st.datetimes(datetime.fromisoformat("1990-01-01"), datetime.fromisoformat("2099-01-01")),
)


@given(st.lists(st.lists(_CELL, max_size=6), max_size=6))
def test_cells_say_what_the_library_says_of_them(rows: list[list[Cell]]) -> None:
    content = packed(rows)
    theirs = load_workbook(BytesIO(content), read_only=True, data_only=True).worksheets[0]
    theirs.reset_dimensions()  # type: ignore[union-attr]
    assert first(content) == list(theirs.iter_rows(values_only=True))


def odd(rows: str, texts: str = "", before: str = "") -> bytes:
    """Return a workbook whose rows and shared texts another program wrote in its own way."""
    file, main = BytesIO(), "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    with XlsxWriter(file) as book:
        book.add_worksheet().write_string(0, 0, "甲")
    parts = {
        "xl/worksheets/sheet1.xml": f'{before}<worksheet xmlns="{main}">'
        f'<dimension ref="A1"/><sheetData>{rows}'
        "</sheetData></worksheet>",
        "xl/sharedStrings.xml": f'<sst xmlns="{main}">{texts}</sst>',
    }
    made = BytesIO()
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(made, "w") as new:
        for name in old.namelist():
            new.writestr(name, parts.get(name) or old.read(name))
    return made.getvalue()


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        ("<row><c><v>1</v></c><c><v>2</v></c></row>", [(1, 2)]),  # no places: one after another
        ('<row r="3.0"><c r="B3"><v>1.5E1</v></c></row>', [(), (), (None, 15.0)]),
        ('<row r="2"><c r="A2"><v>1</v></c></row><row r="1"/><row r="2"/>', [(), (1,)]),
        ('<row><c r="B1"><v>2</v></c><c r="A1"><v>1</v></c></row>', [(1, 2)]),
        ('<row><c t="b"><v>1</v></c><c t="e"><v>#N/A</v></c></row>', [(True, "#N/A")]),
        ('<row><c t="str"><f>A1&amp;"x"</f><v>甲</v></c><c><f>1+1</f></c></row>', [("甲", None)]),
        ('<row><c t="d"><v>2025-03-01</v></c></row>', [(date(2025, 3, 1),)]),
        (
            '<row><c t="inlineStr"><is><r><t>饭</t></r><r><t>菜</t></r></is></c></row>',
            [("饭菜",)],
        ),
        (
            '<row><c t="inlineStr"><is><t>饭</t><rPh><t>fan</t></rPh></is></c></row>',
            [("饭",)],
        ),
        (
            '<row><c t="s"><v>1</v></c></row>',
            [("乙",)],
        ),
    ],
)
def test_what_other_programs_write_is_read(rows: str, found: list[Cells]) -> None:
    texts = "<si><t>甲</t></si><si><r><t>乙</t></r><rPh><t>yi</t></rPh></si>"
    assert first(odd(rows, texts)) == found


@pytest.mark.parametrize(
    ("rows", "before"),
    [
        ('<row><c t="s"><v>1</v></c></row>', ""),
        ('<row><c t="s"><v>-1</v></c></row>', ""),
        ("<row><c><v>many</v></c></row>", ""),
        ('<row r="1.5"/>', ""),
        ("<row><c>", ""),
        ("<row><c><v>&a;</v></c></row>", '<!DOCTYPE x [<!ENTITY a "1">]>'),
    ],
)
def test_a_workbook_that_is_not_sound_is_refused(rows: str, before: str) -> None:
    with pytest.raises(BadInput, match="损坏"):
        first(odd(rows, "<si><t>甲</t></si>", before))


@pytest.mark.parametrize("kind", ["inlineStr", "s", "str"])
@pytest.mark.parametrize("piece", ["<t>甲</t>", f"<t>{'甲' * 300_000}</t>"], ids=["many", "long"])
def test_a_cell_that_says_more_than_any_cell_is_not_held(kind: str, piece: str) -> None:
    """A file of two megabytes unpacks to 400 of them: all of it in one cell, or in its pieces."""
    many = piece * (300_000 // (len(piece) - len("<t></t>")))
    said = {"inlineStr": f"<is>{many}</is>", "s": "<v>0</v>", "str": f"<v>{'甲' * 300_000}</v>"}
    with pytest.raises(BadInput, match="损坏"):
        first(odd(f'<row><c t="{kind}">{said[kind]}</c></row>', f"<si>{many}</si>"))


def test_a_sheet_whose_first_rows_are_looked_at_is_not_read_further() -> None:
    with pytest.raises(BadInput):
        first(odd('<row/><row r="2"><c t="s"><v>1</v></c></row>' + " " * 200_000 + "<row>"))
    found = pages(Workbooks(), odd("<row/>" + " " * 200_000 + "<row>"))[0].rows()
    assert next(found) == ()


class _Page:
    name, from_1904 = "台账", False

    def __init__(self, rows: list[Cells]) -> None:
        self._rows = rows

    def rows(self):  # type: ignore[no-untyped-def]
        yield from self._rows


@given(st.lists(st.lists(_CELL, max_size=6).map(tuple), max_size=6))
def test_a_sheet_as_plain_lines_says_the_same(rows: list[Cells]) -> None:
    flattening = flat.Flattening(_Page(rows))
    assert list(flattening.rows()) == rows
    again = list(flat.page(flattening.content()).rows())
    assert [_bare(row) for row in again] == [_bare(row) for row in rows]


def _bare(row: Cells) -> Cells:
    while row and row[-1] is None:
        row = row[:-1]
    return row


def test_the_sheet_with_the_most_known_headings_is_the_ledger() -> None:
    book = Workbook(write_only=True)
    book.create_sheet("统计").append(["编号", "时间", "内容"])
    page = book.create_sheet("台账")
    page.append(["编号", "来件时间", "反映人", "电话", "反映内容"])
    page.append([1, "2025.3.1", "甲", "1", "内容"])
    page.append(["合计", 1])
    page.append(["编号", "来件时间", "反映人", "电话", "反映内容"])
    file = BytesIO()
    book.save(file)
    found = source.opened(Workbooks(), file.getvalue())
    assert found.page.name == "台账"
    assert [n for n, _ in found.rows()] == [2]


@pytest.mark.parametrize("content", [b"a,b\n1,2\n", packed([["甲", "乙"]])])
def test_a_file_without_headings_says_so(content: bytes) -> None:
    with pytest.raises(BadInput, match="找不到表头"):
        source.opened(Workbooks(), content)


def test_texts_are_read_whole_whatever_their_mark_up() -> None:
    file = BytesIO()
    with XlsxWriter(file) as book:
        page, bold = book.add_worksheet(), book.add_format({"bold": True})
        page.write_rich_string(0, 0, "饭菜", bold, "有异味", "，请查处")
        page.write_string(0, 1, " 两边有空格 ")
        page.write_string(0, 2, "_x0041_ 第一行\n第二行")
        page.write_string(0, 3, "饭菜<&>")
    [one] = Workbooks().pages(file)
    assert list(one.rows()) == [
        ("饭菜有异味，请查处", " 两边有空格 ", "_x0041_ 第一行\n第二行", "饭菜<&>")
    ]


def sheets(*of: tuple[str, Sequence[Sequence[Cell]]]) -> bytes:
    book = Workbook(write_only=True)
    for name, rows in of:
        page = book.create_sheet(name)
        for row in rows:
            page.append(row)
    file = BytesIO()
    book.save(file)
    return file.getvalue()


_HEADS = ["编号", "来件时间", "反映人", "电话", "反映内容"]


def test_a_workbook_in_which_nothing_stands_says_so() -> None:
    for content in (sheets(("一", []), ("二", [[None, " "]])), b" , ,\n, ,\n"):
        with pytest.raises(BadInput, match="什么也没有"):
            source.opened(Workbooks(), content)


def test_sheets_that_are_ledgers_too_are_named_and_stay_so_once_it_is_flat() -> None:
    rows = [_HEADS, [1, "2025.3.1", "甲", "1", "内容"]]
    content = sheets(("1月", rows), ("说明", [["填表说明"]]), ("2月", rows), ("3月", rows))
    found = source.opened(Workbooks(), content)
    assert (found.page.name, found.others) == ("1月", ("2月", "3月"))
    flattening = flat.Flattening(found.page, found.others)
    list(flattening.rows())
    again = source.again(flat.page(flattening.content()), found.sha256)
    assert (again.page.name, again.others) == ("1月", ("2月", "3月"))


def test_headings_and_titles_may_stand_in_merged_cells() -> None:
    book = Workbook()
    page = book.active
    assert page is not None
    page.append(["2025 年来信来访台账", None, None, None, None])
    page.append(["编号", "来件时间", "反映人", None, "反映内容"])
    page.append([None, None, "姓名", "电话", None])
    page.append([1, "3月1日", "甲", "13812345678", "饭菜有异味"])
    for merged in ("A1:E1", "C2:D2", "A2:A3", "B2:B3", "E2:E3"):
        page.merge_cells(merged)
    file = BytesIO()
    book.save(file)
    found = source.opened(Workbooks(), file.getvalue())
    assert found.table.headings == ("编号", "来件时间", "姓名", "电话", "反映内容")
    assert (found.table.row, found.table.year) == (3, 2025)
    assert [n for n, _ in found.rows()] == [4]
