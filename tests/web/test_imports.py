"""The pages of an import, walked as the supervisor walks them."""

from io import BytesIO

import pytest
from openpyxl import load_workbook
from sqlalchemy import func, select
from xlsxwriter import Workbook

from caseflow.intake.old_ledger import desk
from caseflow.ledger.history_tables import Entry
from caseflow.ledger.moves import triage
from caseflow.ledger.tables import Case
from caseflow.people.tables import Unit
from tests.import_ledger import messy
from tests.import_ledger.test_imports import FINISHED, NEW, ROWS
from tests.web.site import Page, Site

WORKBOOK = messy.workbook(ROWS)


@pytest.fixture
def site(site: Site) -> Site:
    """The site of an office whose register holds the school of the ledger."""
    site.do(lambda s: s.add(Unit(area_code="430503", name="城东小学", kind="school", active=True)))
    return site


def upload(site: Site, content: bytes = WORKBOOK, name: str = "台账.xlsx") -> Page:
    page = site.as_("supervisor").get("/console/imports")
    return page.send("/console/imports", file=(BytesIO(content), name))


def checked(site: Site, content: bytes = WORKBOOK) -> Page:
    page = upload(site, content)
    return page.send(f"{page.path}/columns", year="2025")


def imported(site: Site) -> Page:
    page = checked(site)
    page = page.send(f"{page.path}/names", **{"unit-0": "none"})
    return page.send(f"{page.path}/confirm")


def cases(site: Site) -> int:
    return site.ask(lambda s: s.scalar(select(func.count()).select_from(Case))) or 0


def test_a_ledger_goes_from_upload_over_columns_and_names_to_cases(site: Site) -> None:
    page = upload(site)
    assert "工作表“台账”，表头在第 4 行" in page.text
    page = page.send(f"{page.path}/columns", year="2025")
    assert "“没有这所学校吗”（1 行）" in page.text
    assert not page.offers(f"{page.path}/confirm")
    page = page.send(f"{page.path}/names", **{"unit-0": "none"})
    assert "将生成 3 件办件" in page.text
    assert cases(site) == 0
    page = page.send(f"{page.path}/confirm")
    assert "3 件，其中 1 件按已办结导入" in page.text
    assert cases(site) == 3


def test_no_page_of_an_import_warns_of_nothing_in_english(site: Site) -> None:
    page = upload(site)
    for _ in range(2):
        english = page.visit.get(f"{page.path}?lang=en")
        assert english.status == 200
        assert 'role="alert"' not in english.html
        page = page.send(f"{page.path}/columns", year="2025")


def test_what_is_no_ledger_is_told_beside_the_field(site: Site) -> None:
    page = upload(site, b"hello,world\n1,2\n", "a.csv")
    assert page.status == 422
    assert "找不到表头" in page.text


def test_two_columns_cannot_hold_the_same(site: Site) -> None:
    page = upload(site)
    page = page.send(f"{page.path}/columns", **{"column-0": "text", "column-1": "text"})
    assert page.status == 422
    assert "同一项内容只能对应一列" in page.text
    assert page.form(page.path).fields["column-1"] == ["text"]


def test_wrong_rows_are_named_and_nothing_can_be_confirmed(site: Site) -> None:
    page = checked(site, messy.workbook([[*FINISHED[:2], "上周三", *FINISHED[3:]], NEW]))
    assert "看不懂这个日期" in page.text
    assert not page.offers(f"{page.path}/confirm")
    answer = page.visit.get(f"{page.path}/report.xlsx")
    sheet = load_workbook(BytesIO(answer.response.get_data())).active
    assert sheet is not None
    assert sheet.max_row == 3


def test_a_unit_may_be_written_in_full_and_must_be_in_the_register(site: Site) -> None:
    page = checked(site)
    page = page.send(f"{page.path}/names", **{"other-0": "哪里都没有的学校"})
    assert page.status == 422
    assert "名册里没有这个名称" in page.text
    names = page.path if page.path.endswith("/names") else f"{page.path}/names"
    page = page.send(names, **{"other-0": "城东小学"})
    assert "将生成 3 件办件" in page.text


def test_an_import_is_undone_with_a_reason(site: Site) -> None:
    page = imported(site)
    path = page.path
    page = page.send(f"{path}/undo", reason="")
    assert "请写明撤销的原因" in page.text
    page = page.send(f"{path}/undo", reason="选错了文件")
    assert "已撤销，3 件办件作废，编号保留。" in page.text


def test_after_somebody_handled_a_case_no_undo_is_offered(site: Site) -> None:
    page = imported(site)
    first = site.ask(lambda s: s.scalars(select(Case.id).order_by(Case.id)).first())
    site.do(lambda s: triage.note(s, site.office["handler"], first or 0, "已联系", site.now))
    page = page.visit.get(page.path)
    assert not page.offers(f"{page.path}/undo")
    assert "已经办理过，不能整次撤销" in page.text


def test_a_large_file_is_left_to_the_job(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desk, "AT_ONCE", 0)
    page = checked(site)
    assert "正在逐行核对" in page.text
    job = site.services.desk_of_ledgers
    assert job.work(site.now) == 1
    page = page.visit.get(page.path).send(f"{page.path}/names", **{"unit-0": "none"})
    job.work(site.now)
    page = page.visit.get(page.path).send(f"{page.path}/confirm")
    assert "正在导入" in page.text
    assert "已完成" not in page.text
    assert cases(site) == 0
    job.progress.tell(1, 2, 3)
    page = page.visit.get(page.path)
    assert "已完成 2 / 3 行" in page.text
    assert '<noscript><meta http-equiv="refresh" content="5"></noscript>' in page.html
    job.work(site.now)
    assert cases(site) == 3
    assert job.work(site.now) == 0
    assert 'http-equiv="refresh"' not in page.visit.get(page.path).html


def test_the_case_says_in_its_history_what_the_old_ledger_said(site: Site) -> None:
    imported(site)
    number = site.ask(lambda s: s.scalars(select(Case.number).where(Case.state == "closed")).one())
    page = site.as_("supervisor").get(f"/console/cases/{number}")
    assert "按旧台账的记载办结" in page.text
    assert "已整改" in page.text
    assert "A-1" in page.text


def test_the_figures_count_what_was_imported_apart(site: Site) -> None:
    imported(site)
    page = site.as_("supervisor").get("/console/figures?first=2025-01-01&last=2026-12-31")
    assert "旧台账导入 3" in page.text


def test_the_ledger_is_handed_out_without_who_reported(site: Site) -> None:
    imported(site)
    page = site.as_("auditor").get("/console/ledger-sheet")
    assert not page.offers("/console/ledger-sheet")
    answer = page.send("/console/ledger-sheet.xlsx")
    assert "张三" not in said(answer)
    assert "饭菜有异味" in said(answer)


def test_who_reported_is_handed_out_with_a_reason_and_on_the_record(site: Site) -> None:
    imported(site)
    page = site.as_("supervisor").get("/console/ledger-sheet")
    refused = page.send("/console/ledger-sheet", reason="")
    assert refused.status == 422
    answer = page.send("/console/ledger-sheet", reason="年终归档")
    assert "张三" in said(answer)
    revealed = select(func.count()).where(Entry.verb == "reveal")
    assert site.ask(lambda s: s.scalar(revealed)) == 2


def said(answer: Page) -> str:
    sheet = load_workbook(BytesIO(answer.response.get_data())).active
    assert sheet is not None
    return str(list(sheet.iter_rows(values_only=True)))


def test_other_sheets_that_are_ledgers_too_are_named_before_anything_is_taken(site: Site) -> None:
    rows = [["编号", "来件时间", "反映内容"], ["1", "2025.3.1", "饭菜有异味"]]
    file = BytesIO()
    with Workbook(file) as book:
        for name in ("1月", "2月"):
            sheet = book.add_worksheet(name)
            for n, row in enumerate(rows):
                sheet.write_row(n, 0, row)
    assert "像台账的工作表：2月" in upload(site, file.getvalue()).text
    assert "像台账的工作表：2月" in checked(site, file.getvalue()).text
