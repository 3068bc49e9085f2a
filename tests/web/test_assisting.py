"""Assisting units as people press them: the console asks, a unit answers, the office shares it."""

import re

from sqlalchemy import select

from caseflow.clock import local
from caseflow.ledger.assistance_tables import Assistance
from tests.web.site import Site, a_file
from tests.web.test_signing import FOUND, _number
from tests.web.test_unit import ASKED as TO_LEAD
from tests.web.test_unit import at, dispatched, open_item, signed
from tests.web.walking import dispatched as given_to
from tests.web.walking import item_of, on_item

ASKED = {"unit": "测试academy", "text": "请提供收费明细"}


def asked(site: Site, item: int, **more: object) -> tuple[str, str]:
    """Ask the academy; return the case number and where the academy reads it."""
    number = site.ask(lambda s: _number(s, item))
    page = on_item(site, "handler", number, "ask_assistance", **(ASKED | more))
    assert "已请求协办，对方会收到通知。" in page.text
    assert "未答复" in page.text
    assert "协办期限" in page.text
    newest = select(Assistance.id).order_by(Assistance.id.desc()).limit(1)
    return number, f"/unit/assistance/{site.ask(lambda s: s.scalar(newest))}"


def test_a_unit_is_asked_beside_the_lead_and_heard_by_the_office(site: Site) -> None:
    item = dispatched(site)
    signed(site, item)
    number, there = asked(site, item)
    page = open_item(site, item)
    assert "协办单位：测试academy" in page.text
    assert "收费明细" not in page.text
    assert page.offers(at(item, "find"))  # the lead need not wait
    academy = site.as_("academy")
    assert "请提供收费明细" in academy.get("/unit/").text
    page = academy.get(there)
    assert not [said for said in (number, "测试school", TO_LEAD) if said in page.text]
    refused = page.send(f"{there}/answer", answer=" ", evidence=a_file())
    assert refused.status == 422
    assert "所选的文件需要重新选择" in refused.text
    page = page.send(f"{there}/answer", answer="共收三十二人", evidence=a_file("明细.png"))
    assert "答复已提交。" in page.text
    assert "明细.png" not in page.text
    [file] = [link for link in page.links if link.startswith("/unit/evidence/")]
    assert academy.get(file).status == 200
    assert not page.offers(f"{there}/answer")
    assert academy.post(f"{there}/answer", answer="再答").status == 409
    assert academy.get(at(item)).status == 404
    for who in ("school", "branch", "inspector"):
        assert site.as_(who).get(there).status == 404
        assert site.as_(who).get(file).status == 404
    assert "共收三十二人" not in open_item(site, item).text
    page = site.as_("handler").get(f"/console/cases/{number}")
    assert "共收三十二人" in page.text
    assert "明细.png" in page.text
    assert "主办单位看不到" in page.text
    page = on_item(site, "handler", number, "share_assistance")
    assert "协办答复已转主办单位，对方会收到通知。" in page.text
    assert not page.offers(f"/console/items/{item}/share_assistance")
    page = open_item(site, item)
    assert "共收三十二人" in page.text
    assert "明细.png" not in page.text


def test_the_office_chooses_which_answer_of_a_unit_to_share_by_its_day(site: Site) -> None:
    item = dispatched(site)
    for text in ("共收三十二人", "更正为三十三人"):
        number, there = asked(site, item)
        site.as_("academy").get(there).send(f"{there}/answer", answer=text)
    page = site.as_("handler").get(f"/console/cases/{number}")
    for nth in (1, 2):
        said = rf'<option value="\d+:{nth}"[^>]*>测试academy 3月3日\(周二\) 10:\d\d 的答复<'
        assert re.search(said, page.html), "of one day, each with its time"
    academy = site.ask(lambda s: s.scalars(select(Assistance)).first()).unit_id
    path = f"/console/items/{item}/share_assistance"
    for wrong in (f"{academy}:3", "0:1", ""):
        refused = page.send(path, answered=wrong)
        assert (refused.status, "哪份答复" in refused.text) == (422, True)
    page = page.send(path, answered=f"{academy}:1")
    assert "转的是：测试academy" in page.text  # one is left, which needs no choice
    assert f'value="{academy}:2"' in page.html
    signed(site, item)
    lead = open_item(site, item).text
    assert ("共收三十二人" in lead, "更正为三十三人" in lead) == (True, False)


def test_an_answer_by_telephone_is_written_down_by_the_office(site: Site) -> None:
    item = dispatched(site)
    number, there = asked(site, item)
    path = f"/console/items/{item}/record_assistance"
    academy = site.ask(lambda s: s.scalars(select(Assistance)).one()).unit_id
    heard = {"heard_of": academy, "said_by": "王会计", "answer": "共收三十二人"}
    assert site.as_("reviewer").post(path, **heard).status == 403
    page = site.as_("handler").get(f"/console/cases/{number}").send(path, **heard)
    assert page.status == 422
    assert "请填写对方答复的时间" in page.text
    page = site.as_("handler").get(f"/console/cases/{number}")
    at = local(site.ask(lambda s: s.scalars(select(Assistance.asked_at)).one()))
    page = page.send(path, **heard, heard_day=f"{at:%Y-%m-%d}", heard_time=f"{at:%H:%M}")
    assert "协办单位的电话答复已记录。" in page.text
    assert "王会计电话答复，主办单位看不到" in page.text
    assert not page.offers(path)
    page = site.as_("academy").get(there)
    assert "王会计电话答复，由督导办公室记录" in page.text
    assert "共收三十二人" not in open_item(site, item).text


def test_whoever_strikes_off_is_told_which_unit_has_not_answered(site: Site) -> None:
    item = dispatched(site)
    signed(site, item)
    number, there = asked(site, item)
    page = open_item(site, item)
    assert "结论记录后" in page.text
    page = page.send(at(item, "find"), **FOUND, evidence=a_file())
    form = site.as_("reviewer").get(f"/console/cases/{number}")
    assert "协办还没有答复：测试academy。销号即解除协办" in form.text
    page = on_item(site, "reviewer", number, "strike_off")
    assert "问题项已办结或由其主办，不再需要协办" in page.text
    page = site.as_("academy").get(there)
    assert "现在不需要您答复" in page.text
    assert not page.offers(f"{there}/answer")


def test_the_office_releases_a_unit_that_reads_no_reason(site: Site) -> None:
    number = given_to(site, kind="tip")
    item = item_of(site, number).id
    _, there = asked(site, item, none_listed="yes")
    path = f"/console/items/{item}"
    assert site.as_("reviewer").post(f"{path}/release_assistance").status == 403
    page = on_item(site, "handler", number, "release_assistance", reason="已电话核实")
    assert "已解除协办，对方会收到通知。" in page.text
    assert "已电话核实" in page.text
    assert not page.offers(f"{path}/release_assistance")
    page = site.as_("academy").get(there)
    assert "现在不需要您答复" in page.text
    assert "已电话核实" not in page.text
    page = on_item(site, "handler", number, "ask_assistance", unit="测试school", text="请协助")
    assert page.status == 422
    assert "请先指明被举报的单位" in page.text
