"""An item that goes to somebody else: what they read, and what counts, is their own."""

from typing import Any

import pytest

from caseflow.ledger import holding
from caseflow.ledger.moves import work
from caseflow.people.scope import scope_of
from tests import office as offices
from tests.web.site import Page, Site, a_file
from tests.web.test_objections import WHY, number_of, objected
from tests.web.test_unit import at, dispatched, open_item, signed, state
from tests.web.walking import on_item

REFUSED = "招生收费由学校负责"


def hands_in(site: Site, item_id: int, name: str = "school") -> None:
    site.later(minutes=1)

    def hand_in(session: Any) -> None:
        blob = offices.blob(session, site.now)
        work.hand_in(session, site.office[name], item_id, blob, "图", site.now)

    site.do(hand_in)
    site.later(minutes=1)


def fresh(site: Site, item_id: int, name: str) -> int:
    me = scope_of(site.office[name])
    return site.ask(lambda s: holding.sheet(s, me, item_id, site.now).fresh)


def inspected(site: Site, item_id: int) -> Page:
    """Send an inspector in the unit's place and return their page."""
    person = str(site.office["inspector"].person)
    number = number_of(site, item_id)
    on_item(site, "supervisor", number, "reassign", inspector=person, reason="学校自查不妥")
    return open_item(site, item_id, "inspector")


def handed_over(site: Site) -> int:
    """An item with evidence of the school and an objection of its own that was rejected."""
    item_id = dispatched(site)
    signed(site, item_id)
    objected(site, item_id)
    number = number_of(site, item_id)
    on_item(site, "supervisor", number, "reject_objection", reason=REFUSED)
    hands_in(site, item_id)
    return item_id


def test_an_inspector_finds_on_evidence_of_their_own(site: Site) -> None:
    item_id = handed_over(site)
    page = inspected(site, item_id)
    said = {"result": "unsubstantiated", "basis": "没看到问题"}
    refused = page.send(at(item_id, "find"), **said)
    assert refused.status == 422
    assert "请先上传新的材料" in refused.text
    assert state(site, item_id) == "verifying"
    site.later(minutes=1)
    refused.send(at(item_id, "find"), **said, evidence=[a_file()])
    assert state(site, item_id) == "submitted"


def test_an_inspector_reads_nothing_of_the_units_objection(site: Site) -> None:
    page = inspected(site, handed_over(site))
    for words in (WHY, REFUSED, "您退单的理由", "退单未获同意的原因"):
        assert words not in page.text


def test_the_page_counts_the_evidence_that_the_verb_takes(site: Site) -> None:
    """What the school sent before another unit had the item counts for nothing when it is back."""
    item_id = dispatched(site)
    signed(site, item_id)
    hands_in(site, item_id)
    assert fresh(site, item_id, "school") == 1
    objected(site, item_id)
    number = number_of(site, item_id)
    on_item(site, "supervisor", number, "dispatch_anew", unit="测试academy")
    objected(site, item_id, "academy")
    on_item(site, "leader", number, "designate", unit="测试school", text="由你校核查")
    signed(site, item_id)
    assert fresh(site, item_id, "school") == 0
    hands_in(site, item_id)
    assert fresh(site, item_id, "school") == 1


@pytest.mark.parametrize("unit", ["测试school", "测试academy"])
def test_a_unit_that_keeps_an_item_keeps_what_it_sent(site: Site, unit: str) -> None:
    item_id = handed_over(site)
    objected(site, item_id)
    on_item(site, "leader", number_of(site, item_id), "designate", unit=unit, text="由你单位核查")
    stays = unit == "测试school"
    me = "school" if stays else "academy"
    assert fresh(site, item_id, me) == int(stays)
    assert (WHY in open_item(site, item_id, me).text) == stays
