"""What the office above is told before it gives away that it may judge, and who is told that a
matter stands for good.
"""

from caseflow import words
from caseflow.ledger.moves import closing, merging, triage
from tests.web.public_door import letter, move, reported, the_case
from tests.web.site import Site
from tests.web.test_reviews import HERE, WHY, answered, newest, opined, with_the_province


def test_whoever_looks_again_from_above_is_told_what_that_means(site: Site) -> None:
    number = the_case(site, answered(site).number).number
    gives_away = "看过并同意以后，您不能再对这个答复作出复查、复核意见。"
    assert gives_away in site.as_("city").get(f"/console/cases/{number}").text
    assert gives_away not in site.as_("supervisor").get(f"/console/cases/{number}").text


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
