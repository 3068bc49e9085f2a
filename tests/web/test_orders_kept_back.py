"""A draft goes out only to a unit that still has the item (docs/decisions/0009)."""

import pytest
from sqlalchemy import select

from caseflow.escalation import sweep
from caseflow.escalation.tables import Order
from caseflow.ledger.moves import transferring, triage, withdrawing
from caseflow.ledger.moves.transferring import Transfer
from tests.web.site import Page, Site
from tests.web.test_console_orders import neglected, order
from tests.web.test_objections import WHY
from tests.web.test_unit import at
from tests.web.walking import case_of, item_of, on_item

RELIEVED = "这一事项已改由他人办理，文书不能再签发，请撤销"
STOPPED = "这一事项已停止办理，单位不再需要办理，文书不能再签发，请撤销"


def page_of(site: Site, kind: str = "supervision_order", who: str = "supervisor") -> Page:
    return site.as_(who).get(f"/console/orders/{order(site, kind).id}")


def cannot_go_out(site: Site, why: str) -> None:
    """Nobody can issue the draft; the page says why; it is cancelled with a reason."""
    path = f"/console/orders/{order(site).id}"
    page = page_of(site)
    assert why in page.text
    assert not page.offers(f"{path}/issue")
    refused = site.as_("supervisor").post(f"{path}/issue", text="请立即签收。")
    assert refused.status == 409
    assert why in refused.text
    assert order(site).state == "draft"
    page.send(f"{path}/cancel", reason="已不由该校办理")
    assert order(site).state == "cancelled"


def objected_and_late(site: Site) -> str:
    """The school objected, nobody decided, and the ladder drafted an order against the school."""
    number = neglected(site, days=0)
    item_id = item_of(site, number).id
    site.as_("school").get(at(item_id)).send(at(item_id, "object"), reason=WHY)
    site.later(days=4)
    sweep.run(site.database, site.now)
    return number


def test_a_unit_whose_objection_was_upheld_gets_no_order(site: Site) -> None:
    number = objected_and_late(site)
    on_item(site, "supervisor", number, "dispatch_anew", unit="测试academy")
    cannot_go_out(site, RELIEVED)
    assert "督办单" not in site.as_("school").get("/unit/").text


def test_nor_for_what_it_did_before_once_the_item_came_back_to_it(site: Site) -> None:
    number = objected_and_late(site)
    on_item(site, "supervisor", number, "dispatch_anew", unit="测试academy")
    item_id = item_of(site, number).id
    site.as_("academy").get(at(item_id)).send(at(item_id, "object"), reason=WHY)
    on_item(site, "leader", number, "designate", unit="测试school", text="由你校核查")
    cannot_go_out(site, RELIEVED)


def test_an_unanswered_order_is_lifted_once_the_item_is_anothers_and_climbs_no_more(
    site: Site,
) -> None:
    number = objected_and_late(site)
    path = f"/console/orders/{order(site).id}"
    page_of(site).send(f"{path}/issue")
    on_item(site, "supervisor", number, "dispatch_anew", unit="测试academy")
    item_id = item_of(site, number).id
    site.as_("academy").get(at(item_id)).send(at(item_id, "sign_for"))
    site.later(days=20)
    sweep.run(site.database, site.now)
    school = site.office.units["school"]
    query = select(Order.state).where(Order.unit_id == school)
    assert site.ask(lambda s: s.scalars(query).all()) == ["lifted"], "and it climbed no further"
    assert "不再需要贵单位答复" in site.as_("school").get(path.replace("console", "unit")).text
    assert "督办单" in site.as_("supervisor").get("/console/orders?state=lifted").text


def test_an_objection_that_was_rejected_changes_nothing(site: Site) -> None:
    number = objected_and_late(site)
    on_item(site, "supervisor", number, "reject_objection", reason="由你校核查")
    page_of(site).send(f"/console/orders/{order(site).id}/issue")
    assert order(site).state == "issued"


@pytest.mark.parametrize("way", ["withdrawn", "statutory"])
def test_a_unit_that_need_do_nothing_any_more_gets_no_order(site: Site, way: str) -> None:
    number = neglected(site, days=4)
    site.later(days=36)
    sweep.run(site.database, site.now)
    item_id, o = item_of(site, number).id, site.office
    if way == "withdrawn":
        site.do(lambda s: withdrawing.withdraw(s, o["handler"], item_id, "重复", site.now))
        boss = o["supervisor"]
        site.do(lambda s: withdrawing.consent_withdrawal(s, boss, item_id, "", site.now))
    else:
        given = Transfer("公安机关", "涉嫌违法")
        site.do(lambda s: transferring.statutory(s, o["supervisor"], item_id, given, site.now))
    cannot_go_out(site, STOPPED)
    proposal = order(site, "accountability").id
    page_of(site, "accountability", "city").send(f"/console/orders/{proposal}/issue")
    assert order(site, "accountability").state == "issued", "it goes to no unit"


def test_a_case_that_ended_takes_no_consequence_from_anybody(site: Site) -> None:
    number = neglected(site, days=4)
    case_id, boss = case_of(site, number).id, site.office["supervisor"]
    site.do(lambda s: triage.decline(s, boss, case_id, "不属于受理范围", site.now))
    page_of(site).send(f"/console/orders/{order(site).id}/issue")
    assert order(site).state == "issued"
