"""What people of the two offices read of a review: before somebody gives away that they may judge,
what it is about, what to read out, and who is told that a matter stands for good.
"""

from sqlalchemy import select, update

from caseflow import words
from caseflow.ledger.moves import closing, merging, triage
from caseflow.ledger.report_tables import Report
from caseflow.ledger.tables import Case
from caseflow.people.tables import User
from tests.web.public_door import Receipt, letter, move, reported, the_case
from tests.web.site import Site
from tests.web.test_reviews import (
    HERE,
    WHY,
    answered,
    challenged,
    newest,
    opined,
    with_the_province,
)
from tests.web.walking import on_case


def test_whoever_looks_again_from_above_is_told_what_that_means(site: Site) -> None:
    """They are asked to only where nobody of the case's own office could."""
    number = the_case(site, answered(site).number).number
    path, gives_away = f"/console/cases/{number}", "看过并同意以后，您不能再对这个答复作出复查"
    assert gives_away not in site.as_("supervisor").get(path).text
    assert not site.as_("city").get(path).offers(f"{path}/second_look")
    near = (User.area_code == "430503", User.role != "operator")
    site.do(lambda session: session.execute(update(User).where(*near).values(active=False)))
    page = site.as_("city").get(path)
    assert page.offers(f"{path}/second_look")
    assert gives_away in page.text


def test_only_whose_own_reviews_are_over_is_offered_to_read_that_it_is_ended(site: Site) -> None:
    """Two people reported it; nobody else learns from an answer that there was another."""
    with_the_province(site)
    one, two = reported(site), reported(site)
    case, other = the_case(site, one.number), the_case(site, two.number)
    boss = site.office["supervisor"]
    site.do(lambda s: merging.merge(s, boss, other.id, case.number, "同一件事", site.now))
    move(site, one, triage.answer, "operator", "已退费 300 元")
    for who in ("city", "province"):
        letter(site, one).send(HERE, text=WHY)
        opined(site, newest(site), who)
    assert the_case(site, one.number).ended_at is not None
    path = f"/console/cases/{case.number}"

    def offered() -> str:
        return site.as_("supervisor").get(path).form(f"{path}/answer_later").fields["text"][0]

    letter(site, two).send("/track/add", text="我的呢？")
    assert offered() == ""
    letter(site, one).send("/track/add", text="还是不服。")
    assert offered() == ""  # one of the two would read what is not so
    site.as_("supervisor").get(path).send(f"{path}/answer_later", text="另复", way="track")
    assert offered() == words.ENDED


def test_a_matter_that_is_taken_up_again_is_not_ended_any_more(site: Site) -> None:
    with_the_province(site)
    got = answered(site)
    for who in ("city", "province"):
        letter(site, got).send(HERE, text=WHY)
        opined(site, newest(site), who)
    assert "到此终结" in letter(site, got).text
    move(site, got, closing.reopen, "supervisor", "有新的事实")
    assert "到此终结" not in letter(site, got).text


def test_the_review_names_what_it_is_about_and_its_opinion_is_no_remark(site: Site) -> None:
    _, _, above = challenged(site)
    below = site.ask(lambda session: session.get_one(Case, above.reviews).number)
    page = site.as_("city").get(f"/console/cases/{above.number}")
    assert f"立件复查、复核：复查，原办件 {below}" in page.text
    assert "审查意见" in page.text
    assert "撤项" not in page.text  # it has no items
    page = on_case(site, "city", above.number, "retract", why="withdrawn")
    assert "反映人已撤回请求：仍在期限内作出意见，书面答复反映人。" in page.text


def test_whoever_writes_down_a_request_reads_out_the_number_that_opens_it(site: Site) -> None:
    got = answered(site)
    number = the_case(site, got.number).number
    page = on_case(site, "operator", number, "ask_review", text=WHY, channel="telephone")
    asked = site.ask(lambda s: s.scalars(select(Report.number).order_by(Report.id.desc())).first())
    said = f"请告诉反映人：请求的来件编号是 {asked}，用原来回执上的查询码就能查看。"
    assert said in page.text
    assert f"来件编号 {asked}" in site.as_("operator").get(f"/console/cases/{number}").text
    assert "提出的复查请求，我们收到了。" in letter(site, Receipt(asked, got.code)).text


def test_whoever_has_no_query_code_is_told_so(site: Site) -> None:
    got = answered(site)
    case = the_case(site, got.number)
    site.do(lambda session: session.execute(update(Report).values(receipt_hash=None)))
    page = on_case(site, "operator", case.number, "ask_review", text=WHY, channel="telephone")
    assert "反映人没有查询码，不能在网上查看。" in page.text


def test_whoever_is_ordered_to_handle_it_again_is_not_offered_to_turn_it_away(site: Site) -> None:
    got, _, above = challenged(site)
    opined(site, above, "city", "redone")
    path = f"/console/cases/{the_case(site, got.number).number}"
    ways = {"supervisor": ("decline", "refer"), "handler": ("propose_decline", "propose_refer")}
    for who, moves in ways.items():
        page = site.as_(who).get(path)
        assert page.offers(f"{path}/note")
        assert not any(page.offers(f"{path}/{one}") for one in moves)


def test_that_a_matter_is_ended_is_said_before_it_is_taken_up_and_links_what_was_accepted(
    site: Site,
) -> None:
    with_the_province(site)
    got = answered(site)
    for who in ("city", "province"):
        letter(site, got).send(HERE, text=WHY)
        opined(site, newest(site), who)
    ended = the_case(site, got.number).number
    page = site.as_("supervisor").get(f"/console/cases/{ended}")
    assert "这件事已经终结：有新的事实才重新办理，终结随之撤销。" in page.text
    number = the_case(site, reported(site, kind="complaint").number).number
    on_case(site, "handler", number, "accept")  # who did not know of it
    page = on_case(site, "supervisor", number, "decline_ended", ended=ended)
    assert "已决定不再受理，并与终结的办件关联。" in page.text
