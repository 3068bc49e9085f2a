"""Going away over HTTP: on one's own page, and entered by a supervisor."""

from datetime import timedelta

from caseflow.clock import local
from tests.web.site import Site
from tests.web.walking import dispatched


def path_of(site: Site, name: str) -> str:
    return f"/console/people/{site.office[name].person}"


def days(site: Site, last: int = 2) -> dict[str, str]:
    today = local(site.now).date()
    return {
        "first_day": today.isoformat(),
        "last_day": (today + timedelta(days=last)).isoformat(),
    }


def stand_in(site: Site, name: str) -> str:
    return str(site.office[name].person)


def test_one_goes_away_by_oneself_and_comes_back_early(site: Site) -> None:
    visit = site.as_("handler")
    page = visit.get("/account").send("/account/away", **days(site), stand_in="")
    assert page.status == 422
    assert "请选择代理人" in page.text
    page = page.send("/account/away", **days(site), stand_in=stand_in(site, "supervisor"))
    assert "由 测试supervisor 代理" in page.text
    assert "由 测试supervisor 代理" in site.as_("administrator").get("/console/posts").text
    assert visit.get("/console/").status == 200  # whoever is away still works
    page = page.send("/account/away/end")
    assert "外出已结束" in page.text
    assert "由 测试supervisor 代理" not in site.as_("administrator").get("/console/posts").text
    told = site.as_("auditor").get("/console/people/changes").text
    assert "登记外出 测试handler" in told
    assert "结束外出 测试handler" in told


def test_a_supervisor_sends_somebody_away_and_sees_their_cases_in_a_list(site: Site) -> None:
    number = dispatched(site, "school")
    path = path_of(site, "handler")
    supervisor = site.as_("supervisor")
    own = supervisor.get(path).send(
        f"{path}/away", **days(site), stand_in=stand_in(site, "supervisor")
    )
    assert "外出中" in own.text
    page = supervisor.get("/console/")
    assert "您正在代理： 测试handler" in page.text
    [link] = {one for one in page.links if "mine=for-" in one}
    assert number in supervisor.get(link).text
    case = supervisor.get(f"/console/cases/{number}").text
    assert "测试handler（外出，测试supervisor 代理）" in case
    # Nobody else is in their place, and nobody sees by an address what is not theirs to filter.
    assert "正在代理" not in site.as_("reviewer").get(link).text
    site.now += timedelta(days=3)
    assert "正在代理" not in supervisor.get("/console/").text


def test_others_send_nobody_away(site: Site) -> None:
    path = f"{path_of(site, 'handler')}/away"
    typed = {**days(site), "stand_in": stand_in(site, "supervisor")}
    for name in ("handler", "leader", "auditor"):
        assert site.as_(name).post(path, **typed).status == 403
    assert site.as_("stranger").post(path, **typed).status == 404
    assert site.as_("administrator").post(f"{path}/end", absence="9" * 30).status == 404
