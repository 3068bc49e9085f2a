"""Circulars over HTTP: who reads, drafts, checks, signs, publishes, corrects and withdraws one."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import select

from caseflow.publishing.circular_states import CHECKS
from caseflow.publishing.tables import Circular
from caseflow.web.circular_paper import for_everybody, for_units
from tests.ledger.late import Late
from tests.web.site import Page, Site
from tests.web.walking import open_case, submitted

LIST = "/console/circulars"
NEW = f"{LIST}/new?first=2026-03-01&last=2026-03-13"


def neglected(site: Site) -> None:
    """Let three cases of the academy and one of the school lie for ten days."""

    def work(session: object) -> None:
        late = Late(session, site.office, site.now)  # type: ignore[arg-type]
        for unit in ("academy", "academy", "academy", "school"):
            late.case(unit)
        late.passes()

    site.do(work)
    site.later(days=10)


def drafted(site: Site) -> str:
    """Return the path of a circular on what was neglected."""
    neglected(site)
    return site.as_("supervisor").get(NEW).send(LIST).path


def row(site: Site, n: int = 1) -> Circular:
    return site.ask(lambda session: session.get_one(Circular, n))


def does(site: Site, who: str, path: str, move: str, **typed: object) -> Page:
    site.later(minutes=5)
    return site.as_(who).get(path).send(f"{path}/{move}", **typed)


def ticks(site: Site, who: str, path: str, move: str, points: Sequence[str]) -> Page:
    """Send a list of points, ticked or not: what a browser sends for several boxes of a name."""
    page = site.as_(who).get(path)
    form = page.form(f"{path}/{move}")
    return page.visit.sent(f"{path}/{move}", {**form.fields, "checks": list(points)})


def waits(site: Site, who: str, label: str) -> bool:
    return label in site.as_(who).get(LIST).text


def offered(site: Site, who: str, path: str) -> set[str]:
    page = site.as_(who).get(path)
    return {form.action.removeprefix(f"{path}/") for form in page.forms if path in form.action}


def test_a_circular_lives_from_its_draft_to_its_withdrawal(site: Site) -> None:
    path = drafted(site)
    assert offered(site, "supervisor", path) == {"edit", "cancel"}
    assert "请由他人核对" in site.as_("supervisor").get(path).text
    assert offered(site, "reviewer", path) == {"check", "return"}
    assert offered(site, "leader", path) == {"return"}
    assert [who for who in ("supervisor", "reviewer", "leader") if waits(site, who, "去核对")] == [
        "reviewer"
    ]
    assert ticks(site, "reviewer", path, "check", ["minors"]).status == 422
    assert "已核对" in ticks(site, "reviewer", path, "check", CHECKS["lateness"]).text
    assert offered(site, "reviewer", path) == {"return"}
    assert "由分管领导签发" in site.as_("supervisor").get(path).text
    assert [who for who in ("supervisor", "reviewer", "leader") if waits(site, who, "去签发")] == [
        "leader"
    ]
    assert "已签发" in does(site, "leader", path, "issue").text
    assert "教督通报〔2026〕430503-1号" in site.as_("auditor").get(LIST).text
    assert "已公开" in does(site, "supervisor", path, "publish").text
    typed = {"text": "第一项的件数应为二件。", "reason": "重复计算"}
    assert "请由他人核对公开" in does(site, "supervisor", path, "correct", **typed).text
    assert offered(site, "supervisor", path) == {"withdraw"}
    assert ticks(site, "leader", path, "publish_correction", []).status == 422
    page = ticks(site, "leader", path, "publish_correction", CHECKS["lateness"])
    assert "第一项的件数应为二件" in page.text
    assert does(site, "leader", path, "withdraw", reason=" ").status == 422
    page = does(site, "leader", path, "withdraw", reason="数据有误")
    for said in ("已收回", "数据有误", "第一项的件数应为二件", "起草通报", "公开更正", "收回通报"):
        assert said in page.text
    assert offered(site, "leader", path) == set()
    assert row(site).state == "withdrawn"


def test_what_is_refused_keeps_what_was_typed(site: Site) -> None:
    path = drafted(site)
    page = does(site, "supervisor", path, "edit", text="见430503-2026-000042号", public_text="稿")
    assert (page.status, "见430503-2026-000042号" in page.html) == (422, True)
    old = site.as_("supervisor").get(path)
    does(site, "supervisor", path, "edit", text="改过的正文", public_text="改过的公开稿")
    late = old.send(f"{path}/edit", text="另一份正文", public_text="另一份公开稿")
    assert (late.status, "改过的公开稿" in late.text) == (409, True), "what stands there now"
    fields = late.form(f"{path}/edit").fields
    assert (fields["text"], fields["public_text"]) == (["另一份正文"], ["另一份公开稿"])
    assert "等待" not in does(site, "reviewer", path, "return", reason="请写明截至日期").text
    assert "请写明截至日期" in site.as_("supervisor").get(path).text
    page = does(site, "supervisor", path, "cancel", reason="不再需要")
    assert ("已撤销" in page.text, row(site).number) == (True, None)


def test_whoever_was_not_the_first_gets_the_form_back(site: Site) -> None:
    path, points = drafted(site), list(CHECKS["lateness"])

    def late(old: Page, move: str, **typed: object) -> Page:
        form = old.form(f"{path}/{move}")
        page = old.visit.sent(f"{path}/{move}", {**form.fields, **typed})
        fields = page.form(f"{path}/{move}").fields
        told = {name: fields.get(name, []) for name in typed if name != "checks"}
        assert (page.status, told) == (
            409,
            {name: [said] for name, said in typed.items() if name in told},
        )
        return page

    def ticked(page: Page, move: str) -> list[str]:
        return page.form(f"{path}/{move}").fields.get("checks", [])

    old, mine = site.as_("reviewer").get(path), site.as_("supervisor").get(path)
    does(site, "reviewer", path, "return", reason="请写明截至日期")
    late(old, "return", reason="写明起止日期")
    late(mine, "cancel", reason="不再需要")
    page = late(old, "check", checks=points[:2])
    assert ticked(page, "check") == points[:2]
    assert "退回" in page.text, "what came since"
    does(site, "supervisor", path, "edit", text="截至3月13日。", public_text="截至3月13日。")
    page = late(page, "check", checks=points)
    assert (ticked(page, "check"), "截至3月13日。" in page.text) == ([], True)
    ticks(site, "reviewer", path, "check", points)
    does(site, "leader", path, "issue")
    does(site, "leader", path, "publish")
    mine = site.as_("supervisor").get(path)
    does(site, "supervisor", path, "correct", text="应为二件", reason="数错了")
    old = site.as_("leader").get(path)
    does(site, "leader", path, "refuse_correction", reason="没有数错")
    page = late(mine, "correct", text="应为三件", reason="又数了一遍")
    page.send(f"{path}/correct")
    late(old, "refuse_correction", reason="不必更正")
    late(old, "withdraw", reason="数据有误")
    page = late(old, "publish_correction", checks=points)
    assert (ticked(page, "publish_correction"), "应为三件" in page.text) == ([], True)


def test_only_those_who_may_read_circulars_do_and_within_their_area(site: Site) -> None:
    path = drafted(site)
    for who in ("reviewer", "supervisor", "leader", "auditor", "city"):
        page = site.as_(who).get(LIST)
        assert path in page.links
        assert (f"{LIST}/new" in page.links) == (who in ("supervisor", "city"))
    for who in ("operator", "handler", "inspector", "school"):
        assert site.as_(who).get(LIST).status == 403
    assert site.as_("stranger").get(path).status == 404
    assert path not in site.as_("stranger").get(LIST).links
    assert offered(site, "city", path) == offered(site, "auditor", path) == set()
    assert site.as_("city").post(f"{path}/edit", text="改", public_text="改").status == 403
    assert site.as_("supervisor").post(f"{path}/check", checks="minors").status == 403


def test_the_draft_form_shows_the_figures_first(site: Site) -> None:
    open_case(site)
    site.later(days=10)
    page = site.as_("supervisor").get(NEW)
    assert "没有单位逾期" in page.text
    assert not page.offers(LIST)
    assert site.as_("supervisor").post(LIST, first="2026-03-01", last="2026-03-13").status == 422
    site.now -= timedelta(days=10)
    neglected(site)
    page = site.as_("supervisor").get(NEW)
    assert "测试academy 3 3 7 4 具名" in page.text
    assert "测试school 1 1 7 4 不具名" in page.text
    for days in ("first=&last=2026-03-13", "first=2026-03-13&last=2026-03-01", "last=2027-01-01"):
        assert site.as_("supervisor").get(f"{LIST}/new?{days}").status == 422
    assert site.as_("supervisor").get(f"{LIST}/new").status == 200  # of last month


def test_a_problem_is_written_by_a_person_about_items_with_a_finding(site: Site) -> None:
    submitted(site)
    page = site.as_("supervisor").get(NEW.replace("13", "03") + "&kind=problem")
    assert "测试section · 属实 · 待验收" in page.text
    assert page.send(LIST, text="经查，后勤科没有按规定留样。").status == 422  # nothing chosen
    assert "built-in" not in page.text
    refused = page.send(LIST, items="1", text=" ")
    assert (refused.status, "请填写这一项" in refused.text) == (422, True)
    done = page.send(LIST, items="1", text="经查，后勤科没有按规定留样。")
    assert done.path == f"{LIST}/1"
    assert "经查，后勤科没有按规定留样。" in done.text
    for point in CHECKS["problem"]:
        assert f'value="{point}"' in site.as_("reviewer").get(done.path).html
    assert 'value="small"' not in site.as_("reviewer").get(done.path).html


def test_both_papers_are_the_same_each_time_and_say_what_they_are(site: Site) -> None:
    path = drafted(site)
    draft = site.as_("reviewer").get(f"{path}/pdf").response
    assert (draft.mimetype, draft.data[:8]) == ("application/pdf", b"%PDF-1.7")
    assert for_units(row(site), "本办").mark == "草稿"
    ticks(site, "reviewer", path, "check", CHECKS["lateness"])
    does(site, "leader", path, "issue")
    issued, public = for_units(row(site), "本办"), for_everybody(row(site), (), "本办")
    assert (issued.mark, public.mark, issued.number) == ("", "未公开", row(site).number)
    assert any("测试school" in line for line in issued.lines)
    assert not any("测试school" in line for line in public.lines)
    pages = [site.as_("auditor").get(f"{path}/{name}").response for name in ("pdf", "public.pdf")]
    site.later(days=1)
    again = [site.as_("leader").get(f"{path}/{name}").response for name in ("pdf", "public.pdf")]
    assert [one.data for one in pages] == [one.data for one in again]
    assert pages[0].data != pages[1].data != draft.data
    assert "filename*=UTF-8''%E5%85%B3%E4%BA%8E" in pages[0].headers["Content-Disposition"]


def test_a_list_of_circulars_goes_on_where_the_page_ended(site: Site) -> None:
    neglected(site)
    page = site.as_("supervisor").get(NEW)
    for _ in range(26):
        page.visit.sent(LIST, page.form(LIST).fields)
    first = site.as_("leader").get(LIST)
    ids = site.ask(lambda session: session.scalars(select(Circular.id)).all())
    assert sum(f"{LIST}/{n}" in first.links for n in ids) == 25
    [more] = [link for link in first.links if "before=" in link]
    assert f"{LIST}/{min(ids)}" in site.as_("leader").get(more).links
