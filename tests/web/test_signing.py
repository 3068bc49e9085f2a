"""A unit of two accounts and one of a single one, as their people press it."""

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from caseflow.ledger.tables import Case, Item
from caseflow.people import accounts
from caseflow.people.tables import Post, User
from tests.web.site import Site, a_file
from tests.web.test_unit import at, dispatched, open_item, state

FOUND = {"result": "unsubstantiated", "basis": "未见违规"}


def with_clerk(site: Site) -> None:
    """Give the school a second account, which writes."""
    unit = site.office.units["school"]

    def add(session: Session) -> None:
        head = session.get_one(User, site.office["school"].person)
        values = {"role": "unit", "area_code": head.area_code, "unit_id": unit}
        clerk = User(username="clerk", name="干事", password_hash=head.password_hash, **values)
        session.add(clerk)
        session.flush()
        site.office.actors["clerk"] = accounts.actor_of(session, clerk)

    site.do(add)


def test_the_clerk_writes_and_the_head_signs(site: Site) -> None:
    with_clerk(site)
    item = dispatched(site)
    page = open_item(site, item, "clerk").send(at(item, "sign_for"))
    assert "由 测试school 签发后才算提交" in page.text
    page = page.send(at(item, "find"), **FOUND, evidence=a_file())
    assert "已报单位负责人签发；签发前时限照常计算。" in page.text
    assert not page.offers(at(item, "find"))
    assert not page.offers(at(item, "sign_off"))
    page = open_item(site, item)
    assert "未见违规" in page.text
    page = page.send(at(item, "send_back_answer"), reason=" ")
    assert page.status == 422
    page = open_item(site, item).send(at(item, "send_back_answer"), reason="写明查了几个班")
    assert "已退回，拟稿人会收到通知。" in page.text
    page = open_item(site, item, "clerk")
    assert "写明查了几个班" in page.text
    assert page.form(at(item, "find")).fields["basis"] == ["未见违规"]
    site.later(minutes=5)
    page.send(at(item, "find"), result="unsubstantiated", basis="查了六个班，未见违规")
    number = site.ask(lambda s: _number(s, item))
    page = site.as_("handler").get(f"/console/cases/{number}")
    assert "测试school 负责人签发答复" in page.text
    page = open_item(site, item).send(at(item, "sign_off"))
    assert "已签发，答复已提交。" in page.text
    assert state(site, item) == "submitted"
    page = site.as_("handler").get(f"/console/cases/{number}")
    assert "单位负责人 测试school 签发" in page.text


def _written(site: Site) -> int:
    """Return an item whose answer, by the clerk, waits for the head."""
    with_clerk(site)
    item = dispatched(site)
    open_item(site, item, "clerk").send(at(item, "sign_for"))
    page = open_item(site, item, "clerk").send(at(item, "find"), **FOUND, evidence=a_file())
    assert "由 测试school 签发。签发前不算提交" in page.text
    return item


def test_while_an_answer_waits_all_else_goes_on(site: Site) -> None:
    item = _written(site)
    page = open_item(site, item, "clerk")
    assert "由督导办公室作出" not in page.text
    page = page.send(at(item, "evidence"), evidence=a_file("later.png", b"\x89PNG\r\n\x1a\nlater"))
    assert "材料已上传。" in page.text
    page = page.send(at(item, "object"), reason="归区里管")
    assert state(site, item) == "objected"
    assert "已退单，等待审核" in page.text


def test_an_answer_that_nobody_can_sign_any_more_is_given_anew(site: Site) -> None:
    item = _written(site)
    head = Post.duty == "unit_head", Post.unit_id == site.office.units["school"]
    site.do(lambda s: s.execute(delete(Post).where(*head)))
    page = open_item(site, item, "clerk")
    assert "现在没有可以签发的单位负责人" in page.text
    assert page.form(at(item, "find")).fields["basis"] == ["未见违规"]
    page.send(at(item, "find"), **FOUND, signer="王校长")
    assert state(site, item) == "submitted"


def test_whoever_wrote_it_and_became_the_head_presses_once_more(site: Site) -> None:
    item = _written(site)
    unit, clerk = site.office.units["school"], site.office.actors["clerk"]
    head = Post.duty == "unit_head", Post.unit_id == unit
    site.do(lambda s: s.execute(update(Post).where(*head).values(user_id=clerk.id)))
    page = open_item(site, item, "clerk")
    assert "您就是单位负责人" in page.text
    page.send(at(item, "find"), **FOUND)
    assert state(site, item) == "submitted"


def test_a_unit_of_one_account_names_who_signed_in_the_same_form(site: Site) -> None:
    unit = site.office.units["school"]
    head = Post.duty == "unit_head", Post.unit_id == unit
    site.do(lambda s: s.execute(delete(Post).where(*head)))
    item = dispatched(site)
    page = open_item(site, item).send(at(item, "sign_for"))
    page = page.send(at(item, "find"), **FOUND, evidence=a_file())
    assert "请填写签发的单位负责人姓名" in page.text
    page = page.send(at(item, "find"), **FOUND, evidence=a_file(), signer="王校长")
    assert "核查结论已记录。" in page.text
    again = dispatched(site)
    page = open_item(site, again).send(at(again, "sign_for"))
    assert page.form(at(again, "find")).fields["signer"] == ["王校长"]
    page = page.send(at(again, "evidence"), evidence=a_file())  # a name of the page's is no draft
    assert "您写的还在" not in page.text


def _number(session: Session, item_id: int) -> str:
    item = session.get_one(Item, item_id)
    return session.get_one(Case, item.case_id).number
