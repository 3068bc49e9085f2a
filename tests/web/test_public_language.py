"""The other language is one press away on every page of the public, and the press loses nothing."""

import pytest

from caseflow.ledger.report_tables import Attachment, Report
from tests.web.public_door import TEXT, count, fill, letter, receipt, reported
from tests.web.site import Page, Site, a_file

REPORT, TRACK = "/report/language", "/track/language"
TYPED = {"kind": "tip", "text": TEXT, "place": "东门外", "contact": "name", "phone": "13800001111"}


def in_english(page: Page, action: str, **typed: object) -> Page:
    return page.send(f"{action}?lang=en", **typed)


def test_a_form_half_filled_comes_back_in_the_other_language_as_it_was(site: Site) -> None:
    page = site.nobody().get("/report")
    nonce = page.form("/report").fields["nonce"]
    page = in_english(page, REPORT, **TYPED)
    assert page.status == 200
    assert 'lang="en"' in page.html
    fields = page.form("/report").fields
    assert {name: fields[name] for name in TYPED} == {name: [said] for name, said in TYPED.items()}
    assert fields["nonce"] == nonce
    assert count(site, Report) == 0
    back = page.send(f"{REPORT}?lang=zh")
    assert 'lang="zh-CN"' in back.html
    receipt(back.send("/report"))


def test_a_chosen_file_is_said_to_be_left_and_one_that_was_kept_stays(site: Site) -> None:
    page = site.nobody().get("/report?lang=en").send(f"{REPORT}?lang=zh", **TYPED, files=a_file())
    assert "刚选的文件没有收下，请重新选。" in page.text
    page = fill(site, text="", files=a_file("收据.png"))
    assert page.status == 422
    page = in_english(page, REPORT)
    assert "收据.png" in page.text
    assert receipt(page.send("/report", text=TEXT))
    assert count(site, Attachment) == 1


def test_enter_in_a_field_sends_the_form_and_does_not_change_its_language(site: Site) -> None:
    """It presses the first button of the form, wherever that stands in the page."""
    html = site.nobody().get("/report").html
    first = html[html.index('form="report"') - 60 :].partition(">")[0]
    assert "formaction" not in first


def test_a_refused_form_and_a_wrong_code_offer_it_too(site: Site) -> None:
    refused = in_english(fill(site, text=""), REPORT)
    assert refused.form("/report").fields["kind"] == ["complaint"]
    asked = site.nobody().get("/track").send("/track", number="430503-20260303-0001", code="1")
    asked = in_english(asked, TRACK)
    assert (asked.status, 'lang="en"' in asked.html) == (200, True)
    assert asked.form("/track").fields["number"] == ["430503-20260303-0001"]


def test_the_receipt_is_read_again_and_not_by_whoever_comes_after(site: Site) -> None:
    page = fill(site, files=a_file())
    got = receipt(page)
    again = in_english(page, REPORT)
    assert receipt(again) == got
    assert 'lang="en"' in again.html
    assert count(site, Report) == 1
    again.send("/track/leave")
    assert got.code not in page.send(f"{REPORT}?lang=en").text.replace(" ", "")
    page = fill(site)
    site.later(minutes=31)
    assert in_english(page, REPORT).path == "/track"


def test_a_receipt_is_not_had_for_the_number_of_another_form(site: Site) -> None:
    page = fill(site)
    late = page.visit.post(REPORT, receipt=page.form(f"{REPORT}?lang=en").fields["receipt"][0][:-8])
    assert late.path == "/track"


@pytest.mark.parametrize("part", ["add", "retaliation"])
def test_the_letter_is_read_in_the_other_language(site: Site, part: str) -> None:
    page = in_english(letter(site, reported(site)), TRACK)
    assert 'lang="en"' in page.html
    assert page.send(f"/track/{part}", text="More").status == 200


@pytest.mark.parametrize("path", [REPORT, TRACK])
def test_no_address_holds_anything_and_opening_it_shows_the_page(site: Site, path: str) -> None:
    page = site.nobody().get(f"{path}?lang=en")
    assert page.path == path.removesuffix("/language")
    assert 'lang="en"' in page.html
