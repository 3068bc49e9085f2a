"""Sheets become PDF: the same bytes each time, no word of anybody a program, no sign unsaid."""

import hashlib
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from caseflow.adapters.typst import Typst
from caseflow.app import FONTS
from caseflow.errors import Unavailable
from caseflow.paper.sheets import LACKING, Official, Report, Section, said

AT = datetime(2026, 3, 13, 2, tzinfo=UTC)
ORDER = Official(
    office="双清区教育督导办公室",
    number="教督办〔2026〕430503-12号",
    title="督办单",
    to="测试第一中学：",
    lines=["应于2026年3月10日24时前签收，至今没有签收。"],
    day="2026年3月13日",
)
REPORT = Report(
    office=ORDER.office,
    title="案卷",
    subtitle="430503-2026-000042",
    facts=[("状态", "已办结")],
    note="",
    sections=[Section("办理记录", rows=[["时间", "事项"], ["3月3日", "受理"]], columns=[1, 3])],
    foot="430503-2026-000042",
)
# What would stop the compiler, read a file or change the page, were it a program.
PROGRAM = '#panic("x") #read("/etc/passwd") */ $ ` \\ " ] } #set page(width: 1cm)'


@pytest.fixture(scope="module")
def typst() -> Typst:
    """The typesetter with our own fonts alone, as on a machine without any."""
    return Typst(FONTS, of_machine=False)


def digest(pdf: bytes) -> str:
    return hashlib.sha256(pdf).hexdigest()


def test_two_processes_make_the_same_bytes(typst: Typst) -> None:
    sheets = (ORDER, REPORT)
    here = [digest(typst.pdf(sheet, AT)) for sheet in sheets]
    lines = (
        "from tests.pure import test_paper as t",
        "from caseflow.adapters.typst import Typst",
        "for sheet in (t.ORDER, t.REPORT): print(t.digest(Typst(t.FONTS).pdf(sheet, t.AT)))",
    )
    call = [sys.executable, "-c", "\n".join(lines)]
    root = Path(__file__).parents[2]
    there = subprocess.run(call, cwd=root, capture_output=True, text=True, check=True)
    assert there.stdout.split() == here
    assert len(set(here)) == 2


def test_other_words_or_another_moment_make_other_bytes(typst: Typst) -> None:
    ours = typst.pdf(ORDER, AT)
    assert typst.pdf(replace(ORDER, mark="草稿"), AT) != ours
    assert typst.pdf(ORDER, AT + timedelta(seconds=1)) != ours
    assert b"D:20260313020000Z" in ours


@pytest.mark.parametrize("sheet", [ORDER, REPORT], ids=["official", "report"])
def test_no_word_of_anybody_is_a_program(typst: Typst, sheet: Official | Report) -> None:
    told = (
        replace(sheet, office=PROGRAM, number=PROGRAM, title=PROGRAM, to=PROGRAM)
        if isinstance(sheet, Official)
        else replace(sheet, title=PROGRAM, facts=[(PROGRAM, PROGRAM)], foot=PROGRAM)
    )
    assert typst.pdf(told, AT).startswith(b"%PDF-1.7")
    assert PROGRAM.replace("\\", "\\\\").replace('"', '\\"') in said(told)


def test_a_sign_that_no_font_has_is_replaced_and_named(typst: Typst) -> None:
    told = replace(ORDER, lines=["𠮷先生说👍"])
    assert typst.pdf(told, AT)
    shown = said(told, frozenset("𠮷👍"))
    assert f"{LACKING}先生说{LACKING}" in shown
    assert '"U+1F44D", "U+20BB7"' in shown


def test_what_has_no_picture_by_nature_is_left_out() -> None:
    shown = said(replace(ORDER, lines=["一\u200d二\u0007三\ue000\n四"]))
    assert f"一二三{LACKING}\\n四" in shown


def test_without_fonts_it_says_so(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="字体"):
        Typst(tmp_path)
