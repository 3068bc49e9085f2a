"""Shelving a case on its page, and what its reporter and its unit read of it (挂账)."""

from datetime import date

from caseflow.ledger.moves import shelving, triage
from tests.web.public_door import letter, reported, the_case
from tests.web.site import Site
from tests.web.test_console_orders import neglected, order, settle
from tests.web.walking import item_of, on_case, open_case, state

ASKS = {
    "grounds": "线路老化须整体改造，没有资金",
    "plan": "列入暑期改造",
    "told": "需要整体改造线路",
    "what_1": "预算批复",
    "until_1": "2026-05-06",
    "what_2": "完工复测",
    "until_2": "2026-08-31",
}


def test_it_is_asked_for_decided_followed_and_taken_up(site: Site) -> None:
    number = open_case(site)
    path = f"/console/cases/{number}"
    assert not site.as_("handler").get(path).offers(f"{path}/ask_shelving")  # not accepted yet
    on_case(site, "handler", number, "accept")
    page = on_case(site, "handler", number, "ask_shelving", **ASKS | {"until_1": ""})
    assert page.status == 422
    assert "请选择日期" in page.text
    assert page.form(f"{path}/ask_shelving").fields["plan"] == ["列入暑期改造"]
    page = on_case(site, "handler", number, "ask_shelving", **ASKS)
    assert "挂账申请已提交，等待分管领导审批。" in page.text
    assert "挂账申请等待分管领导审批，期限" in page.text
    moves = ("ask_shelving", "shelve", "refuse_shelving", "propose_decline")
    assert not any(page.offers(f"{path}/{move}") for move in moves)
    boss = site.as_("leader")
    page = boss.get(path)
    for said in ("有人申请挂账", "申请挂账：线路老化", "节点 1：预算批复，5月6日(周三) 24:00 前"):
        assert said in page.text
    assert page.offers(f"{path}/refuse_shelving")
    page = page.send(f"{path}/shelve", remark="同意")
    assert "已挂账，反映人和申请人会收到通知。" in page.text
    assert state(site, number) == "shelved"
    page = site.as_("handler").get(path)
    for said in ("挂账理由", "已挂账，下一个节点：预算批复", "节点 2", "挂账节点"):
        assert said in page.text
    assert not any(page.offers(f"{path}/{move}") for move in ("split", "ask", "ask_shelving"))
    page = page.send(f"{path}/ask_milestone", milestone="1", until="2026-06-01", grounds="推迟")
    assert "调整申请已提交" in page.text
    page = site.as_("leader").get(path).send(f"{path}/move_milestone", remark="")
    assert "5月6日(周三) → 6月1日(周一)" in page.text
    listed = site.as_("handler").get("/console/?state=shelved").text
    assert number in listed
    assert number not in site.as_("handler").get("/console/?state=closed").text
    assert "另有挂账 1 件" in site.as_("handler").get("/console/").text
    page = on_case(site, "handler", number, "meet_milestone", milestone="1", note="批文已到")
    assert "节点已完成。" in page.text
    page = on_case(site, "handler", number, "take_up", reason="资金已到")
    assert "已销账，恢复办理。" in page.text
    assert state(site, number) == "accepted"
    for said in ("批文已到", "资金已到"):
        assert said in page.text


def test_a_mediation_is_put_on_record_and_ends_nothing(site: Site) -> None:
    number = open_case(site)
    on_case(site, "handler", number, "accept")
    wrong = on_case(site, "handler", number, "mediate", on="2026-03-09", present="", text="谈了")
    assert wrong.status == 422
    for said in ("不晚于今天", "请选择调解结果"):
        assert said in wrong.text
    early = {"on": "2026-03-02", "present": "双方", "result": "agreed", "text": "谈了"}
    assert "不早于来件" in on_case(site, "handler", number, "mediate", **early).text
    said = {"on": "2026-03-03", "present": "反映人、校方代表", "result": "agreed", "text": "退费"}
    page = on_case(site, "handler", number, "mediate", **said)
    assert "调解已记录。" in page.text
    assert "3月3日(周二)，反映人、校方代表：达成一致" in page.text
    assert state(site, number) == "accepted"
    tip = open_case(site, kind="tip")
    on_case(site, "handler", tip, "accept")
    path = f"/console/cases/{tip}"
    assert not site.as_("handler").get(path).offers(f"{path}/mediate")
    assert site.as_("handler").post(f"{path}/mediate", **said).status == 409


def test_the_reporter_reads_why_and_when_next_and_what_the_office_keeps_stays(site: Site) -> None:
    got = reported(site)
    case = the_case(site, got.number)
    with site.database.transaction() as session:
        me, boss = site.office["handler"], site.office["leader"]
        triage.accept(session, me, case.id, site.now)
        wanted = [(ASKS["what_1"], date(2026, 5, 6))]
        inside = ("单位账上没有钱", "找财政要")
        shelving.ask_shelving(session, me, case.id, *inside, ASKS["told"], wanted, site.now)
        shelving.shelve(session, boss, case.id, "内部意见", site.now)
    page = letter(site, got)
    for said in ("现在还解决不了", "理由：需要整体改造线路", "下一步最晚 5月6日(周三)"):
        assert said in page.text
    for kept in ("单位账上", "找财政", "内部意见", "预算批复", "答复您：最晚"):
        assert kept not in page.text
    with site.database.transaction() as session:
        shelving.take_up(session, site.office["handler"], case.id, "资金已到", site.now)
    page = letter(site, got)
    assert "恢复办理" in page.text
    assert "资金已到" not in page.text


def test_a_unit_reads_that_its_item_and_its_document_wait(site: Site) -> None:
    number = neglected(site, days=3)
    settle(site, "supervisor", "issue")
    on_case(site, "handler", number, "ask_shelving", **ASKS)
    on_case(site, "leader", number, "shelve", remark="")
    school, item_id = site.as_("school"), item_of(site, number).id
    page = school.get(f"/unit/items/{item_id}")
    assert "这一事项暂停办理，恢复后通知您" in page.text
    assert "停止办理，不需要" not in page.text
    assert not page.offers(f"/unit/items/{item_id}/sign_for")
    path = f"/unit/orders/{order(site).id}"
    page = school.get(path)
    assert "这份文书暂停办理，恢复后通知您" in page.text
    assert not page.offers(f"{path}/answer")
    assert school.get("/unit/").text.count("暂停办理") == 2
    office = site.as_("supervisor").get(f"/console/orders/{order(site).id}")
    assert "办件已挂账，暂停办理" in office.text
    on_case(site, "handler", number, "take_up", reason="资金已到")
    assert school.get(path).offers(f"{path}/answer")
    assert "暂停办理" not in school.get("/unit/").text
