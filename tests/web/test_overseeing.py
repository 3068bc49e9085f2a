"""What came back three times, on the pages of the level above and of those below."""

from caseflow.ledger.moves import closing, triage
from tests.web.public_door import letter, reported, the_case
from tests.web.site import Site
from tests.web.walking import on_case


def test_it_stands_on_the_list_above_until_somebody_there_wrote_what_they_think(site: Site) -> None:
    got = reported(site)
    case, boss = the_case(site, got.number), site.office["supervisor"]
    for _ in range(3):
        site.do(lambda s: triage.decline(s, boss, case.id, "不归本办", site.now))
        before = letter(site, got).text
        site.do(lambda s: closing.reopen(s, boss, case.id, "应当受理", site.now))
    path = f"/console/cases/{case.number}"
    page = site.as_("handler").get(path)
    assert "提级督办 第 3 次重新办理，等上一级写督办意见" in page.text
    assert not page.offers(f"{path}/oversee")
    assert "等您过问" not in site.as_("supervisor").get("/console/").text
    assert "多次退回或无人承接，等您过问" in site.as_("city").get("/console/").text
    page = site.as_("city").get(path)
    assert "多次退回、重办或无人承接：看办理记录，写明督办意见。" in page.text
    assert "提级督办：第 3 次重新办理" in page.text
    assert on_case(site, "city", case.number, "oversee", text=" ").status == 422
    page = on_case(site, "city", case.number, "oversee", text="一周内报结果")
    assert "督办意见已记录" in page.text
    assert not page.offers(f"{path}/oversee")
    assert "等您过问" not in site.as_("city").get("/console/").text
    page = site.as_("handler").get(path)
    assert "一周内报结果" in page.text
    assert "上一级 3月3日" in page.text
    for said in ("督办", "提级", "一周内"):
        assert said not in letter(site, got).text.replace(before, "")
