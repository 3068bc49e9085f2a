"""An answer is challenged: on the tracking page, at the desk, above, and what comes afterwards."""

import pytest
from sqlalchemy import select

from caseflow import words
from caseflow.ledger.moves import reviewing, triage
from caseflow.ledger.report_tables import Report
from caseflow.ledger.review_tables import Review
from caseflow.ledger.tables import Case
from caseflow.people import accounts
from caseflow.people.tables import User
from tests.web.public_door import Receipt, letter, move, reported, the_case
from tests.web.site import Page, Site
from tests.web.walking import on_case, open_case

HERE = "/track/review"
WHY = "只退了一半，没有说为什么。"


def answered(site: Site) -> Receipt:
    got = reported(site, contact="name", name="王女士", phone="13812345678", kind="complaint")
    move(site, got, triage.answer, "operator", "已退费 300 元")
    return got


def challenged(site: Site) -> tuple[Receipt, Page, Case]:
    """Return a receipt, the letter after asking for a review, and the case that it became."""
    got = answered(site)
    page = letter(site, got).send(HERE, text=WHY)
    return got, page, newest(site)


def newest(site: Site) -> Case:
    query = select(Case).join(Review, Review.case_id == Case.id).order_by(Review.id.desc())
    return site.ask(lambda session: session.scalars(query.limit(1)).one())


def with_the_province(site: Site) -> None:
    def employ(session: object) -> None:
        user = User(username="province", name="省里", role="supervisor", area_code="430000")
        user.password_hash = "!"
        session.add(user)  # type: ignore[attr-defined]
        session.flush()  # type: ignore[attr-defined]
        site.office.actors["province"] = accounts.actor_of(session, user)  # type: ignore[arg-type]

    site.do(employ)


def opined(site: Site, case: Case, who: str, result: str = "upheld") -> None:
    me, at = site.office[who], site.now
    site.do(lambda s: reviewing.opine(s, me, case.id, result, "退费标准适用正确。", "track", at))


def test_a_reporter_asks_with_the_receipt_they_have(site: Site) -> None:
    got = answered(site)
    page = letter(site, got)
    assert "您不服的，可以在 4月2日(周四) 24:00 前请求邵阳市复查，由它书面答复您。" in page.text
    empty = page.visit.sent(HERE, {**page.form(HERE).fields, "text": " "})
    assert empty.status == 422
    assert "请写出您不服的理由" in empty.text
    fields = page.form(HERE).fields
    page = page.send(HERE, text=WHY)
    assert "已收到您的请求，由上一级机关书面答复您。" in page.text
    assert "审查机关 邵阳市" in page.text
    assert "最晚答复您 4月2日(周四) 24:00" in page.text
    assert "您请求上一级机关审查这个答复" in page.text
    assert not page.offers(HERE)
    again = page.visit.sent(HERE, {**fields, "text": WHY})
    assert again.status == 409
    assert "已经请求过了" in again.text
    assert len(site.ask(lambda s: s.scalars(select(Review)).all())) == 1
    own = letter(site, Receipt(_number(site), got.code))  # the same code opens the review itself
    assert own.status == 200
    assert "您请求了复查" in own.text


def _number(site: Site) -> str:
    query = select(Report.number).join(Review, Review.report_id == Report.id)
    return site.ask(lambda session: session.scalars(query).one())


def test_nobody_else_asks_and_nobody_learns_of_it(site: Site) -> None:
    got = answered(site)
    fields = letter(site, got).form(HERE).fields
    stranger = site.nobody().sent(HERE, {**fields, "text": WHY})
    assert stranger.status == 403
    assert got.number not in stranger.text
    forged = site.nobody().post(HERE, text=WHY, ticket="made up")
    assert forged.status == 403
    assert site.ask(lambda s: s.scalars(select(Review)).all()) == []


def test_too_late_or_with_no_office_above_the_letter_says_so(site: Site) -> None:
    got, _, above = challenged(site)
    opined(site, above, "city")
    page = letter(site, got)
    assert "可以在 4月2日(周四) 24:00 前向作出答复的机关的上一级机关书面请求复核" in page.text
    assert not page.offers(HERE)
    with_the_province(site)
    assert letter(site, got).offers(HERE)
    site.later(days=31)
    page = letter(site, got)
    assert "请求复核的期限到 4月2日(周四) 24:00 为止，已经过了。" in page.text
    assert not page.offers(HERE)


def test_a_question_is_answered_and_no_more(site: Site) -> None:
    got = reported(site, kind="question")
    move(site, got, triage.answer, "operator", "下周一开始")
    page = letter(site, got)
    assert "复查" not in page.text
    assert not page.offers(HERE)


def test_the_office_above_opines_and_the_matter_ends_after_the_second_time(site: Site) -> None:
    with_the_province(site)
    got, _, above = challenged(site)
    below = the_case(site, got.number)
    page = site.as_("city").get(f"/console/cases/{above.number}")
    assert "看原办件和反映人的理由，作出意见。" in page.text
    assert WHY in page.text
    assert f"/console/cases/{below.number}" in page.links
    assert not page.offers(f"/console/cases/{above.number}/split")
    page = on_case(site, "city", above.number, "opine", opinion="", text="维持", way="track")
    assert page.status == 422
    assert "请选择意见" in page.text
    page = on_case(
        site, "city", above.number, "opine", opinion="upheld", text="标准适用正确。", way="track"
    )
    assert "已作出意见，原办件的办会收到通知。" in page.text
    # the office below reads what came of it, and not the case
    page = site.as_("supervisor").get(f"/console/cases/{below.number}")
    assert "复查：维持原答复" in page.text
    assert f"上级机关作出意见：复查 {above.number}" in page.text
    assert "邵阳市 维持原答复" in page.text
    assert f"/console/cases/{above.number}" not in page.links
    assert site.as_("supervisor").get(f"/console/cases/{above.number}").status == 404
    page = letter(site, got)
    assert "复查意见书" in page.text
    assert "标准适用正确。" in page.text
    page = page.send(HERE, text=WHY)
    opined(site, newest(site), "province")
    page = letter(site, got)
    assert "这件事经过复查、复核，到此终结。" in page.text
    assert not page.offers(HERE)
    assert "已终结" in site.as_("supervisor").get(f"/console/cases/{below.number}").text


def test_the_opinion_can_be_kept_on_paper_with_the_next_remedy(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_the_province(site)
    got, _, above = challenged(site)
    opined(site, above, "city", "changed")
    sheets = []

    class Typesetter:
        def pdf(self, sheet: object, _at: object) -> bytes:
            sheets.append(sheet)
            return b"%PDF"

    monkeypatch.setattr("caseflow.web.public.track.edge.typesetter", Typesetter)
    page = letter(site, got)
    ticket = page.form("/track/add").fields["ticket"]
    assert page.visit.post("/track/letter", ticket=ticket, stage="1").status == 200
    assert page.visit.post("/track/letter", ticket=ticket).status == 200
    opinion, answer = sheets
    assert (opinion.title, opinion.office) == ("复查意见书", "邵阳市")
    assert opinion.lines[:3] == [
        "您2026年3月3日请求复查，现提出意见如下：",
        "变更原答复。",
        "退费标准适用正确。",
    ]
    assert "请求湖南省复核" in opinion.lines[3]
    assert answer.title == "答复书"
    assert "请求邵阳市复查" in answer.lines[-1]


def test_the_desk_writes_down_what_somebody_says_on_the_telephone(site: Site) -> None:
    got = answered(site)
    number = the_case(site, got.number).number
    path = f"/console/cases/{number}"
    assert not site.as_("reviewer").get(path).offers(f"{path}/ask_review")
    page = on_case(site, "operator", number, "ask_review", text=" ", channel="telephone")
    assert page.status == 422
    page = on_case(site, "operator", number, "ask_review", text=WHY, channel="telephone")
    assert "已记录，上一级机关和承办人会收到通知。" in page.text
    assert not page.offers(f"{path}/ask_review")
    assert "反映人请求复查、复核：复查" in page.text


def test_a_later_word_is_answered_by_whoever_answers_and_the_case_stays_over(site: Site) -> None:
    got = answered(site)
    page = letter(site, got).send("/track/add", text="还有一笔没有退。")
    assert "这件事已经办结，我们会单独答复您" in page.text
    assert "答复您 最晚 3月17日(周二) 24:00" in page.text
    number = the_case(site, got.number).number
    listed = site.as_("handler").get("/console/")
    assert "已经结束，又来件，等您答复" in listed.text
    path = f"/console/cases/{number}"
    assert not site.as_("operator").get(path).offers(f"{path}/answer_later")
    assert "答复期限 3月17日(周二) 24:00" in site.as_("handler").get(path).text
    page = on_case(site, "handler", number, "answer_later", text="那一笔不在范围内。", way="track")
    assert "已答复，办件不重新办理。" in page.text
    assert not page.offers(f"{path}/answer_later")
    assert the_case(site, got.number).state == "answered"
    assert "那一笔不在范围内。" in letter(site, got).text
    assert "又来件" not in site.as_("handler").get("/console/").text


def test_the_same_facts_again_are_told_that_they_are_ended(site: Site) -> None:
    with_the_province(site)
    got, _, above = challenged(site)
    path = f"/console/cases/{open_case(site)}"
    assert not site.as_("supervisor").get(path).offers(f"{path}/decline_ended")
    opined(site, above, "city")
    letter(site, got).send(HERE, text=WHY)
    opined(site, newest(site), "province")
    again = reported(site, kind="complaint")
    number, ended = the_case(site, again.number).number, the_case(site, got.number).number
    page = on_case(site, "supervisor", number, "decline_ended", ended=ended, reason=words.ENDED)
    assert "已决定不再受理，并与终结的办件关联。" in page.text
    assert f"已终结的办件：{ended}" in page.text
    told = letter(site, again)
    assert "同一事实已经复查复核终结" in told.text
    assert ended not in told.text
