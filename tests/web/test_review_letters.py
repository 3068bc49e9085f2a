"""Whose words a letter says, once an answer was reviewed by the office above."""

import pytest
from sqlalchemy.orm import Session

from caseflow.ledger.moves import triage
from caseflow.ledger.tables import Case
from tests.web.public_door import Receipt, letter, the_case
from tests.web.site import Page, Site
from tests.web.test_reviews import HERE, challenged, opined

ANNULLED = "已被上一级机关撤销的答复"
OPINION = "退费标准适用正确。"


def test_the_letter_of_a_review_is_the_office_aboves_and_speaks_of_what_was_asked(
    site: Site,
) -> None:
    got, _, above = challenged(site)
    number = above.number[:6] + "-20260303-0001"
    page = letter(site, Receipt(number, got.code))
    assert "提出的复查请求，我们收到了。" in page.text
    assert "提交的投诉" not in page.text
    opined(site, above, "city")
    page = letter(site, Receipt(number, got.code))
    assert "邵阳市 2026年3月3日" in page.text  # who signs it
    assert "我们的答复" not in page.text
    assert page.text.count(OPINION) == 1
    assert "下载意见书" in page.text
    assert "下载书面答复" not in page.text


def test_an_answer_that_was_annulled_is_said_to_be_and_is_not_handed_out(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    got, page, above = challenged(site)
    assert "我们的答复" in page.text
    assert "下载书面答复" in page.text
    opined(site, above, "city", "redone")
    monkeypatch.setattr("caseflow.web.public.track.edge.typesetter", _Typesetter)
    page = letter(site, got)
    assert ANNULLED in page.text
    assert "我们的答复" not in page.text
    assert "原来的答复已经撤销，由原办理机关重新办理并再次答复您。" in page.text
    assert "下载书面答复" not in page.text
    assert _taken(page).status == 404
    site.later(hours=1)

    answered_anew(site, the_case(site, got.number).id)
    page = letter(site, got)
    assert "我们的答复" in page.text
    assert ANNULLED not in page.text
    assert "原来的答复已经撤销" not in page.text
    assert _taken(page).status == 200
    assert page.offers(HERE)


def answered_anew(site: Site, case_id: int) -> None:
    def work(session: Session) -> None:
        session.get_one(Case, case_id).state = "received"
        triage.answer(session, site.office["operator"], case_id, "全部退清", site.now)

    site.do(work)


class _Typesetter:
    def pdf(self, _sheet: object, _at: object) -> bytes:
        return b"%PDF"


def _taken(page: Page) -> Page:
    ticket = page.form("/track/add").fields["ticket"]
    return page.visit.post("/track/letter", ticket=ticket)
