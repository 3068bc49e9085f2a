"""The page of the figures: who reads it, what may be asked, the table to take along."""

from caseflow.web.console.figure_pages import safe
from tests.web.site import Site
from tests.web.walking import open_case

PAGE, TABLE = "/console/figures", "/console/figures.csv"


def test_those_who_lead_read_the_figures_and_nobody_else(site: Site) -> None:
    assert "这段时间没有来件" in site.as_("supervisor").get(PAGE).text
    open_case(site)
    for who in ("supervisor", "leader", "auditor", "city"):
        page = site.as_(who).get(PAGE)
        assert "响应率 — 0 0 — 0 0" in page.text
        assert "匿名来件 1 1" in page.text
        assert PAGE in page.links
    for who in ("handler", "operator", "school", "inspector"):
        assert site.as_(who).get(PAGE).status == 403
        assert site.as_(who).get(TABLE).status == 403


def test_a_period_and_an_area_are_asked_for_and_never_a_wider_one(site: Site) -> None:
    open_case(site)
    visit = site.as_("city")
    assert "来件总数 1 1" in visit.get(f"{PAGE}?area=430503&first=2026-03-01&last=2026-03-31").text
    assert "没有来件" in visit.get(f"{PAGE}?area=430502&first=2026-03-01&last=2026-03-31").text
    assert "没有来件" in visit.get(f"{PAGE}?first=2026-02-01&last=2026-02-28").text
    for page in (PAGE, TABLE):
        assert site.as_("stranger").get(f"{page}?area=430503").status == 404
    assert "没有来件" in site.as_("stranger").get(PAGE).text
    for first, last in (("2026-03-02", "2026-03-01"), ("so", "2026-03-01"), ("", "2026-03-01")):
        assert visit.get(f"{PAGE}?first={first}&last={last}").status == 422


def test_the_table_opens_in_a_spreadsheet_and_holds_no_formula(site: Site) -> None:
    open_case(site)
    answer = site.as_("leader").get(TABLE).response
    content = answer.get_data()
    assert content.startswith(b"\xef\xbb\xbf")
    assert "attachment" in answer.headers["Content-Disposition"]
    assert "来件总数,,1,,,1," in content.decode()
    assert [safe(cell) for cell in ("=1+1", "@x", "-2", "一中")] == ["'=1+1", "'@x", "'-2", "一中"]
