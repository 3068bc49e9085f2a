"""On-the-spot visits as people press them: console, an inspector's telephone, the rules."""

from sqlalchemy import select

from caseflow.ledger import visits
from caseflow.ledger.tables import Case, Item
from tests.web.site import Site, a_file
from tests.web.test_unit import at, open_item
from tests.web.test_unit import dispatched as given_to
from tests.web.walking import item_of, on_item, submitted


def told(site: Site, **more: object) -> dict[str, object]:
    inspector = site.office["inspector"].person
    there = {"visit_time": "10:05", "place": "后厨", "saw": "台面整洁"}
    return {"companion": inspector, **there, **more}


def test_a_demanded_visit_is_made_before_anybody_strikes_off(site: Site) -> None:
    site.do(visits.load)
    number = submitted(site, category="food")
    path = f"/console/items/{item_of(site, number).id}"
    page = site.as_("reviewer").get(f"/console/cases/{number}")
    assert "这一类别须先有实地核查记录" in page.text
    assert not page.offers(f"{path}/strike_off")
    assert site.as_("reviewer").post(f"{path}/strike_off").status == 409
    page = on_item(site, "handler", number, "visit", **told(site, companion=""))
    assert page.status == 422
    assert "须由两名以上不同的人员到场" in page.text
    assert "台面整洁" in page.html
    page = on_item(site, "handler", number, "visit", **told(site, pictures=a_file()))
    assert "实地核查已记录。" in page.text
    [seen] = site.ask(lambda s: visits.of_item(s, item_of(site, number).id))
    page = site.as_("reviewer").get(f"/console/visits/{seen.row.id}")
    for word in (number, "测试handler、测试inspector", "后厨", "台面整洁", "1 份"):
        assert word in page.text
    pdf = site.as_("reviewer").get(f"/console/visits/{seen.row.id}/pdf")
    assert pdf.response.data.startswith(b"%PDF")
    assert site.as_("stranger").get(f"/console/visits/{seen.row.id}").status == 404
    assert "已销号。" in on_item(site, "reviewer", number, "strike_off").text


def test_an_inspector_records_a_visit_on_the_telephone(site: Site) -> None:
    item = given_to(site, inspector=True)
    assert not open_item(site, item, "inspector").offers(at(item, "visit"))
    open_item(site, item, "inspector").send(at(item, "sign_for"))
    site.later(minutes=10)
    page = open_item(site, item, "inspector").send(at(item, "visit"), **told(site))
    assert page.status == 422  # the inspector alone
    page = open_item(site, item, "inspector").send(
        at(item, "visit"), **told(site, companion="", others="李督学、王专家", pictures=a_file())
    )
    assert "实地核查已记录。" in page.text
    assert "测试inspector、李督学、王专家 · 后厨" in page.text


def test_a_unit_learns_nothing_of_a_visit(site: Site) -> None:
    item = given_to(site)
    before = open_item(site, item).send(at(item, "sign_for"))
    site.later(minutes=10)
    query = select(Case.number).join(Item, Item.case_id == Case.id).where(Item.id == item)
    number = site.ask(lambda s: s.scalars(query).one())
    on_item(site, "handler", number, "visit", **told(site, pictures=a_file()))
    after = open_item(site, item)
    assert "后厨" not in after.html
    assert "实地" not in after.html
    assert before.send(at(item, "evidence"), evidence=a_file()).status == 200
    assert site.as_("school").post(at(item, "visit"), **told(site)).status == 409


def test_the_rule_is_switched_on_a_page_of_the_administrator(site: Site) -> None:
    path = "/console/policies/visits"
    page = site.as_("administrator").get(path).send(path, categories="food")
    assert "已保存" in page.text
    assert set(site.ask(visits.demanding)) == {"food"}
    assert site.as_("supervisor").post(path).status == 403
