"""What was decided, as a formal letter that the reporter takes along from the tracking page."""

from functools import partial

import pytest
from sqlalchemy import select

from caseflow.intake import tracking
from caseflow.ledger.moves import triage
from caseflow.ledger.report_tables import Report
from caseflow.paper.sheets import Official
from caseflow.web.public import decision as letters
from tests.web.public_door import Receipt, letter, move, reported
from tests.web.site import Site


def decided(site: Site, got: Receipt) -> Official:
    """Return the letter as it would be set."""
    query = select(Report.id).where(Report.number == got.number)
    with site.app.test_request_context():
        found = site.ask(
            lambda session: letters.decision(
                tracking.story(session, session.scalars(query).one()), "本办"
            )
        )
    assert found is not None
    return found[0]


def test_an_answer_is_taken_along_the_same_each_day(site: Site) -> None:
    got = reported(site, kind="question")
    assert not letter(site, got).offers("/track/letter"), "nothing is decided yet"
    answer = partial(triage.answer, way="track")
    move(site, got, answer, "operator", "可以查询。\n在网上办理。")
    assert decided(site, got).lines[1:] == ["现答复如下：", "可以查询。", "在网上办理。"]
    first = letter(site, got).send("/track/letter").response
    assert (first.mimetype, first.data[:5]) == ("application/pdf", b"%PDF-")
    assert first.headers["Cache-Control"] == "no-store"
    assert got.number not in first.request.path
    site.later(days=2)
    assert letter(site, got).send("/track/letter").response.data == first.data


def test_a_refusal_says_why(site: Site) -> None:
    got = reported(site)
    move(site, got, triage.decline, "supervisor", "属于信访事项")
    told = decided(site, got)
    assert (told.title, told.number) == ("不予受理告知书", f"来件编号 {got.number}")
    assert "我们的决定：不予受理" in told.lines
    assert "理由：属于信访事项" in told.lines


def test_the_letter_and_the_page_say_the_same(site: Site) -> None:
    got = reported(site)
    move(site, got, partial(triage.decline, code="outside"), "supervisor", "不归本办")
    page, told = letter(site, got), decided(site, got)
    assert len(told.lines) > 4, "reason and remedy are told"
    for line in told.lines[2:]:
        label, _, text = line.partition("：")
        assert label in page.text
        assert " ".join(text.split()) in page.text


@pytest.mark.parametrize("typed", [{}, {"ticket": "made up"}])
def test_without_the_code_there_is_no_letter(site: Site, typed: dict[str, str]) -> None:
    page = site.nobody().post("/track/letter", **typed)
    assert page.status == 403
    assert page.is_html


def test_where_nothing_was_decided_there_is_none(site: Site) -> None:
    got = reported(site)
    open_ = letter(site, got)
    ticket = open_.form("/track/add").fields["ticket"]
    assert open_.visit.post("/track/letter", ticket=ticket).status == 404
