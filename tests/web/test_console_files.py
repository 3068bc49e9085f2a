"""Files of a case and the reporter behind it: handed out safely, opened on the record."""

import pytest
from sqlalchemy import select, update

from caseflow.adapters.file_store import LocalStore
from caseflow.files.store import Readable, StoredBlob
from caseflow.intake.receive import take_in
from caseflow.intake.report import Contact, IncomingFile, IncomingReport
from caseflow.ledger.history_tables import Entry
from caseflow.ledger.report_tables import Attachment
from caseflow.ledger.tables import Evidence, Item
from caseflow.people.tables import User
from caseflow.vault.tables import Reveal
from tests.web.site import PNG, Page, Site, a_file
from tests.web.walking import dispatched, on_item, report_of, submitted

PHONE = "13873912345"


def received(site: Site, name: str = "照片.png", content: bytes = PNG) -> str:
    """Take in a report with a name, a number and a file; return the case's number."""
    incoming = IncomingReport(
        channel="webform",
        channel_key="nonce-1",
        received_at=site.now,
        kind="complaint",
        text="食堂的菜里有虫",
        original=b"form",
        contact=Contact(name="张三", phone=PHONE),
        files=(IncomingFile(name, "image/png", content),),
    )
    return take_in(site.rooms, incoming, site.now).case_number


def attachment(site: Site) -> int:
    return site.ask(lambda session: session.scalars(select(Attachment.id)).one())


def evidence(site: Site) -> int:
    return site.ask(lambda session: session.scalars(select(Evidence.id)).one())


def is_safe_download(page: Page) -> bool:
    headers = page.response.headers
    return (
        headers["Content-Disposition"].startswith("attachment;")
        and headers["X-Content-Type-Options"] == "nosniff"
        and headers["Content-Security-Policy"].startswith("sandbox")
    )


def test_an_attachment_comes_back_as_it_was_and_only_as_a_download(site: Site) -> None:
    number = received(site)
    page = site.as_("handler").get(f"/console/cases/{number}")
    path = f"/console/attachments/{attachment(site)}"
    assert path in page.links
    answer = site.as_("handler").get(path)
    assert answer.response.data == PNG
    assert is_safe_download(answer)


def test_a_page_in_disguise_is_neither_shown_nor_named_one(site: Site) -> None:
    received(site, "照片.png", b"<html><script>alert(1)</script></html>")
    path = f"/console/attachments/{attachment(site)}"
    answer = site.as_("handler").get(path)
    assert answer.status == 423
    assert "这类文件不直接放行" in answer.text
    assert site.as_("handler").get(f"{path}/picture").status == 404


def test_evidence_is_handed_in_shown_small_and_downloaded(site: Site) -> None:
    number = dispatched(site)
    on_item(site, "handler", number, "sign_for")
    page = on_item(site, "handler", number, "hand_in", file=a_file("../现场 1.png"), note="门口")
    path = f"/console/evidence/{evidence(site)}"
    assert f'src="{path}/picture"' in page.html
    assert "现场 1.png" in page.text
    answer = site.as_("reviewer").get(path)
    assert answer.response.data == PNG
    assert is_safe_download(answer)
    small = site.as_("reviewer").get(f"{path}/picture")
    assert small.response.mimetype == "image/png"
    assert small.response.headers["Content-Security-Policy"].startswith("sandbox")


def test_a_file_has_to_be_chosen(site: Site) -> None:
    number = dispatched(site)
    on_item(site, "handler", number, "sign_for")
    page = on_item(site, "handler", number, "hand_in", note="忘了选")
    assert page.status == 422
    assert "请选择要上传的照片或文件" in page.text
    assert "忘了选" in page.html


def test_everything_that_is_missing_is_told_at_once(site: Site) -> None:
    number = dispatched(site)
    on_item(site, "handler", number, "sign_for")
    page = on_item(site, "handler", number, "find", result="unsubstantiated", basis=" ")
    assert page.status == 422
    assert "请填写这一项" in page.text
    assert "请先上传新的材料" in page.text
    page = on_item(
        site, "handler", number, "find", result="", basis="", evidence=a_file("空.png", b"")
    )
    for told in ("请选择核查结论", "请填写这一项", "“空.png” 是空的"):
        assert told in page.text
    on_item(site, "handler", number, "find", result="substantiated", basis="属实")
    page = on_item(site, "handler", number, "submit", done="")
    assert "请填写这一项" in page.text
    assert "请先上传新的材料" in page.text


@pytest.mark.parametrize("by_unit", [False, True], ids=["console", "unit"])
def test_others_can_write_while_files_are_put_into_the_store(
    site: Site, monkeypatch: pytest.MonkeyPatch, by_unit: bool
) -> None:
    """On SQLite one writer keeps out all others, and twenty pictures take their time."""
    number, whole = dispatched(site, to="school"), LocalStore.put
    holder = "school" if by_unit else "handler"
    written = []

    def put(store: LocalStore, stream: Readable) -> StoredBlob:
        written.append(site.do(lambda session: session.execute(update(User).values(locale="zh"))))
        return whole(store, stream)

    monkeypatch.setattr(LocalStore, "put", put)
    if by_unit:
        item_id = site.ask(lambda session: session.scalars(select(Item.id)).one())
        page = site.as_(holder).get(f"/unit/items/{item_id}")
        page = page.send(f"/unit/items/{item_id}/sign_for")
        page.send(f"/unit/items/{item_id}/evidence", evidence=[a_file()])
    else:
        on_item(site, holder, number, "sign_for")
        on_item(site, holder, number, "hand_in", file=a_file())
    assert len(written) == 1
    assert evidence(site)


def test_a_refused_form_says_that_files_are_to_be_chosen_again(site: Site) -> None:
    number = dispatched(site)
    on_item(site, "handler", number, "sign_for")
    page = on_item(site, "handler", number, "find", result="", basis="x", evidence=a_file())
    assert page.status == 422
    assert "所选的文件需要重新选择" in page.text
    assert site.ask(lambda session: session.scalars(select(Evidence.id)).all()) == []


@pytest.mark.parametrize("path", ["evidence/999", "attachments/999", "evidence/999/picture"])
def test_a_file_that_is_not_there_is_not_found(site: Site, path: str) -> None:
    assert site.as_("handler").get(f"/console/{path}").status == 404


def test_another_district_gets_no_file(site: Site) -> None:
    received(site)
    submitted(site)
    for path in (f"attachments/{attachment(site)}", f"evidence/{evidence(site)}"):
        assert site.as_("stranger").get(f"/console/{path}").status == 404


def reveal_path(site: Site, number: str) -> str:
    return f"/console/cases/{number}/reveal/{report_of(site, number).id}"


def test_a_reporter_is_sealed_until_somebody_says_why(site: Site) -> None:
    number = received(site)
    page = site.as_("handler").get(f"/console/cases/{number}")
    assert "张三" not in page.html
    assert PHONE not in page.html
    page = page.send(reveal_path(site, number), reason="回电核对细节")
    assert page.status == 200
    assert "张三" in page.text
    assert PHONE in page.text
    assert page.response.headers["Cache-Control"] == "no-store"
    again = site.as_("handler").get(f"/console/cases/{number}")
    assert "张三" not in again.html
    assert "回电核对细节" in again.text


def test_each_opening_is_on_both_records(site: Site) -> None:
    number = received(site)
    page = site.as_("operator").get(f"/console/cases/{number}")
    page.send(reveal_path(site, number), reason="回电核对细节")
    rows = site.ask(lambda session: session.scalars(select(Reveal)).all())
    entries = site.ask(
        lambda session: session.scalars(select(Entry).where(Entry.verb == "reveal")).all()
    )
    assert [(row.user_id, row.reason) for row in rows] == [
        (site.office["operator"].person, "回电核对细节")
    ]
    assert [entry.user_id for entry in entries] == [site.office["operator"].person]


def test_without_a_reason_nothing_opens_and_nothing_is_recorded(site: Site) -> None:
    number = received(site)
    page = site.as_("handler").get(f"/console/cases/{number}")
    page = page.send(reveal_path(site, number), reason="看")
    assert page.status == 422
    assert "请写明查看原因" in page.text
    said = page.html[page.html.index("data-error-summary") : page.html.index("case-head")]
    assert "没有保存" in said, "the form is far down the page"
    field = f"reveal-{report_of(site, number).id}-reason"
    assert f'href="#{field}"' in said
    assert f'id="{field}"' in page.html
    assert "张三" not in page.html
    assert site.ask(lambda session: session.scalars(select(Reveal)).all()) == []


@pytest.mark.parametrize("name", ["reviewer", "leader", "auditor"])
def test_whoever_need_not_know_is_not_offered_and_refused(site: Site, name: str) -> None:
    number = received(site)
    path = reveal_path(site, number)
    assert not site.as_(name).get(f"/console/cases/{number}").offers(path)
    assert site.as_(name).post(path, reason="想看看是谁").status == 403


def test_a_report_of_another_case_is_not_opened_through_this_one(site: Site) -> None:
    other, number = received(site), dispatched(site)
    path = f"/console/cases/{number}/reveal/{report_of(site, other).id}"
    assert site.as_("handler").post(path, reason="回电核对细节").status == 404
