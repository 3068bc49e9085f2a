"""A clock that stands still says what is left to it, and no moment that will not come true."""

import re

from caseflow.ledger.tables import Case, Item
from tests.web.site import Site
from tests.web.test_unit import at, dispatched, open_item, signed
from tests.web.walking import on_case, open_case

DUE = "3月17日(周二) 24:00"


def asked(site: Site) -> str:
    """Return a case that waits for its reporter since 3 March."""
    number = open_case(site, reach="email")
    on_case(site, "handler", number, "accept")
    on_case(site, "handler", number, "ask", text="是哪一天？")
    return number


def resolve_chip(html: str) -> str:
    return html.partition("办结期限")[2].partition('<span class="clock ')[0].partition("</div>")[0]


def test_a_clock_that_stands_still_shows_only_what_is_left(site: Site) -> None:
    running = open_case(site)
    chip = resolve_chip(site.as_("handler").get(f"/console/cases/{running}").html)
    assert DUE in chip
    assert "<time datetime=" in chip
    number = asked(site)
    for days in (0, 3):
        site.later(days=days)
        page = site.as_("handler").get(f"/console/cases/{number}")
        chip = resolve_chip(page.html)
        assert "剩 10 个工作日" in chip, "nothing is used up while it waits"
        assert "24:00" not in chip
        assert "<time" not in chip
        assert "最迟" in page.text
    assert DUE not in site.as_("handler").get("/console/?state=awaiting_reporter").text


def test_a_unit_reads_no_due_day_of_a_clock_that_stands_still(site: Site) -> None:
    item_id = dispatched(site, reach="email")
    signed(site, item_id)
    assert "24:00" in open_item(site, item_id).text
    number = site.ask(lambda s: s.get_one(Case, s.get_one(Item, item_id).case_id).number)
    on_case(site, "handler", number, "ask", text="是哪一天？")
    page = open_item(site, item_id)
    [box] = re.findall(r'<div class="due-box.*?</div>', page.html)
    assert re.search("‖</span>已暂停<.*>剩", box), "a word and a shape say how it stands"
    assert "24:00" not in box
    assert "24:00" not in site.as_("school").get("/unit/").text
    assert page.path == at(item_id)
