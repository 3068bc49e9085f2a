"""What came back three times, on the pages of the level above and of those below."""

from sqlalchemy.orm import Session

from caseflow.ledger.moves import check, closing, triage, work
from tests import office as offices
from tests.web.public_door import letter, reported, the_case
from tests.web.site import Site
from tests.web.test_nav_counts import counts
from tests.web.walking import item_of, on_case, on_item, submitted


def test_it_stands_on_the_list_above_until_somebody_there_wrote_what_they_think(site: Site) -> None:
    got = reported(site)
    case, boss = the_case(site, got.number), site.office["supervisor"]
    for _ in range(3):
        site.do(lambda s: triage.decline(s, boss, case.id, "不归本办", site.now))
        before = letter(site, got).text
        site.do(lambda s: closing.reopen(s, boss, case.id, "应当受理", site.now))
    path = f"/console/cases/{case.number}"
    page = site.as_("handler").get(path)
    assert "提级督办 已重新办理 3 次（含退回），3月3日(周二) 10:00 起由上一级（" in page.text
    assert "· 督办负责人）督办，等督办意见；此前不能并案、分案" in page.text
    for move in ("merge", "split_off"):
        assert not page.offers(f"{path}/{move}")
        typed = {"into": got.number, "reports": got.number, "reason": "同一件事"}
        assert site.as_("handler").post(f"{path}/{move}", **typed).status in (409, 422)
    assert not page.offers(f"{path}/oversee")
    assert "等您过问" not in site.as_("supervisor").get("/console/").text
    assert "多次退回或无人承接，等您过问" in site.as_("city").get("/console/").text
    page = site.as_("city").get(path)
    assert "多次退回、重办或无人承接：看办理记录，写明督办意见。" in page.text
    assert "已重新办理 3 次（含退回）" in page.text
    assert on_case(site, "city", case.number, "oversee", text=" ").status == 422
    page = on_case(site, "city", case.number, "oversee", text="一周内报结果")
    assert "督办意见已记录" in page.text
    assert not page.offers(f"{path}/oversee")
    assert site.as_("handler").get(path).offers(f"{path}/merge")
    assert "等您过问" not in site.as_("city").get("/console/").text
    page = site.as_("handler").get(path)
    assert "一周内报结果" in page.text
    assert "起由上一级督办；测试city 3月3日" in page.text
    for said in ("督办", "提级", "一周内"):
        assert said not in letter(site, got).text.replace(before, "")


def test_nobody_is_offered_to_strike_off_what_the_level_above_has_not_looked_into(
    site: Site,
) -> None:
    number = submitted(site)
    for _ in range(3):
        comes_back(site, number)
    path = f"/console/items/{item_of(site, number).id}/strike_off"
    page = site.as_("reviewer").get(f"/console/cases/{number}")
    assert "问题项 1 已退回 3 次（含重新办理）" in page.text
    assert "多次退回，须等上一级写明督办意见后才能销号" in page.text
    assert not page.offers(path)
    assert site.as_("reviewer").post(path).status == 409
    listed = site.as_("reviewer").get("/console/check")
    assert "去验收" not in listed.text
    assert "多次退回，须等上一级写明督办意见后才能销号" in listed.text
    assert "check" not in counts(listed), "nor does it wait for whoever cannot do it yet"
    on_case(site, "city", number, "oversee", text="现场复核后再验收")
    assert counts(site.as_("reviewer").get("/console/check"))["check"] == 1
    assert "已销号。" in on_item(site, "reviewer", number, "strike_off").text


def comes_back(site: Site, number: str) -> None:
    """Let the item of a case be returned, and submitted again."""
    item_id, handler, reviewer = item_of(site, number).id, *map(site.office.__getitem__, _BOTH)

    def moves(session: Session) -> None:
        check.return_item(session, reviewer, item_id, "照片不清楚", site.now)
        site.later(minutes=1)
        blob = offices.blob(session, site.now)
        work.hand_in(session, handler, item_id, blob, "再拍.png", site.now)
        work.submit(session, handler, item_id, "已更换", site.now)

    site.do(moves)


_BOTH = ("handler", "reviewer")
