"""Files of the public form over HTTP: kept over errors, never dropped without a word."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from caseflow.intake.tables import Upload
from caseflow.ledger.report_tables import Report
from tests.web.public_door import TEXT, attached, count, fill, receipt
from tests.web.site import PNG, Site, a_file


def test_files_come_with_the_report(site: Site) -> None:
    page = fill(site, files=[a_file("一.png"), a_file("二.png", PNG + b"2")])
    assert "收到的文件 2 个" in page.text
    assert attached(site) == [("一.png", len(PNG)), ("二.png", len(PNG) + 1)]


def test_files_of_a_failed_try_are_kept_and_offered_again(site: Site) -> None:
    page = fill(site, text="", files=[a_file("照片.png")])
    assert page.status == 422
    assert "照片.png" in page.text
    assert attached(site) == []
    receipt(page.send("/report", text=TEXT, files=a_file("后来.png", PNG + b"2")))
    assert attached(site) == [("照片.png", len(PNG)), ("后来.png", len(PNG) + 1)]


def test_a_kept_file_can_be_left_out(site: Site) -> None:
    page = fill(site, text="", files=[a_file("一.png"), a_file("二.png", PNG + b"2")])
    first = page.form("/report").fields["kept"][0]
    receipt(page.send("/report", text=TEXT, kept=first))
    assert [name for name, _ in attached(site)] == ["一.png"]


def test_kept_names_are_sealed(site: Site) -> None:
    fill(site, text="", files=[a_file("张三的录音.png")])
    row = site.ask(lambda session: session.scalars(select(Upload)).one())
    assert "张三".encode() not in row.name


def test_a_kept_file_that_expired_is_told(site: Site) -> None:
    page = fill(site, text="", files=[a_file("照片.png")])
    site.later(hours=3)
    page = page.send("/report", text=TEXT)
    assert page.status == 422
    assert "已经过期" in page.text
    receipt(page.send("/report", files=a_file("照片.png")))
    assert [name for name, _ in attached(site)] == ["照片.png"]
    assert count(site, Upload) == 1, "the one whose form never came is forgotten"


def test_another_form_cannot_take_a_kept_file(site: Site) -> None:
    kept = fill(site, text="", files=[a_file("照片.png")]).form("/report").fields["kept"]
    visit = site.nobody()
    form = visit.get("/report").form("/report")
    page = visit.sent("/report", {**form.fields, "kind": "help", "text": TEXT, "kept": kept})
    assert page.status == 422
    assert attached(site) == []


def test_an_empty_file_is_named_and_the_others_are_kept(site: Site) -> None:
    page = fill(site, files=[a_file("空.jpg", b""), a_file("好.png")])
    assert page.status == 422
    assert "“空.jpg” 是空文件" in page.text
    receipt(page.send("/report"))
    assert [name for name, _ in attached(site)] == ["好.png"]


def test_a_file_beyond_the_limit_is_named_with_the_limit(site: Site) -> None:
    site.app.extensions["caseflow.settings"] = replace(site.services.settings, max_file=2048)
    page = fill(site, files=[a_file("大.mp4", b"x" * 2049), a_file("好.png")])
    assert page.status == 422
    assert "“大.mp4” 超过 2 KB" in page.text
    receipt(page.send("/report"))
    assert [name for name, _ in attached(site)] == ["好.png"]


def test_too_many_files_are_named_and_ten_are_kept(site: Site) -> None:
    files = [a_file(f"{n}.png", PNG + bytes([n])) for n in range(12)]
    page = fill(site, files=files)
    assert page.status == 422
    assert "“10.png”、“11.png”" in page.text
    receipt(page.send("/report"))
    assert len(attached(site)) == 10


def test_nor_do_more_come_in_by_several_tries(site: Site) -> None:
    page, tokens = fill(site, text=""), list[str]()
    for n in range(3):
        files = [a_file(f"{n}-{m}.png", PNG + bytes([n, m])) for m in range(5)]
        fields = {**page.form("/report").fields, "kept": [], "files": files}
        page = page.visit.sent("/report", fields)
        tokens += page.form("/report").fields["kept"]
    assert len(tokens) == 15
    page = page.visit.sent("/report", {**page.form("/report").fields, "text": TEXT, "kept": tokens})
    assert page.status == 422
    assert "“2-0.png”、" in page.text
    receipt(page.send("/report"))
    assert len(attached(site)) == 10


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("\u202egpj.exe", "gpj.exe"),
        ("名" * 300 + ".jpg", "名" * 58 + ".jpg"),
        ("con", "附件"),
        ("<script>.png", "_script_.png"),
    ],
)
def test_odd_names_lose_only_what_is_dangerous(site: Site, sent: str, kept: str) -> None:
    fill(site, files=[a_file(sent)])
    assert [name for name, _ in attached(site)] == [kept]


def test_a_form_beyond_the_limit_gets_a_page_with_the_limit(site: Site) -> None:
    site.app.config["MAX_CONTENT_LENGTH"] = 4000
    page = fill(site, files=[a_file("大.png", b"x" * 5000)])
    assert page.status == 413
    assert "一共不超过 100 MB" in page.text
    assert count(site, Report) == 0
