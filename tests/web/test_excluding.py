"""Leaving a case out of the figures on its page, and what the figures and outsiders show of it."""

from caseflow.ledger.moves import triage
from tests.web.public_door import letter, reported, the_case
from tests.web.site import Site
from tests.web.walking import on_case

FIGURES = "/console/figures"


def test_it_is_asked_for_decided_shown_beside_and_lifted(site: Site) -> None:
    got = reported(site, kind="question")
    case, operator = the_case(site, got.number), site.office["operator"]
    site.do(lambda s: triage.answer(s, operator, case.id, "已答复", site.now))
    before, path = letter(site, got).text, f"/console/cases/{case.number}"
    page = on_case(site, "handler", case.number, "ask_exclusion", reason="第九次来电")
    assert page.status == 422
    assert "请选择理由类别" in page.text
    assert page.form(f"{path}/ask_exclusion").fields["reason"] == ["第九次来电"]
    page = on_case(
        site, "handler", case.number, "ask_exclusion", code="repeated", reason="第九次来电"
    )
    assert "剔除申请已提交，等待另一人审批。" in page.text
    assert "等待：另一人审批考核剔除（督办负责人或分管领导）" in page.text
    assert "申请考核剔除：恶意重复" in page.text
    assert not any(page.offers(f"{path}/{move}") for move in ("ask_exclusion", "exclude"))
    assert "已经结束，等您审批考核剔除" in site.as_("leader").get("/console/").text
    page = site.as_("leader").get(path)
    assert "有人申请考核剔除：看理由，同意或不同意。" in page.text
    assert page.offers(f"{path}/refuse_exclusion")
    page = page.send(f"{path}/exclude", remark="情况属实")
    for said in ("已剔除，统计分列剔除前后", "考核剔除 恶意重复：第九次来电", "审批意见：情况属实"):
        assert said in page.text
    assert "测试handler 提出，另一人同意" in page.text
    shown = site.as_("leader").get(FIGURES).text
    assert "经审批剔除的来件：1 份" in shown
    assert "来件总数 1 0" in shown
    table = site.as_("auditor").get(f"{FIGURES}.csv").response.get_data().decode()
    assert "来件总数,,1,,,0," in table
    assert letter(site, got).text == before
    page = on_case(site, "supervisor", case.number, "lift_exclusion", reason="确属新诉求")
    assert "已撤销剔除，重新计入考核" in page.text
    assert page.offers(f"{path}/lift_exclusion") is False
    assert "这段时间没有剔除的来件" in site.as_("leader").get(FIGURES).text


def test_a_refusal_says_why(site: Site) -> None:
    got = reported(site, kind="question")
    case, operator = the_case(site, got.number), site.office["operator"]
    site.do(lambda s: triage.answer(s, operator, case.id, "已答复", site.now))
    said = {"code": "not_ours", "reason": "归社区"}
    on_case(site, "handler", case.number, "ask_exclusion", **said)
    page = on_case(site, "supervisor", case.number, "refuse_exclusion", reason="仍归我们答")
    assert "未同意剔除" in page.text
    assert "仍归我们答" in site.as_("handler").get(f"/console/cases/{case.number}").text


def test_taking_it_up_again_says_that_it_counts_again(site: Site) -> None:
    got = reported(site, kind="question")
    case, operator = the_case(site, got.number), site.office["operator"]
    site.do(lambda s: triage.answer(s, operator, case.id, "已答复", site.now))
    on_case(site, "handler", case.number, "ask_exclusion", code="repeated", reason="第九次来电")
    page = on_case(site, "supervisor", case.number, "exclude", remark="")
    assert "考核剔除随之撤销，重新办理的结果照常计入考核。" in page.text
    page = on_case(site, "supervisor", case.number, "reopen", reason="有新的事实")
    assert "办件重新办理，从此照常计入考核" in page.text
