"""Files of other offices: text, document, workbook, table, letter; damaged ones are refused."""

import io
import zipfile
from datetime import date, datetime
from email.message import EmailMessage

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from caseflow.adapters.handed_sheet import sheets
from caseflow.errors import BadInput
from caseflow.intake.channels.handed import files
from caseflow.intake.channels.handed.files import Found
from caseflow.intake.channels.handed.orders import read_rows

TODAY = date(2026, 3, 3)
_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def document(body: str, head: str = "") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        inside = f'{head}<w:document xmlns:w="{_W}"><w:body>{body}</w:body></w:document>'
        archive.writestr("word/document.xml", inside)
    return out.getvalue()


def paragraph(text: str) -> str:
    return f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"


def _day(day: int, hour: int = 0, minute: int = 0) -> datetime:
    return datetime(2026, 3, day, hour, minute)  # noqa: DTZ001 - a workbook knows no zone


def workbook(*rows: list[object]) -> bytes:
    book, out = Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(out)
    return out.getvalue()


def read(name: str, content: bytes) -> Found:
    return files.read(name, content, sheets)


def refused(name: str, content: bytes) -> str:
    with pytest.raises(BadInput) as wrong:
        read(name, content)
    return wrong.value.fields["file"]


def test_a_text_is_read_whatever_its_characters_are_coded_in() -> None:
    for coding in ("utf-8", "utf-8-sig", "gb18030", "utf-16"):
        assert read("工单.txt", "工单编号：A1".encode(coding)).text == "工单编号：A1"


def test_a_document_gives_its_paragraphs_and_the_cells_of_its_tables() -> None:
    cells = "".join(f"<w:tc>{paragraph(text)}</w:tc>" for text in ("信访编号", "X1"))
    body = paragraph("转送单") + f"<w:tbl><w:tr>{cells}</w:tr></w:tbl>" + paragraph("完")
    assert read("a.docx", document(body)).text == "转送单\n信访编号\tX1\n完"


def test_a_workbook_gives_many_orders_with_days_and_numbers_as_people_read_them() -> None:
    content = workbook(
        ["工单编号", "来电人", "联系电话", "诉求内容", "办理时限"],
        ["A1", "张三", 13812345678, "食堂有虫", _day(9, 17, 30)],
        ["A2", "李四", None, "=1+1", _day(10)],
    )
    found = [one.fields for one in read_rows(read("a.xlsx", content).sheets[0], TODAY)]
    assert [one["sender_number"].value for one in found] == ["A1", "A2"]
    assert (found[0]["phone"].value, found[0]["due_time"].value) == ("13812345678", "17:30")
    assert found[1]["due_day"].value == "2026-03-10"


def test_a_table_of_commas_or_semicolons_gives_its_orders() -> None:
    for by in ",;\t":
        text = f"工单编号{by}来电人{by}诉求内容\nA1{by}张三{by}食堂有虫\n"
        found = read_rows(read("a.csv", text.encode("gb18030")).sheets[0], TODAY)
        assert [one.fields["text"].value for one in found] == ["食堂有虫"]


def test_a_letter_gives_its_words_and_those_of_the_document_that_came_with_it() -> None:
    letter = EmailMessage()
    letter["From"], letter["Subject"] = "office@example.invalid", "转办"
    letter.set_content("请查收。")
    content = document(paragraph("工单编号：A1"))
    letter.add_attachment(content, maintype="application", subtype="x", filename="工单.docx")
    assert read("a.eml", letter.as_bytes()).text == "请查收。\n\n工单编号：A1"


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("a.doc", b"\xd0\xcf\x11\xe0old", files.OLD_KIND),
        ("a.pdf", b"%PDF-1.7", files.OLD_KIND),
        ("a.docx", b"no archive", files.NOT_READ),
        ("a.docx", b"PK\x03\x04cut off", files.NOT_READ),
        ("a.xlsx", b"PK\x03\x04cut off", files.NOT_READ),
        ("a.docx", document("<w:p>"), files.NOT_READ),
        ("a.docx", document("", '<!DOCTYPE w [<!ENTITY a "b">]>'), files.NOT_READ),
        ("a.exe", b"MZ", files.NOT_READ),
        ("a.txt", b"x" * (files.LARGEST + 1), files.TOO_LARGE),
    ],
)
def test_what_cannot_be_read_is_refused_in_words(name: str, content: bytes, told: str) -> None:
    assert refused(name, content) == told


@pytest.mark.parametrize(
    "way", ["<w:sdt>{}</w:sdt>", "<w:tbl><w:tr><w:tc>{}</w:tc></w:tr></w:tbl>"]
)
def test_what_lies_deeper_than_anybody_lays_it_is_not_read(way: str) -> None:
    before, after = way.split("{}")
    assert read("a.docx", document(before * 8 + paragraph("甲") + after * 8)).text.strip("\n")
    told = refused("a.docx", document(before * 3_000 + paragraph("甲") + after * 3_000))
    assert told.startswith("读不出这个文件的文字")


def test_a_bomb_is_not_unpacked() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b" " * (70 * 1024 * 1024))
    assert refused("a.docx", out.getvalue()) == files.TOO_LARGE
    assert refused("a.xlsx", out.getvalue()) == files.TOO_LARGE


def test_a_sheet_that_says_it_is_smaller_than_it_is_is_read_whole() -> None:
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(workbook(["工单编号", "诉求内容"], ["A1", "有虫"]))) as good,
        zipfile.ZipFile(out, "w") as told,
    ):
        for part in good.namelist():
            told.writestr(part, good.read(part).replace(b'ref="A1:B2"', b'ref="A1"'))
    assert b'ref="A1"' in zipfile.ZipFile(out).read("xl/worksheets/sheet1.xml")
    assert sheets(out.getvalue()) == [[["工单编号", "诉求内容"], ["A1", "有虫"]]]


_GOOD = [document(paragraph("工单编号：A1")), workbook(["工单编号", "来电人", "诉求内容"])]


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(_GOOD), st.integers(0, 2000), st.binary(max_size=6), st.data())
def test_a_damaged_file_is_read_or_refused(
    good: bytes, at: int, put: bytes, data: st.DataObject
) -> None:
    name = data.draw(st.sampled_from(["a.docx", "a.xlsx", "a.csv", "a.eml", "a.txt"]))
    damaged = good[:at] + put + good[at + len(put) :]
    try:
        read(name, damaged)
    except BadInput as wrong:
        assert set(wrong.fields) == {"file"}  # noqa: PT017 - refused in words, or read


def test_a_workbook_that_holds_more_than_is_read_is_refused_rather_than_cut() -> None:
    wide: list[object] = ["工单编号", *[""] * 200, "x"]
    assert "请分开以后再选" in refused("很宽.xlsx", workbook(wide))
    long = workbook(["工单编号"], *(["A1"] for _ in range(20_000)))
    assert "请分开以后再选" in refused("很长.xlsx", long)
    narrow = workbook(["工单编号", *[""] * 200], ["A1"])
    assert list(read("不宽.xlsx", narrow).sheets) == [[["工单编号"], ["A1"]]]
